"""Names of the months in the languages in which offices keep their lists."""

import re
from functools import cache

from babel import Locale

from reintegrate.exchange.meaning.wording import level, words

_SPELLED = {
    "sept": 9,
    "janv": 1,
    "fevr": 2,
    "juil": 7,
    "juill": 7,
    "aout": 8,
    "decem": 12,
    "novem": 11,
    "agst": 8,
}
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_NEVER = {"a", "m", "an", "ans", "anos", "yas", "mes"}
_CUT_FROM = 3


@cache
def _names() -> dict[str, int]:
    """Levelled name to number; an abbreviation means what it means in the earlier language."""
    names = {**_SPELLED, **_ROMAN}
    for code in words()["locales_of_months"]:
        months = Locale.parse(code).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    word = level(name).strip(". ")
                    if word not in _NEVER and len(word) > 1 and not re.search(r"\d", word):
                        names.setdefault(word, number)
    return names


@cache
def _cut_names() -> dict[str, int]:
    """English and French names cut short anywhere after the third letter, where only one month fits."""
    cut: dict[str, set[int]] = {}
    for code in ("en", "fr"):
        for number, name in Locale.parse(code).months["format"]["wide"].items():
            word = level(name)
            for end in range(_CUT_FROM, len(word)):
                cut.setdefault(word[:end], set()).add(number)
    return {word: numbers.pop() for word, numbers in cut.items() if len(numbers) == 1}


def month_number(word: str) -> int | None:
    """1 to 12 for a levelled month name, in full or cut short; None for another word."""
    return _names().get(word) or _cut_names().get(word)


@cache
def _phrases() -> re.Pattern[str]:
    """Month names of more than one word."""
    several = sorted((name for name in _names() if re.search(r"\W", name)), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in several))


def join_phrases(text: str) -> str:
    """Levelled text in which a month name of several words has become one English word."""
    english = Locale.parse("en").months["format"]["wide"]
    return _phrases().sub(lambda found: english[_names()[found[0]]].lower(), text)
