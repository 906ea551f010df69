"""Rows of cases as lists show them: everything formatted once, by value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reintegrate.accounts.models import Office
from reintegrate.caseload.queries import SORTS
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.workflow import TONES
from reintegrate.web import formats
from reintegrate.web.tables import Page

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
    origin: str
    arrived: str
    manager: str | None
    due: str
    late: str
    tone: str
    status: str
    status_tone: str
    activity: str
    protected: bool


def rows_of(rows: Iterable[Any], today: date) -> list[CaseRow]:
    """Lines for the rows of `queries.rows_of`; without the right to read it, no name.

    Days, countries and statuses repeat from line to line, so each is put into words once.
    """
    address = url_for("caseload.overview", reference=HOLE)
    hidden = _("Name not shown")
    country, day, partial = cache(formats.country), cache(formats.day), cache(formats.partial_date)
    origin = cache(lambda code: _("from %(country)s", country=formats.country(code)))
    overdue, label = cache(formats.overdue), cache(lambda status: str(status.label))
    return [
        CaseRow(
            url=address.replace(HOLE, row.reference),
            name=row.display_name if row.named else hidden,
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
            protected=row.sensitivity != "normal",
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class FilterTag:
    """A filter in use, with the address of the list without it."""

    label: str
    url: str


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, by its name in the address."""
    return {
        "status": [("", _("Any")), ("open", _("All open")), *((s.value, str(s.label)) for s in CaseStatus)],
        "worker": [("", _("Anyone")), ("me", _("Me")), ("nobody", _("Nobody"))],
        "due": [
            ("", _("Any time")),
            ("overdue", _("Overdue")),
            ("week", _("Within seven days")),
            ("none", _("None planned")),
        ],
    }


def _labels() -> dict[str, str]:
    return {
        "status": _("Status"),
        "office": _("Office"),
        "worker": _("Case manager"),
        "due": _("Next task"),
        "country": _("Country of return"),
    }


def _sorts(given: Mapping[str, Any], sort: str) -> dict[str, tuple[str, str]]:
    """For each sort, the address that chooses it and the direction in use."""
    return {
        name: (
            url_for("caseload.index", **{**given, "sort": name}),
            ("descending" if order.descending else "ascending") if name == sort else "",
        )
        for name, order in SORTS.items()
    }


def view_of(page: Page, *, given: dict[str, Any], sort: str, offices: Sequence[Office]) -> dict[str, Any]:
    """Everything the list's template shows."""
    choices, labels = _choices(), _labels()
    choices["office"] = [("", _("All my offices")), *((str(o.id), o.name) for o in offices)]
    words = {name: dict(choices.get(name, [])) for name in given}
    tags = [
        FilterTag(
            f"{labels[name]}: {words[name].get(value) or formats.country(value)}",
            url_for("caseload.index", **{k: v for k, v in given.items() if k != name}),
        )
        for name, value in given.items()
    ]
    return {
        "page": page,
        "rows": rows_of(page.rows, formats.today()),
        "given": given,
        "sort": sort,
        "sorts": _sorts(given, sort),
        "choices": choices,
        "labels": labels,
        "tags": tags,
        "show_offices": len(offices) > 1,
    }
