"""Who stands in a list twice: candidates by document, phone, or birth date and name, then compared."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations, pairwise, product
from typing import Any

from reintegrate.exchange.meaning.rows import Row
from reintegrate.people.names import Comparison, Identity, Likeness, compare, index_keys, tokens
from reintegrate.people.names.likeness import NEAR_YEARS

_JOINING = re.compile(r"(?i)\b[ck]?abd|ull?ah\b|\b[ae]l\b|\be?dd?ine?\b|allah|عبد|الله")

CROWD = 200
"""More rows than this with one key in common are no evidence of anything."""


def names_in(values: dict[str, Any]) -> tuple[str, ...]:
    """The name of a row in one line."""
    whole = " ".join(part for part in (values.get("given_names"), values.get("family_name")) if part)
    return (whole,) if whole else ()


def _both_ways(values: dict[str, Any]) -> tuple[str, ...]:
    """The name of a row, and with its parts exchanged where other parts would then be joined.

    Abd and what follows it are one name: Abdul Hossain, written Hossain Abdul, would be another.
    """
    names = names_in(values)
    given, family = values.get("given_names"), values.get("family_name")
    if not (given and family and _JOINING.search(names[0])):
        return names
    exchanged = f"{family} {given}"
    return names if sorted(tokens(names[0])) == sorted(tokens(exchanged)) else (*names, exchanged)


def birth_in(values: dict[str, Any]) -> tuple[date | None, str | None]:
    """The birth date of a row, its unknown parts the first of their range, and how exact it is."""
    told = values.get("birth_date")
    if not told:
        return None, None
    parts = [int(part) for part in str(told["value"]).split("-")]
    return date(*[*parts, 1, 1][:3]), str(told["precision"])


def identity_of(values: dict[str, Any]) -> Identity:
    """A row as it is compared."""
    birth, precision = birth_in(values)
    sex, phone = values.get("sex"), values.get("phone")
    number = "".join(c for c in str(values.get("document_number") or "").upper() if c.isalnum())
    countries = {values.get("nationality"), values.get("return_country")} - {None}
    return Identity(
        names=_both_ways(values),
        birth_date=birth,
        birth_precision=precision,
        sex=sex if sex in ("male", "female", "other") else None,
        countries=frozenset(str(code) for code in countries),
        documents=frozenset({number} if number else ()),
        phones=frozenset({str(phone)} if phone else ()),
    )


def within(rows: Sequence[Row]) -> dict[int, list[tuple[int, Comparison]]]:
    """For each row that is like an earlier one: those rows, the most alike first."""
    identities = {row.number: identity_of(row.values) for row in rows}
    found: dict[int, list[tuple[int, Comparison]]] = defaultdict(list)
    for earlier, later in _pairs(identities):
        comparison = compare(identities[earlier], identities[later])
        if comparison.likeness != Likeness.NONE:
            found[later].append((earlier, comparison))
    for likes in found.values():
        likes.sort(key=lambda pair: (pair[1].likeness != Likeness.HIGH, -pair[1].score, pair[0]))
    return dict(found)


def _pairs(identities: dict[int, Identity]) -> Iterator[tuple[int, int]]:
    """Pairs with enough in common to be compared, each once, the earlier row first."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    namesakes: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, identity in identities.items():
        keys = tuple(sorted(_keys(identity.names)))
        namesakes[keys].append(number)
        for key in _blocking_keys(identity, keys):
            blocks[key].append(number)
    pairs = {
        (earlier, later)
        for block in blocks.values()
        if len(block) <= CROWD
        for position, earlier in enumerate(block)
        for later in block[position + 1 :]
    }
    for block in namesakes.values():
        pairs.update(_of_one_name(block, identities))
    return iter(sorted(pairs))


@lru_cache(maxsize=1 << 17)
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    return index_keys(*names)


def _of_one_name(block: list[int], identities: dict[int, Identity]) -> Iterator[tuple[int, int]]:
    """Pairs of people of one name whose births are near or not known, however many bear the name."""
    by_year: dict[int, list[int]] = defaultdict(list)
    unknown = [number for number in block if identities[number].birth_date is None]
    for number in block:
        birth = identities[number].birth_date
        if birth is not None:
            by_year[birth.year].append(number)
    groups = [[*by_year[year], *unknown] for year in by_year] or [unknown]
    for group in groups:
        if len(group) <= CROWD:
            yield from combinations(sorted(group), 2)
    for year, numbers in by_year.items():
        for apart in range(1, NEAR_YEARS + 1):
            if len(numbers) * len(by_year.get(year + apart, ())) <= CROWD * CROWD // 2:
                yield from _estimated(numbers, by_year.get(year + apart, []), identities)


def _estimated(
    ones: list[int], others: list[int], identities: dict[int, Identity]
) -> Iterator[tuple[int, int]]:
    for one, other in product(ones, others):
        if "estimated" in (identities[one].birth_precision, identities[other].birth_precision):
            yield (min(one, other), max(one, other))


def _blocking_keys(identity: Identity, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield from (("document", number) for number in identity.documents)
    yield from (("phone", number) for number in identity.phones)
    if identity.birth_date is not None:
        yield from (("birth", identity.birth_date.isoformat(), key) for key in keys)
        yield from (("year", str(identity.birth_date.year), *pair) for pair in pairwise(keys))
