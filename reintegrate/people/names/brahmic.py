"""Readings of the scripts of South Asia, from the names Unicode gives their letters.

Every consonant carries an a unless another vowel or the killer sign follows. Hindi, Nepali, Bengali and
their neighbours leave a closing a unspoken, so it is left out; Sinhala and Tamil write the killer sign.
"""

import unicodedata
from functools import lru_cache

BRAHMIC = frozenset(
    {
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
    }
)
"""First words of the Unicode names of the scripts read here."""

_VOWELS = {
    "A": "a", "AA": "aa", "I": "i", "II": "i", "U": "u", "UU": "u", "E": "e", "EE": "e", "AI": "ai", "O": "o",
    "OO": "o", "AU": "au", "VOCALIC R": "ri", "SHORT E": "e", "SHORT O": "o", "CANDRA E": "e", "CANDRA O": "o",
    "CANDRA A": "e",
}  # fmt: skip
_CONSONANTS = {
    "C": "ch", "CH": "chh", "TT": "t", "TTH": "th", "DD": "d", "DDH": "dh", "NN": "n", "NG": "ng", "NY": "ny",
    "SS": "sh", "SH": "sh", "LL": "l", "LLL": "zh", "RR": "r", "NNN": "n", "YY": "y", "RRA": "r",
}  # fmt: skip
_NUKTA = {"j": "z", "ph": "f", "d": "r", "dh": "rh", "k": "q", "kh": "kh", "g": "gh", "y": "y", "b": "w"}
_SINHALA = {
    "අ": "a", "ආ": "aa", "ඇ": "e", "ඈ": "e", "ඉ": "i", "ඊ": "i", "උ": "u", "ඌ": "u", "එ": "e", "ඒ": "e", "ඓ": "ai",
    "ඔ": "o", "ඕ": "o", "ඖ": "au", "ක": "k", "ඛ": "k", "ග": "g", "ඝ": "g", "ඞ": "n", "ඟ": "ng", "ච": "ch",
    "ඡ": "ch", "ජ": "j", "ඣ": "j", "ඤ": "ny", "ඥ": "gn", "ට": "t", "ඨ": "t", "ඩ": "d", "ඪ": "d", "ණ": "n",
    "ඬ": "nd", "ත": "th", "ථ": "th", "ද": "d", "ධ": "dh", "න": "n", "ඳ": "nd", "ප": "p", "ඵ": "p", "බ": "b",
    "භ": "bh", "ම": "m", "ඹ": "mb", "ය": "y", "ර": "r", "ල": "l", "ව": "w", "ශ": "sh", "ෂ": "sh", "ස": "s",
    "හ": "h", "ළ": "l", "ෆ": "f", "ා": "aa", "ැ": "e", "ෑ": "e", "ි": "i", "ී": "i", "ු": "u", "ූ": "u",
    "ෙ": "e", "ේ": "e", "ෛ": "ai", "ො": "o", "ෝ": "o", "ෞ": "au", "ෘ": "ru", "ං": "n",
}  # fmt: skip


@lru_cache(maxsize=2048)
def _letter(char: str) -> tuple[str, str]:
    """What one character is (consonant, vowel, sign, killer, nukta, nasal, none) and how it sounds."""
    name = unicodedata.name(char, "")
    script, _, rest = name.partition(" ")
    if script == "SINHALA":
        return _sinhala_letter(char, rest)
    if rest.startswith("VOWEL SIGN "):
        return "sign", _VOWELS.get(rest[11:], "e")
    if rest.startswith("LETTER "):
        return _plain_letter(script, rest[7:])
    if rest == "SIGN VIRAMA":
        return "killer", ""
    if rest == "SIGN NUKTA":
        return "nukta", ""
    if rest in {"SIGN ANUSVARA", "SIGN BINDI", "TIPPI", "SIGN CANDRABINDU"}:
        return "nasal", "n"
    return "none", ""


def _plain_letter(script: str, rest: str) -> tuple[str, str]:
    if rest in _VOWELS:
        return "vowel", _VOWELS[rest]
    if rest == "KHANDA TA":
        return "vowel", "t"
    stem = rest.rsplit(" ", maxsplit=1)[-1].removesuffix("A")
    if script == "BENGALI":
        stem = {"Y": "J", "RR": "R", "SS": "SH", "S": "S"}.get(stem, stem)
    if script == "TAMIL" and stem == "C":
        return "consonant", "s"
    return "consonant", _CONSONANTS.get(stem, stem.lower())


def _sinhala_letter(char: str, rest: str) -> tuple[str, str]:
    if rest.startswith("VOWEL SIGN"):
        return "sign", _SINHALA.get(char, "a")
    if rest == "SIGN AL-LAKUNA":
        return "killer", ""
    if char == "ං":
        return "nasal", "n"
    return ("vowel" if char <= "ඖ" else "consonant"), _SINHALA.get(char, "")


def romanise_brahmic(written: str) -> str:
    """The word in ASCII; `aa` is a written long a, `a` the one a consonant carries.

    Characters of other scripts within the word are left out.
    """
    out: list[str] = []
    bare = False
    for char in unicodedata.normalize("NFD", written):
        kind, sound = _letter(char)
        if kind == "nukta" and out and bare:
            out[-1] = _NUKTA.get(out[-1], out[-1])
            continue
        if kind in {"killer", "sign"} and bare:
            out.append(sound)
            bare = False
            continue
        if bare and kind != "none":
            out.append("a")
        if kind != "none":
            out.append(sound)
            bare = kind == "consonant"
    return "".join(out)
