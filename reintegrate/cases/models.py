"""Returns and the cases that open on them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office, User
from reintegrate.cases.codes import (
    Answer,
    CaseStatus,
    ConsentChannel,
    ConsentPurpose,
    Dimension,
    FactorCategory,
    FactorDirection,
    FactorLevel,
    Intention,
    Modality,
    NeedPriority,
    NeedStatus,
    NoteKind,
    ReturnReason,
    ReturnType,
    Severity,
    StayStatus,
    TaskOrigin,
)
from reintegrate.columns import Base, c1, c2, c3, c4, key, link, system, utcnow
from reintegrate.dates import Precision
from reintegrate.people.models import Person


class Programme(Base):
    """A reintegration programme under which cases are kept."""

    __tablename__ = "programme"

    id: Mapped[int] = key()
    code: Mapped[str] = c1(unique=True)
    name: Mapped[str] = c1()
    active: Mapped[bool] = c1(default=True)


class ReturnEpisode(Base):
    """One return of a person. A virtual return has no arrival."""

    __tablename__ = "return_episode"
    __table_args__ = (
        CheckConstraint(
            "departed_on IS NULL OR arrived_on IS NULL OR departed_on <= arrived_on",
            name="order",
        ),
        CheckConstraint("modality <> 'virtual' OR arrived_on IS NULL", name="virtual_has_no_arrival"),
    )

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    person_id: Mapped[int] = link("person.id")
    type: Mapped[ReturnType] = c1(default=ReturnType.UNKNOWN)
    modality: Mapped[Modality] = c1(default=Modality.PERMANENT)
    host_country: Mapped[str | None] = c1()
    return_country: Mapped[str] = c1()
    departed_on: Mapped[date | None] = c1()
    arrived_on: Mapped[date | None] = c1(index=True)
    arrived_precision: Mapped[Precision] = c1(default=Precision.UNKNOWN)
    reason: Mapped[ReturnReason] = c1(default=ReturnReason.UNKNOWN)
    assisted_by: Mapped[str | None] = c1()
    intention: Mapped[Intention] = c1(default=Intention.UNKNOWN)
    updated_at: Mapped[datetime] = system(default=utcnow)

    person: Mapped[Person] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"person_id": self.person_id}


class AbroadSpell(Base):
    """A time spent in one country before the return; months are enough, years will do."""

    __tablename__ = "abroad_spell"

    id: Mapped[int] = key()
    episode_id: Mapped[int] = link("return_episode.id")
    country: Mapped[str] = c1()
    from_on: Mapped[date | None] = c1()
    to_on: Mapped[date | None] = c1()
    from_precision: Mapped[Precision] = c1(default=Precision.UNKNOWN)
    to_precision: Mapped[Precision] = c1(default=Precision.UNKNOWN)
    status: Mapped[StayStatus] = c1(default=StayStatus.UNKNOWN)
    employed: Mapped[Answer] = c1(default=Answer.UNKNOWN)
    occupation: Mapped[str | None] = c1()

    episode: Mapped[ReturnEpisode] = relationship()

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"person_id": self.episode.person_id}


_WHERE_UNASSIGNED: Any = {
    "sqlite_where": text("case_manager_id IS NULL"),
    "postgresql_where": text("case_manager_id IS NULL"),
}


class Case(Base):
    """The work on one return of one person.

    The composite indexes carry the default list of an office, of a caseworker and of everything:
    a list of fifty reads fifty entries. `next_due_on` is the earliest open task.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_office_activity", "office_id", "last_activity_at", "id"),
        Index("ix_case_file_office_status_activity", "office_id", "status", "last_activity_at", "id"),
        Index("ix_case_file_manager_status_activity", "case_manager_id", "status", "last_activity_at", "id"),
        Index("ix_case_file_manager_activity", "case_manager_id", "last_activity_at", "id"),
        Index("ix_case_file_activity", "last_activity_at", "id"),
        Index("ix_case_file_office_due", "office_id", "next_due_on", "id"),
        Index("ix_case_file_manager_due", "case_manager_id", "next_due_on", "id"),
        Index("ix_case_file_office_standing", "office_id", "sensitivity", "status", "status_since", "id"),
        Index("ix_case_file_unassigned", "office_id", "status", "status_since", "id", **_WHERE_UNASSIGNED),
    )

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    reference: Mapped[str] = c1(unique=True)
    reference_key: Mapped[str] = c1(unique=True)
    person_id: Mapped[int] = link("person.id")
    episode_id: Mapped[int] = link("return_episode.id")
    office_id: Mapped[int] = link("office.id", index=False)
    case_manager_id: Mapped[int | None] = link("app_user.id", index=False)
    status: Mapped[CaseStatus] = c1(default=CaseStatus.DRAFT)
    status_since: Mapped[datetime] = c1(default=utcnow)
    sensitivity: Mapped[Sensitivity] = c1(default=Sensitivity.NORMAL)
    opened_on: Mapped[date] = c1()
    assigned_at: Mapped[datetime | None] = c1()
    opened_by_id: Mapped[int | None] = link("app_user.id", index=False)
    submitted_by_id: Mapped[int | None] = link("app_user.id", index=False)
    screened_on: Mapped[date | None] = c1()
    next_due_on: Mapped[date | None] = c1()
    last_activity_at: Mapped[datetime] = c1(default=utcnow)

    person: Mapped[Person] = relationship()
    episode: Mapped[ReturnEpisode] = relationship()
    office: Mapped[Office] = relationship()
    case_manager: Mapped[User | None] = relationship(foreign_keys=[case_manager_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"case_id": self.id, "person_id": self.person_id}


class OfCase:
    """Rows that belong to one case and are filed with it in the trail."""

    case_id: Any

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"case_id": self.case_id}


class CaseProgramme(OfCase, Base):
    """A programme that a case is kept under."""

    __tablename__ = "case_programme"
    __table_args__ = (UniqueConstraint("case_id", "programme_id"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id", index=False)
    programme_id: Mapped[int] = link("programme.id")

    case: Mapped[Case] = relationship()
    programme: Mapped[Programme] = relationship()


class NamedAccess(OfCase, Base):
    """Somebody for whom a protected or sealed case exists."""

    __tablename__ = "named_access"
    __table_args__ = (UniqueConstraint("case_id", "user_id"),)

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id", index=False)
    user_id: Mapped[int] = link("app_user.id")
    granted_at: Mapped[datetime] = system(default=utcnow)

    case: Mapped[Case] = relationship()


class StatusChange(OfCase, Base):
    """A move of a case from one status to another, with who, when and why."""

    __tablename__ = "status_change"
    audited = False

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id")
    from_status: Mapped[CaseStatus | None] = c1()
    to_status: Mapped[CaseStatus] = c1()
    at: Mapped[datetime] = c1(default=utcnow)
    by_id: Mapped[int | None] = link("app_user.id", index=False)
    reason: Mapped[str | None] = c2()

    case: Mapped[Case] = relationship()
    by: Mapped[User | None] = relationship()


class ConsentText(Base):
    """What people are asked, word for word; a new version stands beside the old."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("purpose", "language", "version"),)

    id: Mapped[int] = key()
    purpose: Mapped[ConsentPurpose] = c1()
    language: Mapped[str] = c1()
    version: Mapped[int] = c1()
    text: Mapped[str] = c1()
    published_on: Mapped[date] = c1()


class Consent(OfCase, Base):
    """An answer to a consent text; `withdrawn_on` ends what was given, from that day on."""

    __tablename__ = "consent"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id")
    purpose: Mapped[ConsentPurpose] = c2()
    given: Mapped[bool] = c2()
    channel: Mapped[ConsentChannel] = c2()
    text_id: Mapped[int | None] = link("consent_text.id", index=False)
    language: Mapped[str] = c2()
    answered_on: Mapped[date] = c2()
    witness: Mapped[str | None] = c2()
    recorded_by_id: Mapped[int | None] = link("app_user.id", index=False)
    withdrawn_on: Mapped[date | None] = c2()

    case: Mapped[Case] = relationship()
    text: Mapped[ConsentText | None] = relationship()


class VulnerabilityFactor(OfCase, Base):
    """A finding of the screening; the note may be read by few."""

    __tablename__ = "vulnerability_factor"

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    case_id: Mapped[int] = link("case_file.id")
    category: Mapped[FactorCategory] = c3()
    level: Mapped[FactorLevel] = c3()
    direction: Mapped[FactorDirection] = c3()
    severity: Mapped[Severity] = c3()
    note: Mapped[str | None] = c3()
    action: Mapped[str | None] = c3()
    review_on: Mapped[date | None] = c3()

    case: Mapped[Case] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way


class Need(OfCase, Base):
    """Something the person lacks, by dimension, with what became of it."""

    __tablename__ = "need"

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    case_id: Mapped[int] = link("case_file.id")
    dimension: Mapped[Dimension] = c1()
    text: Mapped[str] = c2()
    priority: Mapped[NeedPriority] = c1(default=NeedPriority.NORMAL)
    status: Mapped[NeedStatus] = c1(default=NeedStatus.OPEN)
    recorded_on: Mapped[date] = c1()
    updated_at: Mapped[datetime] = c1(default=utcnow)

    case: Mapped[Case] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way


class Note(OfCase, Base):
    """What somebody wrote down, and about which day. A note is never edited: a later one corrects it."""

    __tablename__ = "note"

    id: Mapped[int] = key()
    case_id: Mapped[int] = link("case_file.id")
    kind: Mapped[NoteKind] = c1(default=NoteKind.GENERAL)
    happened_on: Mapped[date] = c1()
    text: Mapped[str] = c3()
    author_id: Mapped[int | None] = link("app_user.id", index=False)
    written_at: Mapped[datetime] = c1(default=utcnow)

    case: Mapped[Case] = relationship()
    author: Mapped[User | None] = relationship()


_WHERE_OPEN: Any = {"sqlite_where": text("done_on IS NULL"), "postgresql_where": text("done_on IS NULL")}


class Task(OfCase, Base):
    """Something to do on a case by a day. Done late keeps the real day."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open_assignee_due", "assignee_id", "due_on", **_WHERE_OPEN),
        Index("ix_task_case_id", "case_id"),
    )

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    case_id: Mapped[int] = link("case_file.id", index=False)
    title: Mapped[str] = c1()
    due_on: Mapped[date] = c1()
    assignee_id: Mapped[int | None] = link("app_user.id", index=False)
    origin: Mapped[TaskOrigin] = c1(default=TaskOrigin.BY_HAND)
    done_on: Mapped[date | None] = c1()
    done_by_id: Mapped[int | None] = link("app_user.id", index=False)

    case: Mapped[Case] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way


class ReferenceCounter(Base):
    """The last number given out by an office in a year."""

    __tablename__ = "reference_counter"
    audited = False

    office_code: Mapped[str] = system(primary_key=True)
    year: Mapped[int] = system(primary_key=True)
    last: Mapped[int] = system()


class SensitivityGround(Base):
    """Why a case is protected, for those who may know."""

    __tablename__ = "sensitivity_ground"

    case_id: Mapped[int] = link("case_file.id", index=False, primary_key=True)
    reason: Mapped[str] = c4()

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"case_id": self.case_id}
