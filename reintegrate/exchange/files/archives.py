"""What a zipped workbook (xlsx, ods) holds, counted while it is unpacked.

The library that reads the values trusts sizes that a file declares and gives the last result of a
formula as if it were data. So each member is unpacked here first, byte by byte counted against the
limits, and each sheet's XML is read once for what the library leaves out: which cells are
formulas, which rows and columns are hidden, how far the cells reach. Document types and entities
are refused.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat  # nosec B407

from reintegrate.exchange.files.limits import Limits, SheetError

_CHUNK = 1 << 16
_LOCAL_HEADER = 30
_LAST_ROW = 1 << 20
_LAST_COLUMN = 1 << 14
_RATIO_FROM = 10_000_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass
class SheetFacts:
    """Rows count from 1, columns from 0; `last_row` and `last_column` are of cells that hold something."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    last_row: int = 0
    last_column: int = -1

    def reach(self, row: int, column: int, limits: Limits) -> None:
        """Note a cell that holds something; raises SheetError where it lies beyond the limits."""
        if row > limits.rows:
            raise SheetError("too_many_rows", rows=row, limit=limits.rows)
        if column >= limits.columns:
            raise SheetError("too_many_columns", columns=column + 1, limit=limits.columns)
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)
        if self.last_row * (self.last_column + 1) > limits.cells:
            raise SheetError("too_many_cells", limit=limits.cells)


def column_index(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letter(index: int) -> str:
    """0 is `A`, 26 is `AA`."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Archive:
    """The members of a zip file, unpacked with a meter running.

    Raises SheetError: `damaged`, `encrypted`, or `bomb` when more comes out than the limits allow.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.unpacked = 0
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.members = {info.filename: info for info in archive.infolist()}
                self.entries = archive.infolist()
        except (
            zipfile.BadZipFile,
            ValueError,
            OverflowError,
            NotImplementedError,
            struct.error,
            EOFError,
        ) as error:
            raise SheetError("damaged") from error
        if any(info.flag_bits & 1 for info in self.entries):
            raise SheetError("encrypted")

    def count(self, amount: int) -> None:
        self.unpacked += amount
        if self.unpacked > self.limits.uncompressed:
            raise SheetError("bomb", limit=self.limits.uncompressed)
        if self.unpacked > _RATIO_FROM and self.unpacked > self.limits.ratio * len(self.data):
            raise SheetError("bomb", ratio=self.limits.ratio)

    def pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes of one member, whatever length its header claims."""
        start = info.header_offset
        header = self.data[start : start + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
            raise SheetError("damaged")
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        start += _LOCAL_HEADER + name_length + extra_length
        packed = self.data[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            self.count(len(packed))
            yield packed
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            yield from self._inflated(packed)
        else:
            raise SheetError("damaged")

    def _inflated(self, packed: bytes) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        while packed and not inflate.eof:
            try:
                piece = inflate.decompress(packed, _CHUNK)
            except zlib.error as error:
                raise SheetError("damaged") from error
            self.count(len(piece))
            yield piece
            packed = inflate.unconsumed_tail

    def read(self, name: str) -> bytes:
        """All of one small member; empty where there is none."""
        return b"".join(self.pieces(self.members[name])) if name in self.members else b""

    def drain(self, seen: set[str]) -> None:
        """Count what nobody has read, and entries that share a name with another."""
        for info in self.entries:
            if info.filename not in seen or self.members[info.filename] is not info:
                for _piece in self.pieces(info):
                    pass


def _refuse(*_arguments: object) -> None:
    raise SheetError("damaged", reason="document_type")


def parse_xml(pieces: Iterator[bytes], on_start: Callable[[str, dict[str, str]], None]) -> None:
    """Call `on_start(local_name, attributes)` for every element; document types are refused."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = on_start
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # an encoding may be unknown
        raise SheetError("damaged") from error


def _number(text: str | None, default: int) -> int:
    """A count or position from an attribute, kept within what any sheet can have."""
    if text is None or not text.isascii() or not text.isdigit():
        return default
    return min(int(text[:9]), _LAST_ROW + 1)


class XlsxSheet:
    """Reads one worksheet's XML: positions, formulas, hidden rows and columns."""

    def __init__(self, limits: Limits) -> None:
        self.facts = SheetFacts()
        self._limits = limits
        self._row = 0
        self._column = -1
        self._spills: list[str] = []
        self._actions = {
            "row": self._on_row,
            "c": self._on_cell,
            "v": self._on_content,
            "is": self._on_content,
            "f": self._on_formula,
            "col": self._on_column,
        }

    def __call__(self, name: str, attributes: dict[str, str]) -> None:
        action = self._actions.get(name if ":" not in name else name.rpartition(":")[2])
        if action is not None:
            action(attributes)

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row = _number(attributes.get("r"), self._row + 1)
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows.add(self._row)

    def _on_cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        if found:
            self._column = column_index(found[1])
            self._row = int(found[2])
        else:
            self._column += 1

    def _on_content(self, _attributes: dict[str, str]) -> None:
        self.facts.reach(self._row, self._column, self._limits)

    def _on_formula(self, attributes: dict[str, str]) -> None:
        self._on_content(attributes)
        self.facts.formulas.add((self._row, self._column))
        if attributes.get("t") in ("array", "dataTable"):
            self._spills.append(attributes.get("ref", ""))

    def _on_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first = _number(attributes.get("min"), 1)
            last = min(_number(attributes.get("max"), first), _LAST_COLUMN)
            if last - first < self._limits.columns:  # a wider run is the unused rest of the sheet
                self.facts.hidden_columns.update(range(first - 1, last))

    def finish(self) -> SheetFacts:
        """The facts, with every cell that an array formula fills counted as a formula."""
        room = self._limits.cells
        for reference in self._spills:
            corners = _REFERENCE.findall(reference)
            if not corners:
                continue
            top, bottom = int(corners[0][1]), min(int(corners[-1][1]), self.facts.last_row)
            left, right = (
                column_index(corners[0][0]),
                min(column_index(corners[-1][0]), self.facts.last_column),
            )
            room -= max(0, bottom - top + 1) * max(0, right - left + 1)
            if room < 0:
                raise SheetError("too_many_cells", limit=self._limits.cells)
            self.facts.formulas.update(
                (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
            )
        return self.facts


class OdsContent:
    """Reads content.xml of an OpenDocument sheet: the same facts, one set a table, in order."""

    def __init__(self, limits: Limits) -> None:
        self.tables: list[SheetFacts] = []
        self._limits = limits
        self._row = self._rows = 0
        self._column = self._columns = 0
        self._styled_column = 0
        self._actions = {
            "table": self._on_table,
            "table-column": self._on_column,
            "table-row": self._on_row,
            "table-cell": self._on_cell,
            "covered-table-cell": self._on_cell,
            "p": self._on_text,
        }

    def __call__(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        action = self._actions.get(local)
        if action is not None and prefix in ("table", "text"):
            action(attributes)

    def _on_table(self, _attributes: dict[str, str]) -> None:
        if len(self.tables) >= self._limits.sheets:
            raise SheetError("too_many_sheets", limit=self._limits.sheets)
        self.tables.append(SheetFacts())
        self._row = self._rows = self._styled_column = 0

    def _on_column(self, attributes: dict[str, str]) -> None:
        repeated = _number(attributes.get("table:number-columns-repeated"), 1)
        if attributes.get("table:visibility", "visible") != "visible" and repeated < self._limits.columns:
            self.tables[-1].hidden_columns.update(range(self._styled_column, self._styled_column + repeated))
        self._styled_column += repeated

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row += self._rows or 1
        self._rows = _number(attributes.get("table:number-rows-repeated"), 1)
        self._column = self._columns = 0
        if attributes.get("table:visibility", "visible") != "visible" and self._rows <= self._limits.rows:
            self.tables[-1].hidden_rows.update(range(self._row, self._row + self._rows))

    def _on_cell(self, attributes: dict[str, str]) -> None:
        self._column += self._columns
        self._columns = _number(attributes.get("table:number-columns-repeated"), 1)
        if "table:formula" in attributes:
            self._on_text(attributes)
            self.tables[-1].formulas.update(
                (row, column)
                for row in range(self._row, self._row + self._rows)
                for column in range(self._column, self._column + self._columns)
            )
        elif "office:value-type" in attributes:
            self._on_text(attributes)

    def _on_text(self, _attributes: dict[str, str]) -> None:
        if self.tables and self._columns:
            last_row, last_column = self._row + self._rows - 1, self._column + self._columns - 1
            self.tables[-1].reach(last_row, last_column, self._limits)


def xlsx_facts(archive: Archive) -> dict[str, SheetFacts]:
    """Facts by sheet name, for every worksheet that the workbook names.

    Raises SheetError as Archive does, and `too_many_rows`, `too_many_columns`, `too_many_cells`.
    """
    limits = archive.limits
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            names[attributes.get("name", "")] = link

    parse_xml(iter([archive.read("xl/_rels/workbook.xml.rels")]), on_relation)
    parse_xml(iter([archive.read("xl/workbook.xml")]), on_sheet)
    if len(names) > limits.sheets:
        raise SheetError("too_many_sheets", sheets=len(names), limit=limits.sheets)
    seen = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    facts: dict[str, SheetFacts] = {}
    for name, link in names.items():
        target = targets.get(link, "")
        path = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
        if path in archive.members:
            reader = XlsxSheet(limits)
            parse_xml(archive.pieces(archive.members[path]), reader)
            facts[name] = reader.finish()
            seen.add(path)
    archive.drain(seen)
    return facts


def ods_facts(archive: Archive) -> list[SheetFacts]:
    """Facts of each table in order; raises SheetError, `encrypted` among others."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise SheetError("encrypted")
    reader = OdsContent(archive.limits)
    parse_xml(archive.pieces(archive.members["content.xml"]), reader)
    archive.drain({"META-INF/manifest.xml", "content.xml"})
    return reader.tables
