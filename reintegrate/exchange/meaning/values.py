"""Cells to values: names, sexes, kinds of return, phone numbers; dates and ages are in `dates`."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from rapidfuzz.distance import OSA

from reintegrate.exchange.meaning.dates import (
    DateOrder,
    Evidence,
    ParsedDate,
    date_order_evidence,
    parse_date,
    separator,
)
from reintegrate.exchange.meaning.problems import Unreadable
from reintegrate.exchange.meaning.wording import clean, fold, is_placeholder, known, level, meanings, words

__all__ = [
    "DateOrder",
    "Evidence",
    "FullName",
    "ParsedDate",
    "Phone",
    "Unreadable",
    "clean",
    "date_order_evidence",
    "is_empty",
    "parse_date",
    "parse_document_type",
    "parse_email",
    "parse_name",
    "parse_phone",
    "parse_return_modality",
    "parse_return_type",
    "parse_sex",
    "separator",
    "split_full_name",
]

_SEX_CODES = {"1": "male", "2": "female", "0": "unknown", "9": "unknown"}  # ISO/IEC 5218
_SEX_SIGNS = {"♂": "male", "♀": "female"}
_SYMBOL = re.compile(r"[^\W_]|[\u2600-\u27ff]")
_LONGEST_NAME = 300
_LONGEST_PLACEHOLDER = 40
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]{2,}")
_NUMBERS_APART = re.compile(r"\s*(?:[;,|\n]|\s/\s|/(?=\s*[+0]|\d{6})|(?<!\w)(?:or|ou|et|and|o|y)(?!\w))\s*")

# Where people bear a father's name or one name alone, so that no word of a name is a family's.
NO_FAMILY_NAMES = frozenset({"AF", "DJ", "ER", "ET", "ID", "IS", "MM", "SO"})

# Where people bear the names of two families, so that nobody can tell where the given names end.
TWO_FAMILY_NAMES = frozenset(
    [
        "AO",
        "AR",
        "BO",
        "BR",
        "CL",
        "CO",
        "CR",
        "CU",
        "CV",
        "DO",
        "EC",
        "ES",
        "GQ",
        "GT",
        "GW",
        "HN",
        "MX",
        "MZ",
        "NI",
        "PA",
        "PE",
        "PT",
        "PY",
        "ST",
        "SV",
        "TL",
        "UY",
        "VE",
    ]
)


@dataclass(frozen=True, slots=True)
class FullName:
    """`family` is empty where the text does not say which part it is; then `given` is all of it."""

    family: str
    given: str


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` in E.164 or None where no number is valid; `raw` as written; all valid ones in `numbers`."""

    raw: str
    number: str | None
    numbers: tuple[str, ...] = ()


def is_empty(value: object) -> bool:
    """Whether a cell holds nothing: blank, dashes, `n/a`, unknown."""
    if not isinstance(value, str):
        return value is None
    return not value or (len(value) <= _LONGEST_PLACEHOLDER and is_placeholder(value))


def parse_name(value: object) -> str:
    """A name as written, in single spaces; empty for a placeholder.

    A short capitalised word (Nil, Na, Nan) is taken for a name. Raises Unreadable: `not_a_name`
    for a text without letters or with digits in it, `too_long` above 300 characters.
    """
    text = clean(value)
    if is_placeholder(text) and not (text.istitle() and text.isalpha() and len(text) <= 4):
        return ""
    if len(text) > _LONGEST_NAME:
        raise Unreadable("too_long", text[:50], limit=_LONGEST_NAME)
    if not any(letter.isalpha() for letter in text) or any(letter.isdigit() for letter in text):
        raise Unreadable("not_a_name", text)
    return _without_title(text)


def _without_title(text: str) -> str:
    """A name without `Mme` or `Dr.` before it."""
    first, _, rest = text.partition(" ")
    return rest if rest and first.lower() in words()["honorifics"] else text


def split_full_name(
    text: str, *, family_first: bool | None = None, nationality: str | None = None
) -> FullName:
    """Family and given names of a name written in one.

    A comma parts them (`Diallo, Mamadou`); words in capitals beside others are the family's
    (`NDIAYE Fatou`, `Fatou NDIAYE`). `family_first` is the order that the heading states: one word and
    the particles before it are then the family's, except for nationalities without family names, or
    with two where there are more than two words. Otherwise all is `given`.
    """
    before, comma, after = text.partition(",")
    if comma and before.strip() and after.strip():
        return FullName(before.strip(), " ".join(after.replace(",", " ").split()))
    parts = text.replace(",", " ").split()
    capitals = [part.isupper() and sum(letter.isalpha() for letter in part) > 1 for part in parts]
    count = sum(capitals)
    if 0 < count < len(parts):
        if all(capitals[:count]):
            return FullName(" ".join(parts[:count]), " ".join(parts[count:]))
        if all(capitals[-count:]):
            return FullName(" ".join(parts[-count:]), " ".join(parts[:-count]))
    count = _of_family(parts, family_first, nationality) if family_first is not None else 0
    if not 0 < count < len(parts):
        return FullName("", " ".join(parts))
    if family_first:
        return FullName(" ".join(parts[:count]), " ".join(parts[count:]))
    return FullName(" ".join(parts[-count:]), " ".join(parts[:-count]))


def _of_family(parts: list[str], family_first: bool | None, nationality: str | None) -> int:
    """How many words at one end of a name are the family's; 0 where nobody can tell."""
    if nationality in NO_FAMILY_NAMES or (len(parts) > 2 and nationality in TWO_FAMILY_NAMES):
        return 0
    from_end = parts if family_first else list(reversed(parts[:-1]))
    particles = 0
    for part in from_end:
        if level(part).strip("'") not in known("name_particles"):
            break
        particles += 1
    return particles + 1


@lru_cache(maxsize=1_000)
def parse_sex(text: str, *, m_is_female: bool = False) -> str:
    """female, male, other, unknown or declined.

    `m_is_female` is for a column of H and M, as Spanish has it (hombre, mujer). Raises Unreadable
    `not_a_sex`.
    """
    word = fold(text) or text.strip()
    if m_is_female and word == "m":
        return "female"
    if word in known("declined"):
        return "declined"
    table = {**meanings("sex"), **_SEX_CODES, **_SEX_SIGNS}
    parts = [fold(part) for part in re.split(r"[/()\[\]|,]", text) if fold(part)]
    found = {table[part] for part in (parts if len(parts) > 1 else [word]) if part in table}
    if word in table or len(found) == 1:
        return table.get(word) or found.pop()
    if is_placeholder(text) and (not text or fold(text) or not _SYMBOL.search(text)):
        return "unknown"
    raise Unreadable("not_a_sex", text)


@lru_cache(maxsize=1_000)
def parse_return_type(text: str) -> str:
    """A code of the types of return; raises Unreadable `not_understood`."""
    return _meaning("return_type", text)


@lru_cache(maxsize=1_000)
def parse_document_type(text: str) -> str:
    """A code of the kinds of document, passport among them; raises Unreadable `not_understood`."""
    return _meaning("document_type", text)


@lru_cache(maxsize=1_000)
def parse_return_modality(text: str) -> str:
    """permanent, temporary, circular or virtual; raises Unreadable `not_understood`."""
    return _meaning("return_modality", text)


def _meaning(theme: str, text: str) -> str:
    """The code of a text: as a whole, a part in brackets apart, or by the longest phrase in it."""
    table = meanings(theme)
    inside = re.findall(r"\((.*?)\)", text)
    for candidate in (text, re.sub(r"\(.*?\)", " ", text), *inside):
        found = table.get(fold(candidate))
        if found:
            return found
    padded = f" {fold(text)} "
    if any(f" {word} " in padded for word in ("not", "non", "no", "pas")):
        raise Unreadable("not_understood", text)
    held = [word for word in table if len(word) > 2 and f" {word} " in padded]
    longest = max(held, key=len, default="") or _one_slip_away(fold(text), table)
    others = {table[word] for word in held if word not in longest}
    if not longest or others - {table[longest]}:
        raise Unreadable("not_understood", text)
    return table[longest]


def _one_slip_away(word: str, table: dict[str, str]) -> str:
    """The only long word of a table that is a letter away; empty where there is none."""
    if len(word) < 6:
        return ""
    near = [known_word for known_word in table if OSA.distance(word, known_word, score_cutoff=1) <= 1]
    return near[0] if len({table[each] for each in near}) == 1 else ""


def parse_phone(value: object, regions: tuple[str, ...] = ()) -> Phone:
    """Phone numbers of one cell.

    `regions` are countries (ISO codes) whose national numbers are tried after the international
    form. Never raises: a number that is not valid keeps its raw text alone.
    """
    raw = clean(value)
    found = (_one_number(part, regions) for part in _NUMBERS_APART.split(level(raw)) if part)
    numbers = tuple(dict.fromkeys(number for number in found if number))
    return Phone(raw, numbers[0] if numbers else None, numbers)


def _one_number(text: str, regions: tuple[str, ...]) -> str | None:
    text = re.sub(r"^\(?00", "+", text.strip())
    digits = sum(letter.isdigit() for letter in text)
    if not 6 <= digits <= 17:
        return None
    if text.startswith(("+", "(+")):
        return _valid(text, None)
    national = (_valid(text, region) for region in regions)
    return next((number for number in national if number), None) or (
        _valid(f"+{text}", None) if digits > 9 else None
    )


def _valid(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def parse_email(text: str) -> str:
    """An address with one at sign and a dot after it; raises Unreadable `not_an_email`."""
    address = clean(text).removeprefix("mailto:")
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise Unreadable("not_an_email", text)
    return address
