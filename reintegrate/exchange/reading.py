"""From the bytes of a file, and what was chosen about it, to rows that are judged."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reintegrate.exchange.files.sheets import Sheet, Value, read_workbook
from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.layout import (
    LeftOut,
    find_list,
    fingerprint,
    header_cells,
    propose_mapping,
)
from reintegrate.exchange.meaning.layout import Mapping as ColumnMapping
from reintegrate.exchange.meaning.rows import Options, Parsed, Row, parse_rows, read_row
from reintegrate.exchange.meaning.wording import clean, fold

OURS = "reintegrate:"
"""Opens the headings that the sheet of rows to correct adds; they say nothing about a person."""

SAMPLE = 60

CHOOSABLE = (
    "family_name",
    "given_names",
    "full_name",
    "father_name",
    "other_names",
    "sex",
    "sex_male",
    "sex_female",
    "birth_date",
    "birth_date_day",
    "birth_date_month",
    "birth_date_year",
    "age",
    "birth_place",
    "nationality",
    "document_type",
    "document_number",
    "host_country",
    "return_country",
    "arrived_on",
    "arrived_on_day",
    "arrived_on_month",
    "arrived_on_year",
    "departed_on",
    "departed_on_day",
    "departed_on_month",
    "departed_on_year",
    "return_type",
    "return_modality",
    "phone",
    "email",
    "address",
    "languages",
    "occupation",
    "time_abroad",
    "vulnerability",
    "family_ref",
    "relation",
    "remarks",
    "number",
)
"""The fields that a column can hold, in the order in which they are offered."""


@dataclass(frozen=True)
class Choices:
    """How a list is to be read; None lets the list itself decide.

    `corrections` say, by row and column, what a cell should hold.
    """

    header_row: int | None = None
    columns: Mapping[int, str] | None = None
    day_first: bool | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A list that is understood: its grid, headings and the meaning of its columns."""

    kind: str
    sheet: Sheet
    headings: list[str]
    mapping: ColumnMapping
    options: Options
    other_sheets: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The same for lists of one source: their headings without those that we add."""
        return fingerprint([text for text in self.headings if not text.startswith(OURS)])

    def rows(self, on_progress: Callable[[int, int], None] | None = None) -> Parsed:
        """All rows below the headings, judged."""
        return parse_rows(self.sheet, self.mapping, self.options, on_progress)

    def row(self, number: int) -> Row:
        """One row, judged as part of the whole list."""
        return read_row(self.sheet, self.mapping, self.options, number)

    def cells(self, number: int) -> list[str]:
        """What a row says, as text, column by column."""
        return [clean(value) for value in self.sheet.row(number)]

    def untaken(self, number: int) -> dict[str, str]:
        """What stands in columns that hold no field, by heading, so that nothing is lost."""
        cells = self.cells(number)
        return {
            self.headings[at] if at < len(self.headings) and self.headings[at] else f"({at + 1})": text
            for at, text in enumerate(cells)
            if text and at not in self.mapping.columns and not self._ours(at)
        }

    def _ours(self, column: int) -> bool:
        return column < len(self.headings) and self.headings[column].startswith(OURS)

    def digest(self, row: Row) -> str:
        """The same for a row that says the same under the same headings, wherever it stands."""
        told = sorted(
            f"{self.headings[at] if at < len(self.headings) else at}={fold(text)}"
            for at, text in enumerate(self.cells(row.number))
            if text and self.mapping.columns.get(at) != "number" and not self._ours(at)
        )
        told.append(f"arrival={row.values.get('arrived_on')}")  # often said once, above the rows
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:32]


def open_list(data: bytes, file_name: str, *, today: date, choices: Choices) -> Reading:
    """Find the list in a file and the meaning of its columns. Raises SheetError where there is none."""
    workbook = read_workbook(data, file_name)
    sheet, header_row = find_list(workbook)
    if choices.header_row is not None:
        header_row = min(choices.header_row, len(sheet.rows))
    headings = header_cells(sheet, header_row) if header_row else []
    mapping = _mapping(sheet, header_row, headings, choices)
    order = None
    if choices.day_first is not None:
        order = DateOrder.DAY_FIRST if choices.day_first else DateOrder.MONTH_FIRST
    options = Options(header_row, today, date_order=order, defaults=dict(choices.defaults))
    return Reading(
        workbook.kind,
        _corrected(sheet, choices.corrections),
        headings,
        mapping,
        options,
        tuple(other.name for other in workbook.sheets if other.name != sheet.name and other.rows),
    )


def _mapping(sheet: Sheet, header_row: int, headings: list[str], choices: Choices) -> ColumnMapping:
    sample = sheet.rows[header_row : header_row + SAMPLE]
    proposed = propose_mapping([_read(text) for text in headings], sample)
    if choices.columns is None:
        return proposed
    left_out = tuple(
        LeftOut(at, text, "unknown") for at, text in enumerate(headings) if text and at not in choices.columns
    )
    return replace(proposed, columns=dict(sorted(choices.columns.items())), left_out=left_out)


def _read(heading: str) -> str:
    return "" if heading.startswith(OURS) else heading


def _corrected(sheet: Sheet, corrections: Mapping[int, Mapping[int, str]]) -> Sheet:
    if not corrections:
        return sheet
    rows: list[list[Value]] = list(sheet.rows)
    formulas = set(sheet.formulas)
    for number, cells in corrections.items():
        if not 0 < number <= len(rows):
            continue
        row = list(rows[number - 1])
        for column, text in cells.items():
            if column < len(row):
                row[column] = text or None
                formulas.discard((number, column))
        rows[number - 1] = row
    return replace(sheet, rows=rows, formulas=frozenset(formulas))


def facts_of(reading: Reading, parsed: Parsed) -> dict[str, Any]:
    """What people are told about the sheet as a whole, as JSON holds it."""
    return {
        "kind": reading.kind,
        "sheet": reading.sheet.name,
        "other_sheets": list(reading.other_sheets),
        "headings": reading.headings,
        "samples": _samples(reading),
        "left_out": [[item.column, item.heading, item.reason] for item in reading.mapping.left_out],
        "formulas": parsed.formula_cells,
        "hidden_rows": parsed.hidden_rows,
        "hidden_columns": parsed.hidden_columns,
        "date_examples": parsed.date_examples,
        "fingerprint": reading.fingerprint,
    }


def _samples(reading: Reading) -> list[list[str]]:
    """Up to three different texts of each column."""
    below = reading.sheet.rows[reading.options.header_row : reading.options.header_row + SAMPLE]
    width = max([len(reading.headings), *(len(row) for row in below)], default=0)
    columns = [[clean(row[at]) for row in below if at < len(row)] for at in range(width)]
    return [list(dict.fromkeys(text for text in texts if text))[:3] for texts in columns]
