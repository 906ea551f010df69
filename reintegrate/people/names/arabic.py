"""How a word in Arabic letters may be written in Latin ones: the vowels that are not written are free.

The pattern is matched against sounds (see `sounds`). Written vowels have to be there, short ones may be,
and a closing a has to be written: so Rashid is not Rashida, nor Hasan Hussein.
"""

import re
from functools import lru_cache

_SHORT = "[aeiu]?"
_CONSONANTS = {
    "ب": "[bpv]", "ت": "[td]", "ث": "[tsT]", "ج": "[JgZCy]", "ح": "h", "خ": "[Xkh]", "د": "[dt]", "ذ": "[dz]",
    "ر": "r", "ز": "z", "س": "s", "ش": "S", "ص": "s", "ض": "[dz]", "ط": "[td]", "ظ": "[zd]", "غ": "[gX]",
    "ف": "[fv]", "ق": "[kg]", "ك": "[kg]", "ل": "l", "م": "m", "ن": "n", "ه": "h", "پ": "p", "چ": "[CS]",
    "ژ": "[ZJz]", "گ": "[gJ]", "ڤ": "[vp]", "ڠ": "n?g", "ڽ": "n[iy]?", "ښ": "[SXk]", "ږ": "[ZJg]", "څ": "[Ts]",
    "ځ": "[zJ]", "ۋ": "v",
}  # fmt: skip
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
    "ا": "[aeE]?[ae]", "آ": "a?a", "أ": "[aeiu]{0,2}", "إ": "[ei]{1,2}", "ع": "[aeiuE]{0,2}", "ء": "[aeiuyE]{0,2}",
    "ئ": "[aeiuyE]{0,2}", "ؤ": "[aeiuv]{0,2}", "و": "(?:[aeiu]?v[aeiu]?|a?u|uv)", "ي": "(?:[aeiu]?y[aeiuE]?|i|e|E|ai|ui)",
    "ى": "a", "ة": "a", "ۆ": "u", "ێ": "[eEi]", "ە": "[ea]", "ۇ": "u", "ۉ": "u",
}  # fmt: skip
_LAST = {
    "ا": "[ae]", "آ": "a", "ى": "[aei]", "ة": "(?:[ae]t?|at[eu])", "ه": "[aeu]?h?", "و": "(?:a?u|v|)", "ي": "(?:i|E|e|ai|ya)",
    "ع": "[aeiu]{0,2}", "ء": "a?", "ئ": "[iy]?", "ؤ": "u", "ۆ": "u", "ێ": "[eEi]", "ە": "[ae]", "ۇ": "u", "ۉ": "u",
}  # fmt: skip


@lru_cache(maxsize=1 << 14)
def latin_pattern(letters: str) -> re.Pattern[str]:
    """The pattern that the sound of every faithful romanisation of `letters` matches in full."""
    last = len(letters) - 1
    parts = []
    for place, char in enumerate(letters):
        if place == 0 and char in _FIRST and last > 0:
            parts.append(_FIRST[char])
        elif place == last and char in _LAST:
            parts.append(_LAST[char])
        elif char in _MIDDLE:
            parts.append(_MIDDLE[char])
        else:
            parts.append(_consonant(letters, place))
    return re.compile("".join(parts))


def _consonant(letters: str, place: int) -> str:
    """A consonant, and the short vowel that may follow where no vowel is written."""
    sound = _CONSONANTS.get(letters[place], ".?")
    following = letters[place + 1 : place + 2]
    if not following or following in _VOWELS or (following == "ه" and place + 2 == len(letters)):
        return sound
    return sound + _SHORT
