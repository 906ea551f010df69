"""The lists of tests/exchange/lists, each a layout of its own with what a careful reader finds in it.

A file begins with how it is written: `file`, `text` (encoding and delimiter), `order` (of dates, as
answered), `merge` (top, left, bottom, right), `hidden column`, `comment`. Then come its sheets, the
list marked by a star, a row a line: cells between bars, `@` before a day, `#` before a number, `=`
before a formula, `~` before a hidden row. After `=>` stands the truth of the row: its status, the
fields of its errors or the row that it doubles, and the values worth saying; `-` is nothing, `like`
a weaker likeness, a wavy line after a birth that it is estimated.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from reintegrate.exchange.files.sheets import Value
from tests.exchange.files import Formula, Page, csv_of, ods_of, xls_of, xlsx_of

FOLDER = Path(__file__).parent / "lists"
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\p": "|", "\\s": "\u00a0", "\\z": "\u200b", "\\\\": "\\"}


@dataclass
class Truth:
    """What is to be found in a row; None for what the list does not say."""

    statuses: tuple[str, ...]
    errors: list[str] | None = None
    doubles: int | None = None
    like: int | str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Messy:
    name: str
    data: bytes
    header_row: int
    day_first: bool | None
    truths: dict[int, Truth]


def lists() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def read(name: str) -> Messy:
    head, *bodies = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("\n--- ")
    about: dict[str, str] = {}
    listed = Page("")
    for line in head.splitlines():
        key, _, value = line.partition(": ")
        _note(key, value, listed, about)
    pages: list[Page] = []
    truths: dict[int, Truth] = {}
    for body in bodies:
        title, *lines = body.removesuffix("\n").split("\n")
        page = listed if title.startswith("*") else Page("")
        page.title = title.removeprefix("*")
        pages.append(page)
        truths.update(_fill(page, lines))
    order = {"day first": True, "month first": False}.get(about.get("order", ""))
    return Messy(about["file"], _written(about, pages, listed), int(about["header"]), order, truths)


def _note(key: str, value: str, page: Page, about: dict[str, str]) -> None:
    if key == "merge":
        top, left, bottom, right = map(int, value.split())
        page.merged.append((top, left, bottom, right))
    elif key == "hidden column":
        page.hidden_columns.add(int(value))
    elif key == "comment":
        row, column, text = value.split(" ", 2)
        page.comments.append((int(row), int(column), text))
    else:
        about[key] = value


def _fill(page: Page, lines: list[str]) -> Iterator[tuple[int, Truth]]:
    for number, line in enumerate(lines, 1):
        cells, arrow, truth = line.partition("  => ")
        if cells.startswith("~ "):
            cells = cells[2:]
            page.hidden_rows.add(number)
        page.rows.append(list(_cells(cells)))
        if arrow:
            yield number, _truth(truth)


def _written(about: dict[str, str], pages: list[Page], listed: Page) -> bytes:
    if "text" in about:
        encoding, delimiter = about["text"].split(" ")
        return csv_of(listed.rows, encoding, {"tab": "\t"}.get(delimiter, delimiter))
    if about["file"].endswith(".ods"):
        return ods_of(listed)
    return xls_of(listed) if about["file"].endswith(".xls") else xlsx_of(*pages)


def _cells(line: str) -> Iterator[Value]:
    for raw in f" {line} ".split(" | ") if line else ():
        text = raw.strip(" ")
        if not text:
            yield None
        elif text.startswith("@"):
            yield date.fromisoformat(text[1:])
        elif text.startswith("#"):
            yield float(text[1:]) if "." in text else int(text[1:])
        elif text.startswith("="):
            yield Formula(text)
        else:
            text = text[1:-1] if text.startswith('"') else text
            for written, meant in _ESCAPES.items():
                text = text.replace(written, meant)
            yield text


def _truth(text: str) -> Truth:
    status, *told = text.split("; ")
    said = dict(part.split("=", 1) for part in told)
    kind, _, rest = status.partition(" ")
    like = said.pop("like", None)
    return Truth(
        tuple(kind.split("/")),
        errors=rest.split(",") if kind == "error" and rest else None,
        doubles=int(rest) if kind == "duplicate" and rest else None,
        like=int(like) if like and like != "-" else like,
        values={name: _value(name, value) for name, value in said.items()},
    )


def _value(name: str, text: str) -> Any:
    if text == "-":
        return None
    if name == "nationalities":
        return text.split(",")
    if name != "birth_date":
        return text
    if text.endswith("~"):
        return {"value": text[:-1], "precision": "estimated"}
    return {"value": text, "precision": {4: "year", 7: "month", 10: "day"}[len(text)]}
