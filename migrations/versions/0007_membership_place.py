"""A role only once at one place: empty places count as equal

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
    op.create_index(
        "uq_membership_place",
        "membership",
        ["user_id", "role", sa.text("coalesce(office_id, 0)"), sa.text("coalesce(country, '')")],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_membership_place", table_name="membership")
