"""Files as offices send them: xlsx, ods, xls and csv, made from rows of cells."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from reintegrate.exchange.files.sheets import Value

ROWS = [
    ["Nom", "Prénom", "Sexe"],
    ["Sène", "Aïssatou", "F"],
    ["Ndiaye", "Ousmane", "M"],
    ["Coulibaly", "Adama", "M"],
]


class Formula(str):
    """A cell that works something out."""


@dataclass
class Page:
    """A sheet before it is written: rows and columns count from 0, hidden rows from 1."""

    title: str
    rows: list[list[Value]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    comments: list[tuple[int, int, str]] = field(default_factory=list)


def an_xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book)
    return out.getvalue()


def xlsx_of(*pages: Page) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for page in pages:
            _lay_out(book.add_worksheet(page.title), page, day)

    return an_xlsx(fill)


def _lay_out(sheet: Any, page: Page, day: Any) -> None:
    for row, cells in enumerate(page.rows):
        for column, value in enumerate(cells):
            _write(sheet, row, column, value, day)
    for number in page.hidden_rows:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})
    for row, column, text in page.comments:
        sheet.write_comment(row, column, text)
    for top, left, bottom, right in page.merged:
        value = page.rows[top][left]
        style = day if isinstance(value, date) else None
        sheet.merge_range(top, left, bottom, right, "" if value is None else value, style)


def _write(sheet: Any, row: int, column: int, value: Value, day: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value, None, 99)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write(row, column, value, day if isinstance(value, date) else None)


def a_csv(encoding: str, delimiter: str = ",", rows: list[list[str]] = ROWS) -> bytes:
    return "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)


def rezipped(data: bytes, change: Callable[[str, bytes], bytes], **extra: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in extra.items():
            new.writestr(name, content)
    return out.getvalue()


def csv_of(rows: list[list[Value]], encoding: str, delimiter: str) -> bytes:
    return "".join(
        delimiter.join(_quoted(value, delimiter) for value in row) + "\r\n" for row in rows
    ).encode(encoding)


def _quoted(value: Value, delimiter: str) -> str:
    text = "" if value is None else f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
    return '"' + text.replace('"', '""') + '"' if set(text) & {delimiter, "\n", '"'} else text


def an_ods(rows: str, columns: str = "", encrypted: bool = False) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{prefix}="{urn}:{prefix}:1.0"' for prefix in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Liste">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "<manifest><encryption-data/></manifest>" if encrypted else "<manifest/>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def ods_cell(text: str, attributes: str) -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_text(text: str, attributes: str = "") -> str:
    return ods_cell(text, f'office:value-type="string"{attributes}')


def ods_of(page: Page) -> bytes:
    rows = []
    for number, cells in enumerate(page.rows, 1):
        hidden = ' table:visibility="collapse"' if number in page.hidden_rows else ""
        rows.append(f"<table:table-row{hidden}>{''.join(map(_ods_value, cells))}</table:table-row>")
    return an_ods("".join(rows))


def _ods_value(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, Formula):
        formula = quoteattr(f"of:{value}")
        return ods_cell("99", f'table:formula={formula} office:value-type="float" office:value="99"')
    if isinstance(value, date):
        return ods_cell(f"{value:%d/%m/%y}", f'office:value-type="date" office:date-value="{value}"')
    if isinstance(value, (int, float)):
        return ods_cell(str(value), f'office:value-type="float" office:value="{value}"')
    return ods_text(escape(str(value)))


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def xls_number(row: int, column: int, number: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, number))


def xls_of(page: Page) -> bytes:
    """An old Excel file; days are numbers, as where their format is lost."""
    cells = []
    for row, values in enumerate(page.rows):
        for column, value in enumerate(values):
            if isinstance(value, date):
                cells.append(xls_number(row, column, (value - date(1899, 12, 30)).days))
            elif isinstance(value, (int, float)):
                cells.append(xls_number(row, column, value))
            elif value is not None:
                cells.append(xls_text(row, column, str(value)))
    return an_xls(xls_stream(*cells))


def xls_stream(*cells: bytes, protected: bool = False) -> bytes:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    begin += record(0x002F, b"\1\0" + bytes(52)) if protected else b""
    name = b"Liste"
    sheet = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        + b"".join(cells)
        + record(0x000A, b"")
    )
    offset = len(begin) + 4 + 8 + len(name) + 4
    tab = record(0x0085, struct.pack("<IHBB", offset, 0, len(name), 0) + name)
    return begin + tab + record(0x000A, b"") + sheet


END, FAT, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def in_sectors(numbers: list[int]) -> bytes:
    return struct.pack("<128I", *numbers, *[FREE] * (128 - len(numbers)))


def an_xls(stream: bytes, name: str = "Workbook", small: bool = False) -> bytes:
    """The smallest container: sectors of allocation, directory and small allocation, then the stream.

    A small stream lies in pieces of 64 bytes inside that of the root.
    """
    size = len(stream) if small else max(len(stream), 4096)
    stream = stream.ljust(size, b"\0")
    stream += bytes(-len(stream) % 512)
    chain = [FAT, END, END, *range(4, 3 + len(stream) // 512), END]
    pieces = [*range(1, len(stream) // 64), END] if small else []

    def entry(title: str, kind: int, child: int, start: int, length: int) -> bytes:
        written = title.encode("utf-16-le") + b"\0\0"
        head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", start, length)

    root = entry("Root Entry", 5, 1, 3, len(stream)) if small else entry("Root Entry", 5, 1, END, 0)
    directory = root + entry(name, 2, FREE, 0 if small else 3, size) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2 if small else END, int(small), END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + in_sectors(chain) + directory + in_sectors(pieces) + stream
