"""What is done with cases: opening, moving on, writing down. All rules are checked here, first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from reintegrate.accounts.models import Office, User
from reintegrate.cases import queries, workflow
from reintegrate.cases.assigning import Outcome, hand_over, outcome_of
from reintegrate.cases.codes import (
    CaseStatus,
    ConsentChannel,
    ConsentPurpose,
    Dimension,
    FactorCategory,
    FactorDirection,
    FactorLevel,
    NeedPriority,
    NeedStatus,
    NoteKind,
    Severity,
    TaskOrigin,
)
from reintegrate.cases.models import (
    Case,
    CaseProgramme,
    Consent,
    ConsentText,
    Need,
    Note,
    Programme,
    ReferenceCounter,
    ReturnEpisode,
    StatusChange,
    Task,
    VulnerabilityFactor,
)
from reintegrate.cases.opening import case_columns, status_columns
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError


def next_numbers(office_code: str, year: int, count: int = 1) -> range:
    """The next numbers of an office and year, taken so that no two requests get the same."""
    table: Table = ReferenceCounter.__table__  # type: ignore[assignment]
    make: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    taken = make(table).values(office_code=office_code, year=year, last=count)
    taken = taken.on_conflict_do_update(
        index_elements=[table.c.office_code, table.c.year], set_={"last": table.c.last + count}
    ).returning(table.c.last)
    last = int(session.execute(taken).scalar_one())
    return range(last - count + 1, last + 1)


def open_case(
    episode: ReturnEpisode,
    *,
    office: Office,
    opened_by: User | None,
    case_manager: User | None = None,
    programmes: Sequence[Programme] = (),
) -> Case:
    """A case in draft on a return, with its reference."""
    now = utcnow()
    (number,) = next_numbers(office.code, now.year)
    case = Case(
        **case_columns(
            office=office,
            number=number,
            person_id=episode.person_id,
            episode_id=episode.id,
            opened_at=now,
            opened_by_id=opened_by.id if opened_by else None,
            case_manager_id=case_manager.id if case_manager else None,
        )
    )
    case.office, case.episode, case.person = office, episode, episode.person
    session.add(case)
    session.add_all(CaseProgramme(case=case, programme_id=p.id) for p in programmes)
    made = status_columns(None, CaseStatus.DRAFT, at=now, by_id=case.opened_by_id)
    session.add(StatusChange(**made, case=case))
    session.flush()
    return case


def move_case(case: Case, name: str, *, by: User, reason: str | None = None) -> None:
    """Move a case on by the move called `name`.

    Raises RuleError where the case is not where the move begins, a reason is missing, or a guard
    does not hold; the message says what to do.
    """
    move = workflow.MOVES[name]
    if case.status not in move.sources:
        raise RuleError(_("The case is %(status)s now: this is no longer open", status=case.status.label))
    if move.needs_reason and not reason:
        raise RuleError(_("Write the reason: it is kept with the case"), field="reason")
    missing = workflow.missing_for(move, queries.facts_of(case))
    if missing:
        raise RuleError("; ".join(str(guard.missing) for guard in missing))
    now = utcnow()
    step = status_columns(case.id, move.target, at=now, by_id=by.id, before=case.status, reason=reason)
    session.add(StatusChange(**step))
    case.status = move.target
    case.status_since = now
    if move.target == CaseStatus.SUBMITTED:
        case.submitted_by_id = by.id
    touch(case)


def touch(case: Case) -> None:
    """Something happened on the case; also keeps the day of its next task."""
    session.flush()
    case.last_activity_at = utcnow()
    case.next_due_on = session.scalar(
        select(func.min(Task.due_on)).where(Task.case_id == case.id, Task.done_on.is_(None))
    )
    session.flush()


def assign_case(case: Case, user: User | None) -> None:
    """Give a case to a case manager, or to nobody.

    Raises RuleError where the user does not work in the case's office, or is not on the list of a
    protected case.
    """
    if user is not None:
        _need_taker(case, user)
    hand_over([case], user)


def _need_taker(case: Case, user: User) -> None:
    outcome = outcome_of(case, user)
    if outcome == Outcome.NOT_NAMED:
        raise RuleError(
            _("The case is protected: put %(name)s on its list first", name=user.name), field="case_manager"
        )
    if outcome != Outcome.ASSIGNED:
        raise RuleError(_("%(name)s does not work in this office", name=user.name), field="case_manager")


def set_programmes(case: Case, programmes: Sequence[Programme]) -> None:
    """Keep a case under exactly these programmes."""
    current = {
        row.programme_id: row
        for row in session.scalars(select(CaseProgramme).where(CaseProgramme.case_id == case.id))
    }
    wanted = {programme.id for programme in programmes}
    for programme_id in current.keys() - wanted:
        session.delete(current[programme_id])
    session.add_all(
        CaseProgramme(case_id=case.id, programme_id=programme_id)
        for programme_id in sorted(wanted - current.keys())
    )
    touch(case)


def record_consent(
    case: Case,
    *,
    purpose: ConsentPurpose,
    given: bool,
    channel: ConsentChannel,
    language: str,
    answered_on: date,
    recorded_by: User | None,
    text: ConsentText | None = None,
    witness: str | None = None,
) -> Consent:
    """An answer to a consent text.

    Raises RuleError where an answer by word of mouth has no witness, or a guardian no name, and
    where consent is given to what it stands for already.
    """
    if given and queries.has_consent(case, purpose):
        raise RuleError(_("This consent was given before and still stands"), field="purpose")
    if channel == ConsentChannel.VERBAL_WITNESSED and not witness:
        raise RuleError(_("Write who witnessed the answer"), field="witness")
    if channel == ConsentChannel.GUARDIAN and not witness:
        raise RuleError(_("Write the name of the parent or guardian"), field="witness")
    consent = Consent(
        case_id=case.id,
        purpose=purpose,
        given=given,
        channel=channel,
        language=language,
        answered_on=answered_on,
        text_id=text.id if text else None,
        witness=witness,
        recorded_by_id=recorded_by.id if recorded_by else None,
    )
    session.add(consent)
    touch(case)
    return consent


def withdraw_consent(case: Case, consent: Consent, *, on: date) -> None:
    """End a consent from a day on. Raises RuleError where there is nothing to withdraw."""
    if not consent.given or consent.withdrawn_on is not None:
        raise RuleError(_("There is no consent to withdraw"))
    if on < consent.answered_on:
        raise RuleError(_("It was given on %(day)s: choose a later day", day=consent.answered_on), field="on")
    consent.withdrawn_on = on
    touch(case)


def save_factor(
    case: Case,
    factor: VulnerabilityFactor | None,
    *,
    category: FactorCategory,
    level: FactorLevel,
    direction: FactorDirection,
    severity: Severity,
    note: str | None = None,
    action: str | None = None,
    review_on: date | None = None,
) -> VulnerabilityFactor:
    """Add a finding of the screening, or correct `factor`; a review date makes a task."""
    factor = factor or VulnerabilityFactor(case_id=case.id)
    if review_on is not None and review_on != factor.review_on:
        add_task(case, title=_("Review a vulnerability"), due_on=review_on, origin=TaskOrigin.REVIEW)
    factor.category = category
    factor.level = level
    factor.direction = direction
    factor.severity = severity
    factor.note = note
    factor.action = action
    factor.review_on = review_on
    session.add(factor)
    touch(case)
    return factor


def complete_screening(case: Case, *, on: date) -> None:
    """Say that the screening is done, whether or not it found anything."""
    case.screened_on = on
    touch(case)


def save_need(
    case: Case,
    need: Need | None,
    *,
    dimension: Dimension,
    text: str,
    priority: NeedPriority,
    status: NeedStatus = NeedStatus.OPEN,
) -> Need:
    """Add a need, or say what became of `need`."""
    need = need or Need(case_id=case.id, recorded_on=utcnow().date())
    need.dimension = dimension
    need.text = text
    need.priority = priority
    need.status = status
    need.updated_at = utcnow()
    session.add(need)
    touch(case)
    return need


def add_note(case: Case, *, kind: NoteKind, happened_on: date, text: str, author: User | None) -> Note:
    """Write something down. Raises RuleError for a day in the future."""
    if happened_on > utcnow().date():
        raise RuleError(
            _("A note is about something that happened: the day is in the future"), field="happened_on"
        )
    note = Note(
        case_id=case.id,
        kind=kind,
        happened_on=happened_on,
        text=text,
        author_id=author.id if author else None,
    )
    session.add(note)
    touch(case)
    return note


def add_task(
    case: Case,
    *,
    title: str,
    due_on: date,
    assignee: User | None = None,
    origin: TaskOrigin = TaskOrigin.BY_HAND,
) -> Task:
    """Something to do by a day; whoever manages the case then, unless `assignee` is given."""
    task = Task(
        case_id=case.id,
        title=title,
        due_on=due_on,
        assignee_id=assignee.id if assignee else None,
        origin=origin,
    )
    session.add(task)
    touch(case)
    return task


def complete_task(case: Case, task: Task, *, by: User, on: date) -> None:
    """Tick a task off, with the day it was really done. Raises RuleError where it is already."""
    if task.done_on is not None:
        raise RuleError(_("This is already done"))
    task.done_on = on
    task.done_by_id = by.id
    touch(case)
