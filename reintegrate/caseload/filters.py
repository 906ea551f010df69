"""What a list of cases is narrowed to, and the conditions that do it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists

from reintegrate.accounts.access import Who
from reintegrate.cases.codes import CaseStatus, ReturnType
from reintegrate.cases.models import Case, CaseProgramme, ReturnEpisode
from reintegrate.cases.workflow import OPEN

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty values narrow nothing, ids and days are texts of an address."""

    status: str = ""
    office: str = ""
    worker: str = ""
    due: str = ""
    country: str = ""
    host: str = ""
    type: str = ""
    programme: str = ""
    arrived_from: str = ""
    arrived_to: str = ""

    @property
    def of_return(self) -> bool:
        """Whether a filter looks at the return."""
        return any((self.country, self.host, self.type, self.arrived_from, self.arrived_to))


def conditions_of(filters: Filters, who: Who, today: date) -> list[ColumnElement[bool]]:
    """The conditions on cases and returns; a value that names nothing fits nothing."""
    return [
        condition
        for name, value in asdict(filters).items()
        if value and (condition := CONDITIONS[name](value, who, today)) is not None
    ]


def _status(value: str, _who: Who, _today: date) -> ColumnElement[bool] | None:
    if value == "open":
        return Case.status.in_(sorted(OPEN))
    return Case.status == CaseStatus(value) if value in set(CaseStatus) else None


def _worker(value: str, who: Who, _today: date) -> ColumnElement[bool]:
    if value == "nobody":
        return Case.case_manager_id.is_(None)
    return Case.case_manager_id == (who.user_id if value == "me" else _id(value))


def _id(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) <= 18 else 0


def _due(value: str, _who: Who, today: date) -> ColumnElement[bool] | None:
    return {
        "overdue": Case.next_due_on < today,
        "week": and_(Case.next_due_on >= today, Case.next_due_on <= today + WEEK),
        "none": Case.next_due_on.is_(None),
    }.get(value)


def _type(value: str, _who: Who, _today: date) -> ColumnElement[bool] | None:
    return ReturnEpisode.type == ReturnType(value) if value in set(ReturnType) else None


def _programme(value: str, _who: Who, _today: date) -> ColumnElement[bool]:
    return exists().where(CaseProgramme.case_id == Case.id, CaseProgramme.programme_id == _id(value))


CONDITIONS: dict[str, Callable[[str, Who, date], ColumnElement[bool] | None]] = {
    "status": _status,
    "office": lambda value, _who, _today: Case.office_id == _id(value),
    "worker": _worker,
    "due": _due,
    "country": lambda value, _who, _today: ReturnEpisode.return_country == value,
    "host": lambda value, _who, _today: ReturnEpisode.host_country == value,
    "type": _type,
    "programme": _programme,
    "arrived_from": lambda value, _who, _today: ReturnEpisode.arrived_on >= date.fromisoformat(value),
    "arrived_to": lambda value, _who, _today: ReturnEpisode.arrived_on <= date.fromisoformat(value),
}
"""How each filter is asked of the database."""
