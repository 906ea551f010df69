"""In which language's script a name is written, for showing it in the right letters."""

import unicodedata
from collections import Counter

_LANGUAGE_OF_SCRIPT = {
    "ARABIC": "ar",
    "ETHIOPIC": "am",
    "BENGALI": "bn",
    "CYRILLIC": "uk",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "DEVANAGARI": "hi",
    "SINHALA": "si",
    "TAMIL": "ta",
    "THAI": "th",
    "KHMER": "km",
    "HANGUL": "ko",
    "CJK": "zh",
    "HEBREW": "he",
    "GREEK": "el",
    "GURMUKHI": "pa",
    "ADLAM": "ff",
    "MYANMAR": "my",
    "LAO": "lo",
    "TIFINAGH": "ber",
}

_PERSIAN_LETTERS = frozenset("پچژگکی")


def language_of(name: str) -> str | None:
    """A language that is written in the script of `name`, None for Latin letters."""
    scripts = Counter(unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in name if c.isalpha())
    found = [(count, script) for script, count in scripts.items() if script in _LANGUAGE_OF_SCRIPT]
    if not found:
        return None
    script = max(found)[1]
    if script == "ARABIC" and set(name) & _PERSIAN_LETTERS:
        return "fa"
    return _LANGUAGE_OF_SCRIPT[script]
