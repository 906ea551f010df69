"""Reading the trail: what changed on a case, who looked, what a user did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, and_, column, false, func, not_, or_, select, table, true

from reintegrate.audit.models import AuditDetail, AuditEvent, Outcome
from reintegrate.columns import utcnow
from reintegrate.db import session

USERS = table("app_user", column("id"), column("name"))
"""The users by name; accounts live above this package."""

RECENT = timedelta(days=30)

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "person": (AuditEvent.person_id, ("person_name", "nationality", "spoken_language")),
    "case_file": (AuditEvent.case_id, ("case_programme",)),
}
"""Tables that are edited in the form of another, and the column by which their events are filed with it."""

VERBS = (".create", ".update", ".delete")


@dataclass(frozen=True, slots=True)
class Change:
    """An event that changed something; `detail` is its JSON, None where it was erased."""

    seq: int
    at: datetime
    who: str | None
    action: str
    reason: str | None
    detail: str | None
    subject_id: int | None

    @property
    def table(self) -> str:
        """The table whose row changed."""
        return self.action.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Filed:
    """Where the changes of an open case are filed, what it is called, and in which zone its office lives."""

    case_id: int
    reference: str
    person_id: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Save:
    """Who saved a record, and when."""

    at: datetime
    who: str | None
    who_id: int | None


def last_change(subject: str, subject_id: int) -> Save | None:
    """The latest change of a record, given by its table and key, or of what is filed with it alone.

    What a person and a case are made of beside their own row counts as theirs.
    """
    parts = PARTS.get(subject)
    itself = and_(AuditEvent.subject == subject, AuditEvent.subject_id == subject_id)
    of_it = and_(AuditEvent.subject.in_(parts[1]), parts[0] == subject_id) if parts else false()
    changing = or_(*(AuditEvent.action.endswith(verb) for verb in VERBS))
    row = session.execute(
        select(AuditEvent.at, USERS.c.name, AuditEvent.actor_id)
        .join(USERS, USERS.c.id == AuditEvent.actor_id, isouter=True)
        .where(or_(itself, of_it), changing)
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).one_or_none()
    return Save(*row) if row else None


def changes_of(
    case_id: int,
    person_id: int,
    *,
    returns: Mapping[str, Collection[int]],
    before: int | None = None,
    limit: int = 200,
) -> list[Change]:
    """The changes of a case and of its person, newest first; of her other cases nothing.

    With `before` only those with a smaller number.
    `returns` are the tables that are filed with the person and belong to one of her returns, each
    with the rows that belong to the return of this case.
    """
    changing = or_(*(AuditEvent.action.endswith(verb) for verb in VERBS))
    others = and_(
        AuditEvent.subject.in_(sorted(returns)),
        not_(
            or_(
                *(and_(AuditEvent.subject == t, AuditEvent.subject_id.in_(ids)) for t, ids in returns.items())
            )
        ),
    )
    hers = and_(AuditEvent.person_id == person_id, AuditEvent.case_id.is_(None), not_(others))
    ours = or_(AuditEvent.case_id == case_id, hers)
    earlier = AuditEvent.seq < before if before is not None else true()
    rows = session.execute(
        select(
            AuditEvent.seq,
            AuditEvent.at,
            USERS.c.name,
            AuditEvent.action,
            AuditEvent.reason,
            AuditDetail.body,
            AuditEvent.subject_id,
        )
        .outerjoin(AuditDetail, AuditDetail.seq == AuditEvent.seq)
        .outerjoin(USERS, USERS.c.id == AuditEvent.actor_id)
        .where(ours, changing, earlier, AuditEvent.outcome == Outcome.DONE)
        .order_by(AuditEvent.seq.desc())
        .limit(limit)
    )
    return [Change(*row) for row in rows]


def reason_given(case_id: int, user_id: int, *, since: datetime) -> str | None:
    """The latest reason that a user gave for opening a case since a moment."""
    return session.scalar(
        select(AuditEvent.reason)
        .where(
            AuditEvent.case_id == case_id,
            AuditEvent.actor_id == user_id,
            AuditEvent.action == "case.reason",
            AuditEvent.at >= since,
        )
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who opened the case: how often, and when last."""

    name: str
    role: str
    times: int
    at: datetime
    reason: str


def lookers_of(case_id: int, *, limit: int) -> list[Looker]:
    """Who opened a case in the last 30 days, latest first."""
    last = func.max(AuditEvent.at)
    rows = session.execute(
        select(USERS.c.name, func.count(), last, func.max(AuditEvent.reason))
        .join(USERS, USERS.c.id == AuditEvent.actor_id)
        .where(
            AuditEvent.case_id == case_id,
            AuditEvent.subject == "case_file",
            AuditEvent.action.startswith("case."),
            AuditEvent.action != "case.reason",
            AuditEvent.at > utcnow() - RECENT,
        )
        .group_by(USERS.c.id, USERS.c.name)
        .order_by(last.desc(), USERS.c.id)
        .limit(limit)
    )
    return [Looker(name, "", times, at, reason or "") for name, times, at, reason in rows]


def events(
    condition: ColumnElement[bool], *, before: int | None, limit: int, skipped: int = 0
) -> Sequence[AnyRow]:
    """Events under a condition, newest first, from before a sequence number or behind some rows on."""
    statement = (
        select(
            AuditEvent.seq,
            AuditEvent.at,
            USERS.c.name.label("who"),
            AuditEvent.action,
            AuditEvent.outcome,
            AuditEvent.subject,
            AuditEvent.subject_id,
            AuditEvent.case_id,
            AuditEvent.reason,
            AuditEvent.address,
        )
        .outerjoin(USERS, USERS.c.id == AuditEvent.actor_id)
        .where(condition)
    )
    if before is not None:
        statement = statement.where(AuditEvent.seq < before)
    return session.execute(statement.order_by(AuditEvent.seq.desc()).offset(skipped).limit(limit)).all()
