"""Countries as people write them in one field: names in the interface's languages, or codes."""

import unicodedata
from functools import cache

from anyascii import anyascii
from babel import Locale
from rapidfuzz import fuzz, process

from reintegrate.config import LANGUAGES

NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "XK"}) - {"XK"}


@cache
def names(lang: str) -> dict[str, str]:
    """Code to name of all countries in a language, in that language's order."""
    territories = Locale.parse(lang).territories
    pairs = [
        (code, name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    ]
    return dict(sorted(pairs, key=lambda pair: _plain(pair[1])))


@cache
def _by_word() -> dict[str, str]:
    words = {_plain(name): code for lang in LANGUAGES for code, name in names(lang).items()}
    return words | {code.lower(): code for code in names("en")}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return " ".join(anyascii(folded).lower().replace("'", "").replace("-", " ").split())


def code_of(text: str) -> str | None:
    """The ISO 3166-1 code of what was typed, None where no country is called so."""
    return _by_word().get(_plain(text))


def nearest(text: str, lang: str) -> str | None:
    """The name of the country that looks most like what was typed, for a hint."""
    found = process.extractOne(_plain(text), list(_by_word()), scorer=fuzz.ratio, score_cutoff=75)
    return names(lang)[_by_word()[found[0]]] if found else None
