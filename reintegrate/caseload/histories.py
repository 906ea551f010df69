"""The trail of a case in words: which field changed from what to what."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Column, Table

from reintegrate.accounts.access import Sensitivity
from reintegrate.audit.queries import Change
from reintegrate.caseload import field_labels
from reintegrate.caseload.queries import names_by_id
from reintegrate.cases.loading import Opened
from reintegrate.columns import Base, DataClass, Labelled
from reintegrate.web import formats

READ_WITH = {
    DataClass.X: "case.read.c1",
    DataClass.C1: "case.read.c1",
    DataClass.C2: "case.read.c2",
    DataClass.C3: "case.read.c3",
    DataClass.C4: "case.read.c4",
}

REPLACED = {"person_name": "kind", "nationality": "position", "spoken_language": "position"}
"""Tables whose rows are corrected by writing new ones, with what a row and its successor share."""

Detail = dict[str, list[Any]]
"""The value of each changed column before and after, as JSON holds it."""

Told = tuple[Change, Detail]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An event of the trail."""

    when: str
    iso: str
    who: str
    what: str
    changes: list[FieldChange]
    reason: str


def rows_of(changes: Iterable[Change], opened: Opened) -> list[HistoryRow]:
    """The events of this case and its person, with the fields that this user may read."""
    told = _joined([(change, _detail(change)) for change in changes])
    reader = _Reader(opened, names_by_id(_linked(told)))
    rows = [
        HistoryRow(
            when=formats.moment(change.at, reader.zone),
            iso=change.at.isoformat(),
            who=change.who or _("the system"),
            what=_what(change.action),
            changes=reader.fields(change.table, detail),
            reason=change.reason or "",
        )
        for change, detail in told
    ]
    return [row for row, (change, _d) in zip(rows, told, strict=True) if row.changes or _speaks(change)]


def page_of(changes: list[Change], size: int) -> tuple[list[Change], int | None]:
    """About the first `size` changes, and the number before which the others begin, if there are any.

    What was saved at once stays on one page, unless it fills one by itself.
    """
    if len(changes) <= size:
        return changes, None
    whole = [change for change in changes[:size] if change.at != changes[size].at] or changes[:size]
    return whole, whole[-1].seq


def _joined(told: list[Told]) -> list[Told]:
    """The changes, with a row that another took the place of in the same save told as one change."""
    gone: dict[object, list[Told]] = {}
    for change, detail in told:
        if change.action.endswith(".delete") and change.table in REPLACED and detail:
            gone.setdefault(_place(change, detail, 0), []).append((change, detail))
    successors: dict[int, Told] = {}
    for change, detail in told:
        olds = gone.get(_place(change, detail, 1)) if change.action.endswith(".create") else None
        if olds:
            successors[change.seq] = olds.pop()
    replaced = {old.seq for old, _detail in successors.values()}
    return [
        _corrected(one, successors[one[0].seq]) if one[0].seq in successors else one
        for one in told
        if one[0].seq not in replaced
    ]


def _corrected(new: Told, old: Told) -> Told:
    """A row and the one whose place it took, as one change."""
    change, after = new
    before = old[1]
    nothing = [None, None]
    pairs = {
        name: [before.get(name, nothing)[0], after.get(name, nothing)[1]] for name in before.keys() | after
    }
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return replace(change, action=f"{change.table}.update"), changed


def _place(change: Change, detail: Detail, side: int) -> object:
    """What a row and its successor have in common; `side` 0 is the row as it was, 1 as it became."""
    shared = detail.get(REPLACED.get(change.table, ""), [None, None])[side]
    return change.at, change.who, change.table, shared


def _detail(change: Change) -> Detail:
    found: Detail = json.loads(change.detail) if change.detail else {}
    return found


def _speaks(change: Change) -> bool:
    """Whether an event says something even where none of its fields may be shown."""
    return not change.action.endswith(".update") or change.detail is None


def _what(action: str) -> str:
    table, _dot, verb = action.rpartition(".")
    verbs = {"create": _("added"), "update": _("changed"), "delete": _("removed")}
    if verb not in verbs or table not in field_labels.TABLES:
        return action
    return f"{field_labels.TABLES[table]}: {verbs[verb]}"


def _linked(told: Iterable[tuple[Change, Detail]]) -> set[tuple[str, int]]:
    """The rows of other tables that the changes name, as table and id."""
    return {
        (target, value)
        for change, detail in told
        for name, values in detail.items()
        if (target := _target(change.table, name)) and field_labels.label_of(change.table, name)
        for value in values
        if isinstance(value, int)
    }


def _target(table: str, column: str) -> str:
    """The table that a column links to, or nothing."""
    known = Base.metadata.tables.get(table)
    if known is None or column not in known.columns:
        return ""
    return next((key.column.table.name for key in known.columns[column].foreign_keys), "")


class _Reader:
    """Tells changes in the reader's language, as far as she may read them."""

    def __init__(self, opened: Opened, names: dict[tuple[str, int], str]) -> None:
        self.zone = opened.case.office.timezone
        self.names = names
        self.readable = {kind for kind, action in READ_WITH.items() if opened.sees(action)}
        secret = opened.case.person.address_hidden and DataClass.C4 not in self.readable
        self.hidden = {"person.address"} if secret else set()

    def fields(self, name: str, detail: Detail) -> list[FieldChange]:
        """The fields that changed, by their labels."""
        table = Base.metadata.tables.get(name)
        if table is None:
            return []
        return [
            found
            for column in table.columns
            if column.name in detail and (found := self._field(table, column, detail)) is not None
        ]

    def _field(self, table: Table, column: Column[Any], detail: Detail) -> FieldChange | None:
        label = field_labels.label_of(table.name, column.name)
        name = f"{table.name}.{column.name}"
        if label is None or name in self.hidden or column.info.get("data_class") not in self.readable:
            return None
        if name in field_labels.EXACTNESS and _day_of(name) in detail:
            return None
        before, after = (self._text(column, value) for value in detail[column.name])
        precision = field_labels.PRECISIONS.get(name)
        if precision is not None:
            before, after = _partial_dates(detail[column.name], detail.get(precision))
        return FieldChange(str(label), before, after) if before or after else None

    def _text(self, column: Column[Any], value: Any) -> str:
        if value is None or value == "":
            return ""
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table.name
            return self.names.get((target, value), _("no longer known"))
        kind: type = getattr(column.type, "python_type", str)
        if kind is datetime:
            return formats.moment(datetime.fromisoformat(value), self.zone)
        return PLAIN[kind](value) if kind in PLAIN else _coded(kind, column.name, str(value))


PLAIN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: _("yes") if value else _("no"),
    date: lambda value: formats.day(date.fromisoformat(value)),
    time: lambda value: f"{time.fromisoformat(value):%H:%M}",
}


def _coded(kind: Any, name: str, value: str) -> str:
    """A text, or what it is the code of: an answer, a country, a language."""
    if issubclass(kind, Labelled):
        return str(kind(value).label)
    if issubclass(kind, Sensitivity):
        return str(field_labels.SENSITIVITIES[kind(value)])
    if name == "country" or name.endswith("_country"):
        return formats.country(value)
    if name == "language" or name.endswith("_language"):
        return formats.language_name(value)
    return value


def _day_of(exactness: str) -> str:
    """The column with the day whose exactness this column says."""
    table, _dot, column = exactness.partition(".")
    return next(
        day.partition(".")[2]
        for day, precision in field_labels.PRECISIONS.items()
        if precision == column and day.startswith(f"{table}.")
    )


def _partial_dates(days: list[Any], precisions: list[Any] | None) -> tuple[str, str]:
    """Two partly known dates; a precision that stayed the same is not in the trail, but shows in the days."""
    values = [date.fromisoformat(day) if day else None for day in days]
    known = precisions or [_likely_precision([value for value in values if value])] * 2
    before, after = (
        "" if precision is None else formats.partial_date(value, precision)
        for value, precision in zip(values, known, strict=True)
    )
    return before, after


def _likely_precision(values: list[date]) -> str:
    if all((value.month, value.day) == (1, 1) for value in values):
        return "year"
    return "month" if all(value.day == 1 for value in values) else "day"
