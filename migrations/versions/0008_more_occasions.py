"""Who bought, since when and how often, and indexes for more occasions

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OTHERS = sa.text("kind != 'birthday' OR whose != ''")


def upgrade() -> None:
    op.create_table(
        "buyers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("first_order_on", sa.Date(), nullable=False),
        sa.Column("month_day", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_buyers_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_buyers")),
    )
    _fill()
    op.create_index(op.f("ix_buyers_month_day"), "buyers", ["month_day"])
    op.create_index(
        "ix_special_dates_others",
        "special_dates",
        ["month_day"],
        sqlite_where=_OTHERS,
        postgresql_where=_OTHERS,
    )


def _fill() -> None:
    """Count the orders that are there; those that went back whole do not count."""
    orders = sa.table(
        "orders",
        *(sa.column(name) for name in ("id", "customer_id", "refund_of_id", "total_cents")),
        sa.column("ordered_on", sa.Date()),
        sa.column("created_at", sa.DateTime()),
    )
    buyers = sa.table("buyers", *map(sa.column, _COLUMNS))
    refund = orders.alias()
    back = sa.select(sa.func.coalesce(sa.func.sum(refund.c.total_cents), 0))
    given_back = back.where(refund.c.refund_of_id == orders.c.id).scalar_subquery()
    first = sa.func.min(orders.c.ordered_on, type_=sa.Date())
    counted = sa.select(
        orders.c.customer_id,
        first,
        sa.extract("month", first) * 100 + sa.extract("day", first),
        sa.func.count(),
        sa.func.min(orders.c.created_at),
    ).where(
        orders.c.customer_id.is_not(None),
        orders.c.total_cents > 0,
        orders.c.total_cents + given_back > 0,
    )
    op.execute(buyers.insert().from_select(_COLUMNS, counted.group_by(orders.c.customer_id)))


_COLUMNS = ("customer_id", "first_order_on", "month_day", "orders", "known_at")
