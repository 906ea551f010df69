"""Opening a case for a view: decided, remembered, or a 404 that is the same as for nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from flask import abort, g, request

from reintegrate.accounts import sessions
from reintegrate.accounts.access import Who
from reintegrate.accounts.guard import who
from reintegrate.audit import queries as audit
from reintegrate.audit.queries import Filed
from reintegrate.audit.trail import Event, record
from reintegrate.cases import queries, shielding_queries
from reintegrate.cases.models import Case
from reintegrate.cases.queries import Looking
from reintegrate.cases.shielding_models import BrokenGlass
from reintegrate.columns import utcnow
from reintegrate.db import session

REASON_LASTS = timedelta(minutes=60)


class ReasonNeededError(Exception):
    """The action is allowed once a reason is given; answered with the page that asks for it."""

    def __init__(self, case: Case, action: str) -> None:
        super().__init__("a reason is needed")
        self.case = case
        self.action = action


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that the user may act on, and what else she may do with it.

    `glass` is the emergency in which she reads it, None where her work opens it.
    """

    case: Case
    looking: Looking
    reason: str | None = None
    glass: BrokenGlass | None = None

    def may(self, action: str) -> bool:
        """Whether the user may perform another action on the case, now or with a reason."""
        return self.looking.may(action)

    def may_propose(self, action: str) -> bool:
        """Whether the user may begin an action that a second person completes."""
        return self.looking.decision(action).allowed

    def sees(self, action: str) -> bool:
        """Whether a reading is allowed without asking anything more."""
        decision = self.looking.decision(action)
        allowed = decision.allowed and not decision.needs_second
        return allowed and (
            not decision.needs_reason or given_reason(self.case, self.looking.who) is not None
        )


def open_case(
    reference: str,
    *actions: str,
    two_people: bool = False,
    touched_by: Iterable[int | None] | None = None,
) -> Opened:
    """The case with a reference, for the first of `actions` that is allowed; a reading is remembered.

    With `two_people` the action is begun or completed here, so that it may need a second person;
    `touched_by` are those who had a hand in it. Aborts with 404 where the case is hidden, forbidden
    or not there, with 403 where the user's own work waits for somebody else. Raises ReasonNeededError.
    """
    case = queries.case_by_reference(reference)
    if case is None:
        nothing_here(actions[0])
    looking = queries.looking_at(case, who(), touched_by=touched_by)
    decisions = [(action, looking.decision(action)) for action in actions]
    if any(decision.own_work for _action, decision in decisions):
        g.refused = actions[0]
        abort(403)
    allowed = [(a, d) for a, d in decisions if d.allowed and (two_people or not d.needs_second)]
    if not allowed:
        nothing_here(actions[0])
    action, decision = allowed[0]
    glass = shielding_queries.running_glass(case, who().user_id) if decision.by_glass else None
    reason = glass.reason if glass else given_reason(case, looking.who)
    if decision.needs_reason and reason is None:
        raise ReasonNeededError(case, action)
    g.filed_under = Filed(case.id, case.reference, case.person_id, case.office.timezone)
    if request.method in ("GET", "HEAD"):
        remember_reading(case, action, reason)
    return Opened(case, looking, reason, glass)


def nothing_here(action: str) -> NoReturn:
    """Answer 404 for what is hidden as for what is not there; the guard remembers it as `action` refused."""
    g.refused = action
    abort(404)


def remember_reading(case: Case, action: str, reason: str | None = None) -> None:
    """Put into the trail that somebody looked."""
    record(
        session,
        Event(
            action,
            subject="case_file",
            subject_id=case.id,
            case_id=case.id,
            person_id=case.person_id,
            reason=reason,
        ),
    )


def given_reason(case: Case, user: Who) -> str | None:
    """The reason a user gave for this case within the last hour, since she signed in here.

    The trail holds it: nothing of it stands in the browser, and it ends with the session.
    """
    reasons: dict[int, str | None] = g.setdefault("reasons", {})
    if case.id not in reasons:
        signed_in = sessions.here()
        since = utcnow() - REASON_LASTS
        if signed_in is not None:
            since = max(since, signed_in.started_at)
        reasons[case.id] = audit.reason_given(case.id, user.user_id, since=since)
    return reasons[case.id]


def keep_reason(case: Case, reason: str) -> None:
    """Remember a reason in the trail: for good, and as what opens the case for an hour."""
    remember_reading(case, "case.reason", reason)
