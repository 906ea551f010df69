"""The address of a list of cases: its filters and order, read from it and written into it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from reintegrate.accounts.access import Reach, Who, reach
from reintegrate.accounts.guard import home_office
from reintegrate.caseload.filters import Filters
from reintegrate.caseload.offered import offered_to
from reintegrate.caseload.queries import SORTS, manages_a_visible_case
from reintegrate.cases.codes import CaseStatus, ReturnType
from reintegrate.web import countries, formats
from reintegrate.web.fields import clean_line, no_such_country
from reintegrate.web.tables import Sort

EVERYTHING = "all"
"""The view that is no view: the list without filters, for those whose list opens with a view."""

FIRST_SORT = "activity"

COLUMNS = ("country", "arrived", "manager", "due", "activity", "opened")

FIRST_COLUMNS = ("country", "arrived", "manager", "due")
"""The columns between name and status, unless others are chosen."""

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter as the form shows it; `kind` is select, country or day; `word` tells the value in use."""

    name: str
    label: str
    kind: str
    choices: Choices
    value: str = ""
    word: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: valid filters as texts, columns, and the order (`-` turns it round)."""

    given: dict[str, str]
    sort: str = FIRST_SORT
    columns: tuple[str, ...] = FIRST_COLUMNS

    @property
    def filters(self) -> Filters:
        """The filters as the database is asked."""
        return Filters(**self.given)

    @property
    def order(self) -> Sort:
        """The order as the database is asked."""
        order = SORTS[self.sort.removeprefix("-")]
        return replace(order, descending=not order.descending) if self.sort.startswith("-") else order

    def arguments(self) -> dict[str, str]:
        """The query parameters of this list."""
        sort = {"sort": self.sort} if self.sort != FIRST_SORT else {}
        columns = {"columns": ".".join(self.columns)} if self.columns != FIRST_COLUMNS else {}
        return self.given | sort | columns

    def query(self) -> str:
        """The parameters as text, one spelling for one list."""
        return urlencode(sorted(self.arguments().items()))

    def url(self, **more: str) -> str:
        """The address of the list."""
        arguments: dict[str, Any] = {**(self.arguments() or {"view": EVERYTHING}), **more}
        return url_for("caseload.index", **arguments)

    def without(self, name: str) -> "Asked":
        """The list with one filter less."""
        return replace(self, given={key: value for key, value in self.given.items() if key != name})

    def sorted_by(self, name: str) -> "Asked":
        """The list in the order called `name`, turned round where it is in that order already."""
        return replace(self, sort=f"-{name}" if self.sort == name else name)


def sorts_for(who: Who) -> list[str]:
    """The orders that a user may ask for: by name only where she reads names, or the order tells them."""
    reads_names = reach(who, "case.read.c2", unmasked=True) != Reach()
    return [name for name in SORTS if name != "name" or reads_names]


def today_here() -> date:
    """The day it is in the user's office: lists and the numbers that lead to them mean the same day."""
    home = home_office()
    return formats.today(home.timezone) if home else formats.today()


def asked_by(query: str) -> dict[str, str]:
    """The parameters of a saved query."""
    return dict(parse_qsl(query))


class Reading:
    """Reads an address: the list that is asked for, and every filter with its choices and mistakes."""

    def __init__(self, arguments: Mapping[str, str], who: Who) -> None:
        self.reached = reach(who, "case.list")
        self.who = who
        self.offered = offered_to(who)
        self.given: dict[str, str] = {}
        self.fields = [self._field(name, label, kind, arguments) for name, label, kind in self._filters()]
        sort = arguments.get("sort", "")
        known = sort.removeprefix("-") in sorts_for(who)
        self.asked = Asked(self.given, sort if known else FIRST_SORT, _columns(arguments))

    def _filters(self) -> list[tuple[str, str, str]]:
        found = [
            ("status", _("Status"), "select"),
            ("due", _("Next task"), "select"),
            ("worker", _("Case manager"), "select"),
            ("office", _("Office"), "select"),
            ("country", _("Country of return"), "country"),
            ("host", _("Returned from"), "country"),
            ("type", _("Kind of return"), "select"),
            ("programme", _("Programme"), "select"),
            ("arrived_from", _("Arrived from"), "day"),
            ("arrived_to", _("Arrived until"), "day"),
        ]
        wide = self.reached.everything or self.reached.office_ids or self.reached.countries
        return [row for row in found if wide or row[0] not in ("worker", "office")]

    def _field(self, name: str, label: str, kind: str, arguments: Mapping[str, str]) -> FilterField:
        typed = clean_line(arguments.get(name, ""))[:200]
        choices = CHOICES[name](self) if kind == "select" else []
        value, word, error = {"select": self._chosen, "country": _country, "day": _day}[kind](
            typed, name, choices
        )
        if value:
            self.given[name] = value
        return FilterField(name, label, kind, choices, value or typed, word, error)

    def _chosen(self, typed: str, name: str, choices: Choices) -> tuple[str, str, str]:
        words = dict(choices)
        if not typed or typed in words:
            return typed, words.get(typed, ""), ""
        if name == "worker" and (other := manages_a_visible_case(self.who, typed)):
            choices.append((typed, other))
            return typed, other, ""
        return typed, _("not among your choices"), ""

    def statuses(self) -> Choices:
        """Statuses, and all in which something is still to be done."""
        return [("", _("Any")), ("open", _("All open")), *((s.value, str(s.label)) for s in CaseStatus)]

    def workers(self) -> Choices:
        """Those who hold cases where the user's list reaches."""
        fixed = [("", _("Anyone")), ("me", _("Me")), ("nobody", _("Nobody"))]
        return [*fixed, *self.offered.workers]

    def offices(self) -> Choices:
        """The offices where the user's list reaches."""
        return [("", _("All my offices")), *self.offered.offices]


def _columns(arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of an address: one parameter with dots, or as a form sends them, one by one."""
    sent = (
        arguments.getlist("columns") if isinstance(arguments, MultiDict) else [arguments.get("columns", "")]
    )
    wanted = {name for text in sent for name in text.split(".")}
    return tuple(name for name in COLUMNS if name in wanted) or FIRST_COLUMNS


def _any(pairs: Choices) -> Choices:
    return [("", _("Any")), *pairs]


CHOICES: dict[str, Any] = {
    "status": Reading.statuses,
    "worker": Reading.workers,
    "office": Reading.offices,
    "due": lambda _reading: [
        ("", _("Any time")),
        ("overdue", _("Overdue")),
        ("week", _("Within seven days")),
        ("none", _("None planned")),
    ],
    "type": lambda _reading: _any([(code.value, str(code.label)) for code in ReturnType]),
    "programme": lambda reading: _any(reading.offered.programmes),
}
"""What each filter offers."""


def _country(typed: str, _name: str, _choices: Choices) -> tuple[str, str, str]:
    code = countries.code_of(typed) if typed else None
    if typed and code is None:
        return "", "", no_such_country(typed)
    return code or "", formats.country(code), ""


def _day(typed: str, _name: str, _choices: Choices) -> tuple[str, str, str]:
    if not typed:
        return "", "", ""
    try:
        value = date.fromisoformat(typed)
    except ValueError:
        return "", "", _("Write the day as 2026-01-31")
    return value.isoformat(), formats.day(value), ""


def column_words() -> dict[str, str]:
    """The columns that can be chosen, by their heads."""
    return {
        "country": _("Country of return"),
        "arrived": _("Arrived"),
        "manager": _("Case manager"),
        "due": _("Next task"),
        "activity": _("Last worked on"),
        "opened": _("Opened"),
    }


def sort_words() -> dict[str, str]:
    """Every order of the list in words."""
    return {
        "activity": _("last worked on first"),
        "-activity": _("longest untouched first"),
        "due": _("most overdue first"),
        "-due": _("latest task first"),
        "name": _("by name"),
        "-name": _("by name, from the end"),
        "opened": _("last opened first"),
        "-opened": _("first opened first"),
    }
