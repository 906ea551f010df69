"""Finding people by name, in any spelling and script; the same answer on both engines.

Three stages: people who have keys of every part of the query, then of most parts, then of parts
with a typo. The few hundred candidates are ranked by how alike the names are.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from reintegrate.db import session
from reintegrate.people.models import NameKey, NameVariant, Person
from reintegrate.people.names import neighbours, prepare, query_keys, similarity_prepared

AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"

CANDIDATES = 300
"""How many people are ranked at the most; more share a common name than anybody reads."""

ENOUGH = 60
"""With so many candidates from exact keys, typos are not tried."""

COMMON = 1_000
"""A part of a name with more keys than that says too little to find anybody by it alone."""

ANOTHER_KEY = aliased(NameKey)


class Part(NamedTuple):
    """A part of a query: how many keys of people meet it, counted up to `COMMON`, and its own keys."""

    number: int
    keys: frozenset[str]


def people(text: str, *, within: Select[Any] | None = None, limit: int = 20) -> list[int]:
    """The keys of the people whose names fit `text` best, best first.

    `within` selects the keys of the people who may be found.
    """
    return [person_id for person_id, _score in ranked(text, within=within)[:limit]]


def ranked(text: str, *, within: Select[Any] | None = None) -> list[tuple[int, float]]:
    """Candidates with their likeness from 0 to 1, best first, equal ones by their key."""
    groups = [group for group in query_keys(text) if group]
    if not groups:
        return []
    found = _candidates(groups, within)
    if len(found) < ENOUGH:
        found |= _candidates([_with_typos(group) for group in groups], within)
    rows = session.execute(
        select(Person.id, Person.search_names).where(Person.id.in_(sorted(found))).order_by(Person.id)
    ).all()
    query = prepare(text)
    scored = [
        (person_id, max(similarity_prepared(query, prepare(name)) for name in names.split("\n")))
        for person_id, names in rows
    ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def among(people: Select[Any], person_id: Any) -> ColumnElement[bool]:
    """Whether `people`, a select of keys, has a key: asked for the few that are looked at, not for all."""
    return exists(people.where(people.selected_columns[0] == person_id).correlate(person_id.table))


def namesakes(text: str, *, born: date | None, within: Select[Any], limit: int) -> list[int]:
    """People who may be meant by a whole name: with two parts of it, or one and the same birth date.

    Parts agree by their keys; beside the birth date, a typo is forgiven. Nearest names first.
    """
    groups = [group for group in query_keys(text) if group]
    if not groups:
        return []
    found = [] if born is None else _born(born, groups, within)
    parts = _by_rarity(groups)
    found += _ids(_meeting_all(parts, within), limit)
    if len(parts) > 2 and len(found) < limit and (rare := _telling(parts)):
        found += _ids(_meeting_several(parts, within, rare, at_least=2), limit)
    return list(dict.fromkeys(found))


def _born(born: date, groups: Sequence[frozenset[str]], within: Select[Any]) -> list[int]:
    """People born on a day with a key of some group, or one that is a slip away from it.

    There are few of them, so their keys are looked through here rather than hundreds asked for.
    """
    variants = _variants(frozenset().union(*groups))
    rows = session.execute(
        select(Person.id, NameKey.key)
        .join(NameKey, NameKey.person_id == Person.id)
        .where(Person.birth_date == born, among(within, Person.id))
        .order_by(Person.id)
    )
    found = (person_id for person_id, key in rows if not variants.isdisjoint({key, *neighbours(key)}))
    return list(dict.fromkeys(found))[:CANDIDATES]


def _ids(statement: AnySelect, limit: int = CANDIDATES) -> list[int]:
    return list(session.scalars(statement.limit(limit)))


def _candidates(groups: Sequence[frozenset[str]], within: Select[Any] | None) -> set[int]:
    """People whose keys meet all groups, or where these are few, most of them."""
    parts = _by_rarity(groups)
    found = set(_ids(_meeting_all(parts, within)))
    if len(found) < ENOUGH and len(groups) > 1 and (rare := _telling(parts)):
        found |= set(_ids(_meeting_several(parts, within, rare)))
    return found


def _meets(group: frozenset[str]) -> ColumnElement[bool]:
    return NameKey.key.in_(sorted(group))


def _by_rarity(groups: Sequence[frozenset[str]]) -> list[Part]:
    """The parts of a name, those that fewest people have first: the others are looked for among these."""
    counts = (
        select(func.count())
        .select_from(select(NameKey.person_id).where(_meets(group)).limit(COMMON + 1).subquery())
        .scalar_subquery()
        for group in groups
    )
    numbers = session.execute(select(*counts)).one()
    return sorted((Part(n, group) for n, group in zip(numbers, groups, strict=True)), key=lambda p: p.number)


def _telling(parts: Sequence[Part]) -> list[Part]:
    """The parts that few have, or at least the rarest of those that anybody has."""
    borne = [part for part in parts if part.number]
    return [part for part in borne if part.number <= COMMON] or borne[:1]


def _also_meets(group: frozenset[str], person_id: Any) -> ColumnElement[bool]:
    """Whether somebody who was found by another part has a key of a group: asked for each who was."""
    return exists().where(ANOTHER_KEY.person_id == person_id, ANOTHER_KEY.key.in_(sorted(group)))


def _meeting_all(parts: Sequence[Part], within: Select[Any] | None) -> AnySelect:
    """People with keys of all parts.

    Those with more keys of the rarest part come first, then those with just as many parts as the query.
    """
    first, *others = parts
    statement = select(NameKey.person_id).where(
        _meets(first.keys), *(_also_meets(part.keys, NameKey.person_id) for part in others)
    )
    if within is not None:
        statement = statement.where(among(within, NameKey.person_id))
    return statement.group_by(NameKey.person_id).order_by(
        func.count().desc(), func.abs(func.min(NameKey.token_count) - len(parts)), NameKey.person_id
    )


def _meeting_several(
    parts: Sequence[Part], within: Select[Any] | None, telling: Sequence[Part], *, at_least: int = 1
) -> AnySelect:
    """People with one of the telling parts and most others, those of most first."""
    hits = union_all(*(_having(part, parts, within) for part in telling)).subquery()
    statement = select(hits.c.person_id).group_by(hits.c.person_id)
    met = func.max(hits.c.met)
    if at_least > 1:
        statement = statement.having(met >= at_least)
    return statement.order_by(met.desc(), func.min(hits.c.token_count), hits.c.person_id)


def _having(part: Part, parts: Sequence[Part], within: Select[Any] | None) -> AnySelect:
    """Some of the people with a part, with the number of parts that they have."""
    also = [
        cast(_also_meets(other.keys, NameKey.person_id), Integer) for other in parts if other is not part
    ]
    statement = select(NameKey.person_id, NameKey.token_count, sum(also, literal(1)).label("met"))
    statement = statement.where(_meets(part.keys))
    if within is not None:
        statement = statement.where(among(within, NameKey.person_id))
    return select(statement.limit(COMMON).subquery())


def _with_typos(group: frozenset[str]) -> frozenset[str]:
    """A group with the keys that occur and are one slip away from one of its own."""
    wanted = sorted(_variants(group))
    near = session.scalars(select(NameVariant.key).where(NameVariant.variant.in_(wanted)).distinct())
    return group | frozenset(near)


def _variants(group: frozenset[str]) -> frozenset[str]:
    """The keys of a group, and what is left of them with a character less: as `name_variant` has them."""
    return frozenset(variant for key in group for variant in (key, *neighbours(key)))
