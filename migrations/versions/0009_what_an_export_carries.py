"""What our own export brings back, so that it can be taken back too

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BROUGHT = ("facts", "holds", "life_events", "notes", "suppressions")


def upgrade() -> None:
    for table in _BROUGHT:
        op.add_column(table, sa.Column("import_id", sa.Integer(), nullable=True))
        op.create_index(op.f(f"ix_{table}_import_id"), table, ["import_id"])
