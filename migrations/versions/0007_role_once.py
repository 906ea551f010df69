"""A role is held once at a place, also where it has none

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONCE = (
    ("uq_membership_office", ["user_id", "role", "office_id"], "office_id IS NOT NULL"),
    ("uq_membership_country", ["user_id", "role", "country"], "country IS NOT NULL"),
    ("uq_membership_everywhere", ["user_id", "role"], "office_id IS NULL AND country IS NULL"),
)

SAME = """
    other.user_id = membership.user_id AND other.role = membership.role
    AND coalesce(other.office_id, 0) = coalesce(membership.office_id, 0)
    AND coalesce(other.country, '') = coalesce(membership.country, '')
"""

BETTER = """
    (other.confirmed_at IS NOT NULL AND membership.confirmed_at IS NULL)
    OR ((other.confirmed_at IS NULL) = (membership.confirmed_at IS NULL) AND other.id < membership.id)
"""


def upgrade() -> None:
    # of a role that was granted twice at once, the confirmed one stays, else the earlier
    op.execute(
        f"DELETE FROM membership WHERE EXISTS "  # noqa: S608
        f"(SELECT 1 FROM membership AS other WHERE {SAME} AND ({BETTER}))"
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint("uq_membership_user_id_role_office_id_country", type_="unique")
    for name, columns, where in ONCE:
        op.create_index(
            name,
            "membership",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    for name, _columns, _where in ONCE:
        op.drop_index(name, table_name="membership")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            "uq_membership_user_id_role_office_id_country", ["user_id", "role", "office_id", "country"]
        )
