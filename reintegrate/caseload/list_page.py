"""Everything that the page with the list of cases shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from reintegrate.accounts.access import Who, may_ever
from reintegrate.caseload import listing, queries
from reintegrate.caseload.asking import (
    EVERYTHING,
    Asked,
    Reading,
    asked_by,
    column_words,
    sort_words,
    sorts_for,
    today_here,
)
from reintegrate.caseload.models import SavedView
from reintegrate.caseload.offered import View
from reintegrate.web.tables import Page

COUNTED = 1000
"""Counting stops there unless an exact number is asked for."""

SORTED_BY_COLUMN = ("name", "due", "activity", "opened")


@dataclass(frozen=True, slots=True)
class Tag:
    """A filter in use, with the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view above the list."""

    label: str
    url: str
    current: bool


def show(page: Page, reading: Reading, *, who: Who, exactly: bool) -> dict[str, Any]:
    """What the template needs: rows, filters, tags, orders, views and the number of cases."""
    asked = reading.asked
    tags = [
        Tag(f"{field.label}: {field.word}", asked.without(field.name).url())
        for field in reading.fields
        if field.name in asked.given
    ]
    views, offered = reading.offered.views, sorts_for(who)
    return {
        "page": page,
        "rows": listing.rows_of(page.rows, today_here()),
        "asked": asked,
        "fields": reading.fields,
        "tags": tags,
        "tabs": tabs_of(views, asked),
        "is_kept": any(asked.query() == view.query for view in views),
        "total": _total(page, asked, who, exactly=exactly),
        "exactly": exactly,
        "sorts": {
            name: (asked.sorted_by(name).url(), _direction(asked, name))
            for name in SORTED_BY_COLUMN
            if name in offered
        },
        "sort_words": {k: word for k, word in sort_words().items() if k.removeprefix("-") in offered},
        "column_words": column_words(),
        "may_assign": may_ever(who, "case.assign"),
        "may_register": may_ever(who, "person.register"),
    }


def tabs_of(views: Sequence[View], asked: Asked) -> list[Tab]:
    """The views as tabs; the one whose list is shown is current, without filters that is everything."""
    tabs = [Tab(_("All"), Asked({}).url(), current=not asked.arguments())]
    return tabs + [Tab(_title(view), url_of(view), view.query == asked.query()) for view in views]


def _title(view: View) -> str:
    return _("Shared: %(name)s", name=view.name) if view.shared else view.name


def url_of(view: View | SavedView) -> str:
    """The address of the list that a view names."""
    arguments: dict[str, Any] = asked_by(view.query)
    return url_for("caseload.index", **(arguments or {"view": EVERYTHING}))


def _direction(asked: Asked, name: str) -> str:
    if asked.sort.removeprefix("-") != name:
        return ""
    return "descending" if asked.order.descending else "ascending"


def _total(page: Page, asked: Asked, who: Who, *, exactly: bool) -> str:
    """How many cases there are: `132`, or `1,000+` where counting stopped."""
    if not page.rows:
        return "0"
    if not page.more and not exactly:
        return format_decimal(page.last)
    if page.first > COUNTED and not exactly:
        return f"{format_decimal(COUNTED)}+"
    limit = None if exactly else COUNTED + 1
    number = queries.counted(who, asked.filters, today=today_here(), limit=limit)
    if exactly or number <= COUNTED:
        return format_decimal(number)
    return f"{format_decimal(COUNTED)}+"
