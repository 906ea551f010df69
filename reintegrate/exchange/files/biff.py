"""Which cells of an old Excel file (xls) are formulas, and which rows and columns are hidden.

The values come from a library that gives a formula's last result without saying so; here the
records of the file are walked for the rest. Structures: [MS-CFB] for the container, [MS-XLS] for
the records.
"""

import struct
from collections.abc import Iterator

from reintegrate.exchange.files.archives import SheetFacts
from reintegrate.exchange.files.limits import Limits, SheetError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128

_FORMULAS = {0x0006, 0x0206, 0x0406}
_ONE_CELL = {0x00FD, 0x0203, 0x027E, 0x0204, 0x0205, 0x00D6}
_BOF = {0x0809, 0x0409, 0x0209, 0x0009}
_EOF = 0x000A
_FILEPASS = 0x002F
_BOUNDSHEET = 0x0085
_MULRK = 0x00BD
_ROW = 0x0208
_COLINFO = 0x007D


class Container:
    """The streams of a compound file; raises SheetError where its chains break or turn in circles."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or data[:8] != SIGNATURE:
            raise SheetError("damaged")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise SheetError("damaged")
        self._size = 1 << shift
        _fats, directory, _, self._cutoff, mini_fat, _, extra, _ = struct.unpack_from("<8I", data, 44)
        self._fat = self._allocation(extra)
        self._mini_fat = self._integers(self._chain(mini_fat)) if mini_fat < _LAST_SECTOR else ()
        self._entries = dict(self._directory(self._chain(directory)))
        root = self._entries.get("Root Entry")
        self._mini = self._chain(root[0]) if root and root[0] < _LAST_SECTOR else b""

    def names(self) -> set[str]:
        return set(self._entries)

    def stream(self, name: str) -> bytes:
        start, size = self._entries[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        pieces = [self._mini[at * 64 : at * 64 + 64] for at in self._walk(start, self._mini_fat)]
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _integers(self, data: bytes) -> tuple[int, ...]:
        count = len(data) // 4
        return struct.unpack(f"<{count}I", data[: count * 4])

    def _allocation(self, extra: int) -> tuple[int, ...]:
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        seen: set[int] = set()
        while extra < _LAST_SECTOR and extra not in seen:
            seen.add(extra)
            *more, extra = self._integers(self._sector(extra)) or (0xFFFFFFFE,)
            sectors += more
        table: list[int] = []
        for sector in dict.fromkeys(sectors):
            if sector < _LAST_SECTOR:
                table += self._integers(self._sector(sector))
        return tuple(table)

    @staticmethod
    def _walk(start: int, table: tuple[int, ...]) -> Iterator[int]:
        seen: set[int] = set()
        while start < _LAST_SECTOR:
            if start in seen or start >= len(table):
                raise SheetError("damaged")
            seen.add(start)
            yield start
            start = table[start]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._walk(start, self._fat))

    @staticmethod
    def _directory(data: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", data, at + 64)[0]
            kind = data[at + 66]
            if kind in (1, 2, 5) and 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                yield name, struct.unpack_from("<II", data, at + 116)


def workbook_stream(data: bytes) -> bytes:
    """The records of an xls file.

    Raises SheetError: `encrypted` (also for a protected xlsx, which wears the same container),
    `not_a_sheet` for another kind of document, `damaged`.
    """
    try:
        container = Container(data)
        names = container.names()
        if "EncryptedPackage" in names:
            raise SheetError("encrypted")
        for name in ("Workbook", "Book"):
            if name in names:
                return container.stream(name)
    except (struct.error, IndexError) as error:
        raise SheetError("damaged") from error
    raise SheetError("not_a_sheet")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _offsets(stream: bytes) -> list[int]:
    """Where each sheet's records begin, in the order of the tabs."""
    offsets = []
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise SheetError("encrypted")
        if kind == _BOUNDSHEET:
            offsets.append(struct.unpack_from("<I", body)[0])
        if kind == _EOF:
            break
    return offsets


class _Sheet:
    """Notes what each record says about one sheet."""

    def __init__(self, limits: Limits) -> None:
        self.facts = SheetFacts()
        self._limits = limits

    def note(self, kind: int, body: bytes) -> None:
        if kind in _FORMULAS or kind in _ONE_CELL:
            self._on_cell(kind, body)
        elif kind == _MULRK:
            row, _first = struct.unpack_from("<HH", body)
            self.facts.reach(row + 1, struct.unpack_from("<H", body, len(body) - 2)[0], self._limits)
        elif kind == _ROW and struct.unpack_from("<I", body, 12)[0] & 0x20:
            self.facts.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLINFO:
            self._on_columns(body)

    def _on_cell(self, kind: int, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        self.facts.reach(row + 1, column, self._limits)
        if kind in _FORMULAS:
            self.facts.formulas.add((row + 1, column))

    def _on_columns(self, body: bytes) -> None:
        first, last, _width, _style, options = struct.unpack_from("<5H", body)
        if options & 1 and last < self._limits.columns:
            self.facts.hidden_columns.update(range(first, last + 1))


def xls_facts(data: bytes, limits: Limits) -> list[SheetFacts]:
    """Facts of each sheet, in the order of the tabs; raises SheetError."""
    stream = workbook_stream(data)
    try:
        offsets = _offsets(stream)
        if len(offsets) > limits.sheets:
            raise SheetError("too_many_sheets", limit=limits.sheets)
        return [_sheet_facts(stream, offset, limits) for offset in offsets]
    except struct.error as error:
        raise SheetError("damaged") from error


def _sheet_facts(stream: bytes, offset: int, limits: Limits) -> SheetFacts:
    sheet = _Sheet(limits)
    depth = 0
    for kind, body in _records(stream, offset):
        if kind in _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:  # deeper records belong to a chart inside the sheet
            sheet.note(kind, body)
    return sheet.facts
