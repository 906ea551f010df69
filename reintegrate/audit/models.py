"""The trail of everything that was changed or looked at: appended, chained, never edited."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from reintegrate.columns import Base, c3, key, link, system


class Outcome(StrEnum):
    """What became of what somebody tried to do."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class AuditEvent(Base):
    """One thing that somebody did. Rows are written by `trail.write` alone.

    `hash` is sha256 over the hash before it, the sequence number and the canonical body; the body
    holds the digest of the detail, so that erasing a person's detail leaves the chain whole.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_case_id_seq", "case_id", "seq"),
        Index("ix_audit_event_person_id_seq", "person_id", "seq"),
        Index("ix_audit_event_actor_id_seq", "actor_id", "seq"),
    )

    seq: Mapped[int] = system(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = system()
    actor_id: Mapped[int | None] = system()
    action: Mapped[str] = system()
    outcome: Mapped[Outcome] = system()
    subject: Mapped[str | None] = system()
    subject_id: Mapped[int | None] = system()
    case_id: Mapped[int | None] = system()
    person_id: Mapped[int | None] = system()
    reason: Mapped[str | None] = system()
    address: Mapped[str | None] = system()
    detail_digest: Mapped[str | None] = system()
    hash: Mapped[str] = system()


class AuditDetail(Base):
    """What exactly changed, apart from the chain so that it can be erased with the person."""

    __tablename__ = "audit_detail"

    seq: Mapped[int] = link("audit_event.seq", index=False, primary_key=True, autoincrement=False)
    salt: Mapped[str] = system()
    body: Mapped[str] = c3()


class AuditHead(Base):
    """The end of the chain, one row, locked by whoever appends."""

    __tablename__ = "audit_head"

    id: Mapped[int] = key()
    seq: Mapped[int] = system()
    hash: Mapped[str] = system()
