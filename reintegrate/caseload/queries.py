"""Reads that span domains: list, search, worklist. Rows, not models: they are only shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, select, union_all

from reintegrate.accounts.access import Sensitivity, Who, may_ever
from reintegrate.accounts.models import Office, User
from reintegrate.caseload.filters import Filters, conditions_of
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.models import Case, Programme, ReturnEpisode, Task
from reintegrate.cases.queries import visible
from reintegrate.cases.workflow import OPEN
from reintegrate.dates import Precision
from reintegrate.db import dialect_name, session
from reintegrate.people import search
from reintegrate.people.models import IdentityDocument, Person
from reintegrate.people.services import number_key
from reintegrate.references import is_well_formed, key_of
from reintegrate.web.tables import AnyRow, AnySelect, Place, Sort, keyset, ordering

STATEMENTS_KEPT = 300
"""How many statements of each kind a process keeps for those who ask the same again."""

SORTS: dict[str, Sort] = {
    "activity": Sort(Case.last_activity_at, descending=True),
    "due": Sort(Case.next_due_on, nullable=True),
    "name": Sort(Person.sort_name),
    "opened": Sort(Case.opened_on, descending=True),
}
"""How the list can be sorted, by the name in the address."""

ROW = (
    Case.id,
    Case.reference,
    Case.status,
    Case.next_due_on,
    Case.last_activity_at,
    Case.opened_on,
    Case.sensitivity,
    Case.case_manager_id,
    Person.display_name,
    Person.native_name,
    Person.native_language,
    Person.sort_name,
    ReturnEpisode.return_country,
    ReturnEpisode.host_country,
    ReturnEpisode.arrived_on,
    ReturnEpisode.arrived_precision,
    User.name.label("manager"),
)


class Listed(NamedTuple):
    """The columns of `rows_of`, to be read quickly."""

    id: int
    reference: str
    status: CaseStatus
    next_due_on: date | None
    last_activity_at: datetime
    opened_on: date
    sensitivity: Sensitivity
    case_manager_id: int | None
    display_name: str
    native_name: str | None
    native_language: str | None
    sort_name: str
    return_country: str
    host_country: str | None
    arrived_on: date | None
    arrived_precision: Precision
    manager: str | None
    named: bool


def rows_of(who: Who) -> AnySelect:
    """The rows of a list of cases with their people, and whether the user may read who they are."""
    return _rows_of(who, dialect_name())


@lru_cache(STATEMENTS_KEPT)
def _rows_of(who: Who, _dialect: str) -> AnySelect:
    shown: ColumnElement[bool] = visible(who, "case.read.c2", unmasked=True)
    return (
        select(*ROW, shown.label("named"))
        .join(Person, Person.id == Case.person_id)
        .join(ReturnEpisode, ReturnEpisode.id == Case.episode_id)
        .outerjoin(User, User.id == Case.case_manager_id)
    )


def cases(who: Who, filters: Filters, sort: Sort, place: Place | None, *, today: date) -> Sequence[AnyRow]:
    """One page of the list and a row more, under the filters.

    The page is found among the cases alone, so that a filter with few rows has none joined in vain.
    """
    statement = _page_of(who, filters, sort, place, today, dialect_name())
    return session.execute(statement.order_by(*ordering(sort, Case.id, place))).all()


@lru_cache(STATEMENTS_KEPT)
def _page_of(
    who: Who, filters: Filters, sort: Sort, place: Place | None, today: date, _dialect: str
) -> AnySelect:
    ids = select(Case.id)
    if sort.column.class_ is Person:
        ids = ids.join(Person, Person.id == Case.person_id)
    if filters.of_return or sort.column.class_ is ReturnEpisode:
        ids = ids.join(ReturnEpisode, ReturnEpisode.id == Case.episode_id)
    fitting = ids.where(visible(who), *conditions_of(filters, who, today))
    page = keyset(fitting, sort, Case.id, place, unfiltered=ids).subquery()
    return rows_of(who).join(page, page.c.id == Case.id)


def counted(who: Who, filters: Filters, *, today: date, limit: int | None) -> int:
    """How many cases fit the filters; with `limit` counting stops there, so that no list waits for it."""
    return session.scalar(_count_of(who, filters, today, limit, dialect_name())) or 0


@lru_cache(STATEMENTS_KEPT)
def _count_of(who: Who, filters: Filters, today: date, limit: int | None, _dialect: str) -> Select[int]:
    statement = select(Case.id).where(visible(who), *conditions_of(filters, who, today))
    if filters.of_return:
        statement = statement.join(ReturnEpisode, ReturnEpisode.id == Case.episode_id)
    return select(func.count()).select_from(statement.limit(limit).subquery())


@dataclass(frozen=True, slots=True)
class Load:
    """The open cases of a case manager, or of nobody."""

    user_id: int | None
    name: str
    active: bool
    open: int
    overdue: int


def loads(who: Who, *, today: date) -> list[Load]:
    """Open cases by case manager as far as the user's list reaches: those of nobody first, then by name."""
    overdue = func.count().filter(Case.next_due_on < today)
    each = (
        select(Case.case_manager_id, func.count().label("open"), overdue.label("overdue"))
        .where(visible(who), Case.status.in_(sorted(OPEN)))
        .group_by(Case.case_manager_id)
        .subquery()
    )
    rows = session.execute(
        select(each.c.case_manager_id, User.name, User.active, each.c.open, each.c.overdue)
        .outerjoin(User, User.id == each.c.case_manager_id)
        .order_by(User.name.is_not(None), User.name, each.c.case_manager_id)
    )
    found = [Load(row[0], row[1] or "", row[2] is not False, row[3], row[4]) for row in rows]
    nobody = [] if found and found[0].user_id is None else [Load(None, "", active=True, open=0, overdue=0)]
    return nobody + found


def manages_a_visible_case(who: Who, user_id: str) -> str | None:
    """The name of the user with this id, where the list holds a case of hers."""
    if not user_id.isdecimal() or len(user_id) > 18:
        return None
    return session.scalar(
        select(User.name)
        .join(Case, Case.case_manager_id == User.id)
        .where(User.id == int(user_id), visible(who))
        .limit(1)
    )


def references_where(who: Who, filters: Filters, sort: Sort, *, today: date, limit: int) -> Sequence[str]:
    """The references of the first cases that fit the filters and that the user may assign."""
    statement = (
        select(Case.reference)
        .join(Person, Person.id == Case.person_id)
        .join(ReturnEpisode, ReturnEpisode.id == Case.episode_id)
        .where(visible(who), visible(who, "case.assign"), *conditions_of(filters, who, today))
    )
    ordered = sort.column.desc() if sort.descending else sort.column.asc()
    return session.scalars(statement.order_by(ordered, Case.id).limit(limit)).all()


def rows_to_assign(who: Who, references: Sequence[str]) -> Sequence[AnyRow]:
    """The rows of the cases with these references that the user may assign, by reference."""
    return session.execute(
        rows_of(who)
        .where(Case.reference.in_(references), visible(who, "case.assign"))
        .order_by(Case.reference, Case.id)
    ).all()


def assignable(who: Who, references: Sequence[str]) -> Sequence[Case]:
    """The cases with these references that the user may assign, in the order of their references."""
    return session.scalars(
        select(Case)
        .where(Case.reference.in_(references), visible(who, "case.assign"))
        .order_by(Case.reference, Case.id)
    ).all()


def names_by_id(links: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The names of users, offices and programmes, by table and id."""
    wanted: dict[str, set[int]] = {}
    for table, row_id in links:
        wanted.setdefault(table, set()).add(row_id)
    return {
        (model.__tablename__, row_id): name
        for model in (User, Office, Programme)
        if model.__tablename__ in wanted
        for row_id, name in session.execute(
            select(model.id, model.name).where(model.id.in_(wanted[model.__tablename__]))
        )
    }


def jump(text: str, who: Who) -> str | None:
    """The reference that a typed text leads straight to: a reference, or a document number."""
    if is_well_formed(text):
        return session.scalar(select(Case.reference).where(Case.reference_key == key_of(text), visible(who)))
    key = number_key(text)
    if len(key) < 5 or not any(c.isdigit() for c in key) or not may_ever(who, "case.read.c2"):
        return None
    found = session.scalars(
        select(Case.reference)
        .join(IdentityDocument, IdentityDocument.person_id == Case.person_id)
        .where(IdentityDocument.number_key == key, visible(who, "case.read.c2", unmasked=True))
        .order_by(Case.opened_on.desc(), Case.id.desc())
        .limit(1)
    ).all()
    return found[0] if found else None


def find(text: str, who: Who, *, limit: int = 50) -> list[AnyRow]:
    """The cases of the people whose names fit best, best first; nobody the user may not read.

    A reference is no name: one that leads nowhere finds nobody.
    """
    if is_well_formed(text) or not may_ever(who, "case.read.c2"):
        return []
    best = search.people(text, within=_readable(who, dialect_name()), limit=limit)
    if not best:
        return []
    order = {person_id: position for position, person_id in enumerate(best)}
    found = session.execute(
        rows_of(who)
        .add_columns(Case.person_id)
        .where(Case.person_id.in_(best), visible(who, "case.read.c2", unmasked=True))
        .order_by(Case.opened_on.desc(), Case.id.desc())
        .limit(limit)
    ).all()
    return sorted(found, key=lambda row: order[row.person_id])


@lru_cache(STATEMENTS_KEPT)
def _readable(who: Who, _dialect: str) -> Select[int]:
    return select(Case.person_id).where(visible(who, "case.read.c2", unmasked=True))


TASK_ROW = (
    Task.id.label("task_id"),
    Task.title,
    Task.due_on,
    Case.reference,
    Person.display_name,
    Person.native_name,
    Person.native_language,
)


def tasks_due(who: Who, *, after: date | None, until: date, limit: int) -> Sequence[AnyRow]:
    """Open tasks of the user's cases and those given to her, earliest first, by their day.

    Her own cases are found by the day of their next task, so that those with time left cost nothing;
    `coalesce` keeps SQLite from beginning with the tasks of everybody that are given to nobody.
    """
    own = _open_tasks(who, after, until).where(
        func.coalesce(Task.assignee_id, 0) == 0,
        Case.case_manager_id == who.user_id,
        Case.next_due_on <= until,
    )
    given = _open_tasks(who, after, until).where(Task.assignee_id == who.user_id)
    found = union_all(own, given).order_by("due_on", "id").limit(limit).subquery()
    return session.execute(
        select(*TASK_ROW)
        .join(found, found.c.id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(Person, Person.id == Case.person_id)
        .order_by(Task.due_on, Task.id)
    ).all()


def _open_tasks(who: Who, after: date | None, until: date) -> Select[int, date]:
    statement = (
        select(Task.id, Task.due_on)
        .join(Case, Case.id == Task.case_id)
        .where(visible(who, "case.read.c2", unmasked=True), Task.done_on.is_(None), Task.due_on <= until)
    )
    return statement if after is None else statement.where(Task.due_on > after)


def cases_where(who: Who, condition: ColumnElement[bool], *, limit: int) -> Sequence[AnyRow]:
    """Cases under a condition, longest in their status first; their people are joined to the few found."""
    found = (
        select(Case.id)
        .where(visible(who), condition)
        .order_by(Case.status_since, Case.id)
        .limit(limit)
        .subquery()
    )
    return session.execute(
        rows_of(who)
        .join(found, found.c.id == Case.id)
        .add_columns(Case.status_since, Case.assigned_at)
        .order_by(Case.status_since, Case.id)
    ).all()


def to_decide(who: Who) -> ColumnElement[bool]:
    """Submitted cases on which the user may decide: never her own submissions."""
    if not may_ever(who, "case.decide"):
        return false()
    not_hers = and_(
        Case.submitted_by_id.is_distinct_from(who.user_id), Case.opened_by_id.is_distinct_from(who.user_id)
    )
    return and_(Case.status == CaseStatus.SUBMITTED, visible(who, "case.decide"), not_hers)


def unassigned(who: Who) -> ColumnElement[bool]:
    """Open cases without a case manager, for those who may assign."""
    if not may_ever(who, "case.assign"):
        return false()
    going = Case.status.in_([CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.ACTIVE])
    return and_(Case.case_manager_id.is_(None), going, visible(who, "case.assign"))


def mine_in(who: Who, status: CaseStatus) -> ColumnElement[bool]:
    """The user's own cases in a status."""
    return and_(Case.case_manager_id == who.user_id, Case.status == status)
