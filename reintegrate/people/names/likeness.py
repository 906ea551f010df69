"""How alike two names are, and whether two records are the same person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from reintegrate.people.names.keys import weighty
from reintegrate.people.names.tokens import Token

SAME, KNOWN, ALIKE = 1.0, 0.97, 0.78
"""What a pair of parts counts: the same sounds, a known variant, at most so much for looking alike."""

NEAR_YEARS = 2


class Likeness(StrEnum):
    """Whether two records are the same person."""

    HIGH = "high"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A name cut into its parts, once for many comparisons."""

    parts: tuple[Token, ...]
    joined: str


@lru_cache(maxsize=1 << 16)
def prepare(text: str) -> Prepared:
    """The parts of a name, and all of them in one word."""
    parts = weighty(text)
    return Prepared(parts, "".join(token.text for token in parts))


def _is_same(a: Token, b: Token) -> bool:
    """Whether two parts are one name by rule: the same sounds, or Arabic letters that sound so."""
    if a.toned and b.toned:
        return a.toned == b.toned
    if a.kin and b.kin:
        return bool(a.kin & b.kin)
    if a.said & b.said:
        return True
    if bool(a.letters) != bool(b.letters):
        written, latin = (a, b) if a.letters else (b, a)
        return any(written.pattern.fullmatch(sound) for sound in latin.said)
    return bool(a.letters) and a.letters == b.letters


@lru_cache(maxsize=1 << 16)
def _pair(a: Token, b: Token) -> float:
    if a is b or a.text == b.text:
        return SAME
    if _is_same(a, b):
        return KNOWN
    looks = max(JaroWinkler.similarity(x, y) for x in a.spellings for y in b.spellings)
    slip = OSA.distance(a.text, b.text) == 1 and min(len(a.text), len(b.text)) > 3
    sounds_alike = bool(a.asked & set(b.stored)) or bool(b.asked & set(a.stored))
    if slip:
        return max(ALIKE, looks * 0.9)
    return looks * (0.85 if sounds_alike else 0.7)


def _best_pairs(a: Prepared, b: Prepared) -> list[tuple[float, int, int]]:
    """The parts of two names matched one to one, the best pairs first."""
    every = sorted(
        ((_pair(x, y), i, j) for i, x in enumerate(a.parts) for j, y in enumerate(b.parts)),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    left, right, chosen = set(range(len(a.parts))), set(range(len(b.parts))), []
    for score, i, j in every:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            chosen.append((score, i, j))
    return chosen


def similarity_prepared(query: Prepared, name: Prepared) -> float:
    """How well a name answers a query, from 0 to 1, whatever the order of the parts."""
    if not query.parts or not name.parts:
        return 0.0
    if query.joined == name.joined:
        return 1.0
    pairs = _best_pairs(query, name)
    total = sum(score for score, _i, _j in pairs)
    unanswered = len(query.parts) - len(pairs)
    surplus = len(name.parts) - len(pairs)
    score = total / (len(pairs) + 0.9 * unanswered + 0.12 * surplus)
    whole = JaroWinkler.similarity(query.joined, name.joined)
    return min(1.0, max(score, 0.9 * whole))


def similarity(query: str, names: Iterable[str]) -> float:
    """How well the best of some names answers a query, from 0 to 1."""
    asked = prepare(query)
    return max((similarity_prepared(asked, prepare(name)) for name in names), default=0.0)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of somebody: names in any spelling, a birth date with its precision (day, month,
    year, estimated), sex, countries (ISO 3166), document numbers and phones as they are compared.
    """  # noqa: D205

    names: tuple[str, ...]
    birth_date: date | None = None
    birth_precision: str | None = None
    sex: str | None = None
    countries: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two records are the same person, how alike they are from 0 to 1, and why, in codes."""

    likeness: Likeness
    score: float
    reasons: tuple[str, ...]


def _names_agree(a: Identity, b: Identity) -> tuple[str, float]:
    """How the names agree (same, part, alike or none), and how much."""
    best, kind = 0.0, "none"
    for one in a.names:
        for other in b.names:
            found, score = _kind(prepare(one), prepare(other))
            if _RANK[found] > _RANK[kind] or (found == kind and score > best):
                best, kind = score, found
    return kind, best


_RANK = {"none": 0, "alike": 1, "part": 2, "same": 3}


def _kind(a: Prepared, b: Prepared) -> tuple[str, float]:
    if not a.parts or not b.parts:
        return "none", 0.0
    score = similarity_prepared(a, b)
    if a.joined == b.joined:
        return "same", score
    certain = [pair for pair in _best_pairs(a, b) if pair[0] >= KNOWN]
    shorter = min(len(a.parts), len(b.parts))
    if len(certain) == len(a.parts) == len(b.parts):
        return "same", score
    if len(certain) == shorter and shorter > 1:
        return "part", score
    return ("alike", score) if score >= ALIKE else ("none", score)


def _birth_agrees(a: Identity, b: Identity) -> str:
    """same, open (nothing speaks against it), near or other."""
    if a.birth_date is None or b.birth_date is None:
        return "open"
    precisions = {a.birth_precision, b.birth_precision}
    years = abs(a.birth_date.year - b.birth_date.year)
    if precisions <= {"day"}:
        if a.birth_date == b.birth_date:
            return "same"
        swapped = (a.birth_date.day, a.birth_date.month) == (b.birth_date.month, b.birth_date.day)
        return "near" if swapped and years == 0 else "other"
    if "estimated" in precisions:
        return "near" if years <= NEAR_YEARS else "other"
    if "year" in precisions:
        return "near" if years == 0 else "other"
    return "near" if (years, a.birth_date.month) == (0, b.birth_date.month) else "other"


def compare(a: Identity, b: Identity) -> Comparison:
    """Whether two records are the same person.

    High: an agreeing name with an agreeing birth day, or one document with a compatible name, unless
    another sex is known. A common name alone, with another birth date, is nobody's likeness.
    """
    names, score = _names_agree(a, b)
    birth = _birth_agrees(a, b)
    document, phone = bool(a.documents & b.documents), bool(a.phones & b.phones)
    other_document = bool(a.documents and b.documents) and not document
    other_sex = a.sex is not None and b.sex is not None and a.sex != b.sex
    reasons = [
        *(["same_document"] if document else []),
        *([_NAME_REASONS[names]] if names != "none" else []),
        *([_BIRTH_REASONS[birth]] if birth in _BIRTH_REASONS else []),
        *(["same_phone"] if phone else []),
        *(["other_sex"] if other_sex else []),
        *(["other_document"] if other_document else []),
    ]
    high = (document and names != "none") or (names == "same" and birth == "same" and not other_document)
    possible = document or _is_possible(names, birth, phone=phone)
    if high and not (other_sex and not document):
        return Comparison(Likeness.HIGH, score, tuple(reasons))
    return Comparison(Likeness.POSSIBLE if high or possible else Likeness.NONE, score, tuple(reasons))


_NAME_REASONS = {"same": "same_name", "part": "name_part", "alike": "name_sounds_alike"}
_BIRTH_REASONS = {"same": "same_birth_date", "near": "birth_date_near", "other": "other_birth_date"}


def _is_possible(names: str, birth: str, *, phone: bool) -> bool:
    if names in ("same", "part"):
        return birth != "other" or phone
    return names == "alike" and (birth == "same" or (phone and birth != "other"))
