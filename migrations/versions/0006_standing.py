"""Indexes for what waits on the worklist, and for counting cases by status

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_case_file_office_standing",
        "case_file",
        ["office_id", "sensitivity", "status", "status_since", "id"],
        unique=False,
    )
    op.create_index(
        "ix_case_file_unassigned",
        "case_file",
        ["office_id", "status", "status_since", "id"],
        unique=False,
        sqlite_where=sa.text("case_manager_id IS NULL"),
        postgresql_where=sa.text("case_manager_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_case_file_unassigned", table_name="case_file")
    op.drop_index("ix_case_file_office_standing", table_name="case_file")
