"""Writing the trail: events gather in the session and are chained just before it commits.

No effect without a row: the rows are written in the transaction of the effect, and where that
fails the transaction fails. The head of the chain is locked last, so writers wait shortly.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, inspect, select, update
from sqlalchemy.orm import InstanceState, Mapper, Session

from reintegrate.audit.models import AuditDetail, AuditEvent, AuditHead, Outcome
from reintegrate.columns import utcnow

_PENDING = "audit_pending"
_FLUSHING = "audit_flushing"
_ACTOR = "audit_actor"
_REASON = "audit_reason"

EMPTY_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where; `user_id` is None for the command line and for strangers."""

    user_id: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something to be remembered; `changes` maps a field to its old and new value."""

    action: str
    subject: str | None = None
    subject_id: int | None = None
    case_id: int | None = None
    person_id: int | None = None
    reason: str | None = None
    outcome: Outcome = Outcome.DONE
    changes: dict[str, Any] = field(default_factory=dict)


def act_as(session: Session, actor: Actor) -> None:
    """Everything that `session` writes from now on is remembered as done by `actor`."""
    session.info[_ACTOR] = actor


def because(session: Session, reason: str | None) -> None:
    """What `session` changes in this transaction from now on is remembered with `reason`."""
    if reason:
        session.info[_REASON] = reason


def actor_of(session: Session) -> Actor:
    """Who acts in `session`."""
    actor: Actor = session.info.get(_ACTOR, Actor())
    return actor


def record(session: Session, happened: Event) -> None:
    """Remember `happened` when the transaction of `session` commits."""
    session.info.setdefault(_PENDING, []).append(happened)


def has_pending(session: Session) -> bool:
    """Whether the session holds events that are not yet written."""
    return bool(session.info.get(_PENDING))


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, dates and decimals as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def digest(salt: str, body: str) -> str:
    """The fingerprint that stands in the chain for a detail."""
    return hashlib.sha256(f"{salt}{body}".encode("utf-8", "surrogatepass")).hexdigest()


def chain_hash(previous: str, row: dict[str, Any]) -> str:
    """The hash of an event's row on top of the hash of the one before it."""
    body = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(f"{previous}{canonical(body)}".encode("utf-8", "surrogatepass")).hexdigest()


def write(session: Session, events: list[Event]) -> None:
    """Append `events` to the chain in the open transaction."""
    actor, at = actor_of(session), utcnow()
    head = session.execute(select(AuditHead.seq, AuditHead.hash).with_for_update()).one_or_none()
    if head is None:
        session.execute(insert(AuditHead).values(id=1, seq=0, hash=EMPTY_HASH))
    seq, previous = head or (0, EMPTY_HASH)
    rows, details = [], []
    for happened in events:
        seq += 1
        row = _row(happened, seq, at, actor)
        if happened.changes:
            salt, body = secrets.token_hex(16), canonical(happened.changes)
            row["detail_digest"] = digest(salt, body)
            details.append({"seq": seq, "salt": salt, "body": body})
        row["hash"] = previous = chain_hash(previous, row)
        rows.append(row)
    session.execute(insert(AuditEvent.__table__), rows)  # type: ignore[arg-type]
    if details:
        session.execute(insert(AuditDetail.__table__), details)  # type: ignore[arg-type]
    session.execute(update(AuditHead).values(seq=seq, hash=previous))


def _row(happened: Event, seq: int, at: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": at,
        "actor_id": actor.user_id,
        "action": happened.action,
        "outcome": happened.outcome,
        "subject": happened.subject,
        "subject_id": happened.subject_id,
        "case_id": happened.case_id,
        "person_id": happened.person_id,
        "reason": happened.reason,
        "address": actor.address,
        "detail_digest": None,
    }


def changes_of(state: InstanceState[Any]) -> dict[str, list[Any]]:
    """Old and new value of every column of an instance that differs from the database."""
    changes = {}
    for column in state.mapper.column_attrs:
        if column.key in UNTOLD:
            continue
        history = state.attrs[column.key].load_history()
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            if old != new:
                changes[column.key] = [old, new]
    return changes


UNTOLD = frozenset({"id", "password", "tf_totp_secret", "mf_recovery_codes", "fs_uniquifier"})
"""Columns whose values the trail never holds: secrets, and what the row itself says."""


def _untracked(mapper: Mapper[Any]) -> bool:
    return mapper.class_ in {AuditEvent, AuditDetail, AuditHead} or not getattr(
        mapper.class_, "audited", True
    )


def _verb(session: Session, instance: Any) -> str:
    if instance in session.new:
        return "create"
    return "delete" if instance in session.deleted else "update"


def _gather(session: Session, *_: Any) -> None:
    told: list[tuple[Any, Event]] = []
    for instance in [*session.new, *session.dirty, *session.deleted]:
        state = inspect(instance)
        if _untracked(state.mapper):
            continue
        verb = _verb(session, instance)
        changes = _everything(state) if verb == "delete" else changes_of(state)
        if changes or verb != "update":
            table = state.mapper.local_table.name
            reason = session.info.get(_REASON)
            told.append((instance, Event(f"{table}.{verb}", subject=table, changes=changes, reason=reason)))
    session.info.setdefault(_FLUSHING, []).extend(told)


def _everything(state: InstanceState[Any]) -> dict[str, list[Any]]:
    return {
        column.key: [getattr(state.object, column.key), None]
        for column in state.mapper.column_attrs
        if column.key not in UNTOLD
    }


def _settle(session: Session, *_: Any) -> None:
    """Keys exist only after the flush: name the subject now."""
    for instance, happened in session.info.pop(_FLUSHING, []):
        identity = inspect(instance).identity or (None,)
        concerns = instance.concerns() if hasattr(instance, "concerns") else {}
        record(session, replace(happened, subject_id=identity[0], **concerns))


def _before_commit(session: Session) -> None:
    session.flush()
    session.info.pop(_REASON, None)
    if events := session.info.pop(_PENDING, None):
        write(session, events)


def _forget(session: Session, *_: Any) -> None:
    session.info.pop(_PENDING, None)
    session.info.pop(_FLUSHING, None)
    session.info.pop(_REASON, None)


def watch(sessions: Any) -> None:
    """Make every session of the factory `sessions` keep the trail."""
    event.listen(sessions, "before_flush", _gather)
    event.listen(sessions, "after_flush_postexec", _settle)
    event.listen(sessions, "before_commit", _before_commit)
    event.listen(sessions, "after_rollback", _forget)
