"""Months without a day, a choice for 29 February, cards that nobody wants, notes told together

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("special_dates") as special_dates:
        special_dates.add_column(sa.Column("leap_day", sa.String(), nullable=True))
        special_dates.drop_constraint(op.f("ck_special_dates_month_day"), type_="check")
        special_dates.create_check_constraint(
            op.f("ck_special_dates_month_day"),
            "month_day / 100 between 1 and 12 and month_day % 100 between 0 and 31",
        )
        special_dates.create_check_constraint(
            op.f("ck_special_dates_leap_day"), "leap_day in ('feb28', 'mar1')"
        )
    op.add_column("customers", sa.Column("post_consent", sa.Boolean(), nullable=True))
    op.create_index(op.f("ix_customers_country"), "customers", ["country"])
    op.create_index(op.f("ix_customers_updated_at"), "customers", ["updated_at"])
    # No foreign key: SQLite would copy the table anew, and what points to it would forbid that.
    op.add_column("notes", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("notes", sa.Column("addressee", sa.String(), nullable=True))
    op.create_index(op.f("ix_notes_merged_into_id"), "notes", ["merged_into_id"])
