"""Dates whose day, month and year stand in columns of their own."""

import re
from collections.abc import Callable, Sequence

from reintegrate.exchange.files.sheets import Value
from reintegrate.exchange.meaning.contents import DATE_FIELDS
from reintegrate.exchange.meaning.headings import EXACT, heading_field
from reintegrate.exchange.meaning.values import is_empty
from reintegrate.exchange.meaning.wording import clean, fold, words

PARTS = ("day", "month", "year")


def date_part(heading: str) -> tuple[str, str] | None:
    """The part of a date that a heading names, and the field of the date, empty where it is bare."""
    said = fold(heading).split()
    for part, listed in words()["date_parts"].items():
        spoken = {fold(word) for word in listed}
        if len(said) == 1 and said[0] in spoken:
            return part, ""
        for inside, rest in ((said[:1], said[1:]), (said[-1:], said[:-1])):
            name = _named(" ".join(rest)) if rest and inside[0] in spoken else ""
            if name:
                return part, name
    return None


def _named(text: str) -> str:
    name = heading_field(re.sub(r"^(?:de|of|d|du|la) ", "", text))[0]
    return name if name in DATE_FIELDS else ""


def in_parts(headings: Sequence[str]) -> dict[int, tuple[str, int]]:
    """The columns that hold parts of one date, side by side; three bare ones are of birth."""
    found = [date_part(heading) for heading in headings]
    columns: dict[int, tuple[str, int]] = {}
    for width in (3, 2):
        for start in range(len(found) - width + 1):
            run = [part for part in found[start : start + width] if part]
            parts, names = {part for part, _ in run}, {name for _, name in run if name}
            if len(parts) < width or not parts >= {"month", "year"} or len(names) > 1:
                continue
            if width == 2 and not names:
                continue
            name = names.pop() if names else "birth_date"
            for at, (part, _) in enumerate(run, start):
                columns.setdefault(at, (f"{name}_{part}", EXACT))
    return columns


def joined(cell: Callable[[str], Value], name: str) -> str:
    """The parts of a date as one text, day first; zeros for what is not there, empty where nothing is."""
    day, month, year = ("" if is_empty(value := cell(f"{name}_{part}")) else clean(value) for part in PARTS)
    if not (day or month or year):
        return ""
    if not month or month.isdigit():
        return f"{day or '00'}/{month or '00'}/{year}"
    return f"{day} {month} {year}".strip()
