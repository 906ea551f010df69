"""What a list says once for many rows: above its headings, or in the heading of a section.

`Date d'arrivée : 22/07/2025` above the headings, `GERMANY (12 persons)` among the rows.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from reintegrate.exchange.files.archives import column_letter
from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.contents import DATE_FIELDS, LOOKS
from reintegrate.exchange.meaning.countries import country_code
from reintegrate.exchange.meaning.headings import EXACT, heading_field
from reintegrate.exchange.meaning.problems import Unreadable
from reintegrate.exchange.meaning.values import is_empty
from reintegrate.exchange.meaning.wording import clean, fold, known, meanings

COUNTRY = "country"
SAID_ONCE = ("arrived_on", "departed_on", "host_country", "nationality", "return_country", "return_type")

_COUNT = re.compile(r"\s*[(\[–:-]*\s*\d{1,5}\s*(?:\w+\s*)?[)\]]?\s*$")
_ENUMERATED = re.compile(r"(?i)^(?:[ivx]{1,4}|\d{1,2}|[a-z])\s*[.)/-]\s+")
_OF_RETURNEES = re.compile(
    r"(?i)^(?:(?:returnees?|returns?|arrivals?|retours?|retourn[ée]s|rapatri[ée]s|expuls[ée]s|deportees)\s+)?"
    r"(?:returned |coming |arrived |en provenance |venant )?(?:(?:from|de la|du|de|des)\s+|(?:de )?l['’]|d['’])"
)
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d")
_MOST_IN_SECTION = 3
_LONGEST = 80
_LABEL_WORDS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A value that stands elsewhere than in its row: `cell` by name, `column` where it has one of its field."""

    value: Value
    cell: str
    column: int | None = None


@lru_cache(maxsize=2_000)
def statement(text: str) -> tuple[str, str] | None:
    """The field and the value in a line such as `Nationalité : Malienne`, `Vol du 12/03/2025`, `LIBYA (4)`.

    A country alone has the field `country`. None for a line that says nothing of the kind.
    """
    text = _ENUMERATED.sub("", clean(text))
    if not text or len(text) > _LONGEST:
        return None
    labelled = _labelled(text)
    if labelled:
        return labelled
    bare = _COUNT.sub("", text) or text
    country = _country(bare) or _country(_OF_RETURNEES.sub("", bare))
    if country:
        return COUNTRY, country
    if len(fold(bare)) > 2 and fold(bare) in meanings("return_type"):
        return "return_type", bare
    return ("arrived_on", text) if _DAY.fullmatch(text) else None


def _country(text: str) -> str | None:
    """The text, where it is a country or a nationality in so many words."""
    try:
        country_code(text)
    except Unreadable:
        return None
    return text if len(fold(text)) > 2 else None


def _labelled(text: str, *, vague: bool = True) -> tuple[str, str] | None:
    """A heading and its value, with a colon between them or not; `vague` allows `Date` and `Country`."""
    before, colon, after = text.partition(":")
    if colon and after.strip():
        name = _field(before, vague=vague)
        return (name, after.strip()) if name and _reads(name, after.strip()) else None
    words = text.split()
    for count in range(min(_LABEL_WORDS, len(words) - 1), 0, -1):
        name, value = _field(" ".join(words[:count]), vague=vague), " ".join(words[count:])
        if name and _reads(name, value):
            return name, value
    return None


def _field(label: str, *, vague: bool) -> str | None:
    name, surely = heading_field(label)
    if name not in SAID_ONCE or surely < EXACT - 11 or (not vague and fold(label) in known("vague_headings")):
        return None
    return name


def _reads(name: str, value: Value) -> bool:
    dated = (
        not name.endswith("_on") or not isinstance(value, str) or any(letter.isdigit() for letter in value)
    )
    return dated and LOOKS[name](value)


def dates_told(sheet: Sheet, header_row: int) -> list[str]:
    """The dates of titles and of headings of sections, in reading order."""
    found = [told.value for name, told in said_above(sheet, header_row).items() if name in DATE_FIELDS]
    for cells in sheet.rows[header_row:]:
        filled = [value for value in cells if value is not None]
        if 0 < len(filled) < _MOST_IN_SECTION and isinstance(filled[0], str):
            told = statement(filled[0])
            if told and told[0] in DATE_FIELDS:
                found.append(told[1])
    return [value for value in found if isinstance(value, str)]


def said_above(sheet: Sheet, header_row: int) -> dict[str, Told]:
    """What the lines above the headings say of all rows, by field.

    A label and its value stand in one cell or in two. Words that could be of the office (`Date`,
    `Country`) are not taken.
    """
    found: dict[str, Told] = {}
    for number in range(1, header_row):
        filled = [(at, value) for at, value in enumerate(sheet.row(number)) if not is_empty(value)]
        for position, (at, value) in enumerate(filled):
            after = filled[position + 1] if position + 1 < len(filled) else None
            told = _above(value, at, after, number)
            if told:
                found.setdefault(*told)
    return found


def _above(value: Value, at: int, after: tuple[int, Value] | None, number: int) -> tuple[str, Told] | None:
    text = clean(value)
    if not isinstance(value, str) or len(text) > _LONGEST:
        return None
    name = _field(text.rstrip(": "), vague=False)
    if name and after and _reads(name, after[1]):
        return name, Told(after[1], f"{column_letter(after[0])}{number}")
    labelled = _labelled(text, vague=False)
    return (labelled[0], Told(labelled[1], f"{column_letter(at)}{number}")) if labelled else None
