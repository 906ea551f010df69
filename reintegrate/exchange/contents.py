"""What columns and rows hold, seen from their cells."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from reintegrate.exchange.countries import nationalities
from reintegrate.exchange.dates import parse_date
from reintegrate.exchange.headings import is_header_again
from reintegrate.exchange.problems import Unreadable
from reintegrate.exchange.sheets import Value
from reintegrate.exchange.values import is_empty, parse_return_type, parse_sex
from reintegrate.exchange.wording import clean, fold, known, level

DATE_FIELDS = ("birth_date", "arrived_on", "departed_on")
_DATE_INSIDE = re.compile(r"\d{4}|\d[/.-]\d")
_TELLING = frozenset({"birth_date", "sex", "nationality", "document_number"})


def _reads(reader: Callable[[str], object]) -> Callable[[Value], bool]:
    def readable(value: Value) -> bool:
        try:
            reader(clean(value))
        except Unreadable:
            return False
        return True

    return readable


def _date_like(value: Value) -> bool:
    try:
        parse_date(value, today=date.max, ages=True)
    except Unreadable as problem:
        return problem.code != "not_a_date" or bool(_DATE_INSIDE.search(level(clean(value))))
    return True


def sex_like(value: Value) -> bool:
    """Whether a text is a word for a sex."""
    return isinstance(value, str) and _reads(parse_sex)(value)


def _age_like(value: Value) -> bool:
    return bool(re.search(r"\d{1,3}", clean(value))) and not isinstance(value, date)


def _phone_like(value: Value) -> bool:
    return sum(letter.isdigit() for letter in clean(value)) >= 6 and not isinstance(value, date)


LOOKS: dict[str, Callable[[Value], bool]] = {
    **dict.fromkeys(DATE_FIELDS, _date_like),
    **dict.fromkeys(("nationality", "host_country", "return_country", "origin"), _reads(nationalities)),
    "sex": sex_like,
    "age": _age_like,
    "phone": _phone_like,
    "email": lambda value: "@" in clean(value),
    "return_type": _reads(parse_return_type),
}


def share_of(values: Sequence[Value], looks: Callable[[Value], bool]) -> float:
    """The share of the filled cells that look right; 1 where nothing is filled."""
    filled = [value for value in values if not is_empty(value)]
    return sum(1 for value in filled if looks(value)) / len(filled) if filled else 1.0


def international_phone(value: Value) -> bool:
    """Whether a cell holds a phone number that begins with its country."""
    return _phone_like(value) and clean(value).startswith(("+", "00"))


def no_person(cells: Sequence[Value], columns: dict[int, str], *, formulas: bool = False) -> str | None:
    """Why a row holds no person, given the field of each column; None where it holds one.

    Empty text for an empty row, else header, total, footer or number_only. `formulas` says that
    cells were emptied because they held formulas.
    """
    filled = {column: value for column, value in enumerate(cells) if not is_empty(value)}
    if not filled and not formulas:
        return ""
    if is_header_again(cells) or _is_numbering(filled):
        return "header"
    if _is_total(filled, columns):
        return "total"
    if formulas:
        return None
    if any(columns.get(column, "number") not in ("number", "remarks") for column in filled):
        return "footer" if _is_footer(filled) else None
    numbers = all(not isinstance(value, str) or value.strip().isdigit() for value in filled.values())
    return "number_only" if numbers else "footer"


def _is_total(filled: dict[int, Value], columns: dict[int, str]) -> bool:
    said = any(_begins(value, "totals") for value in list(filled.values())[:3])
    telling = [column for column, value in filled.items() if not isinstance(value, (int, float))]
    return said and not any(columns.get(column) in _TELLING for column in telling)


def _is_numbering(filled: dict[int, Value]) -> bool:
    """A row of column numbers under the headings: 1, 2, 3 or (1), (2), (3)."""
    if len(filled) < 4 or clean(next(iter(filled.values()))).strip("() ") != "1":
        return False
    numbers = [clean(value).strip("() ") for value in filled.values()]
    return numbers == [str(at) for at in range(1, len(numbers) + 1)]


def _is_footer(filled: dict[int, Value]) -> bool:
    """A line of one or two cells that names who signed, a source or a note."""
    first = next(iter(filled.values()))
    if len(filled) > 2 or not isinstance(first, str):
        return False
    return _begins(first, "footers") or (len(filled) == 1 and (":" in first or len(first) > 60))


def _begins(value: Value, theme: str) -> bool:
    """Whether a text begins with a phrase of a theme."""
    if not isinstance(value, str):
        return False
    words = fold(value).split()
    return any(" ".join(words[:count]) in known(theme) for count in range(1, min(5, len(words)) + 1))
