"""Signing in: the running sessions, wrong tries by address, codes that count once, lost second factors

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("app_user", sa.Column("tf_last_counter", KEY, nullable=True))
    op.add_column("office", sa.Column("version", KEY, nullable=False, server_default="1"))
    op.add_column("sign_in_failure", sa.Column("address", sa.Text(), nullable=True))
    op.create_index(op.f("ix_sign_in_failure_address"), "sign_in_failure", ["address"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_in_key")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "second_factor_reset",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by_id", KEY, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT done OR decided_by_id <> requested_by_id",
            name=op.f("ck_second_factor_reset_second_person"),
        ),
        sa.CheckConstraint(
            "NOT done OR decided_by_id <> user_id", name=op.f("ck_second_factor_reset_not_oneself")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_second_factor_reset_user_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["app_user.id"], name=op.f("fk_second_factor_reset_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_second_factor_reset_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_reset")),
    )
    with op.batch_alter_table("second_factor_reset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_factor_reset_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("second_factor_reset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_factor_reset_user_id"))

    op.drop_table("second_factor_reset")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    op.drop_index(op.f("ix_sign_in_failure_address"), "sign_in_failure")
    op.drop_column("sign_in_failure", "address")
    op.drop_column("office", "version")
    op.drop_column("app_user", "tf_last_counter")
