"""One import of a file in an office, as long as it is neither discarded nor taken back

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_list_import_one_of_a_file",
        "list_import",
        ["office_id", "file_digest"],
        unique=True,
        sqlite_where=sa.text("status IN ('staged', 'done')"),
        postgresql_where=sa.text("status IN ('staged', 'done')"),
    )


def downgrade() -> None:
    op.drop_index("ix_list_import_one_of_a_file", table_name="list_import")
