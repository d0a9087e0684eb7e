"""How a customer is addressed, what is known of them, and what was overruled

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customers") as customers:
        customers.add_column(sa.Column("envelope_name", sa.String(), nullable=True))
        customers.add_column(sa.Column("formality", sa.String(), nullable=True))
        customers.create_index(op.f("ix_customers_address"), ["address"])
    with op.batch_alter_table("notes") as notes:
        notes.add_column(sa.Column("overruled", sa.String(), nullable=True))
    op.create_table(
        "facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_facts_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_customer_id"), "facts", ["customer_id"])
