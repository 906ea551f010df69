"""What the heading of a column says, in the languages of header_words.json."""

import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from reintegrate.exchange.sheets import Value
from reintegrate.exchange.wording import clean, fold, known

EXACT, PART, NEAR = 100, 90, 80

_LONGEST_HEADING = 80


@cache
def headings_known() -> dict[str, str]:
    """Folded heading to field; `origin` waits until it is known whether there is a nationality."""
    listed: dict[str, list[str]] = json.loads(
        files(__package__).joinpath("header_words.json").read_text(encoding="utf-8")
    )
    found: dict[str, str] = {}
    for name, headings in listed.items():
        for heading in headings:
            found.setdefault(fold(heading), name)
    return found


@lru_cache(maxsize=2_000)
def heading_field(heading: str) -> tuple[str | None, int]:
    """The field that a heading names and how surely, 0 to 100."""
    table = headings_known()
    if len(heading) > _LONGEST_HEADING:
        return None, 0
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", heading)
    for text in (heading, bare):
        if fold(text) in table:
            return table[fold(text)], EXACT
    parts = [fold(part) for part in re.split(r"[/|\n:;–(\[\-]+", heading) if fold(part)]
    named = [table[part] for part in parts if part in table]
    if named:
        return named[0], PART
    return _contained(fold(bare)) or _similar(fold(bare)) or (None, 0)


def _contained(text: str) -> tuple[str, int] | None:
    """The longest heading inside a longer one, where it makes up at least half of it."""
    padded = f" {text} "
    held = [
        word
        for word in headings_known()
        if len(word) > 2 and word not in known("vague_headings") and f" {word} " in padded
    ]
    longest = max(held, key=len, default="")
    if not longest or len(longest.split()) * 2 < len(text.split()):
        return None
    return headings_known()[longest], 60 + 20 * len(longest) // len(text)


def _similar(text: str) -> tuple[str, int] | None:
    """The heading nearest to a misspelt one."""
    if len(text) < 5:
        return None
    choices = [word for word in headings_known() if len(word) > 4]
    found = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=87)
    return (headings_known()[found[0]], NEAR) if found else None


def fields_named(cells: Sequence[Value]) -> int:
    """How many different fields the texts of a row name."""
    fields = (heading_field(clean(cell)) for cell in cells if isinstance(cell, str) and clean(cell))
    return len({name for name, surely in fields if name and surely >= NEAR})


def is_header_again(cells: Sequence[Value]) -> bool:
    """Whether a row inside the list repeats the headings, in the same or another language."""
    filled = [cell for cell in cells if cell is not None]
    if len(filled) < 3 or not all(isinstance(cell, str) for cell in filled):
        return False
    named = {headings_known().get(fold(str(cell))) for cell in filled} - {None}
    return len(named) >= 3 and len(named) * 2 >= len(filled)
