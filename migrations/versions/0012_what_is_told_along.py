"""What is told along: an index of what may still be taken apart, since a look asks for it

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TOLD = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_notes_told_expires_at",
        "notes",
        ["expires_at"],
        sqlite_where=_TOLD,
        postgresql_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("ix_notes_told_expires_at", "notes")
