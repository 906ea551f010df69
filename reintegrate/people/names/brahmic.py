"""Readings of the scripts of South Asia, from the names Unicode gives their letters.

Every consonant carries an a unless another vowel or the killer sign follows. Hindi, Nepali, Bengali and
their neighbours leave a closing a unspoken, so it is left out; Sinhala and Tamil write the killer sign.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

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
_NUKTA = {
    "j": "z",
    "ph": "f",
    "d": "r",
    "dh": "rh",
    "k": "q",
    "kh": "kh",
    "g": "gh",
    "y": "y",
    "b": "w",
    "s": "sh",
    "l": "l",
}
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


class _Syllable:
    """A consonant or none, and the vowel after it: written, carried (the a of the script) or killed."""

    def __init__(self, sound: str) -> None:
        self.sound, self.vowel, self.carried = sound, "", True


def _syllables(written: str, script: str) -> list[_Syllable]:
    found: list[_Syllable] = []
    for char in unicodedata.normalize("NFC", written):
        kind, sound = _letter(char)
        last = found[-1] if found else _Syllable("")
        if kind == "consonant":
            found.append(_Syllable(sound))
        elif kind == "nukta":
            last.sound = (
                _BENGALI_NUKTA.get(last.sound, "y")
                if script == "BENGALI"
                else _NUKTA.get(last.sound, last.sound)
            )
        elif kind in {"killer", "sign"} and last.carried:
            last.vowel, last.carried = sound, False
        elif kind in {"vowel", "nasal"}:
            found.append(_Syllable(sound))
            found[-1].carried = False
    for nasal, after in pairwise(found):
        if nasal.sound == "n" and not nasal.carried and not nasal.vowel:
            nasal.sound = {"h": "ng", "p": "m", "b": "m", "bh": "m"}.get(after.sound, "n")
    return found


_BENGALI_NUKTA = {"d": "r", "dh": "rh"}


def romanise_brahmic(written: str) -> tuple[str, ...]:
    """The word in ASCII, the likeliest reading first; `aa` is a written long a.

    Characters of other scripts within the word are left out.
    """
    script = next((s for c in written if (s := unicodedata.name(c, "").split(" ")[0]) in BRAHMIC), "")
    syllables = _syllables(written, script)
    closing = "a" if script in _SPEAK_THE_LAST or _ends_in_cluster(syllables) else ""
    spoken = _written_out(syllables, "a", closing, dropped=script not in _SPEAK_THE_LAST)
    whole = _written_out(syllables, "a", closing)
    rounded = _written_out(syllables, "o", closing, dropped=True)
    found = [spoken, whole, *_HABITS.get(script, _no_habits)(spoken, whole, rounded)]
    return tuple(dict.fromkeys(reading for reading in found if reading)) or ("",)


_SPEAK_THE_LAST = frozenset({"SINHALA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM"})


def _ends_in_cluster(syllables: list[_Syllable]) -> bool:
    before = syllables[-2:-1]
    return bool(before) and not before[0].carried and not before[0].vowel and before[0].sound not in {"n", ""}


def _written_out(syllables: list[_Syllable], carried: str, closing: str, *, dropped: bool = False) -> str:
    """The syllables as they sound; `dropped`: a carried vowel between two spoken ones is not heard."""
    vowels = [carried if syllable.carried else syllable.vowel for syllable in syllables]
    if syllables and syllables[-1].carried:
        vowels[-1] = closing
    for place in range(len(syllables) - 2, 0, -1):
        if dropped and syllables[place].carried and _is_between_spoken(syllables, vowels, place):
            vowels[place] = ""
    text = "".join(syllable.sound + vowel for syllable, vowel in zip(syllables, vowels, strict=True))
    return text.replace("nyj", "nj").replace("jny", "gy").replace("ngk", "ng")


_VOWEL_SOUNDS = frozenset("aeiou")


def _is_between_spoken(syllables: list[_Syllable], vowels: list[str], place: int) -> bool:
    before = vowels[place - 1] or syllables[place - 1].sound[:1] in _VOWEL_SOUNDS
    after = place + 1
    while (
        after < len(syllables) - 1
        and not vowels[after]
        and syllables[after].sound[:1] not in {*_VOWEL_SOUNDS, "n"}
    ):
        after += 1
    return bool(before) and bool(vowels[after])


def _no_habits(_spoken: str, _whole: str, _rounded: str) -> list[str]:
    return []


def _habits_of_the_north(spoken: str, _whole: str, _rounded: str) -> list[str]:
    """The v that Nepali and Bhojpuri speakers write b."""
    return [spoken.replace("v", "b")]


def _habits_of_bengal(spoken: str, _whole: str, rounded: str) -> list[str]:
    """The carried vowel is an o as often as an a, j may be z, oy before a vowel is w."""
    rounded, plain = (re.sub("oy(?=[aeo])", "w", reading) for reading in (rounded, spoken))
    found = [rounded, plain, re.sub("j(?!n)", "z", plain), re.sub("j(?!n)", "z", rounded)]
    return found + [re.sub("aa?r$", "er", reading) for reading in found[1:3]]


def _habits_of_tamil(spoken: str, _whole: str, _rounded: str) -> list[str]:
    """One letter for k and g, t and d, p and b: voiced within a word unless doubled; an i before r is not said."""
    within = re.sub("(?<=[aeioumn])(k|t|p)(?!\\1)(?=[aeiou])", lambda m: _VOICED[m[1]], spoken[1:])
    within = re.sub("([ktp])\\1", r"\1", within)
    within = re.sub("ai?yaa$", "iya", within).replace("tin", "tn")
    found = [spoken[:1] + within, _VOICED.get(spoken[:1], spoken[:1]) + within]
    if spoken.startswith(("ir", "s")):
        found.append(within if spoken[0] == "i" else "ch" + within)
    return [*found, found[0].replace("g", "h")]


_VOICED = {"k": "g", "t": "d", "p": "b"}


def _habits_of_sinhala(spoken: str, _whole: str, _rounded: str) -> list[str]:
    return [re.sub("a$", "e", spoken), re.sub("^pranaa", "ferna", spoken)]


def _habits_of_punjab(spoken: str, _whole: str, _rounded: str) -> list[str]:
    return [re.sub("ar$", "er", spoken)]


_HABITS: dict[str, Callable[[str, str, str], list[str]]] = {
    "BENGALI": _habits_of_bengal,
    "DEVANAGARI": _habits_of_the_north,
    "GURMUKHI": _habits_of_punjab,
    "TAMIL": _habits_of_tamil,
    "SINHALA": _habits_of_sinhala,
}
