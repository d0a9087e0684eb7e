"""Refunds, guests, where customers stand, and what their lives may bring

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_orders_customer_id"), "orders")
    with op.batch_alter_table("orders") as orders:
        orders.alter_column("customer_id", existing_type=sa.Integer(), nullable=True)
        orders.alter_column(
            "total_cents",
            existing_type=sa.Integer(),
            type_=sa.BigInteger(),
            existing_nullable=False,
        )
        orders.add_column(sa.Column("refund_of_id", sa.Integer(), nullable=True))
        orders.create_foreign_key(
            op.f("fk_orders_refund_of_id"), "orders", ["refund_of_id"], ["id"]
        )
    op.create_index(op.f("ix_orders_refund_of_id"), "orders", ["refund_of_id"])
    worth = ["customer_id", "currency", "ordered_on", "total_cents", "refund_of_id"]
    op.create_index("ix_orders_worth", "orders", worth)
    op.create_table(
        "standings",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("last_order_on", sa.Date(), nullable=False),
        sa.Column("quiet_on", sa.Date(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("tier in ('top', 'regular', 'new')", name=op.f("ck_standings_tier")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_standings_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_standings")),
    )
    op.create_index(op.f("ix_standings_rank"), "standings", ["rank"])
    op.create_index(op.f("ix_standings_quiet_on"), "standings", ["quiet_on"])
    op.create_index(op.f("ix_standings_found_at"), "standings", ["found_at"])
    op.create_table(
        "life_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_life_events_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_events")),
    )
    op.create_index(op.f("ix_life_events_customer_id"), "life_events", ["customer_id"])
