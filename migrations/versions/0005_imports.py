"""Imports that can be taken back, aliases of customers, and those who were forgotten

Revision ID: 0005
Revises: 0004
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What an import may bring. No foreign key: SQLite would copy each table anew, and rows that point
# to it would forbid that. An import is never deleted.
_BROUGHT = ("customers", "orders", "referrals", "meetings", "special_dates")
_COUNTS = ("rows", "new", "updated", "same", "needs_a_look", "unreadable")


def upgrade() -> None:
    for table in _BROUGHT:
        op.add_column(table, sa.Column("import_id", sa.Integer(), nullable=True))
        op.create_index(op.f(f"ix_{table}_import_id"), table, ["import_id"])
    op.add_column("customers", sa.Column("email_consent", sa.Boolean(), nullable=True))
    op.add_column("instance", sa.Column("secret", sa.String(), nullable=True))
    op.execute(
        sa.text("UPDATE instance SET secret = :secret").bindparams(secret=secrets.token_hex(32))
    )
    for count in _COUNTS:
        op.add_column("imports", sa.Column(count, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("undone_at", sa.DateTime(), nullable=True))
    # Nobody has written to it yet.
    op.drop_table("imported_rows")
    op.create_table(
        "imported_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_imported_rows_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_rows")),
    )
    op.create_index(op.f("ix_imported_rows_import_id"), "imported_rows", ["import_id"])
    op.create_table(
        "import_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_changes_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index(op.f("ix_import_changes_import_id"), "import_changes", ["import_id"])
    op.create_table(
        "origins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_origins_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_origins_source_key")),
    )
    op.create_index(op.f("ix_origins_customer_id"), "origins", ["customer_id"])
    op.create_index(op.f("ix_origins_import_id"), "origins", ["import_id"])
    op.create_table(
        "mappings",
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("headers", name=op.f("pk_mappings")),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("merged_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["customers.id"], name=op.f("fk_merges_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_kept_id"), "merges", ["kept_id"])
    op.create_table(
        "forgotten",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("forgotten_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_forgotten")),
    )
