"""Indexes for big shops: what is over by now, what was bought lately, and none of what is not there

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SELDOM = ("batch_id", "merged_into_id", "import_id")
_WORTH = ("currency", "total_cents", "refund_of_id")


def upgrade() -> None:
    op.drop_index("ix_orders_worth", "orders")
    op.create_index("ix_orders_worth", "orders", ["customer_id", "ordered_on", *_WORTH])
    op.create_index("ix_notes_state_expires_at", "notes", ["state", "expires_at"])
    told = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_notes_told_expires_at",
        "notes",
        ["expires_at"],
        sqlite_where=told,
        postgresql_where=told,
    )
    for column in _SELDOM:
        has = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_notes_{column}", "notes")
        op.create_index(
            f"ix_notes_{column}", "notes", [column], sqlite_where=has, postgresql_where=has
        )


def downgrade() -> None:
    op.drop_index("ix_notes_told_expires_at", "notes")
    for column in _SELDOM:
        op.drop_index(f"ix_notes_{column}", "notes")
        op.create_index(f"ix_notes_{column}", "notes", [column])
    op.drop_index("ix_notes_state_expires_at", "notes")
    op.drop_index("ix_orders_worth", "orders")
    op.create_index(
        "ix_orders_worth", "orders", ["customer_id", "currency", "ordered_on", *_WORTH[1:]]
    )
