"""Lists in text form: which characters the bytes mean, and what parts the columns."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from reintegrate.exchange.files.limits import Limits, SheetError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_SAMPLE = 200

# The commonest letters of Arabic and Persian, Russian and Ukrainian, in running text.
_COMMON_ARABIC = frozenset("اليمنوتربدعحسمةفكأه")
_COMMON_CYRILLIC = frozenset("оаенитсрвлкмдпуяіОАЕНИТСРВЛКМДПІ")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text, None where empty, with the encoding and the delimiter that were found."""

    rows: list[list[str | None]]
    encoding: str
    delimiter: str


def read_delimited(data: bytes, limits: Limits, *, prefer_tab: bool = False) -> Table:
    """Read a csv or tsv.

    Raises SheetError: `not_a_sheet` for bytes that are no text or a page of markup, `too_many_rows`,
    `too_many_columns`, `too_many_cells`, `damaged`.
    """
    encoding = detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetError("damaged", encoding=encoding) from error
    text = text.rstrip("\0\x1a")
    if _CONTROL.search(text) or "\ufffe" in text or text.lstrip("\ufeff \t\r\n").startswith(("<", "{")):
        raise SheetError("not_a_sheet")
    delimiter, body = _delimiter(text, prefer_tab=prefer_tab)
    return Table(_rows(body, delimiter, limits), encoding, delimiter)


def detect_encoding(data: bytes) -> str:
    """The name of the codec, from the byte order mark, else from what reads as language.

    UTF-16 without a mark shows in its zero bytes, UTF-8 in its form. Of the rest, bytes above 127
    alone between Latin letters mean cp1252 (French, Spanish, Portuguese, German); whole words of
    them mean cp1256 (Arabic, Persian) or cp1251 (Cyrillic), whichever gives commoner letters.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:4000]
    if b"\0" in head:
        return _wide(head)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(data)
    return "utf-8"


def _wide(head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) // 2 or min(even, odd) * 10 > max(even, odd):
        raise SheetError("not_a_sheet")
    return "utf-16-le" if odd > even else "utf-16-be"


def _single_byte(data: bytes) -> str:
    words = _HIGH_WORD.findall(data[:200_000])
    foreign = sum(1 for word in words if len(word) > 1 and all(byte > 127 for byte in word))
    if foreign * 2 > len(words):
        sample = b" ".join(words)
        arabic = _share(sample.decode("cp1256", "replace"), _COMMON_ARABIC)
        cyrillic = _share(sample.decode("cp1251", "replace"), _COMMON_CYRILLIC)
        if max(arabic, cyrillic) > 0.5:
            return "cp1256" if arabic >= cyrillic else "cp1251"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _share(text: str, common: frozenset[str]) -> float:
    letters = [letter for letter in text if letter > "\x7f"]
    return sum(letter in common for letter in letters) / max(1, len(letters))


def _delimiter(text: str, *, prefer_tab: bool) -> tuple[str, str]:
    """What parts the columns, and the text without a leading `sep=;` line."""
    declared = re.match(r"\ufeff?\"?sep=(.)\"?\r?\n", text)
    if declared and declared[1] in _DELIMITERS:
        return declared[1], text[declared.end() :]
    sample = text[:200_000]
    scores = {mark: _evenness(sample, mark) for mark in _DELIMITERS}
    if prefer_tab and scores["\t"] > (0.0, 0):
        return "\t", text
    return max(_DELIMITERS, key=lambda mark: scores[mark]), text


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """How many of the first rows have the commonest width above one, and that width."""
    widths: Counter[int] = Counter()
    try:
        for count, row in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
            if count >= _SAMPLE:
                break
            if any(row):
                widths[len(row)] += 1
    except csv.Error:
        return 0.0, 0
    wide = [(rows, width) for width, rows in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    rows, width = max(wide, key=lambda each: (each[0] * min(each[1], 5), each[1]))
    return round(rows / widths.total(), 1), width


def _rows(text: str, delimiter: str, limits: Limits) -> list[list[str | None]]:
    try:
        return _parsed(text, delimiter, limits, quoted=True)
    except csv.Error:  # a lone quotation mark that swallows the rest
        try:
            return _parsed(text, delimiter, limits, quoted=False)
        except csv.Error as error:
            raise SheetError("damaged") from error


def _parsed(text: str, delimiter: str, limits: Limits, *, quoted: bool) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    cells = 0
    lines = io.StringIO(text, newline="")
    for row in (
        csv.reader(lines, delimiter=delimiter)
        if quoted
        else csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    ):
        if len(rows) >= limits.rows and any(row):
            raise SheetError("too_many_rows", rows=len(rows) + 1, limit=limits.rows)
        if len(row) > limits.columns:
            raise SheetError("too_many_columns", columns=len(row), limit=limits.columns)
        cells += len(row)
        if cells > limits.cells:
            raise SheetError("too_many_cells", limit=limits.cells)
        if any(value.count("\n") > 30 for value in row if len(value) > 500):
            raise csv.Error("a quotation mark is never closed")
        rows.append([value if value.strip() else None for value in row])
    return rows
