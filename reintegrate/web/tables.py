"""Lists by address: filters, sort and place are query parameters; nothing is counted to show a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, and_, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from reintegrate.web.fields import clean_line

PAGE = 50

AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"
AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"


@dataclass(frozen=True, slots=True)
class Sort:
    """A way to order a list: the column, and whether it begins with the greatest."""

    column: Any
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and where the rows before and after them are."""

    rows: Sequence[Any]
    first: int
    older_url: str | None
    newer_url: str | None

    @property
    def last(self) -> int:
        """The place of the last row, counted from 1."""
        return self.first + len(self.rows) - 1

    @property
    def more(self) -> bool:
        """Whether rows follow."""
        return self.older_url is not None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="place")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind a row (or before it, going back), with its number in the list.

    It holds the id of the row alone: an address must not tell what the row holds.
    """

    row_id: int
    before: bool
    number: int


def place_from(text: str | None, order: str) -> Place | None:
    """The place that an address names, None for none, a made-up one, and one of a list in another order."""
    if not text:
        return None
    try:
        sealed, row_id, before, number = _serializer().loads(text)
    except (BadSignature, ValueError):
        return None
    return Place(int(row_id), bool(before), int(number)) if sealed == order else None


def place_text(row_id: int, order: str, *, before: bool, number: int) -> str:
    """A place as part of an address; `order` names the list and how it is sorted."""
    text = _serializer().dumps([order, row_id, before, number])
    return text if isinstance(text, str) else text.decode()


def keyset(
    statement: AnySelect,
    sort: Sort,
    id_column: InstrumentedAttribute[int],
    place: Place | None,
    *,
    unfiltered: AnySelect,
) -> AnySelect:
    """`statement` ordered by `sort` and id, from `place` on, one row more than a page.

    The row at `place` is looked up in `unfiltered`: it may fit the filters no more. Where it is gone
    altogether, nothing lies beyond it.
    """
    if place is not None:
        at = unfiltered.with_only_columns(sort.column, maintain_column_froms=True)
        value = at.where(id_column == place.row_id).correlate(None).scalar_subquery()
        statement = statement.where(_beyond(sort, id_column, place, value))
    return statement.order_by(*ordering(sort, id_column, place)).limit(PAGE + 1)


def ordering(
    sort: Sort, id_column: InstrumentedAttribute[int], place: Place | None
) -> list[ColumnElement[Any]]:
    """The order in which `keyset` gives rows: backwards where the page before is asked for."""
    descending = sort.descending != (place is not None and place.before)
    ordered = [c.desc() if descending else c.asc() for c in (sort.column, id_column)]
    if sort.nullable:
        ordered[0] = ordered[0].nulls_last() if descending == sort.descending else ordered[0].nulls_first()
    return ordered


def _beyond(
    sort: Sort, id_column: InstrumentedAttribute[int], place: Place, value: ColumnElement[Any]
) -> ColumnElement[bool]:
    last_id, column = place.row_id, sort.column
    descending = sort.descending != place.before
    if not sort.nullable:
        row, bound = tuple_(column, id_column), tuple_(value, last_id)
        return row < bound if descending else row > bound
    after_id = id_column < last_id if descending else id_column > last_id
    further = column < value if descending else column > value
    here = or_(further, and_(column == value, after_id))
    if place.before:
        return or_(here, and_(value.is_(None), or_(column.is_not(None), after_id)))
    return or_(here, and_(column.is_(None), or_(value.is_not(None), after_id)))


def page_of(
    rows: Sequence[Any], order: str, place: Place | None, *, endpoint: str, arguments: Mapping[str, Any]
) -> Page:
    """A page from the rows that `keyset` brought; `order` names the list and how it is sorted."""
    backwards = place is not None and place.before
    further = len(rows) > PAGE
    rows = list(rows[:PAGE])
    if backwards:
        rows.reverse()
    number = place.number if place else 1
    if backwards:
        number = max(1, number - len(rows))
    has_newer = further if backwards else place is not None
    has_older = backwards or further

    def address(row: Any, *, before: bool, at: int) -> str:
        text = place_text(row.id, order, before=before, number=at)
        return url_for(endpoint, **{**arguments, "place": text})

    return Page(
        rows=rows,
        first=number,
        older_url=address(rows[-1], before=False, at=number + len(rows)) if rows and has_older else None,
        newer_url=address(rows[0], before=True, at=number) if rows and has_newer else None,
    )


def asked(*names: str) -> dict[str, str]:
    """The named query parameters that the address holds, cleaned and cut to a sane length."""
    return {name: value[:200] for name in names if (value := clean_line(request.args.get(name, "")))}
