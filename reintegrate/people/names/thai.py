"""A reading of Thai in the manner of the Royal system, near enough for the ways people write their names."""

import re

_CONSONANTS = {
    "ก": "k", "ข": "kh", "ฃ": "kh", "ค": "kh", "ฅ": "kh", "ฆ": "kh", "ง": "ng", "จ": "j", "ฉ": "ch", "ช": "ch",
    "ซ": "s", "ฌ": "ch", "ญ": "y", "ฎ": "d", "ฏ": "t", "ฐ": "th", "ฑ": "th", "ฒ": "th", "ณ": "n", "ด": "d",
    "ต": "t", "ถ": "th", "ท": "th", "ธ": "th", "น": "n", "บ": "b", "ป": "p", "ผ": "ph", "ฝ": "f", "พ": "ph",
    "ฟ": "f", "ภ": "ph", "ม": "m", "ย": "y", "ร": "r", "ฤ": "ri", "ล": "l", "ว": "w", "ศ": "s", "ษ": "s",
    "ส": "s", "ห": "h", "ฬ": "l", "อ": "", "ฮ": "h",
}  # fmt: skip
_VOWELS = {
    "ะ": "a", "ั": "a", "า": "a", "ำ": "am", "ิ": "i", "ี": "i", "ึ": "ue", "ื": "ue", "ุ": "u", "ู": "u",
    "เ": "e", "แ": "ae", "โ": "o", "ใ": "ai", "ไ": "ai", "ๅ": "a",
}  # fmt: skip
_CLOSING = {
    "d": "t", "b": "p", "ph": "p", "th": "t", "j": "t", "ch": "t", "s": "t", "kh": "k", "l": "n", "r": "n",
    "y": "i", "w": "o", "f": "p",
}  # fmt: skip
_SILENT = re.compile("[ก-ฮ][ิุ]?์")
_TONES = re.compile("[็่้๊๋ํฺ]")


def romanise_thai(written: str) -> str:
    """The word in ASCII. Consonants at its end take their closing sound; what is marked silent goes."""
    text = _TONES.sub("", _SILENT.sub("", written).replace("ํา", "ำ"))
    text = text.replace("รร", "ั" if re.search("รร[ก-ฮ]", text) else "ัน")
    text = re.sub("เ([ก-ฮ][รลว]?)ีย", r"\1ิา", text)
    text = re.sub("เ([ก-ฮ][รลว]?)ือ", r"\1ืา", text)
    text = re.sub("เ([ก-ฮ][รลว]?)า(?![ก-ฮ]?[ิีะ])", r"\1าว", text)
    text = re.sub("([เแโใไ])(ห(?=[มนลรวยง])|)([ก-ฮ])", r"\3\1", text)
    return _sounded(text.replace("หม", "ม").replace("หน", "น").replace("หล", "ล"))


def _sounded(text: str) -> str:
    out: list[str] = []
    for place, char in enumerate(text):
        if char in _VOWELS:
            out.append(_VOWELS[char])
            continue
        sound = _CONSONANTS.get(char, "")
        following = text[place + 1 :]
        if not following and place > 0:
            sound = _CLOSING.get(sound, sound)
            if char == "อ":
                sound = "o"
        elif char == "อ" and place > 0 and following[0] in _CONSONANTS:
            sound = "o"
        elif char == "ย" and place > 0 and text[place - 1] in _VOWELS and following[0] in _CONSONANTS:
            sound = "i"
        out.append(sound)
    return "".join(out)
