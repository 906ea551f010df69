"""Rows of cases as lists show them: everything formatted once, by value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.workflow import TONES
from reintegrate.web import formats

HOLE = "REFERENCE"
"""Stands in the address of a case until each row puts its own reference there."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a line of a list."""

    url: str
    name: str
    native_name: str | None
    native_lang: str | None
    reference: str
    country: str
    host_country: str
    arrived: str
    manager: str | None
    due: str
    late: str
    tone: str
    status: str
    status_tone: str
    activity: str
    opened: str
    protected: bool


def rows_of(rows: Iterable[Any], today: date) -> list[CaseRow]:
    """Lines for the rows of `queries.rows_of`; without the right to read it, no name."""
    address = url_for("caseload.overview", reference=HOLE)
    labels = {status: str(status.label) for status in CaseStatus}
    hidden = _("Name not shown")
    return [_row(row, address, labels, hidden, today) for row in rows]


def _row(row: Any, address: str, labels: dict[CaseStatus, str], hidden: str, today: date) -> CaseRow:
    due = row.next_due_on
    return CaseRow(
        url=address.replace(HOLE, row.reference),
        name=row.display_name if row.named else hidden,
        native_name=row.native_name if row.named else None,
        native_lang=row.native_language if row.named else None,
        reference=row.reference,
        country=formats.country(row.return_country),
        host_country=formats.country(row.host_country),
        arrived=formats.partial_date(row.arrived_on, row.arrived_precision),
        manager=row.manager,
        due=formats.day(due),
        late=formats.overdue(due, today) if due else "",
        tone="bad" if due and due < today else "warn",
        status=labels[row.status],
        status_tone=TONES[row.status],
        activity=formats.day(row.last_activity_at.date()),
        opened=formats.day(row.opened_on),
        protected=row.sensitivity != "normal",
    )
