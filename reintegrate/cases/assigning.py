"""Giving cases to a case manager: who may take which, and what changes hands with a case."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import User
from reintegrate.cases.models import Case, NamedAccess, Task
from reintegrate.columns import utcnow
from reintegrate.db import session


class Outcome(StrEnum):
    """What comes of a case when it is to be given to somebody."""

    ASSIGNED = "assigned"
    ALREADY = "already"
    OTHER_OFFICE = "other_office"
    NOT_ACTIVE = "not_active"
    NOT_NAMED = "not_named"


def outcomes_of(cases: Sequence[Case], user: User) -> dict[int, Outcome]:
    """What would come of each case, by its id, if it were given to `user` now."""
    offices = accounts.offices_worked_in([user])[user.id]
    named = set(session.scalars(select(NamedAccess.case_id).where(NamedAccess.user_id == user.id)))
    return {
        case.id: Outcome.ALREADY if case.case_manager_id == user.id else _outcome(case, user, offices, named)
        for case in cases
    }


def outcome_of(case: Case, user: User) -> Outcome:
    """What would come of one case if it were given to `user` anew, whoever has it: never ALREADY."""
    offices = accounts.offices_worked_in([user])[user.id]
    named = select(NamedAccess.case_id).where(NamedAccess.user_id == user.id, NamedAccess.case_id == case.id)
    return _outcome(case, user, offices, set(session.scalars(named)))


def _outcome(case: Case, user: User, offices: set[int], named: set[int]) -> Outcome:
    if not user.active:
        return Outcome.NOT_ACTIVE
    if case.office_id not in offices:
        return Outcome.OTHER_OFFICE
    protected = case.sensitivity != Sensitivity.NORMAL
    return Outcome.NOT_NAMED if protected and case.id not in named else Outcome.ASSIGNED


def assign_cases(cases: Sequence[Case], user: User) -> dict[int, Outcome]:
    """Give the cases to `user`, as far as she works in their offices; says what came of each, by id."""
    outcomes = outcomes_of(cases, user)
    hand_over([case for case in cases if outcomes[case.id] == Outcome.ASSIGNED], user)
    return outcomes


def hand_over(cases: Sequence[Case], user: User | None) -> None:
    """Let the cases be those of `user`, or of nobody, whom the caller has found to fit.

    Open tasks that a former case manager had been given by name go along to whoever follows.
    """
    if user is not None:
        _hand_on_tasks([case for case in cases if case.case_manager_id != user.id])
    now = utcnow()
    for case in cases:
        case.case_manager_id, case.case_manager = (user.id if user else None), user
        case.assigned_at, case.last_activity_at = (now if user else None), now
    session.flush()


def _hand_on_tasks(cases: Sequence[Case]) -> None:
    managers = {case.id: case.case_manager_id for case in cases if case.case_manager_id is not None}
    tasks = session.scalars(
        select(Task).where(Task.case_id.in_(managers), Task.done_on.is_(None), Task.assignee_id.is_not(None))
    )
    for task in tasks:
        if task.assignee_id == managers[task.case_id]:
            task.assignee_id = None
