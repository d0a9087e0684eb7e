"""The home of each customer: an address in one spelling

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from appreciation.store.homes import home_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT_ONCE = 5_000


def upgrade() -> None:
    op.add_column("customers", sa.Column("home", sa.String(), nullable=True))
    _fill()
    op.create_index(op.f("ix_customers_home"), "customers", ["home"])
    op.drop_index(op.f("ix_customers_address"), "customers")


def _fill() -> None:
    customers = sa.table("customers", sa.column("id"), sa.column("address"), sa.column("home"))
    write = (
        sa.update(customers)
        .where(customers.c.id == sa.bindparam("customer"))
        .values(home=sa.bindparam("home"))
    )
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(customers.c.id, customers.c.address)
        .where(customers.c.id > last, customers.c.address.is_not(None))
        .order_by(customers.c.id)
        .limit(_AT_ONCE)
    ).all():
        connection.execute(
            write, [{"customer": row.id, "home": home_key(row.address)} for row in rows]
        )
        last = rows[-1].id
