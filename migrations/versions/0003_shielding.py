"""Steps that two people take on a protected case, and emergencies in which one was opened

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shield_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("target", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'confirmed' OR decided_by_id <> proposed_by_id",
            name=op.f("ck_shield_proposal_second_person"),
        ),
        sa.CheckConstraint(
            "outcome <> 'confirmed' OR decided_by_id <> user_id", name=op.f("ck_shield_proposal_not_oneself")
        ),
        sa.CheckConstraint("user_id <> proposed_by_id", name=op.f("ck_shield_proposal_names_somebody_else")),
        sa.CheckConstraint(
            "(kind = 'name') = (user_id IS NOT NULL)", name=op.f("ck_shield_proposal_kind_and_user")
        ),
        sa.CheckConstraint(
            "(kind = 'lift') = (target IS NOT NULL)", name=op.f("ck_shield_proposal_kind_and_target")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_shield_proposal_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_shield_proposal_user_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["app_user.id"], name=op.f("fk_shield_proposal_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["app_user.id"], name=op.f("fk_shield_proposal_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shield_proposal")),
    )
    with op.batch_alter_table("shield_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shield_proposal_case_id"), ["case_id"], unique=False)

    op.create_table(
        "broken_glass",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("finding", sa.String(40), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.CheckConstraint("reviewed_by_id <> user_id", name=op.f("ck_broken_glass_reviewed_by_another")),
        sa.CheckConstraint("until_at > opened_at", name=op.f("ck_broken_glass_order")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_broken_glass_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_broken_glass_user_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["app_user.id"], name=op.f("fk_broken_glass_ended_by_id")),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["app_user.id"], name=op.f("fk_broken_glass_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    with op.batch_alter_table("broken_glass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broken_glass_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_broken_glass_reviewed_at", ["reviewed_at"], unique=False)


def downgrade() -> None:
    op.drop_table("broken_glass")
    op.drop_table("shield_proposal")
