"""What the heading of a column says, in the languages of header_words.json."""

import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

from reintegrate.exchange.files.sheets import Value
from reintegrate.exchange.meaning.wording import clean, fold, known, words

EXACT, PART, NEAR = 100, 90, 80

_LONGEST_HEADING = 80
_CODED = re.compile(r"\d[^\W\d_]|[^\W\d_]\d")
_NUMBER = re.compile(r"\d{3}")


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
    found.pop("", None)
    return found


@lru_cache(maxsize=2_000)
def heading_field(heading: str) -> tuple[str | None, int]:
    """The field that a heading names and how surely, 0 to 100."""
    table = headings_known()
    if len(heading) > _LONGEST_HEADING:
        return None, 0
    if heading.strip() == "#":
        return "number", PART
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", heading)
    for text in (heading, bare, re.sub(r"\s*\d\s*$", "", bare)):
        if fold(text) in table:
            return table[fold(text)], EXACT
    uncoded = " ".join(word for word in fold(bare).split() if not _CODED.search(word))
    if uncoded in table and uncoded not in known("vague_headings"):
        return table[uncoded], PART  # sex_1m_2f
    return _of_words(heading, fold(bare)) or (None, 0)


def _of_words(heading: str, text: str) -> tuple[str, int] | None:
    """The field of a heading that is none of the known ones as a whole."""
    plain, vague = _parts(heading)
    if plain:
        return plain[0], PART
    if known("strange_headings") & set(text.split()):
        return None
    found = _composed(text) or _contained(text) or _shortened(heading)
    if found:
        return found
    return (vague[0], PART) if vague else _similar(text)


def _parts(heading: str) -> tuple[list[str], list[str]]:
    """The fields that the parts of a heading of two languages name: by telling words, by vague ones."""
    table = headings_known()
    parts = [fold(part) for part in re.split(r"[/|\n:;–(\[\-]+", heading)]
    named = [part for part in parts if part in table]
    plain = [table[part] for part in named if part not in known("vague_headings")]
    return plain, [table[part] for part in named if part in known("vague_headings")]


def _composed(text: str) -> tuple[str, int] | None:
    """`Date effective du rapatriement`: a kind of thing, what it is of, and words that add nothing."""
    said = set(text.split())
    for rule in words()["composed_headings"]:
        kinds, topics = set(rule["kinds"]), set(rule["topics"])
        if said & kinds and said & topics and said <= kinds | topics | known("heading_fillers"):
            return rule["field"], PART - 1
    return None


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


def _shortened(heading: str) -> tuple[str, int] | None:
    """The field of the headings that begin, word by word, as one with full stops does: `Staatsangeh.`."""
    said = fold(heading).split()
    if "." not in heading or max(map(len, said), default=0) < 4:
        return None
    fields = {name for word, name in headings_known().items() if _begins(word.split(), said)}
    return (fields.pop(), NEAR) if len(fields) == 1 else None


def _begins(full: Sequence[str], said: Sequence[str]) -> bool:
    return len(full) == len(said) and all(map(str.startswith, full, said))


def _similar(text: str) -> tuple[str, int] | None:
    """The heading that is one slip away from a misspelt one, two where it is long."""
    if len(text) < 5:
        return None
    choices = [word for word in headings_known() if len(word) > 4]
    slips = 1 if len(text) < 14 else 2
    found = process.extractOne(text, choices, scorer=OSA.distance, score_cutoff=slips)
    return (headings_known()[found[0]], NEAR) if found else None


def fields_named(cells: Sequence[Value]) -> int:
    """How many different fields the texts of a row name."""
    fields = (heading_field(clean(cell)) for cell in cells if isinstance(cell, str) and clean(cell))
    return len({name for name, surely in fields if name and surely >= NEAR})


def is_header_again(cells: Sequence[Value]) -> bool:
    """Whether a row inside the list repeats the headings, in the same or another language."""
    filled = [cell for cell in cells if cell is not None]
    if len(filled) < 3 or not all(isinstance(cell, str) and not _NUMBER.search(cell) for cell in filled):
        return False
    named = {headings_known().get(fold(str(cell))) for cell in filled} - {None}
    return len(named) >= 3 and len(named) * 2 >= len(filled)
