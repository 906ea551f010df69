"""Words for countries and nationalities, in the languages of the lists, to ISO 3166-1 codes.

Names in some forty languages come from the locale data of CLDR (through Babel); demonyms,
abbreviations and common slips from countries_aliases.json. Kosovo is XK, as CLDR has it.
"""

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from reintegrate.exchange.meaning.problems import Unreadable
from reintegrate.exchange.meaning.wording import clean, fold, is_placeholder, level, words

_FIRST_LOCALES = ("en", "fr", "es", "pt", "de", "it", "ar")
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
_STATELESS = {
    fold(word)
    for word in ("stateless", "apatride", "apátrida", "staatenlos", "sans nationalité", "عديم الجنسية")
}
_STATELESS |= {
    "xxa",
    "sin nacionalidad",
    "bez grazhdanstva",
    fold("без гражданства"),
    fold("без громадянства"),
    fold("بدون"),
}

# Words that belong to more than one country, or to none any more: asked about, never taken.
_SEVERAL: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("congo", "congolese", "congolais", "congolaise", "kongo", "congoleno"), ("CD", "CG")),
    **dict.fromkeys((fold("الكونغو"), fold("كونغولي")), ("CD", "CG")),
    **dict.fromkeys(("korea", "korean", "coree", "coreen", "coreenne", "corea"), ("KR", "KP")),
    "dominican": ("DO", "DM"),
    "sahel": (),
    **dict.fromkeys(("ussr", "urss", "soviet union", "soviet"), ("RU", "UA", "UZ")),
    **dict.fromkeys(("yugoslavia", "yougoslavie", "yugoslav", "yougoslave"), ("RS", "BA", "HR", "XK")),
    **dict.fromkeys(("czechoslovakia", "tchecoslovaquie"), ("CZ", "SK")),
    **dict.fromkeys(("kurdistan", "kurdish", "kurde", "kurd"), ("IQ", "TR", "IR", "SY")),
    "na": ("NA",),
    "ireland uk": ("GB", "IE"),
}
_ARTICLES = r"(?:the|la|le|les|l|el|los|as|al|en|in|au|aux|from) "
_KINDS = (
    r"(?:(?:islamic |federal |democratic |arab |united |socialist )*"
    r"(?:republic|kingdom|state|union|sultanate|commonwealth|emirate)s?(?: of)?(?: the)? "
    r"|(?:republique|royaume|etat)(?: islamique| federale)?(?: de| du| des| d)?(?: la| l)? "
    r"|(?:republica|reino)(?: de| do| da| del)?(?: la)? |(?:جمهوريه|مملكه|دوله) )"
)
_STATE = re.compile(rf"^(?:{_ARTICLES})?{_KINDS}|^{_ARTICLES}")
_PARTS = re.compile(r"\s*(?:[/,;&+|\n]|\s-\s|(?<!\w)(?:and|et|y|e|und|ed|و)(?!\w))\s*")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_FEMININE = ("ais", "ois", "ain", "an", "and", "in", "ol", "ard", "ond", "al")


@dataclass(frozen=True, slots=True)
class Nationalities:
    """ISO codes in the order written; `stateless` where the cell says so."""

    codes: tuple[str, ...]
    stateless: bool = False


@cache
def country_codes() -> frozenset[str]:
    """The two-letter codes, 249 of ISO 3166-1 and XK."""
    territories = Locale.parse("en").territories
    return (
        frozenset(code for code in map(str, territories) if re.fullmatch("[A-Z]{2}", code)) - _NOT_COUNTRIES
    )


@cache
def _three_letters() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    found = {
        old.lower(): new[0]
        for old, new in aliases.items()
        if len(old) == 3 and old.isalpha() and len(new) == 1 and new[0] in country_codes()
    }
    return {
        **found,
        "rks": "XK",
        "xkx": "XK",
        "kos": "XK",
        "ger": "DE",
        "sui": "CH",
        "rou": "RO",
        "rom": "RO",
    }


def _forms(language: str, word: str) -> list[str]:
    """A demonym and its feminine, folded."""
    word = fold(word)
    if language == "fr":
        if word.endswith(("en", "on")):
            return [word, f"{word}ne"]
        return [word, f"{word}e"] if word.endswith(_FEMININE) else [word]
    if language in ("es", "pt"):
        return [word, f"{word[:-1]}a" if word.endswith("o") else f"{word}a"]
    if language == "de":
        return [word, *(f"{word}{end}" for end in ("e", "er", "en", "in"))]
    if language == "ar":
        return [word, f"{word}ه", f"ال{word}", f"ال{word}ه"]
    return [word]


@cache
def _aliases() -> dict[str, str]:
    """Folded demonym, abbreviation or slip to code."""
    text = files(__package__).joinpath("countries_aliases.json").read_text(encoding="utf-8")
    listed: dict[str, dict[str, list[str]]] = json.loads(text)
    found: dict[str, str] = {}
    for language in ("also", "en", "fr", "ar", "es", "pt", "de", "ru"):
        for code, themes in listed.items():
            for word in themes.get(language, ()):
                for form in _forms(language, word):
                    found.setdefault(form, code)
    return found


@cache
def _names(locales: tuple[str, ...]) -> dict[str, str]:
    """Folded country name to code in some languages; an earlier language keeps its word."""
    found: dict[str, str] = {}
    for locale in locales:
        for code, name in Locale.parse(locale).territories.items():
            if code in country_codes():
                found.setdefault(fold(name), code)
                found.setdefault(fold(re.sub(r"\(.*?\)", "", name)), code)
    found.pop("", None)
    return found


def _exact(word: str) -> str | None:
    """The code of a folded word, code or name."""
    if len(word) == 2 and word.isascii() and word.upper() in country_codes():
        return _aliases().get(word) or word.upper()
    return (
        _aliases().get(word)
        or _three_letters().get(word)
        or _names(_FIRST_LOCALES).get(word)
        or _names(tuple(words()["locales_of_countries"])).get(word)
    )


def _lookup(word: str) -> str | None:
    """`_exact`, also without a leading `Republic of` or article, and without a plural s."""
    bare = _STATE.sub("", word)
    found = _exact(word) or (_exact(bare) if bare != word else None)
    if found is None and len(word) > 5 and word.endswith("s"):
        found = _exact(word[:-1])
    return found


@cache
def _near_words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = {**_names(_FIRST_LOCALES), **_aliases()}
    kept = [(word, code) for word, code in table.items() if len(word) >= 5]
    return tuple(word for word, _ in kept), tuple(code for _, code in kept)


def suggestions(text: str, limit: int = 3) -> list[str]:
    """Codes of the countries whose names come nearest to a word, nearest first."""
    choices, codes = _near_words()
    found = process.extract(fold(text), choices, scorer=fuzz.ratio, limit=20, score_cutoff=72)
    return list(dict.fromkeys(codes[at] for _, _, at in found))[:limit]


def _one_slip_away(word: str) -> str | None:
    """The only country one letter away from a word of six letters or more."""
    if len(word) < 6:
        return None
    choices, codes = _near_words()
    found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=1, limit=10)
    near = {codes[at] for _, _, at in found}
    return near.pop() if len(near) == 1 else None


@lru_cache(maxsize=5_000)
def country_code(value: str) -> str:
    """The ISO two-letter code that a cell means.

    Raises Unreadable: `ambiguous_country` for a word of several countries, `unknown_country` else,
    both with `suggestions`. A slip of one letter in a long word is taken where only one country is
    so near.
    """
    several: tuple[str, ...] | None = None
    for word in _readings(value):
        found = None if word in _SEVERAL else _lookup(word)
        if found:
            return found
        several = several or _SEVERAL.get(word)
    if several:
        raise Unreadable("ambiguous_country", value, suggestions=list(several))
    parts = {_lookup(fold(part)) for part in _PARTS.split(clean(value)) if len(fold(part)) > 2} - {None}
    whole = fold(_BRACKETS.sub(" ", value))
    found = parts.pop() if len(parts) == 1 else _one_slip_away(whole)
    if found is None:
        raise Unreadable("unknown_country", value, suggestions=suggestions(value))
    return found


def _readings(value: str) -> list[str]:
    """Ways to read a cell as one country, the likeliest first, folded.

    As it stands, without what is in brackets, `R.F.A.` in one word, `Gambia, The` turned round, and
    what is in brackets alone.
    """
    bare = _BRACKETS.sub(" ", value)
    last, comma, first = bare.partition(",")
    letters = fold(bare).split()
    found = [fold(value), fold(bare)]
    if len(letters) > 1 and all(len(letter) == 1 for letter in letters):
        found.append("".join(letters))
    if comma and fold(first):
        found.append(fold(f"{first} {last}"))
    found += [fold(inside) for inside in re.findall(r"[(\[](.*?)[)\]]", value) if len(fold(inside)) > 1]
    return [word for word in dict.fromkeys(found) if word]


@cache
def _cities() -> dict[str, str]:
    """Folded name of a large city to the country it lies in: those after which time zones are named."""
    countries = get_global("zone_territories")
    found: dict[str, str] = {}
    for locale in _FIRST_LOCALES:
        zones = Locale.parse(locale).time_zones
        for zone, country in countries.items():
            city = zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
            if country in country_codes():
                found.setdefault(fold(city), country)
    for country, cities in words()["cities"].items():
        found.update(dict.fromkeys(map(fold, cities), country))
    return found


def city_country(value: str) -> str | None:
    """The code of the country in which a well-known city lies; None for another word."""
    return _cities().get(fold(re.sub(r"\(.*?\)", " ", value)))


@lru_cache(maxsize=5_000)
def nationalities(value: str) -> Nationalities:
    """One nationality or several, parted by a stroke, a comma, a semicolon or `and`.

    Raises Unreadable as `country_code` does, for the first part that cannot be read.
    """
    word = fold(value)
    if word in _STATELESS:
        return Nationalities((), stateless=True)
    if word in _SEVERAL or any(_lookup(reading) for reading in _readings(value)):
        return Nationalities((country_code(value),))
    hyphened = re.sub(r"\b([a-z]{2,3})-([a-z]{2,3})\b", r"\1/\2", level(value))
    parts = [part for part in _PARTS.split(hyphened) if part and not is_placeholder(part)]
    if len(parts) < 2:
        return Nationalities((country_code(value),))
    return Nationalities(tuple(dict.fromkeys(country_code(part) for part in parts)))
