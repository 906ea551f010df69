"""Opening a case for a view: decided, remembered, or a 404 that is the same as for nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, g, request
from flask import session as browser_session

from reintegrate.accounts.access import Decision
from reintegrate.accounts.guard import who
from reintegrate.audit.queries import Filed
from reintegrate.audit.trail import Event, record
from reintegrate.cases import queries
from reintegrate.cases.models import Case
from reintegrate.cases.queries import Looking
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
    """A case that the user may act on, and what else she may do with it."""

    case: Case
    looking: Looking
    reason: str | None = None

    def may(self, action: str) -> bool:
        """Whether the user may perform another action on the case, now or with a reason."""
        return self.looking.may(action)

    def sees(self, action: str) -> bool:
        """Whether a reading is allowed without asking anything more."""
        decision = self.looking.decision(action)
        return _is_open(decision) and (not decision.needs_reason or given_reason(self.case) is not None)


def _is_open(decision: Decision) -> bool:
    return decision.allowed and not decision.needs_second


def open_case(reference: str, action: str) -> Opened:
    """The case with a reference, for an action of this request; a reading of it is remembered.

    Aborts with 404 where it is hidden, forbidden or not there, with 403 where the user's own work
    waits for somebody else. Raises ReasonNeededError.
    """
    case = queries.case_by_reference(reference)
    if case is None:
        abort(404)
    looking = queries.looking_at(case, who())
    decision = looking.decision(action)
    if decision.own_work:
        abort(403)
    if not _is_open(decision):
        abort(404)
    reason = given_reason(case)
    if decision.needs_reason and reason is None:
        raise ReasonNeededError(case, action)
    g.filed_under = Filed(case.id, case.person_id, case.office.timezone)
    if request.method == "GET":
        remember_reading(case, action, reason)
    return Opened(case, looking, reason)


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


def given_reason(case: Case) -> str | None:
    """The reason this user gave for this case within the last hour."""
    reasons: dict[str, Any] = browser_session.get("reasons", {})
    found = reasons.get(case.reference)
    if found and utcnow() - datetime.fromisoformat(found[1]) < REASON_LASTS:
        return str(found[0])
    return None


def keep_reason(case: Case, reason: str) -> None:
    """Remember a reason for an hour, in the trail for good."""
    reasons = dict(browser_session.get("reasons", {}))
    reasons[case.reference] = [reason, utcnow().isoformat()]
    browser_session["reasons"] = dict(list(reasons.items())[-20:])
    remember_reading(case, "case.reason", reason)
