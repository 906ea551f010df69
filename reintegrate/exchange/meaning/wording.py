"""Words as offices write them, made comparable; and the lists of words that the reader knows."""

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_BIDI = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ـ": None,
        "\u200c": None,
        "\u200d": None,
        "ʻ": "'",
        "’": "'",
        "‘": "'",
        "`": "'",
        "ʼ": "'",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "٫": ".",
        "٬": ",",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "۔": ".",
    }
)
_NOT_WORD = re.compile(r"[\W_]+")


def clean(value: object) -> str:
    """A cell as the text to keep: no control or direction characters, single spaces, composed letters.

    Whole numbers lose nothing to a decimal point; dates read as ISO. Empty text for nothing.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _tidy(str(value))


@lru_cache(maxsize=1 << 16)
def _tidy(text: str) -> str:
    text = _CONTROLS.sub(" ", text).translate(_BIDI)
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":  # the mark that keeps a sheet from calculating
        return text[1:]
    return text


@lru_cache(maxsize=1 << 16)
def level(text: str) -> str:
    """Text without accents, case and the differences between Arabic and Persian letters and digits."""
    if text.isascii():
        return text.lower().replace("`", "'").strip()
    text = unicodedata.normalize("NFKD", text.translate(_BIDI)).casefold()
    letters = (_digit(letter) for letter in text if not unicodedata.combining(letter))
    return "".join(letters).translate(_LETTERS).strip()


def _digit(letter: str) -> str:
    return letter if letter.isascii() or not letter.isdecimal() else str(unicodedata.decimal(letter))


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """`level`, with every run of punctuation a single space: the form in which words are compared."""
    return _NOT_WORD.sub(" ", level(text)).strip()


@cache
def words() -> dict[str, Any]:
    """The lists of words by theme, as they stand in words.json."""
    text = files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def known(theme: str) -> frozenset[str]:
    """One list of words, folded."""
    return frozenset(fold(word) for word in words()[theme])


@cache
def meanings(theme: str) -> dict[str, str]:
    """Folded word to code, for a theme that lists words by code; the first code to claim a word has it."""
    found: dict[str, str] = {}
    for code, listed in words()[theme].items():
        for word in listed:
            found.setdefault(fold(word), code)
    return found


@lru_cache(maxsize=1 << 16)
def is_placeholder(text: str) -> bool:
    """Whether a cell says that nothing is known: dashes, `n/a`, unknown in several languages."""
    return fold(text) in known("placeholders")
