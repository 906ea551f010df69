"""From the words of a name to its tokens: compounds joined, abbreviations written out, small words set apart."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from reintegrate.people.names import variants
from reintegrate.people.names.arabic import latin_pattern
from reintegrate.people.names.scripts import Word, words
from reintegrate.people.names.sounds import asked_skeletons, spoken, stored_skeletons

MAX_TOKENS = 12
"""Tokens of a name that count."""

ARTICLES = frozenset(
    {"al", "el", "ul", "ur", "us", "ud", "ad", "ar", "as", "ash", "at", "an", "az", "ed", "er", "es", "ez"}
)
PARTICLES = frozenset(
    [
        "al",
        "el",
        "bin",
        "ben",
        "ibn",
        "bn",
        "bint",
        "bent",
        "bnt",
        "binti",
        "binte",
        "bt",
        "bte",
        "ould",
        "wuld",
        "wld",
        "uld",
        "mint",
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "du",
        "la",
        "las",
        "los",
        "dela",
        "delos",
        "der",
        "den",
        "van",
        "von",
        "y",
        "e",
        "d",
        "l",
        "i",
    ]
)
_NEVER_FIRST = frozenset(["do", "du", "da", "la", "van", "y", "e", "i", "di"])
HONORIFICS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "drs",
        "ir",
        "prof",
        "eng",
        "engr",
        "haji",
        "hajji",
        "hadji",
        "haj",
        "hajj",
        "alhaji",
        "alhaj",
        "alhaja",
        "hajia",
        "hajiya",
        "hadja",
        "hadj",
        "hj",
        "hjh",
        "sayed",
        "sayyid",
        "syed",
        "sayid",
        "seyed",
        "seyyed",
        "saeyd",
        "sayyed",
        "said_",
        "sheikh",
        "shaikh",
        "sheik",
        "shaykh",
        "cheikh",
        "cheick",
        "shekh",
        "sk",
        "sheekh",
        "mullah",
        "mulla",
        "maulana",
        "mawlana",
        "moulana",
        "ustad",
        "ustaz",
        "ustadh",
        "malam",
        "mallam",
        "malama",
        "chief",
        "rev",
        "fr",
        "pastor",
        "ato",
        "weizero",
        "wro",
        "shri",
        "sri",
        "smt",
        "thiru",
        "jr",
        "sr",
        "snr",
        "jnr",
        "mst",
        "mosammat",
        "mst",
        "mosa",
        "musammat",
        "most",
        "bey",
        "hanim",
        "agha",
        "aga",
        "jan",
        "khanum",
        "khanom",
        "hoja",
        "shykh",
        "syd",
        "hajy",
        "hajy",
        "sydh",
        "alhajy",
        "ramo",
        "dato",
        "datuk",
        "tuan",
        "raden",
        "ustadh",
        "lalla",
        "moulay",
        "sidi",
    ]
)
SEXED = {
    "m": frozenset({"bin", "ibn", "ould", "wuld", "wld", "uld", "mr", "ato", "sidi"}),
    "f": frozenset(
        {
            "bint",
            "bent",
            "bnt",
            "binti",
            "binte",
            "bt",
            "bte",
            "mint",
            "mrs",
            "ms",
            "miss",
            "weizero",
            "wro",
            "smt",
            "mst",
        }
        | {"mosammat", "musammat", "lalla"}
    ),
}
"""Particles and titles that only one sex bears: the son of, the daughter of."""

ABBREVIATIONS = {
    "md": "mohammed", "mohd": "mohammed", "muhd": "mohammed", "mhd": "mohammed", "moh": "mohammed", "muh": "mohammed",
    "mohm": "mohammed", "mohmd": "mohammed", "mohamd": "mohammed", "muhmd": "mohammed", "mohammd": "mohammed", "mahd": "mohammed",
    "gmedhin": "gebremedhin", "fco": "francisco", "fdo": "fernando", "gpe": "guadalupe", "hdez": "hernandez",
    "glez": "gonzalez", "mtnez": "martinez", "rdz": "rodriguez", "abd": "abdul", "abdl": "abdul", "mtz": "martinez",
    "gab": "gabriel", "ant": "antonio", "jse": "jose", "akh": "akhtar", "mhmmd": "mohammed", "muhammd": "mohammed",
}  # fmt: skip
_SERVANT = re.compile("^[ck]?a?abd[aeiou]{0,2}$|^abdel$|^abdul$|^abdoul$|^abdal$|^abdil$|^abdol$")
_SERVANT_OF = re.compile(
    "^c?abd(?:[aeiou]{1,2}(?:l(?=[^aeiou]|[aeiou])|(?=([rsztdnj])\\1)|(?=sh|ch|dh))?)?([a-z]{3,})$"
)
_ALLAH = frozenset({"allah", "ullah", "ollah", "ulla", "olla", "oullah", "allh", "lah", "alah"})
_FAITH = frozenset(
    {
        "din",
        "dine",
        "deen",
        "eddin",
        "eddine",
        "uddin",
        "oddin",
        "aldin",
        "eldin",
        "eddien",
        "aldeen",
        "eldeen",
        "aldine",
        "eldine",
        "uddeen",
        "eldien",
        "aldien",
        "deddin",
        "dyn",
        "udin",
        "deddine",
    }
)
_FAITH_END = re.compile("^([a-z]{3,}?)(?:[aeou]{1,2}[dl]?)[ -]?d(?:i|ee|ie)n?ne?$")
_ALLAH_END = re.compile("^([a-z]{3,}?)(?:[ou]{1,2}ll?ah?|all[ae]h)$")
_ASSIMILATED = re.compile("^[aeu](?:([rsztdn])\\1|(ch)ch|(sh)sh)([a-z]{3,})$")
_ARTICLE_JOINED = re.compile("^[ae]l[a-z]{5,}$")
_VIETNAMESE = re.compile(
    "(?:ngh?|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnprstvx])?[aăâeêioôơuưy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_ITS_OWN = re.compile("[ơưăđạ-ỹ]")


@dataclass(frozen=True, eq=False, slots=True)
class Token:
    """One part of a name, with all that comparing needs; made once for each spelling.

    `text` is its first romanisation, `spellings` all of them; `said` the sounds by which two spellings are one name;
    `kin` the numbers of the lists of known variants it stands in, `cousins` with the loose lists; `stored` and `asked` its index keys.
    `letters` is set for Arabic script, `script` as in `scripts.Word`, `toned` for what may be a Vietnamese syllable with its
    tone at the end; `vietnamese` says that it is one for its marks. `run_on` are the sounds of the token with the
    particles before it: Benali where Ben Ali is written.
    `minor` marks honorifics and particles: they count where both names have them, never against a name.
    """

    text: str
    spellings: frozenset[str]
    said: frozenset[str]
    kin: frozenset[int]
    cousins: frozenset[int]
    stored: tuple[str, ...]
    asked: frozenset[str]
    script: str
    letters: str = ""
    toned: str = ""
    minor: bool = False
    run_on: frozenset[str] = frozenset()

    @property
    def vietnamese(self) -> bool:
        """Whether the marks of this token are those of Vietnamese."""
        return bool(_ITS_OWN.search(unicodedata.normalize("NFC", self.toned)))

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the Latin sounds of this token in Arabic letters look like."""
        return latin_pattern(self.letters)


def _servant_of(rest: str) -> str:
    """The stem after abd, its assimilated consonant taken back: rrahman is rahman."""
    return re.sub("^([rsztdnj])\\1", r"\1", rest)


def canonical(spelling: str) -> str:
    """The spelling with compounds in one form: abd + name, name + udin, name + ulah."""
    if spelling in variants.WHOLE:
        return spelling
    match = _SERVANT_OF.match(spelling)
    if match and len(match[2]) > 2:
        return "abd" + _servant_of(match[2])
    match = _FAITH_END.match(spelling)
    if match:
        return match[1] + "udin"
    match = _ALLAH_END.match(spelling)
    if match:
        return match[1] + "ulah"
    return spelling


def _kin(spelling: str, *, arabic: bool) -> frozenset[int]:
    known = variants.of_arabic(spelling) if arabic else variants.of_latin(spelling)
    if known:
        return known
    for head, tail in (("abd", ""), ("", "udin"), ("", "ulah")):
        stem = spelling.removeprefix(head).removesuffix(tail)
        if head + stem + tail == spelling and len(stem) > 2 and stem != spelling:
            within = variants.of_arabic(stem) if arabic else variants.of_latin(stem)
            return frozenset(variants.compound(number, head + tail) for number in within)
    return frozenset()


@lru_cache(maxsize=1 << 17)
def make_token(
    text: str,
    others: tuple[str, ...],
    script: str,
    letters: str,
    toned: str,
    *,
    minor: bool = False,
    run_on: str = "",
) -> Token:
    """The token of a romanised word; `others` are further spellings of it, `run_on` one with its particles."""
    first = canonical(text)
    spellings = dict.fromkeys([first, *([run_on] if run_on else []), *(canonical(o) for o in others if o)])
    arabic = script == "arabic"
    said: set[str] = set()
    kin: set[int] = set()
    stored: dict[str, None] = {}
    asked: set[str] = set()
    for spelling in spellings:
        said |= spoken(spelling) if spelling != run_on else frozenset()
        kin |= _kin(spelling, arabic=arabic)
        stored.update(dict.fromkeys(stored_skeletons(spelling)))
        asked |= asked_skeletons(spelling)
    related = variants.cousins(kin)
    heads = [stored_skeletons(head)[0] for head in variants.heads(related)]
    asked.update(stored, heads)
    keys = tuple(dict.fromkeys([*list(stored)[:3], *heads[:3]]))
    return Token(
        first,
        frozenset(spellings),
        frozenset(said),
        variants.strict(kin),
        related,
        keys,
        frozenset(asked),
        script,
        letters,
        toned,
        minor,
        spoken(run_on) if run_on else frozenset(),
    )


def _word_token(word: Word, joined: str = "", *, minor: bool = False) -> Token:
    others = [*word.others]
    if joined.startswith("al") and word.script == "arabic":
        others.append("l" + word.ascii)
    others.extend(_without_article(word.ascii))
    toned = _toned(word.written) if word.script == "latin" else ""
    letters = word.written if word.script == "arabic" else ""
    return make_token(word.ascii, tuple(others), word.script, letters, toned, minor=minor, run_on=joined)


def _toned(written: str) -> str:
    """A word that may be a Vietnamese syllable, its tone taken from its vowel to its end; else nothing."""
    apart = unicodedata.normalize("NFD", written)
    tones = "".join(_TONES.findall(apart))
    syllable = unicodedata.normalize("NFC", _TONES.sub("", apart))
    return syllable + tones if _VIETNAMESE.fullmatch(syllable) else ""


def _without_article(spelling: str) -> list[str]:
    match = _ASSIMILATED.match(spelling)
    if match:
        return [(match[1] or match[2] or match[3]) + match[4]]
    if _ARTICLE_JOINED.match(spelling) and spelling not in variants.WHOLE:
        return [spelling[2:]]
    return []


def _is_article(words_: list[Word], place: int) -> bool:
    return place < len(words_) and words_[place].ascii in ARTICLES


def _joined(parts: list[Word], ascii_: str) -> Word:
    written = "".join(p.written for p in parts)
    return Word(written, ascii_, (), parts[0].script, parts[0].glued)


def _compound(found: list[Word], place: int) -> tuple[Word, int] | None:
    """The compound that begins at `place` and how many words it takes, where one does."""
    after = place + 1
    if after >= len(found):
        return None
    word = found[place]
    skip = after + 1 if _is_article(found, after) and after + 1 < len(found) else after
    nxt = found[skip]
    if _SERVANT.match(word.ascii) and (word.ascii[-1] not in "aeiou" or _is_divine(nxt)):
        stem = "allah" if nxt.ascii in _ALLAH else nxt.ascii
        return _joined([word, *found[after : skip + 1]], "abd" + stem), skip + 1 - place
    if nxt.ascii in _FAITH and len(word.ascii) > 1:
        return _joined(
            [word, *found[after : skip + 1]], _stem_before_faith(word.ascii) + "udin"
        ), skip + 1 - place
    if nxt.ascii in _ALLAH and len(word.ascii) > 1:
        return _joined([word, *found[after : skip + 1]], word.ascii + "ulah"), skip + 1 - place
    return None


_NAMES_OF_GOD = (
    "allah", "rahman", "rahim", "aziz", "azim", "qadir", "kader", "karim", "latif", "razzaq", "risaq",
    "salam", "samad", "malik", "majid", "hamid", "hakim", "halim", "ghani", "ghafur", "ghaffar", "jabbar",
    "jalil", "wahid", "wahab", "qayum", "quddus", "fattah", "hadi", "haq", "matin", "mumin", "nasir",
    "nabi", "rasul", "rashid", "rauf", "sabur", "sattar", "shakur", "wadud", "wakil", "wali", "baqi",
    "bari", "basit", "mannan", "hannan", "muttalib", "munim", "nur", "rab", "rabbi", "sami", "tawab",
    "khaliq", "mujib", "ilah", "wasi", "shafi", "zahir",
)  # fmt: skip
_DIVINE = frozenset(key for name in _NAMES_OF_GOD for key in stored_skeletons(name))


def _is_divine(word: Word) -> bool:
    """Whether the servant may be of this name: Abdi Qadir is one name, Abdi Farah two."""
    return word.ascii in _ALLAH or any(key in _DIVINE for key in stored_skeletons(word.ascii))


def _stem_before_faith(word: str) -> str:
    """Salahud in Salahud Din, Noural in Noural Din: the article went to the wrong side."""
    return re.sub("(?<=[a-z]{3})(?:ud|ul|al|ed|el)$", "", word)


def _abbreviated(word: Word, *, alone: bool) -> Word:
    if alone or word.script != "latin":
        return word
    full = ABBREVIATIONS.get(word.ascii)
    if full:
        return word._replace(ascii=full)
    if word.ascii == "ma":
        return word._replace(others=(*word.others, "maria"))
    return word


@lru_cache(maxsize=1 << 15)
def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a name in their order, minor ones marked; at most `MAX_TOKENS`. Never raises."""
    found = words(text)[: 2 * MAX_TOKENS]
    found = [_abbreviated(word, alone=len(found) == 1) for word in found]
    out: list[Token] = []
    place = 0
    particle = ""
    while place < len(found):
        compound = _compound(found, place)
        word, taken = compound or (found[place], 1)
        small = compound is None and _is_small(found, place)
        if small:
            out.append(_word_token(word, minor=True))
            particle += word.ascii if word.ascii in PARTICLES else ""
        else:
            out.append(_word_token(word, particle + word.ascii if particle else ""))
            particle = ""
        place += taken
    return _never_none(out)[:MAX_TOKENS]


def _is_small(found: list[Word], place: int) -> bool:
    word = found[place]
    if word.script not in {"latin", "arabic", "cyrillic", "brahmic"} or (
        not word.written.isascii() and word.script == "latin"
    ):
        return False
    if word.ascii in PARTICLES:
        return not (place == 0 and word.ascii in _NEVER_FIRST) and place + 1 < len(found)
    return word.ascii in HONORIFICS


def _never_none(out: list[Token]) -> tuple[Token, ...]:
    """A name of small words only is a name all the same."""
    if any(not token.minor for token in out):
        return tuple(out)
    return tuple(
        make_token(t.text, tuple(sorted(t.spellings - {t.text})), t.script, t.letters, t.toned) for t in out
    )
