"""How a word of ASCII letters may sound, and the consonants that are left of it as a key.

A romanised letter group has several readings (ch is English, French or Polish), so a word has several sounds.
Signs: S sh, Z zh, C ch, J dj, T ts, X kh, E ai; o and u are one, i and y are one, v and w are one.
"""

import re
from functools import lru_cache
from itertools import islice, product

MAX_SOUNDS = 10
"""Readings of one word that are followed up; the likeliest come first."""

_GROUPS: dict[str, tuple[str, ...]] = {
    "shch": ("SC", "S"), "tsch": ("C",), "dsch": ("J",), "dzh": ("J",), "dhz": ("J",), "sch": ("S", "sk"), "tch": ("C",),
    "tsh": ("C",), "chh": ("C", "k"), "zh": ("Z", "J", "z", "l"), "sh": ("S",), "ch": ("C", "S", "X", "k"),
    "kh": ("X", "k", "h"), "gh": ("g",), "ph": ("f", "p"), "th": ("t", "s", "th"), "dh": ("d", "z"), "bh": ("b",),
    "jh": ("J",), "rh": ("rh", "r"), "dj": ("J", "dy"), "dz": ("z", "J", "dz"), "ts": ("T", "C", "ts"), "tz": ("T", "tz"), "cz": ("C",),
    "sz": ("S", "s"), "rz": ("rz", "Z"), "xh": ("J",), "tj": ("C", "t"), "sj": ("S",), "hs": ("S",), "ui": ("ui",), "ngh": ("ng", "ngh"), "sy": ("si", "S"), "lh": ("l", "lh"), "nh": ("n", "nh"),
    "ksh": ("kS",), "qu": ("k", "ku"), "ck": ("k",), "kj": ("C", "ky"), "gj": ("J", "gy"),
    "aa": ("a",), "ee": ("i", "e"), "ii": ("i",), "oo": ("u",), "ou": ("u",), "uu": ("u",), "oe": ("u",),
    "ue": ("u", "ue"), "ie": ("i", "ie"), "iy": ("i",), "ij": ("i",), "yi": ("i",), "eo": ("u", "eu"),
    "eu": ("eu", "u"), "ai": ("E",), "ay": ("E",), "ei": ("E",), "ey": ("E",), "ae": ("E", "e"), "aj": ("E",),
    "ej": ("E",), "oy": ("ui",), "uo": ("u",),
    "b": ("b",), "c": ("k",), "d": ("d",), "f": ("f",), "g": ("g",), "h": ("h",), "j": ("J", "y"), "k": ("k",),
    "l": ("l",), "m": ("m",), "n": ("n",), "p": ("p",), "q": ("k", "C"), "r": ("r",), "s": ("s",), "t": ("t",),
    "v": ("v",), "w": ("w",), "x": ("ks", "h", "S", "X"), "y": ("i",), "z": ("z",), "a": ("a",), "e": ("e",),
    "i": ("i",), "o": ("u",), "u": ("u",),
}  # fmt: skip
_SOFT = {"c": ("s", "T", "J", "C"), "g": ("g", "J"), "ch": ("C", "S", "X", "k"), "sc": ("s", "S")}
_DOUBLED = re.compile(r"([b-df-hj-np-tv-xz])\1+")
_GROUP = re.compile("|".join(sorted(_GROUPS, key=len, reverse=True)))
_VOWELS = frozenset("aeiouy")
_MUTE = re.compile("(?:[^i]an|[dfz]ian|[chms]in|oun)e$")
_AGENT = re.compile("^([^aeiuE]?)a([^aeiuE])e([^aeiuE])$")
_SLAVIC = re.compile("(?:enko|[iy]uk|chuk|s[kt][iy]+[yi]?|ska|ets|chenk[oa])$")
_FAMILY_OF_ARMENIA = re.compile("(?:[iye]an|iants|yants)$")

_COARSE = str.maketrans({
    "b": "p", "d": "t", "g": "k", "X": "k", "q": "k", "z": "s", "S": "s", "Z": "s", "C": "s", "J": "s", "T": "s",
    "w": None, "y": None, "v": "w", "a": None, "e": None, "i": None, "u": None, "E": None,
})  # fmt: skip
_VOWEL_KIND = {"a": "a", "e": "a", "i": "i", "E": "i", "y": "i", "u": "u"}
_ARMENIAN = str.maketrans(
    {
        "b": "p",
        "d": "t",
        "g": "k",
        "X": "k",
        "J": "C",
        "z": "T",
        "v": "v",
        "w": "v",
        "s": "s",
        "T": "T",
        "h": "h",
    }
)


_LOOSE = {"th": {"s"}, "dh": {"z"}, "zh": {"l"}, "ch": {"k", "X"}, "ee": {"e"}, "c": {""}}
"""Readings by which a name is found but which make two spellings no one name: Thara is not Sara, nor Carmen Armen."""

_ONE_SYLLABLE = {
    "th": ("th",), "kh": ("X",), "ch": ("C",), "nh": ("nh",), "x": ("x",), "j": ("J",), "ie": ("ie",), "ue": ("ue",),
    "o": ("o",), "ai": ("ai",), "ay": ("ai",), "c": ("k", "J", "T"), "zh": ("Z",),
}  # fmt: skip
"""In a name of one syllable a letter is a great deal: Hong is not Hung, nor Khanh Hanh, nor Jun Yun."""

_SYLLABLE = re.compile("[^aeiouy]*[aeiouy]+[^aeiouy]*")
_SOMALI = re.compile("x|([aeiou])\\1|c$")
SHORT = 6


def _strictly(word: str, group: str, readings: tuple[str, ...], following: str) -> tuple[str, ...]:
    """The readings of a letter group by which two spellings may be one name."""
    if group in _ONE_SYLLABLE and len(word) <= SHORT and _SYLLABLE.fullmatch(word):
        return _ONE_SYLLABLE[group]
    if group == "nh" and not following:
        return ("nh",)
    if group == "ch" and following and following not in _VOWELS:
        return readings
    if group == "c" and _SOMALI.search(word):
        return readings
    return tuple(r for r in readings if r not in _LOOSE.get(group, ())) or readings[:1]


def _slots(word: str, *, strict: bool) -> list[tuple[str, ...]]:
    """The readings of each letter group of `word`, in order; `strict`: those that make two spellings one name."""
    found: list[tuple[str, ...]] = []
    place, size = 0, len(word)
    while place < size:
        match = _GROUP.match(word, place)
        if match is None:
            place += 1
            continue
        group, end = _in_place(word, match.group(), place)
        readings = _reading(word, group, place, end)
        found.append(_strictly(word, group, readings, word[end : end + 1]) if strict else readings)
        place = end
    return found


def _in_place(word: str, group: str, place: int) -> tuple[str, int]:
    """The group that really stands here: a vowel pair whose second half is a glide gives that half back."""
    end = place + len(group)
    following = word[end : end + 1]
    if len(group) == 2 and group[1] in "iyj" and group[0] in _VOWELS and following in _VOWELS and following:
        return group[0], end - 1
    if group == "ou" and place > 0 and following in _VOWELS and following:
        return "o", end - 1
    return group, end


def _reading(word: str, group: str, place: int, end: int) -> tuple[str, ...]:
    following = word[end : end + 1]
    before = word[place - 1 : place]
    if group == "c":
        return _reading_of_c(before, following, place)
    if group == "g" and following in "eiy" and following:
        return _SOFT["g"]
    if group in {"y", "i"} and following in _VOWELS and following:
        return ("y",) if place == 0 or before in _VOWELS else ("i",)
    if group in {"u", "ou"} and following in _VOWELS and following and (place == 0 or before in _VOWELS):
        return ("w",)
    return _by_neighbours(word, group, before, following, first=place == 0) or _GROUPS[group]


def _by_neighbours(
    word: str, group: str, before: str, following: str, *, first: bool
) -> tuple[str, ...] | None:
    """The readings of the groups that sound otherwise at an end of the word or beside a certain letter."""
    if not following:
        at_end = {"h": ("",), "eo": ("eu",), "sy": ("si",), "e": ("e", "") if _MUTE.search(word) else None}
        return at_end.get(group)
    if first and group == "x" and following in "iu":
        return ("S", "h", "X", "ks")
    if group == "hs":
        return ("S",) if first else ("hs", "S")
    if group == "ui" and before == "h":
        return ("ui", "i")
    return ("si",) if group == "sy" and following not in _VOWELS else None


def _reading_of_c(before: str, following: str, place: int) -> tuple[str, ...]:
    """Latin, Slavic and Turkish c; the Somali c, which is the ayn, at a beginning or after a vowel."""
    if following in "eiy" and following:
        return (*_SOFT["c"], "") if place == 0 and following == "i" else _SOFT["c"]
    if not following:
        return ("k", "T", "C", "")
    if place == 0 and following in _VOWELS:
        return ("k", "", "J", "T")
    if before in _VOWELS and following not in _VOWELS:
        return ("k", "")
    return ("k", "J", "T")


def _settled(sound: str) -> str:
    """One form for what no romanisation keeps apart: long vowels, closing voice, doubled sounds."""
    out: list[str] = []
    for sign in sound:
        if not (out and out[-1] == sign):
            out.append(sign)
    text = "".join(out).replace("iy", "i")
    if len(text) > 2:
        text = text[:-1] + {"d": "t", "b": "p"}.get(text[-1], text[-1])
    return text


@lru_cache(maxsize=1 << 16)
def sounds(word: str, *, strict: bool = False) -> tuple[str, ...]:
    """How `word` (lower-case ASCII) may sound, likeliest first; at most `MAX_SOUNDS`, never empty.

    v and w are kept apart here, because only w fades between vowels; `spoken` makes them one.
    """
    single = _DOUBLED.sub(r"\1", word)
    single = re.sub("eh$", "a", single)
    slots = _slots(single[:32], strict=strict)
    readings = islice(product(*slots), MAX_SOUNDS * 4)
    ranked = sorted(readings, key=lambda r: sum(s.index(c) for s, c in zip(slots, r, strict=True)))
    found = list(dict.fromkeys(_settled("".join(r)) for r in ranked[:MAX_SOUNDS]))
    return tuple(found) or ("",)


@lru_cache(maxsize=1 << 16)
def heard(word: str) -> frozenset[str]:
    """Every sound of `word`, v and w made one: for finding it in another script."""
    return frozenset(sound.replace("w", "v") for sound in sounds(word))


@lru_cache(maxsize=1 << 16)
def spoken(word: str) -> frozenset[str]:
    """The sounds of `word` by which two spellings count as one, rules of single languages among them."""
    found = set()
    for sound in sounds(word, strict=True):
        plain = sound.replace("w", "v")
        found.add(plain)
        agent = _AGENT.match(plain)
        if agent:
            found.add(f"{agent[1]}a{agent[2]}i{agent[3]}")
        if plain.startswith("ye"):
            found.add(plain[1:])
        if _SLAVIC.search(word) and "h" in plain:
            found.add(plain.replace("h", "g"))
    if len(word) > 6 and _FAMILY_OF_ARMENIA.search(word):
        found.update(_family_of_armenia(word))
    return frozenset(found)


def _family_of_armenia(word: str) -> set[str]:
    """Western and Eastern Armenian swap voiced and unvoiced sounds, and write the last weak vowel or not."""
    stem = _FAMILY_OF_ARMENIA.sub("", word)
    swapped = {_settled(sound.translate(_ARMENIAN)) for sound in sounds(stem, strict=True) if len(stem) > 2}
    return {"=" + _WEAK_LAST.sub(r"\1", sound) + "yan" for sound in swapped}


_WEAK_LAST = re.compile("[eiu]([^aeiuEy]+)$")


def skeleton(sound: str) -> str:
    """The consonants of a sound in ten coarse classes; `a` before them for an opening vowel.

    A single consonant keeps the kind of the vowel after it, so that Ba, Bi and Bu are three keys.
    At most 12 characters.
    """
    bones = _bones(sound)
    opening = "a" if sound[:1] in set("aeiuE") and sound else ""
    if len(bones) < 2:
        vowels = [_VOWEL_KIND[c] for c in sound[1 if opening else 0 :] if c in _VOWEL_KIND]
        bones += vowels[0] if vowels else ""
    return (opening + bones)[:12]


def _bones(sound: str) -> str:
    first = "y" if sound[:1] == "y" else "w" if sound[:1] == "w" else ""
    return first + _DOUBLED_BONE.sub(r"\1", sound.translate(_COARSE_MARKED)).replace("-", "").replace(
        "nk|", "n"
    )


_COARSE_MARKED = {**_COARSE, **{ord(c): "-" for c in "aeiuEyw"}}
_DOUBLED_BONE = re.compile(r"([a-z])\1+")


@lru_cache(maxsize=1 << 16)
def stored_skeletons(word: str) -> tuple[str, ...]:
    """The skeletons of the two likeliest readings, kept for a person."""
    found = dict.fromkeys(skeleton(s) for s in sounds(word)[:4])
    return tuple(found)[:2]


@lru_cache(maxsize=1 << 14)
def asked_skeletons(word: str) -> frozenset[str]:
    """Every skeleton under which a person with this word, spelled in another way, may be kept."""
    found: set[str] = set()
    for sound in sounds(word):
        found.update(skeleton(reading) for reading in _loosened(sound))
    return frozenset(found)


_OPENING_CLUSTER = re.compile("[^aeiuEyw]{2}")
_OPENING_VOWEL = re.compile("[aeiuE][^aeiuEyw]{2}..")


def _loosened(sound: str) -> set[str]:
    """The sound, and the sound with one habit of spelling changed throughout."""
    readings = {
        sound,
        sound.replace("w", "v"),
        sound[:1] + sound[1:].replace("v", "w"),
        sound.replace("h", "g"),
    }
    readings.add(sound.replace("g", "h"))
    if sound[:1] == "y":
        readings.update({"J" + sound[1:], sound[1:]})
    if sound[:1] == "h":
        readings.add(sound[1:])
    if sound[:1] in set("aeE"):
        readings.add("y" + sound)
        readings.add("h" + sound)
    if _OPENING_CLUSTER.match(sound):
        readings.add("i" + sound)
    if _OPENING_VOWEL.match(sound):
        readings.add(sound[1:])
    return readings
