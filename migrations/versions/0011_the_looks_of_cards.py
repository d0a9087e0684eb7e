"""The looks of cards: what a note's template asks of its card, and a customer's own hand

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("hand", sa.String(), nullable=True))
    op.add_column("notes", sa.Column("look", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("notes", "look")
    op.drop_column("customers", "hand")
