"""How alike two names are, and whether two records are the same person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from reintegrate.people.names.keys import weighty
from reintegrate.people.names.sounds import heard
from reintegrate.people.names.tokens import SEXED, Token, make_token, tokenise

SAME, KNOWN, COUSIN, ALIKE = 1.0, 0.97, 0.9, 0.78
"""What a pair of parts counts: the same sounds, a known variant, one in two languages, at most so much for looking
alike."""

NEAR_YEARS, NEAR_LENGTH = 2, 3


class Likeness(StrEnum):
    """Whether two records are the same person."""

    HIGH = "high"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A name cut into its parts, once for many comparisons.

    `joined` is all of them in one word. `toned` says that the name is written with the marks of Vietnamese, so that
    the marks tell it from others; `sex` what its particles and titles say: m, f or nothing.
    """

    parts: tuple[Token, ...]
    joined: str
    toned: bool = False
    sex: str = ""


@lru_cache(maxsize=1 << 16)
def prepare(text: str) -> Prepared:
    """The parts of a name, and all of them in one word."""
    small = [token.text for token in tokenise(text) if token.minor]
    sexes = {sex for sex, words in SEXED.items() if not words.isdisjoint(small)}
    return _prepared(weighty(text), sexes.pop() if len(sexes) == 1 else "")


def _prepared(parts: tuple[Token, ...], sex: str) -> Prepared:
    toned = all(part.toned for part in parts) and any(part.vietnamese for part in parts)
    return Prepared(parts, "".join(part.text for part in parts), toned, sex)


def _is_same(a: Token, b: Token) -> bool:
    """Whether two parts are one name by rule: the same sounds, or Arabic letters that sound so."""
    if a.kin and b.kin:
        return bool(a.kin & b.kin)
    if a.said & b.said or a.run_on & b.said or a.said & b.run_on:
        return True
    if bool(a.letters) != bool(b.letters):
        return _share_a_key(a, b) and _is_reading(*((a, b) if a.letters else (b, a)))
    return bool(a.letters) and a.letters == b.letters


def _is_reading(written: Token, latin: Token) -> bool:
    """Whether the Latin token may be read in the Arabic letters of the other."""
    return any(written.pattern.fullmatch(sound) for spelling in latin.spellings for sound in heard(spelling))


def _share_a_key(a: Token, b: Token) -> bool:
    return not (a.asked.isdisjoint(b.stored) and b.asked.isdisjoint(a.stored))


@lru_cache(maxsize=1 << 16)
def _pair(a: Token, b: Token) -> float:
    if a is b or a.text == b.text:
        return SAME
    if _is_same(a, b):
        return KNOWN
    if not a.cousins.isdisjoint(b.cousins):
        return COUSIN
    if a.script == b.script:
        looks = JaroWinkler.similarity(a.text, b.text)
    else:
        looks = max(JaroWinkler.similarity(x, y) for x in a.spellings for y in b.spellings)
    if min(len(a.text), len(b.text)) > 3 and OSA.distance(a.text, b.text, score_cutoff=1) == 1:
        return max(ALIKE, looks * 0.9)
    return looks * (0.85 if _share_a_key(a, b) else 0.7)


def _toned_pair(a: Token, b: Token) -> float:
    return SAME if a.toned == b.toned else min(_pair(a, b), ALIKE)


def _best_pairs(a: Prepared, b: Prepared) -> list[tuple[float, int, int]]:
    """The parts of two names matched one to one, the best pairs first."""
    pair = _toned_pair if a.toned and b.toned else _pair
    every = sorted(
        ((pair(x, y), i, j) for i, x in enumerate(a.parts) for j, y in enumerate(b.parts)),
        key=lambda found: (-found[0], found[1] + found[2], abs(found[1] - found[2])),
    )
    left, right, chosen = set(range(len(a.parts))), set(range(len(b.parts))), []
    for score, i, j in every:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            chosen.append((score, i, j))
    return chosen


def _matched(a: Prepared, b: Prepared) -> tuple[Prepared, Prepared, list[tuple[float, int, int]]]:
    """Two names and their best pairs, after two parts of one of the longer are made one where the other has that one."""
    pairs = _best_pairs(a, b)
    certain = [(i, j) for score, i, j in pairs if score >= KNOWN]
    if len(a.parts) == len(b.parts) or len(certain) in (len(a.parts), len(b.parts)):
        return a, b, pairs
    mine, its = {i for i, _ in certain}, {j for _, j in certain}
    fused_a = _fused(a, b, mine, its) if len(a.parts) > len(b.parts) else a
    fused_b = _fused(b, a, its, mine) if len(b.parts) > len(a.parts) else b
    if fused_a is a and fused_b is b:
        return a, b, pairs
    return fused_a, fused_b, _best_pairs(fused_a, fused_b)


def _fused(name: Prepared, other: Prepared, mine: set[int], its: set[int]) -> Prepared:
    """The name with two neighbouring parts made one where the other name has that one; `mine` and `its` have a pair."""
    for place in range(len(name.parts) - 1):
        if place in mine or place + 1 in mine:
            continue
        first, second = name.parts[place], name.parts[place + 1]
        size = len(first.text) + len(second.text)
        for j, part in enumerate(other.parts):
            if (
                j in its
                or abs(len(part.text) - size) > NEAR_LENGTH
                or part.stored[0][:1] != first.stored[0][:1]
            ):
                continue
            whole = make_token(first.text + second.text, (), first.script, "", "")
            if _pair(whole, part) >= KNOWN:
                return _prepared((*name.parts[:place], whole, *name.parts[place + 2 :]), name.sex)
    return name


def _is_written_alike(a: Prepared, b: Prepared) -> bool:
    if a.toned and b.toned:
        return [part.toned for part in a.parts] == [part.toned for part in b.parts]
    return a.joined == b.joined


def similarity_prepared(query: Prepared, name: Prepared) -> float:
    """How well a name answers a query, from 0 to 1, whatever the order of the parts."""
    if not query.parts or not name.parts:
        return 0.0
    if _is_written_alike(query, name):
        return 1.0
    query, name, pairs = _matched(query, name)
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
    score = max(similarity_prepared(a, b), similarity_prepared(b, a))
    if a.sex and b.sex and a.sex != b.sex:
        return ("alike", score) if score >= ALIKE else ("none", score)
    if _is_written_alike(a, b):
        return "same", score
    a, b, pairs = _matched(a, b)
    certain = [pair for pair in pairs if pair[0] >= KNOWN]
    shorter = min(len(a.parts), len(b.parts))
    if len(certain) == len(a.parts) == len(b.parts):
        return "same", score
    if len(certain) == shorter and shorter > 1:
        return "part", score
    return ("alike", score) if score >= ALIKE else ("none", score)


def _birth_agrees(a: Identity, b: Identity) -> str:
    """same, equal (as far as both are known, to the month or year), open (nothing speaks against it), near or other."""
    if a.birth_date is None or b.birth_date is None:
        return "open"
    precisions = {a.birth_precision, b.birth_precision}
    years = abs(a.birth_date.year - b.birth_date.year)
    if precisions <= {"day"}:
        if a.birth_date == b.birth_date:
            return "same"
        swapped = (a.birth_date.day, a.birth_date.month) == (b.birth_date.month, b.birth_date.day)
        return "near" if swapped and years == 0 else "other"
    if precisions in ({"month"}, {"year"}) and a.birth_date == b.birth_date:
        return "equal"
    if "estimated" in precisions:
        return "near" if years <= NEAR_YEARS else "other"
    if "year" in precisions:
        return "near" if years == 0 else "other"
    return "near" if (years, a.birth_date.month) == (0, b.birth_date.month) else "other"


def compare(a: Identity, b: Identity) -> Comparison:
    """Whether two records are the same person.

    High: an agreeing name with an agreeing birth day, or with one phone and an equal month or year of
    birth, or one document with a compatible name, unless another sex is known. A common name alone, with another birth date, is nobody's likeness.
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
    born_alike = birth == "same" or (birth == "equal" and phone)
    high = (document and names != "none") or (names == "same" and born_alike and not other_document)
    possible = document or _is_possible(names, birth, phone=phone)
    if high and not (other_sex and not document):
        return Comparison(Likeness.HIGH, score, tuple(reasons))
    return Comparison(Likeness.POSSIBLE if high or possible else Likeness.NONE, score, tuple(reasons))


_NAME_REASONS = {"same": "same_name", "part": "name_part", "alike": "name_sounds_alike"}
_BIRTH_REASONS = {
    "same": "same_birth_date",
    "equal": "same_birth_date",
    "near": "birth_date_near",
    "other": "other_birth_date",
}


def _is_possible(names: str, birth: str, *, phone: bool) -> bool:
    if names in ("same", "part"):
        return birth != "other" or phone
    return names == "alike" and (birth == "same" or (phone and birth != "other"))
