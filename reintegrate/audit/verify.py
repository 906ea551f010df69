"""Proving that nobody has touched the trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegrate.audit.models import AuditDetail, AuditEvent, AuditHead
from reintegrate.audit.trail import EMPTY_HASH, chain_hash, digest

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at which place of the chain."""

    seq: int
    what: str


def verify(session: Session) -> tuple[int, list[Fault]]:
    """Recompute the whole chain; the number of events read and the faults found, at most 100.

    A rewrite of everything with fresh hashes is not found here: compare `head_of` with a head
    that was kept elsewhere.
    """
    previous, expected, faults = EMPTY_HASH, 0, []
    for event, detail in _events(session):
        expected += 1
        if event.seq != expected:
            faults.append(Fault(expected, f"missing up to {event.seq - 1}"))
            expected = event.seq
        row = {column.name: getattr(event, column.name) for column in AuditEvent.__table__.columns}
        if chain_hash(previous, row) != event.hash:
            faults.append(Fault(event.seq, "the hash does not fit the row and the one before it"))
        if detail is None and event.detail_digest is not None:
            faults.append(Fault(event.seq, "the detail is missing"))
        if detail is not None and digest(detail.salt, detail.body) != event.detail_digest:
            faults.append(Fault(event.seq, "the detail was changed"))
        previous = event.hash
        if len(faults) >= 100:
            return expected, faults
    if (expected, previous) != head_of(session):
        faults.append(Fault(expected, "the end of the chain is not where its head says"))
    return expected, faults


def head_of(session: Session) -> tuple[int, str]:
    """Number and hash of the last event: keep it outside the database to prove completeness."""
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return (head.seq, head.hash) if head else (0, EMPTY_HASH)


def _events(session: Session) -> Iterator[tuple[AuditEvent, AuditDetail | None]]:
    after = 0
    while True:
        rows = session.execute(
            select(AuditEvent, AuditDetail)
            .outerjoin(AuditDetail, AuditDetail.seq == AuditEvent.seq)
            .where(AuditEvent.seq > after)
            .order_by(AuditEvent.seq)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1][0].seq
        session.expunge_all()
