"""What two people decide about a protected case, and the emergencies in which it was opened."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, relationship

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import User
from reintegrate.cases.models import Case, OfCase
from reintegrate.columns import Base, Labelled, c1, c2, c4, key, link, system, utcnow


class ProposalKind(Labelled):
    """What is proposed to a second person."""

    LIFT = "lift", _l("Lift the protection")
    NAME = "name", _l("Put somebody on the list")


class Outcome(Labelled):
    """What became of a proposal."""

    CONFIRMED = "confirmed", _l("confirmed")
    REFUSED = "refused", _l("refused")


class Finding(Labelled):
    """What the review of an emergency found."""

    JUSTIFIED = "justified", _l("It was justified")
    NOT_JUSTIFIED = "not_justified", _l("It was not justified")


class ShieldProposal(OfCase, Base):
    """A step that opens a protected case to more people: it counts once a second person confirms it.

    `user_id` is who is to be named; `target` how sensitive the case is afterwards.
    """

    __tablename__ = "shield_proposal"
    __table_args__ = (
        CheckConstraint("outcome <> 'confirmed' OR decided_by_id <> proposed_by_id", name="second_person"),
        CheckConstraint("outcome <> 'confirmed' OR decided_by_id <> user_id", name="not_oneself"),
        CheckConstraint("user_id <> proposed_by_id", name="names_somebody_else"),
        CheckConstraint("(kind = 'name') = (user_id IS NOT NULL)", name="kind_and_user"),
        CheckConstraint("(kind = 'lift') = (target IS NOT NULL)", name="kind_and_target"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id")
    kind: Mapped[ProposalKind] = system()
    user_id: Mapped[int | None] = link("app_user.id", index=False)
    target: Mapped[Sensitivity | None] = system()
    reason: Mapped[str] = c4()
    proposed_by_id: Mapped[int] = link("app_user.id", index=False)
    proposed_at: Mapped[datetime] = system(default=utcnow)
    decided_by_id: Mapped[int | None] = link("app_user.id", index=False)
    decided_at: Mapped[datetime | None] = system()
    outcome: Mapped[Outcome | None] = system()

    case: Mapped[Case] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])


class BrokenGlass(OfCase, Base):
    """An emergency in which somebody read a case that her work does not open; for an hour at most."""

    __tablename__ = "broken_glass"
    __table_args__ = (
        CheckConstraint("reviewed_by_id <> user_id", name="reviewed_by_another"),
        CheckConstraint("until_at > opened_at", name="order"),
        Index("ix_broken_glass_reviewed_at", "reviewed_at"),
    )

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id")
    user_id: Mapped[int] = link("app_user.id", index=False)
    reason: Mapped[str] = c2()
    opened_at: Mapped[datetime] = c1()
    until_at: Mapped[datetime] = c1()
    ended_at: Mapped[datetime | None] = c1()
    ended_by_id: Mapped[int | None] = link("app_user.id", index=False)
    reviewed_at: Mapped[datetime | None] = c1()
    reviewed_by_id: Mapped[int | None] = link("app_user.id", index=False)
    finding: Mapped[Finding | None] = c1()
    review_note: Mapped[str | None] = c2()

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])

    def runs(self, at: datetime) -> bool:
        """Whether the case is open through it at a moment."""
        return self.ended_at is None and at < self.until_at
