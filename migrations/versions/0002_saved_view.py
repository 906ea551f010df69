"""Lists of cases kept by name; whether an interpreter is needed

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("office_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_saved_view_office_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_saved_view_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "first_view",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_first_view_user_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_first_view_view_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_first_view")),
    )
    with op.batch_alter_table("first_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_view_view_id"), ["view_id"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("interpreter_need", sa.String(40), nullable=False, server_default="unknown")
        )
    op.execute("UPDATE person SET interpreter_need = 'needed' WHERE interpreter IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("interpreter_need")

    with op.batch_alter_table("first_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_first_view_view_id"))

    op.drop_table("first_view")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_owner_id"))
        batch_op.drop_index(batch_op.f("ix_saved_view_office_id"))

    op.drop_table("saved_view")
