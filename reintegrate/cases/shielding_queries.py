"""Reading who may open a protected case, what waits for a second person, and the emergencies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Sensitivity, Who, decide, may_ever, reach, table
from reintegrate.accounts.models import Membership, Role, User
from reintegrate.audit.models import AuditEvent
from reintegrate.audit.models import Outcome as Ending
from reintegrate.cases.models import Case, NamedAccess, SensitivityGround
from reintegrate.cases.queries import thing_of, visible
from reintegrate.cases.shielding_models import BrokenGlass, ProposalKind, ShieldProposal
from reintegrate.columns import utcnow
from reintegrate.db import session

CASE_ROLES = frozenset(role for role in Role if role in table()["case.read.c4"])
"""The roles that a list of names makes sense for: those that may read what only lists open."""

WORKING_ROLES = frozenset(role for role in Role if role in table()["case.update.c1"])

ACTION_OF = {ProposalKind.LIFT: "case.protect.clear", ProposalKind.NAME: "case.named.grant"}
"""What each kind of proposal is in the access table, for whoever makes it and whoever confirms it."""

TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Nameable:
    """Somebody who can open a case once she is on its list."""

    user: User
    roles: tuple[Role, ...]
    works: bool
    opens_now: bool


def nameable(case: Case) -> list[Nameable]:
    """Active users of the case's country whose role can work on cases, by name.

    `works` where she could change the case, `opens_now` where she can open it as it is.
    """
    thing = thing_of(case)
    found = []
    for user, who in accounts.posted_in(case.office.country, CASE_ROLES):
        named = replace(thing, sensitivity=Sensitivity.PROTECTED, named_ids=frozenset({user.id}))
        if decide(who, "case.read.c1", named).allowed:
            found.append(
                Nameable(
                    user,
                    tuple(dict.fromkeys(post.role for post in who.posts)),
                    works=decide(who, "case.update.c1", named).allowed,
                    opens_now=decide(who, "case.read.c1", thing).allowed,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on the list of a case; `role` is empty where she can no longer open it."""

    access_id: int
    user: User
    since: datetime
    roles: tuple[Role, ...]
    works: bool


def named_on(case: Case) -> list[Named]:
    """The people on the list of a case, by name."""
    able = {found.user.id: found for found in nameable(case)}
    rows = session.execute(
        select(NamedAccess, User)
        .join(User, User.id == NamedAccess.user_id)
        .where(NamedAccess.case_id == case.id)
        .order_by(User.name, User.id)
    )
    return [
        Named(
            access.id,
            user,
            access.granted_at,
            able[user.id].roles if user.id in able else (),
            works=user.id in able and able[user.id].works,
        )
        for access, user in rows
    ]


def named_access(case: Case, access_id: int) -> NamedAccess | None:
    """An entry of the list of a case, None where it belongs to another."""
    return session.scalar(
        select(NamedAccess).where(NamedAccess.id == access_id, NamedAccess.case_id == case.id)
    )


def ground_of(case: Case) -> SensitivityGround | None:
    """Why a case is protected."""
    return session.get(SensitivityGround, case.id)


def open_proposals(case: Case) -> Sequence[ShieldProposal]:
    """What waits for a second person on a case, earliest first."""
    return session.scalars(
        select(ShieldProposal)
        .where(ShieldProposal.case_id == case.id, ShieldProposal.outcome.is_(None))
        .options(joinedload(ShieldProposal.user), joinedload(ShieldProposal.proposed_by))
        .order_by(ShieldProposal.id)
    ).all()


def proposal_of(reference: str, proposal_id: int) -> ShieldProposal | None:
    """A proposal on the case with a reference, whoever asks."""
    return session.scalar(
        select(ShieldProposal)
        .join(Case, Case.id == ShieldProposal.case_id)
        .where(ShieldProposal.id == proposal_id, Case.reference == reference)
        .options(contains_eager(ShieldProposal.case))
    )


def glasses_of(case: Case) -> Sequence[BrokenGlass]:
    """The emergencies in which a case was opened, latest first."""
    return session.scalars(
        select(BrokenGlass)
        .where(BrokenGlass.case_id == case.id)
        .options(joinedload(BrokenGlass.user))
        .order_by(BrokenGlass.id.desc())
    ).all()


def running_glass(case: Case, user_id: int) -> BrokenGlass | None:
    """The emergency in which a user reads a case at this moment."""
    return session.scalar(
        select(BrokenGlass)
        .where(
            BrokenGlass.case_id == case.id,
            BrokenGlass.user_id == user_id,
            BrokenGlass.ended_at.is_(None),
            BrokenGlass.until_at > utcnow(),
        )
        .order_by(BrokenGlass.until_at.desc(), BrokenGlass.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Something that was read in an emergency."""

    at: datetime
    action: str


def read_through(glass: BrokenGlass) -> list[Glimpse]:
    """What somebody opened of the case while the emergency ran, earliest first."""
    rows = session.execute(
        select(AuditEvent.at, AuditEvent.action)
        .where(
            AuditEvent.case_id == glass.case_id,
            AuditEvent.actor_id == glass.user_id,
            AuditEvent.action.startswith("case.read."),
            AuditEvent.outcome == Ending.DONE,
            AuditEvent.at >= glass.opened_at,
            AuditEvent.at <= (glass.ended_at or glass.until_at),
        )
        .order_by(AuditEvent.seq)
    )
    return [Glimpse(at, action) for at, action in rows]


def wrong_tries(user_id: int, since: datetime) -> int:
    """How often a user tried to break the glass of what is not hers to see."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(
                AuditEvent.actor_id == user_id,
                AuditEvent.action == "case.break_glass",
                AuditEvent.outcome == Ending.DENIED,
                AuditEvent.at > since,
            )
        )
        or 0
    )


def waiting_proposals(who: Who, *, limit: int) -> Sequence[ShieldProposal]:
    """The steps of others that wait for this user, earliest first."""
    reached = [
        and_(ShieldProposal.kind == kind, visible(who, action))
        for kind, action in ACTION_OF.items()
        if may_ever(who, action)
    ]
    if not reached:
        return []
    return session.scalars(
        select(ShieldProposal)
        .join(Case, Case.id == ShieldProposal.case_id)
        .where(
            ShieldProposal.outcome.is_(None),
            ShieldProposal.proposed_by_id != who.user_id,
            ShieldProposal.user_id.is_distinct_from(who.user_id),
            or_(*reached),
        )
        .options(contains_eager(ShieldProposal.case), joinedload(ShieldProposal.proposed_by))
        .order_by(ShieldProposal.id)
        .limit(limit)
    ).all()


def _glasses(condition: ColumnElement[bool], limit: int) -> Sequence[BrokenGlass]:
    return session.scalars(
        select(BrokenGlass)
        .join(Case, Case.id == BrokenGlass.case_id)
        .where(condition)
        .options(contains_eager(BrokenGlass.case), joinedload(BrokenGlass.user))
        .order_by(BrokenGlass.id)
        .limit(limit)
    ).all()


def glasses_to_review(who: Who, *, limit: int) -> Sequence[BrokenGlass]:
    """Emergencies of others that this user may review, earliest first."""
    if not may_ever(who, "case.break_glass.review"):
        return []
    condition = and_(
        BrokenGlass.reviewed_at.is_(None),
        BrokenGlass.user_id != who.user_id,
        visible(who, "case.break_glass.review"),
    )
    return _glasses(condition, limit)


def glasses_on_own_cases(who: Who, *, limit: int) -> Sequence[BrokenGlass]:
    """Emergencies on the cases that a user manages: those of a week, and those not reviewed."""
    condition = and_(
        Case.case_manager_id == who.user_id,
        BrokenGlass.user_id != who.user_id,
        visible(who, "case.read.c1"),
        or_(BrokenGlass.reviewed_at.is_(None), BrokenGlass.opened_at > utcnow() - TOLD_FOR),
    )
    return _glasses(condition, limit)


def lost_cases(who: Who, *, limit: int) -> Sequence[Case]:
    """Protected cases on whose list nobody is left who can work, for those who may name anywhere."""
    if not reach(who, "case.named.grant").everything:
        return []
    able = (
        select(NamedAccess.id)
        .join(User, User.id == NamedAccess.user_id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            NamedAccess.case_id == Case.id,
            User.active,
            Membership.confirmed_at.is_not(None),
            Membership.role.in_(sorted(WORKING_ROLES)),
        )
    )
    return session.scalars(
        select(Case)
        .where(Case.sensitivity != Sensitivity.NORMAL, ~exists(able.correlate(Case)))
        .order_by(Case.id)
        .limit(limit)
    ).all()
