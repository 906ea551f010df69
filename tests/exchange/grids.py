"""Sheets of a few rows, read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.layout import find_header, header_cells, propose_mapping
from reintegrate.exchange.meaning.problems import Problem
from reintegrate.exchange.meaning.rows import Options, Parsed, Row, parse_rows

TODAY = date(2026, 6, 30)

HEADINGS: list[Value] = [
    "No",
    "Surname",
    "Given names",
    "Sex",
    "DOB",
    "Nationality",
    "Host country",
    "Arrival date",
]
PERSON: dict[str, Value] = {
    "No": 1,
    "Surname": "Ba",
    "Given names": "Awa",
    "Sex": "F",
    "DOB": "13/03/1990",
    "Nationality": "Senegal",
    "Host country": "Libya",
    "Arrival date": "14/03/2025",
}


def a_sheet(*rows: Iterable[Value], headings: list[Value] | None = None, **about: Any) -> Sheet:
    grid = [list(headings or HEADINGS), *(list(row) for row in rows)]
    width = max(len(row) for row in grid)
    return Sheet("Liste", [[*row, *[None] * (width - len(row))] for row in grid], **about)


def parse(sheet: Sheet, **options: Any) -> Parsed:
    header = find_header(sheet)
    mapping = propose_mapping(header_cells(sheet, header), sheet.rows[header:])
    return parse_rows(sheet, mapping, Options(header, options.pop("today", TODAY), **options))


def one(headings: list[Value] | None = None, **changed: Value) -> Row:
    """The row of one person of whom some cells differ; other headings come with their values."""
    cells = {**PERSON, **{name.replace("_", " "): value for name, value in changed.items()}}
    return parse(a_sheet(cells.values(), headings=list(cells))).rows[0]


def problems(found: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in found]
