"""Rows of a list that hold no person: totals, headings of pages, headings of sections, signatures."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache

from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.contents import LOOKS, sex_like
from reintegrate.exchange.meaning.headings import is_header_again
from reintegrate.exchange.meaning.statements import statement
from reintegrate.exchange.meaning.values import is_empty
from reintegrate.exchange.meaning.wording import clean, fold, known

NAMES = frozenset({"family_name", "given_names", "full_name"})
_HINT = re.compile(
    r"\(.*\)|\[.*\]|<.*>|(?i:[djm]{1,2}[/.-][djm]{1,2}[/.-][ya]{2,4}|[mhf]\s?/\s?[mhf])", re.DOTALL
)
_TELLING = ("sex", "nationality", "host_country", "birth_date", "arrived_on", "return_type", "age")
_LOOKS = {**LOOKS, "sex": sex_like}  # a number in the column of a sex may be a count
_NEVER_ALONE = frozenset({"number", "remarks"})
_TOTAL_FREE = frozenset({"birth_date", "sex", "nationality", "document_number"})


def no_person(
    cells: Sequence[Value], columns: dict[int, str], formulas: Collection[int] = (), *, closing: bool = False
) -> str | None:
    """Why a row holds no person, given the field of each column; None where it holds one.

    Empty text for an empty row, else header, total, section, footer or number_only. `formulas` are
    columns that were emptied because they held formulas. `closing` says that the list has ended, so
    that a name alone is a signature.
    """
    filled = {column: value for column, value in enumerate(cells) if not is_empty(value)}
    needed = {columns.get(column, "") for column in formulas} & {*NAMES, *_TELLING} - {"age"}
    if not filled and not needed:
        return "total" if formulas else ""
    if is_header_again(cells) or _is_numbering(filled) or _is_hint(filled):
        return "header"
    if _is_total(filled, columns):
        return "total"
    if needed:
        return None
    if closing and _says_too_little(filled, columns):
        return "section" if _is_section(filled) else "footer"
    return None if len(filled) > 1 and any(told(filled, columns)) else _untold(filled, columns)


def _untold(filled: dict[int, Value], columns: dict[int, str]) -> str | None:
    """What a row is in which nothing but perhaps a name can be read."""
    if _is_footer(filled):
        return "footer"
    if _is_section(filled):
        return "section"
    if _is_named(filled, columns):
        return "footer" if _is_sentence(filled) else None
    first = columns.get(next(iter(filled)))
    if first == "number" and re.search(r"\d", clean(next(iter(filled.values())))):
        return (
            None if any(columns.get(at, "number") not in _NEVER_ALONE for at in filled) else _numbered(filled)
        )
    return _numbered(filled) if len(filled) < 4 else None


def _numbered(filled: dict[int, Value]) -> str:
    numbers = all(not isinstance(value, str) or value.strip().isdigit() for value in filled.values())
    return "number_only" if numbers else "footer"


def has_letters(value: Value) -> bool:
    """Whether a cell could be a name."""
    return isinstance(value, str) and any(letter.isalpha() for letter in value)


def told(filled: dict[int, Value], columns: dict[int, str]) -> Iterator[str]:
    """The fields in which a row says of a person what its columns promise: a sex, a country, a date."""
    by_name = {columns.get(column): value for column, value in filled.items()}
    return (name for name in _TELLING if name in by_name and _LOOKS[name](by_name[name]))


def _is_named(filled: dict[int, Value], columns: dict[int, str]) -> bool:
    return any(columns.get(column) in NAMES and has_letters(value) for column, value in filled.items())


def _says_too_little(filled: dict[int, Value], columns: dict[int, str]) -> bool:
    """Whether a row says too little to be of a person where others have said more.

    A name and two things more are a person's, without a name three things.
    """
    there = sum(name in _TELLING for name in set(columns.values()))
    return len(list(told(filled, columns))) < min(2 if _is_named(filled, columns) else 3, there)


def last_person(sheet: Sheet, columns: dict[int, str]) -> int:
    """The number of the last row that has a name and says enough of its person; 0 where none does."""
    for number in range(len(sheet.rows), 0, -1):
        filled = {at: value for at, value in enumerate(sheet.row(number)) if not is_empty(value)}
        if _is_named(filled, columns) and not _says_too_little(filled, columns):
            return number
    return 0


def _is_total(filled: dict[int, Value], columns: dict[int, str]) -> bool:
    said = any(_begins(value, "totals") for value in list(filled.values())[:3])
    telling = [column for column, value in filled.items() if not re.fullmatch(r"[\d.,\s]+", clean(value))]
    return said and not any(columns.get(column) in _TOTAL_FREE for column in telling)


def _is_numbering(filled: dict[int, Value]) -> bool:
    """A row of column numbers under the headings: 1, 2, 3 or (1), (2), (3)."""
    if len(filled) < 4 or clean(next(iter(filled.values()))).strip("() ") != "1":
        return False
    numbers = [clean(value).strip("() ") for value in filled.values()]
    return numbers == [str(at) for at in range(1, len(numbers) + 1)]


def _is_hint(filled: dict[int, Value]) -> bool:
    """A row that tells how to fill the columns: `(dd/mm/yyyy)`, `(M/F)`."""
    return len(filled) > 1 and all(
        isinstance(value, str) and _HINT.fullmatch(value.strip()) for value in filled.values()
    )


def _is_footer(filled: dict[int, Value]) -> bool:
    """A line of one or two cells that names who signed, a source or a note."""
    first = next(iter(filled.values()))
    if len(filled) > 2 or not isinstance(first, str) or (len(filled) == 1 and statement(first)):
        return False
    return _begins(first, "footers") or (len(filled) == 1 and (":" in first or len(first) > 60))


def _is_sentence(filled: dict[int, Value]) -> bool:
    """One cell of words and digits."""
    return len(filled) == 1 and any(letter.isdigit() for letter in clean(next(iter(filled.values()))))


def _is_section(filled: dict[int, Value]) -> bool:
    """The heading of a section, perhaps with how many follow."""
    first, *rest = filled.values()
    counts = len(rest) < 2 and all(clean(value).isdigit() for value in rest)
    return isinstance(first, (str, date)) and counts and bool(statement(clean(first)))


def _begins(value: Value, theme: str) -> bool:
    """Whether a text begins with a phrase of a theme."""
    if not isinstance(value, str):
        return False
    said = fold(value).split()
    if not said or said[0] not in _first_words(theme):
        return False
    return any(" ".join(said[:count]) in known(theme) for count in range(1, min(5, len(said)) + 1))


@cache
def _first_words(theme: str) -> frozenset[str]:
    return frozenset(phrase.partition(" ")[0] for phrase in known(theme))
