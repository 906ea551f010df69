"""From any script to words of lower-case ASCII letters.

`anyascii` is the floor under everything; the scripts below it reads too roughly for names have their own
readings: Arabic (its letters as they are sounded, the article set apart), the Brahmic scripts of
India, Bangladesh, Nepal and Sri Lanka (with the vowel a consonant carries), Thai (vowels written before their
consonant), Ethiopic, Armenian (u is two letters) and Cyrillic (yo is written as e as often as not).
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from reintegrate.people.names.arabic import arabic_letters, arabic_readings, romanise_arabic
from reintegrate.people.names.brahmic import BRAHMIC, romanise_brahmic
from reintegrate.people.names.ethiopic import romanise_ethiopic
from reintegrate.people.names.thai import romanise_thai

MAX_LETTERS = 400
"""Letters of a text that are read for words; what lies beyond cannot be a name."""


class Word(NamedTuple):
    """One written word of a name.

    `written` is the word as cleaned, lower case, in its own script; `ascii` its first romanisation,
    `others` further ones (đ is d and dj); `script` is latin, arabic, brahmic, thai, khmer, ethiopic, han,
    hangul, armenian, cyrillic or other; `glued` says that a hyphen or apostrophe, not a space, came before.
    """

    written: str
    ascii: str
    others: tuple[str, ...]
    script: str
    glued: bool


_DIGRAPHS = str.maketrans({
    "đ": "dj", "š": "sh", "č": "ch", "ć": "ch", "ž": "zh", "ş": "sh", "ș": "sh", "ç": "ch", "ś": "sh",
    "ź": "zh", "ż": "zh", "ţ": "ts", "ț": "ts", "ñ": "ny", "ń": "ny", "ö": "oe", "ü": "ue", "ä": "ae",
    "ø": "oe", "å": "aa", "ŋ": "ng", "ṣ": "sh", "ə": "a", "ğ": "", "ï": "yi",
})  # fmt: skip
_FRENCH_C = str.maketrans({"ç": "s"})
_PLAIN = str.maketrans({"ı": "i", "ŋ": "n", "ə": "e", "œ": "oe", "æ": "ae", "ɲ": "ny", "ñ": "n", "ʼ": None})

_KEPT = frozenset("'’‘ʼ`´ʿʾʹʻˈ/.-‐‑‒–—־・·")
_QUOTES = re.compile(r"['’‘ʼ`´ʿʾʹʻˈ]")
_SPLIT = re.compile(r"[^\s.\-‐‑‒–—־・·]+")
_INITIAL = re.compile(r"(?<!\w)([^\W\d_])/(?=\w)")
_LETTERS_ONLY = re.compile(r"[^a-z]+")
_BENGALI_SHORT = ((re.compile("^মোঃ?(?= )"), "মোহাম্মদ"), (re.compile("মো[ছস]াঃ?(?= )"), "মোসাম্মৎ"))
"""Mohammad and the title of a woman are written short in Bengali, with a sign of their own."""
_BLOCKS = (
    (0x0600, 0x077F, "arabic"), (0x08A0, 0x08FF, "arabic"), (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"), (0x1200, 0x139F, "ethiopic"), (0x0E00, 0x0E7F, "thai"),
    (0x1780, 0x17FF, "khmer"), (0xAC00, 0xD7AF, "hangul"), (0x4E00, 0x9FFF, "han"), (0x3400, 0x4DBF, "han"),
)  # fmt: skip
_SURNAME_SOUNDS = {
    "曾": "zeng", "单": "shan", "單": "shan", "查": "zha", "解": "xie", "仇": "qiu", "区": "ou", "區": "ou",
    "任": "ren", "朴": "piao", "盖": "ge", "翟": "zhai", "覃": "qin", "乐": "yue", "吕": "lu", "呂": "lu",
    "沈": "shen", "万": "wan", "尉": "wei", "种": "chong",
}  # fmt: skip
_ETHIOPIC_INITIALS = {
    "ገ": "ገብረ", "ወ": "ወልደ", "ኃ": "ኃይለ", "ሃ": "ኃይለ", "ተ": "ተክለ", "ኪ": "ኪዳነ", "ሀ": "ኃይለ",
}  # fmt: skip
ETHIOPIAN_INITIALS = {"g": "gebre", "w": "wolde", "h": "haile", "t": "tekle", "k": "kidane", "a": "amanuel"}
"""What the first letter before a stroke stands for in Ethiopian and Eritrean names (G/Medhin)."""


def _script_of(word: str) -> str:
    for char in word:
        point = ord(char)
        if 0x0900 <= point <= 0x0DFF:
            return "brahmic" if unicodedata.name(char, "").split(" ")[0] in BRAHMIC else "other"
        for low, high, script in _BLOCKS:
            if low <= point <= high:
                return script
        if point > 0x0370 and not 0x1E00 <= point <= 0x1EFF and char.isalpha():
            return "other"
    return "latin"


def clean(text: str) -> str:
    """The text in one Unicode form, lower case, without marks that only steer display.

    Vowel signs of Arabic, joiners and directional marks go; control characters and lone surrogates become spaces.
    """
    kept = []
    for char in unicodedata.normalize("NFKC", text[: 4 * MAX_LETTERS]):
        category = unicodedata.category(char)
        if category == "Cf" or char == "ـ" or (category == "Mn" and "ؐ" <= char <= "ۭ"):
            continue
        kept.append(" " if category[0] in "CZSP" and char not in _KEPT else char)
    return "".join(kept).lower().replace("i̇", "i")


def words(text: str) -> list[Word]:
    """The words of a name in their order; at most `MAX_LETTERS` letters are read. Never raises."""
    cleaned = _QUOTES.sub("'", clean(text)[:MAX_LETTERS])
    for short, full in _BENGALI_SHORT:
        cleaned = short.sub(full, cleaned.replace("মো.", "মো "))
    cleaned = _INITIAL.sub(lambda m: _spelled_out(m.group(1)) + "-", cleaned).replace("/", " ")
    found: list[Word] = []
    for match in _SPLIT.finditer(cleaned):
        glued = match.start() > 0 and cleaned[match.start() - 1] != " "
        for written in _pieces(match.group()):
            found.extend(_read(written, glued=glued))
            glued = True
    return found


def _spelled_out(letter: str) -> str:
    return _ETHIOPIC_INITIALS.get(letter) or ETHIOPIAN_INITIALS.get(letter, letter)


def _pieces(chunk: str) -> list[str]:
    """A chunk without its apostrophes; an article that an apostrophe ends stands alone (d'Almeida, al'Amin)."""
    parts = [part for part in chunk.split("'") if part]
    if len(parts) == 2 and parts[0] in {"d", "al", "el", "l"} and len(parts[1]) > 2:
        return parts
    return ["".join(parts)] if parts else []


@lru_cache(maxsize=1 << 16)
def _read(written: str, *, glued: bool) -> tuple[Word, ...]:
    script = _script_of(written)
    if script == "arabic":
        return _read_arabic(written, glued=glued)
    if script in {"han", "hangul"}:
        return tuple(_syllables(written, script))
    first, others = _romanised(written, script)
    if not first:
        return ()
    return (Word(written, first, others, script, glued),)


def _syllables(written: str, script: str) -> list[Word]:
    found = []
    for place, char in enumerate(written):
        sound = _SURNAME_SOUNDS.get(char) if place == 0 else None
        romanised = _LETTERS_ONLY.sub("", (sound or anyascii(char)).lower())
        if romanised:
            found.append(Word(char, romanised, (), script, place > 0))
    return found


def _romanised(written: str, script: str) -> tuple[str, tuple[str, ...]]:
    if script == "brahmic":
        first, *others = romanise_brahmic(written)
        return first, tuple(others)
    if script == "thai":
        return romanise_thai(written), ()
    if script == "cyrillic":
        return _cyrillic(written)
    if script == "ethiopic":
        first, *others = romanise_ethiopic(written)
        return first, tuple(others)
    if script == "armenian":
        written = written.replace("ու", "u").replace("և", "ev").replace("ռ", "r")
    if script == "latin":
        return _latin(written)
    return _ascii(written), ()


def _ascii(written: str) -> str:
    return _LETTERS_ONLY.sub("", anyascii(written).lower())


def _latin(written: str) -> tuple[str, tuple[str, ...]]:
    plain = _ascii(written.translate(_PLAIN))
    if written.isascii():
        return plain, ()
    spellings = (_ascii(written.translate(table).translate(_PLAIN)) for table in (_DIGRAPHS, _FRENCH_C))
    return plain, tuple(dict.fromkeys(s for s in spellings if s != plain and s))


_CYRILLIC = str.maketrans({
    "ё": "e", "й": "i", "ы": "y", "ь": "", "ъ": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "і": "i",
    "х": "kh", "щ": "shch", "ц": "ts", "ћ": "ch", "ђ": "dj", "џ": "dzh", "љ": "lj", "њ": "nj", "ј": "j",
    "ґ": "g", "ѓ": "gj", "ќ": "kj", "ў": "u", "қ": "k", "ғ": "gh", "ӣ": "i", "ҳ": "h", "ҷ": "j", "ӯ": "u",
    "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "ң": "ng", "һ": "h", "э": "e",
})  # fmt: skip


def _cyrillic(written: str) -> tuple[str, tuple[str, ...]]:
    """Russian letters first; the Ukrainian h, the yo and the soft endings beside them."""
    first = _ascii(written.translate(_CYRILLIC))
    others = []
    if "г" in written:
        others.append(_ascii(written.replace("г", "h").translate(_CYRILLIC)))
    if "ё" in written:
        others.append(_ascii(written.replace("ё", "yo").translate(_CYRILLIC)))
    return first, tuple(o for o in others if o != first)


def _read_arabic(written: str, *, glued: bool) -> tuple[Word, ...]:
    letters = arabic_letters(written)
    if not any(c.isalpha() for c in letters):
        return ()
    if letters.startswith("عبدال") and len(letters) > 6 and letters != "عبدالله":
        return _arabic_words(("عبد", "ال", letters[5:]), glued=glued)
    if letters.endswith("الدين") and len(letters) > 6:
        return _arabic_words((letters[:-5], "ال", "دين"), glued=glued)
    if letters.endswith("الله") and len(letters) > 6 and letters != "عبدالله":
        return _arabic_words((letters[:-4], "الله"), glued=glued)
    if letters.startswith("ال") and len(letters) > 4:
        return _arabic_words(("ال", letters[2:]), glued=glued)
    return _arabic_words((letters,), glued=glued)


def _arabic_words(parts: tuple[str, ...], *, glued: bool) -> tuple[Word, ...]:
    return tuple(
        Word(part, "al", (), "arabic", glued or place > 0)
        if part == "ال"
        else Word(part, romanise_arabic(part), arabic_readings(part), "arabic", glued or place > 0)
        for place, part in enumerate(parts)
    )
