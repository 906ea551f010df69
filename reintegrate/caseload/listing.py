"""Rows of cases as lists show them: everything formatted once, by value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reintegrate.caseload.queries import Listed
from reintegrate.cases.workflow import TONES
from reintegrate.web import formats

HOLE = "REFERENCE"
"""Stands in an address and in a text until each row puts its own reference or name there."""

WIDTH = len(Listed._fields)


@dataclass(slots=True)
class CaseRow:
    """A case as a line of a list; `choose` is what its box is called."""

    url: str
    name: str
    choose: str
    native_name: str | None
    native_lang: str | None
    reference: str
    country: str
    origin: str
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
    """Lines for the rows of `queries.rows_of`; without the right to read it, no name.

    Days, countries and statuses repeat from line to line, so each is put into words once.
    """
    address = url_for("caseload.overview", reference=HOLE)
    hidden, choose = _("Name not shown"), _("Choose %(name)s", name=HOLE)
    country, day, partial = cache(formats.country), formats.days(), cache(formats.partial_date)
    origin = cache(lambda code: _("from %(country)s", country=formats.country(code)))
    overdue, label = cache(formats.overdue), cache(lambda status: str(status.label))
    return [
        CaseRow(
            url=address.replace(HOLE, row.reference),
            name=(name := row.display_name if row.named else hidden),
            choose=f"{choose.replace(HOLE, name)} {row.reference}",
            native_name=row.native_name if row.named else None,
            native_lang=row.native_language if row.named else None,
            reference=row.reference,
            country=country(row.return_country),
            origin=origin(row.host_country),
            arrived=partial(row.arrived_on, row.arrived_precision),
            manager=row.manager,
            due=day(row.next_due_on),
            late=overdue(row.next_due_on, today) if row.next_due_on else "",
            tone="bad" if row.next_due_on and row.next_due_on < today else "warn",
            status=label(row.status),
            status_tone=TONES[row.status],
            activity=day(row.last_activity_at.date()),
            opened=day(row.opened_on),
            protected=row.sensitivity != "normal",
        )
        for row in (Listed(*found[:WIDTH]) for found in rows)
    ]
