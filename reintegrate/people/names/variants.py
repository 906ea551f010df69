"""Known spellings of the same name, read from `variants.txt`: one name a line, its best known spelling first.

Beside spellings in Latin letters a line holds the name in Arabic letters, where vowels are not written and
no rule could find them. A spelling may stand in several lines; two spellings with no line in
common are two names (Hassan and Hussein), however alike they sound. A line that begins with ~ holds
names that are one in two languages: their bearers are found by either, and are two people.
"""

from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files

from reintegrate.people.names.arabic import arabic_letters, romanise_arabic
from reintegrate.people.names.scripts import clean
from reintegrate.people.names.sounds import sounds

_COMPOUND = 100_000
_KINDS = {"abd": 1, "udin": 2, "ulah": 3}


@cache
def _lists() -> tuple[
    dict[str, frozenset[int]],
    dict[str, frozenset[int]],
    dict[str, frozenset[int]],
    tuple[str, ...],
    frozenset[int],
]:
    """Numbers of the lists by Latin spelling, by sound, by Arabic word; each list's first spelling; the loose ones."""
    latin: dict[str, set[int]] = defaultdict(set)
    sounded: dict[str, set[int]] = defaultdict(set)
    arabic: dict[str, set[int]] = defaultdict(set)
    heads: list[str] = []
    text = (files(__package__) / "variants.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for number, line in enumerate(lines):
        spellings = line.removeprefix("~").split()
        heads.append(spellings[0])
        for spelling in spellings:
            if spelling.isascii():
                latin[spelling].add(number)
                if not line.startswith("~"):
                    sounded[_sound(spelling)].add(number)
            else:
                arabic[romanise_arabic(arabic_letters(clean(spelling)))].add(number)
    loose = frozenset(number for number, line in enumerate(lines) if line.startswith("~"))
    return _frozen(latin), _frozen(sounded), _frozen(arabic), tuple(heads), loose


def _frozen(found: dict[str, set[int]]) -> dict[str, frozenset[int]]:
    return {key: frozenset(value) for key, value in found.items()}


def _sound(spelling: str) -> str:
    return sounds(spelling)[0].replace("w", "v")


@lru_cache(maxsize=1 << 15)
def of_latin(spelling: str) -> frozenset[int]:
    """The lists that hold `spelling`, or failing that a spelling that sounds like it."""
    latin, sounded, *_ = _lists()
    return latin.get(spelling) or (
        sounded.get(_sound(spelling), frozenset()) if len(spelling) > 3 else frozenset()
    )


def cousins(numbers: frozenset[int] | set[int]) -> frozenset[int]:
    """These lists and those that hold the first spelling of one of them: Mamadou is a cousin of every Mohammed."""
    latin, _, _, first, _ = _lists()
    found = set(numbers)
    for number in numbers:
        found |= latin[first[number]] if number < _COMPOUND else frozenset()
    return frozenset(found)


def of_arabic(romanised: str) -> frozenset[int]:
    """The lists that hold the Arabic word which `scripts.romanise_arabic` reads as `romanised`."""
    return _lists()[2].get(romanised, frozenset())


def compound(number: int, kind: str) -> int:
    """The list of a compound (abd, udin, ulah) with a name of list `number`."""
    return _COMPOUND * _KINDS[kind] + number


def heads(numbers: frozenset[int] | set[int]) -> list[str]:
    """The first spelling of each of the lists, in the order of their numbers."""
    found = []
    for number in sorted(numbers):
        kind, plain = divmod(number, _COMPOUND)
        head = _lists()[3][plain]
        found.append({0: head, 1: "abd" + head, 2: head + "udin", 3: head + "ulah"}[kind])
    return found


def strict(numbers: frozenset[int] | set[int]) -> frozenset[int]:
    """The lists among these whose spellings are all one name."""
    loose = _lists()[4]
    return frozenset(number for number in numbers if number % _COMPOUND not in loose)


class _Whole:
    """Words that only look like compounds or like words with an article."""

    def __contains__(self, spelling: object) -> bool:
        return isinstance(spelling, str) and spelling in _lists()[0]


WHOLE = _Whole()
"""Every spelling that stands in a list is a word of its own."""
