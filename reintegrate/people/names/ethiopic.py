"""Readings of Ethiopic letters, each a consonant with one of seven vowels or, in the sixth order, none or a short i."""

import re

from anyascii import anyascii

_LETTERS_ONLY = re.compile(r"[^a-z]+")
_SIXTH = 5
_GLOTTAL = frozenset("እዕ")
_HARD = {soft: soft - 0x10 for soft in range(0x12B8, 0x12C0)}
"""The kh of Tigrinya as the k that it is written with."""

_WEAK = re.compile("(?:^|(?<=[^aeiou']))([bcdfghjklmnpqrstvwyz]h?)'(?=[a-z])")


def romanise_ethiopic(written: str) -> tuple[str, ...]:
    """The word in ASCII, the likeliest reading first: with a short i where two consonants meet, then without."""
    marked = "".join(_letter(char, place) for place, char in enumerate(written))
    bare = _LETTERS_ONLY.sub("", marked)
    helped = _LETTERS_ONLY.sub("", _WEAK.sub(r"\1i", marked))
    found = [helped, bare]
    if "we" in helped:
        found.append(helped.replace("we", "wo"))
    if written != (hard := written.translate(_HARD)):
        found.append(romanise_ethiopic(hard)[0])
    if bare.startswith("i"):
        found.append("e" + bare[1:])
    return tuple(dict.fromkeys(reading for reading in found if reading)) or ("",)


def _letter(char: str, place: int) -> str:
    """The sound of one letter; an apostrophe after a consonant of the sixth order."""
    if char in _GLOTTAL:
        return "i" if place == 0 else ""
    sound = _LETTERS_ONLY.sub("", anyascii(char).lower())
    sixth = "\u1200" <= char <= "\u135a" and ord(char) % 8 == _SIXTH
    return sound + "'" if sixth else sound
