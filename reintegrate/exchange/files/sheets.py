"""Files to grids: xlsx, xls, ods, csv and tsv, known by what they hold and not by their name.

A formula is never worked out and its last result never used: its cell is empty and named. Hidden
rows, columns and sheets are read and reported.
"""

import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from reintegrate.exchange.files import biff
from reintegrate.exchange.files.archives import Archive, SheetFacts, column_letter, ods_facts, xlsx_facts
from reintegrate.exchange.files.delimited import read_delimited
from reintegrate.exchange.files.limits import SHEET_MESSAGES, Limits, SheetError

__all__ = ["SHEET_MESSAGES", "Cell", "Limits", "Sheet", "SheetError", "Value", "Workbook", "read_workbook"]

Value = str | int | float | bool | date | datetime | time | None

_NOT_SHEETS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"{\\rtf",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell holds; a formula holds nothing."""

    value: Value
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid. Rows are numbered from 1 as people see them, columns from 0.

    `rows` begins at row 1 and each row is as long as the widest; `formulas` are (row, column).
    """

    name: str
    rows: list[list[Value]]
    visible: bool = True
    formulas: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def row(self, number: int) -> list[Value]:
        """The values of one row, empty beyond the end."""
        return self.rows[number - 1] if 0 < number <= len(self.rows) else []

    def cell(self, row: int, column: int) -> Cell:
        """One cell, empty beyond the edges."""
        values = self.row(row)
        value = values[column] if 0 <= column < len(values) else None
        return Cell(value, (row, column) in self.formulas)

    @property
    def formula_cells(self) -> list[str]:
        """The formulas by name, `N12`, in reading order."""
        return [f"{column_letter(column)}{row}" for row, column in sorted(self.formulas)]


@dataclass(frozen=True, slots=True)
class Workbook:
    """`kind` is xlsx, xls, ods or csv; encoding and delimiter are those found in a csv."""

    kind: str
    sheets: list[Sheet]
    encoding: str | None = None
    delimiter: str | None = None


def read_workbook(data: bytes, filename: str = "", limits: Limits | None = None) -> Workbook:
    """Read every sheet of a file.

    `filename` only helps where the content allows two readings. Raises SheetError and nothing
    else, whatever the bytes.
    """
    limits = limits or Limits()
    if len(data) > limits.bytes:
        raise SheetError("too_large", size=len(data), limit=limits.bytes)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SheetError("empty")
    if data.startswith(b"PK"):
        workbook = _read_zipped(data, limits)
    elif data.startswith(biff.SIGNATURE):
        workbook = _read_xls(data, limits)
    elif data.startswith(_NOT_SHEETS):
        raise SheetError("not_a_sheet")
    else:
        workbook = _read_text(data, filename, limits)
    if not any(value is not None for sheet in workbook.sheets for row in sheet.rows for value in row):
        raise SheetError("empty")
    return workbook


def _read_text(data: bytes, filename: str, limits: Limits) -> Workbook:
    table = read_delimited(data, limits, prefer_tab=filename.lower().endswith((".tsv", ".tab")))
    sheet = _finished("", [list[Value](row) for row in table.rows], SheetFacts(), visible=True)
    return Workbook("csv", [sheet], table.encoding, table.delimiter)


def _read_zipped(data: bytes, limits: Limits) -> Workbook:
    archive = Archive(data, limits)
    if "xl/workbook.xml" in archive.members:
        by_name = xlsx_facts(archive)
        return Workbook("xlsx", _values(data, lambda name, _position: by_name.get(name)))
    if "content.xml" in archive.members and b"spreadsheet" in archive.read("mimetype"):
        tables = ods_facts(archive)
        return Workbook("ods", _values(data, lambda _name, position: _at(tables, position)))
    raise SheetError("unsupported" if "xl/workbook.bin" in archive.members else "not_a_sheet")


def _read_xls(data: bytes, limits: Limits) -> Workbook:
    tabs = biff.xls_facts(data, limits)
    return Workbook("xls", _values(data, lambda _name, position: _at(tabs, position)))


def _at(facts: list[SheetFacts], position: int) -> SheetFacts | None:
    return facts[position] if position < len(facts) else None


def _values(data: bytes, facts_of: Callable[[str, int], SheetFacts | None]) -> list[Sheet]:
    """Every worksheet through calamine; a panic inside it is a damaged file like any other."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [
            _worksheet(book, position, facts_of(about.name, position))
            for position, about in enumerate(book.sheets_metadata)
            if about.typ == SheetTypeEnum.WorkSheet
        ]
    except PasswordError as error:
        raise SheetError("encrypted") from error
    except (SheetError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        raise SheetError("damaged") from error


def _worksheet(book: CalamineWorkbook, position: int, facts: SheetFacts | None) -> Sheet:
    if facts is None:  # its formulas cannot be told from values
        raise SheetError("damaged")
    about = book.sheets_metadata[position]
    sheet = book.get_sheet_by_index(position)
    rows: list[list[Value]] = [
        [_plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)
    ]
    _spread(rows, sheet.merged_cell_ranges or [], facts)
    return _finished(about.name, rows, facts, visible=about.visible == SheetVisibleEnum.Visible)


def _spread(
    rows: list[list[Value]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], facts: SheetFacts
) -> None:
    """Give every row of a cell merged downwards its value: one arrival date for a whole family."""
    for (top, left), (bottom, right) in merged:
        if left != right or top >= len(rows) or left >= len(rows[top]) or (top + 1, left) in facts.formulas:
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] is None:
                row[left] = rows[top][left]


def _plain(value: object) -> Value:
    """A cell of ours: empty text is nothing, whole floats are integers, spans of time are text."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, timedelta):
        return str(value)
    return value if isinstance(value, (int, date, time)) else None


def _finished(name: str, rows: list[list[Value]], facts: SheetFacts, *, visible: bool) -> Sheet:
    """Formulas emptied, also those written as text; rows of one length; no empty rows at the end."""
    formulas = set(facts.formulas)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str) and value.startswith("=") and len(value) > 1:
                formulas.add((number, column))
    last = max((number for number, _ in formulas), default=0)
    rows.extend([] for _ in range(last - len(rows)))
    for number, column in formulas:
        if column < len(rows[number - 1]):
            rows[number - 1][column] = None
    while len(rows) > last and all(value is None for value in rows[-1]):
        rows.pop()
    width = max([0, *(len(row) for row in rows), *(column + 1 for _, column in formulas)])
    for row in rows:
        row.extend([None] * (width - len(row)))
    inside = frozenset(range(1, len(rows) + 1))
    return Sheet(
        name,
        rows,
        visible,
        frozenset(formulas),
        frozenset(facts.hidden_rows) & inside,
        frozenset(column for column in facts.hidden_columns if column < width),
    )
