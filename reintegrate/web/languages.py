"""Languages as people write them: by their names in the interface's languages, by other names, or by code."""

from functools import cache

from anyascii import anyascii
from babel import Locale
from rapidfuzz import fuzz, process

from reintegrate.config import LANGUAGES

ALIASES = {
    "afaan oromo": "om",
    "afan oromo": "om",
    "bambara": "bm",
    "bengali": "bn",
    "bamanankan": "bm",
    "diola": "dyo",
    "dioula": "dyu",
    "farsi": "fa",
    "fulani": "ff",
    "fulfulde": "ff",
    "jola": "dyo",
    "jula": "dyu",
    "kurmanji": "ku",
    "malinke": "man",
    "mandinka": "man",
    "maninka": "man",
    "moore": "mos",
    "oromiffa": "om",
    "peul": "ff",
    "poular": "ff",
    "pulaar": "ff",
    "pular": "ff",
    "sorani": "ckb",
    "soussou": "sus",
    "tigrigna": "ti",
    "toucouleur": "ff",
}
"""What speakers and neighbours call languages that the lists know by one other name."""


def _plain(text: str) -> str:
    return " ".join(anyascii(text).lower().replace("'", "").replace("-", " ").split())


@cache
def _by_word() -> dict[str, str]:
    words = {
        _plain(str(name)): str(code)
        for lang in LANGUAGES
        for code, name in Locale.parse(lang).languages.items()
    }
    own = {str(code).lower(): str(code) for code in Locale.parse("en").languages}
    return own | words | {word: code for word, code in ALIASES.items() if word not in words}


def code_of(text: str) -> str | None:
    """The code of the language that was typed, None where none is called so."""
    return _by_word().get(_plain(text))


def nearest(text: str, lang: str) -> str | None:
    """The name of the language that looks most like what was typed, for a hint."""
    words = [word for word in _by_word() if len(word) > 3]
    found = process.extractOne(_plain(text), words, scorer=fuzz.ratio, score_cutoff=75)
    return Locale.parse(lang).languages.get(_by_word()[found[0]]) if found else None
