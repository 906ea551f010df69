"""How a word in Arabic letters may be written in Latin ones: the vowels that are not written are free.

A romanisation gives the keys. The pattern is matched against sounds (see `sounds`). Written vowels have to be there, short ones may be,
and a closing a has to be written: so Rashid is not Rashida, nor Hasan Hussein.
"""

import re
from functools import lru_cache

from anyascii import anyascii

_SHORT = "[aeiu]?"
_CONSONANTS = {
    "ب": "[bpv]", "ت": "[td]", "ث": "[tsT]", "ج": "[JgZCy]", "ح": "h", "خ": "[Xkh]", "د": "[dt]", "ذ": "[dz]",
    "ر": "r", "ز": "z", "س": "s", "ش": "S", "ص": "s", "ض": "[dz]", "ط": "[td]", "ظ": "[zd]", "غ": "[gX]",
    "ف": "[fv]", "ق": "[kg]", "ك": "[kg]", "ل": "l", "م": "m", "ن": "n", "ه": "h", "پ": "p", "چ": "[CS]",
    "ژ": "[ZJz]", "گ": "[gJ]", "ڤ": "[vp]", "ڠ": "n?g", "ڽ": "n[iy]?", "ښ": "[SXk]", "ږ": "[ZJg]", "څ": "[Ts]",
    "ځ": "[zJ]", "ۋ": "v",
}  # fmt: skip
_CARRIERS = frozenset("اأإعئ")
_VOWELS = frozenset("اآأإعءئؤويىةۆێەۇۉ")
_FIRST = {
    "ا": "[aeiuE]",
    "آ": "a",
    "أ": "[aeiu]",
    "إ": "[eiE]",
    "ع": "[aeiuE]{1,2}",
    "و": "v[aeiuE]?",
    "ي": "[yJi]?[aeiuE]?",
}
_MIDDLE = {
    "ا": "[aeE]?[ae]", "آ": "a?a", "أ": "[aeiu]{0,2}", "إ": "[ei]{1,2}", "ع": "(?:[aeiuE]{0,2}|uv)", "ء": "[aeiuyE]{0,2}",
    "ئ": "[aeiuyE]{0,2}", "ؤ": "[aeiuv]{0,2}", "و": "(?:[aeiu]?v[aeiu]?|a?u|uv)", "ي": "(?:[aeiu]?y[aeiuE]?|i|e|E|ai|ui)",
    "ى": "a", "ة": "a", "ۆ": "u", "ێ": "[eEi]", "ە": "[ea]", "ۇ": "u", "ۉ": "u",
}  # fmt: skip
_LAST = {
    "ا": "[ae]", "آ": "a", "ى": "(?:[aeiE]|ai|ya)", "ة": "(?:[ae]t?|at[eu])", "ه": "[aeu]?h?", "و": "(?:a?u|v|)", "ي": "(?:i|E|e|ai|ya)",
    "ع": "[aeiu]{0,2}", "ح": "h?", "ء": "a?", "ئ": "[iy]?", "ؤ": "u", "ۆ": "u", "ێ": "[eEi]", "ە": "[ae]", "ۇ": "u", "ۉ": "u",
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def latin_pattern(letters: str) -> re.Pattern[str]:
    """The pattern that the sound of every faithful romanisation of `letters` matches in full."""
    for ending, sound in _ENDINGS.items():
        if letters.endswith(ending) and len(letters) > len(ending) + 1:
            return re.compile(_loose(letters.removesuffix(ending)) + sound)
    if letters.startswith("عبدال") and len(letters) > 6:
        return re.compile("abd" + _loose(letters.removeprefix("عبدال")))
    return re.compile(_loose(letters))


_ENDINGS = {"الله": "[aeiu]?la", "الدين": "[aeiu]?d[ie]n"}


def _loose(letters: str) -> str:
    last = len(letters) - 1
    parts = []
    for place, char in enumerate(letters):
        if place == 0 and char in _CARRIERS and letters[1:2] and letters[1:2] in _LONG:
            parts.append("[aeiuE]{0,2}")
        elif place == 0 and char in _FIRST and last > 0:
            parts.append(_FIRST[char])
        elif place == last and char in _LAST:
            parts.append(_LAST[char])
        elif char in _MIDDLE:
            parts.append(_MIDDLE[char])
        else:
            parts.append(_consonant(letters, place))
    return "".join(parts)


def _consonant(letters: str, place: int) -> str:
    """A consonant, and the short vowel that may follow where no vowel is written."""
    sound = _CONSONANTS.get(letters[place], ".?")
    following = letters[place + 1 : place + 2]
    if not following or following in _VOWELS or (following == "ه" and place + 2 == len(letters)):
        return sound
    return sound + _SHORT


_ARABIC = {
    "ا": "a", "آ": "a", "أ": "a", "إ": "i", "ٱ": "a", "ٵ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h",
    "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t",
    "ظ": "z", "ع": "", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h",
    "و": "w", "ي": "y", "ى": "a", "ة": "a", "ء": "", "ؤ": "w", "ئ": "y", "پ": "p", "چ": "ch", "ژ": "zh",
    "گ": "g", "ک": "k", "ی": "y", "ے": "e", "ۓ": "e", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ھ": "h",
    "ہ": "h", "ۂ": "h", "ۀ": "h", "ۃ": "a", "ۆ": "o", "ێ": "e", "ە": "e", "ڵ": "l", "ڕ": "r", "ڤ": "v",
    "ټ": "t", "ډ": "d", "ړ": "r", "ښ": "sh", "ږ": "zh", "ڼ": "n", "ځ": "z", "څ": "ts", "ۍ": "y", "ې": "e",
    "ګ": "g", "ڠ": "ng", "ڽ": "ny", "ۑ": "ny", "ݢ": "g", "ۋ": "v", "ۉ": "o", "ۇ": "u", "ٸ": "y",
}  # fmt: skip
_ARABIC_SAME = str.maketrans({
    "ک": "ك", "ی": "ي", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ة", "ٱ": "ا", "ۓ": "ے", "ګ": "گ",
    "ۍ": "ي", "ڼ": "ن", "ټ": "ت", "ٹ": "ت", "ډ": "د", "ڈ": "د", "ړ": "ر", "ڑ": "ر", "ں": "ن", "ې": "ي",
    "ے": "ي", "ٵ": "ا", "ڕ": "ر", "ڵ": "ل", "ݢ": "گ", "ۑ": "ڽ",
})  # fmt: skip
_LETTERS_ONLY = re.compile(r"[^a-z]+")
_LONG = frozenset("اآويەێۆ")
_OPENING = {"ع": ("a", ""), "ئ": ("", ""), "ي": ("ya", "y")}
"""How an opening letter is read before a consonant, and before a written vowel."""
_NO_CONSONANTS = frozenset("اآأإويىئؤءع")
_OTHER_READINGS = {
    "ج": "g", "ض": "z", "ظ": "d", "ذ": "d", "ث": "s", "ق": "g", "پ": "f", "ه": "e", "ة": "t", "ږ": "g", "ښ": "kh",
    "څ": "s", "چ": "sh",
}  # fmt: skip
"""Egyptian g, Persian z, Gulf g, Pashto f; an h that is not heard."""

READINGS = 3
"""Romanisations of a word that are made beside the first."""


def arabic_letters(written: str) -> str:
    """The word in the letters of Arabic itself: Persian, Urdu and Pashto forms made one.

    A closing ى stays apart from ي: it may be an a (Mustafa). Persian and Urdu write both in one way.
    """
    body, last = written[:-1].translate(_ARABIC_SAME).replace("ى", "ي"), written[-1:]
    return body + ("ى" if last == "ی" else last.translate(_ARABIC_SAME))


@lru_cache(maxsize=1 << 14)
def romanise_arabic(letters: str, other: str = "") -> str:
    """The letters as written, vowels that are not written left out; never empty for a word with a letter.

    An a keeps two letters from being read as one (Zahra, not Zhra). The letter `other` is read in its other way.
    """
    if letters == "الله":
        return "allah"
    out: list[str] = []
    for place, char in enumerate(letters):
        before, after = letters[:place][-1:], letters[place + 1 : place + 2]
        sound = _OTHER_READINGS[char] if char == other else _letter(char, before, after)
        if out and _need_vowel(out[-1], sound):
            out.append("a")
        out.append(sound)
    return _LETTERS_ONLY.sub("", "".join(out)) or "a"


def _need_vowel(before: str, sound: str) -> bool:
    """Whether two sounds would be read as one, or as two of one class, were there no vowel between them."""
    if not before or not sound or before[-1] in "aeiouyw":
        return False
    return (
        sound == "h"
        or _CLASS.get(before[0], before) == _CLASS.get(sound[0], sound)
        or (before[-1] + sound[0] in _READ_AS_ONE)
    )


_READ_AS_ONE = frozenset({"ts", "tz", "tj", "ds", "dz", "dj", "hs"})
_CLASS = dict(zip("tdszjckgqbplmnr", "ttsssskkkbblmnr", strict=True))


def _letter(char: str, before: str, after: str) -> str:
    if not before:
        opening = _OPENING.get(char)
        return opening[after in _LONG] if opening and after else _plain(char)
    if char == "ة" and before == "ا":
        return "t"
    if char == "ع" and before not in _NO_CONSONANTS and after:
        return "a"
    if char == "و" and before not in "اآو" and (not after or after not in _LONG):
        return "u"
    if char in {"ى", "ي"} and (not after or _is_long_i(before, after)):
        return "i"
    return _plain(char)


def _is_long_i(before: str, after: str) -> bool:
    return before not in "اآويە" and after not in _NO_CONSONANTS


def _plain(char: str) -> str:
    return _ARABIC[char] if char in _ARABIC else _LETTERS_ONLY.sub("", anyascii(char).lower())


def arabic_readings(letters: str) -> tuple[str, ...]:
    """Further romanisations of the letters, each with one letter read in its other way."""
    others = [char for char in dict.fromkeys(letters) if char in _OTHER_READINGS][:READINGS]
    first = romanise_arabic(letters)
    found = dict.fromkeys(romanise_arabic(letters, char) for char in others)
    return tuple(reading for reading in found if reading != first)
