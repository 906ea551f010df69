"""Finding people by name, in any spelling and script; the same answer on both engines.

Three stages: people who have keys of every part of the query, then of most parts, then of parts
with a typo. The few hundred candidates are ranked by how alike the names are.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from reintegrate.db import session
from reintegrate.people.models import NameKey, NameVariant, Person
from reintegrate.people.names import neighbours, prepare, query_keys, similarity_prepared

AnySelect: TypeAlias = "Select[*tuple[Any, ...]]"

CANDIDATES = 300
"""How many people are ranked at the most; more share a common name than anybody reads."""

NAMES_AT_ONCE = 100
"""Names that one statement looks for."""

ENOUGH = 60
"""With so many candidates from exact keys, typos are not tried."""

COMMON = 1_000
"""A part of a name with more keys than that says too little to find anybody by it alone."""

STATEMENTS_KEPT = 300
"""How many statements a process keeps ready, for as many parts and people who may be found."""

ANOTHER_KEY = aliased(NameKey)


class Part(NamedTuple):
    """A part of a query: how many keys of people meet it, counted up to `COMMON`, and its own keys."""

    number: int
    keys: tuple[str, ...]


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
    found += _ids(_meeting_all(len(parts), within), parts, limit)
    if len(parts) > 2 and len(found) < limit and (telling := _telling(parts)):
        found += _ids(_meeting_several(len(parts), telling, within, at_least=2), parts, limit)
    return list(dict.fromkeys(found))


def namesakes_of_all(texts: Sequence[str], *, within: Select[Any], limit: int) -> list[list[int]]:
    """For each whole name, the people who may be meant by it, as `namesakes` without a birth date.

    One statement looks for many names: each key that is asked for is a line of a table of values.
    """
    found: list[list[int]] = [[] for _ in texts]
    asked = [(at, query_keys(text)) for at, text in enumerate(texts)]
    for start in range(0, len(asked), NAMES_AT_ONCE):
        lines = [
            (at, part, min(len(groups), 2), len(groups), key)
            for at, groups in asked[start : start + NAMES_AT_ONCE]
            for part, group in enumerate(groups)
            for key in sorted(group)
        ]
        for at, person_id in session.execute(_meeting(lines, within, limit)) if lines else ():
            found[at].append(person_id)
    return found


def _meeting(lines: Sequence[tuple[int, int, int, int, str]], within: Select[Any], limit: int) -> AnySelect:
    """The place of a name and the people with keys of enough of its parts, the nearest first."""
    named = [column(name, Integer) for name in ("at", "part", "enough", "parts")]
    wanted = values(*named, column("key", String), name="asked").data(list(lines)).cte("wanted")
    met = func.count(wanted.c.part.distinct())
    near = func.abs(func.min(NameKey.token_count) - wanted.c.parts)
    meeting = (
        select(
            wanted.c.at,
            NameKey.person_id,
            func.row_number()
            .over(partition_by=wanted.c.at, order_by=(met.desc(), near, NameKey.person_id))
            .label("place"),
        )
        .join(NameKey, NameKey.key == wanted.c.key)
        .where(among(within, NameKey.person_id))
        .group_by(wanted.c.at, wanted.c.parts, wanted.c.enough, NameKey.person_id)
        .having(met >= wanted.c.enough)
        .subquery()
    )
    return (
        select(meeting.c.at, meeting.c.person_id)
        .where(meeting.c.place <= limit)
        .order_by(meeting.c.at, meeting.c.place)
    )


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


def _ids(statement: AnySelect, parts: Sequence[Part], limit: int = CANDIDATES) -> list[int]:
    return list(session.scalars(statement.limit(limit), _keys_of(parts)))


def _candidates(groups: Sequence[frozenset[str]], within: Select[Any] | None) -> set[int]:
    """People whose keys meet all groups, or where these are few, most of them."""
    parts = _by_rarity(groups)
    found = set(_ids(_meeting_all(len(parts), within), parts))
    if len(found) < ENOUGH and len(groups) > 1 and (telling := _telling(parts)):
        found |= set(_ids(_meeting_several(len(parts), telling, within), parts))
    return found


def _by_rarity(groups: Sequence[frozenset[str]]) -> list[Part]:
    """The parts of a name, those that fewest people have first: the others are looked for among these."""
    counted = [Part(0, tuple(sorted(group))) for group in groups]
    numbers = session.execute(_counts(len(groups)), _keys_of(counted)).one()
    found = [part._replace(number=number) for part, number in zip(counted, numbers, strict=True)]
    return sorted(found, key=lambda part: part.number)


def _telling(parts: Sequence[Part]) -> tuple[int, ...]:
    """The places of the parts that few have, or of the rarest of those that anybody has."""
    borne = [place for place, part in enumerate(parts) if part.number]
    return tuple(place for place in borne if parts[place].number <= COMMON) or tuple(borne[:1])


def _keys_of(parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    return {f"part_{place}": part.keys for place, part in enumerate(parts)}


def _meets(place: int, key: Any = NameKey.key) -> ColumnElement[bool]:
    """Whether a key is one of those of the part in a place, which `_keys_of` gives."""
    condition: ColumnElement[bool] = key.in_(bindparam(f"part_{place}", expanding=True))
    return condition


def _also_meets(place: int, person_id: Any) -> ColumnElement[bool]:
    """Whether somebody who was found by another part has this one: asked for each who was."""
    return exists().where(ANOTHER_KEY.person_id == person_id, _meets(place, ANOTHER_KEY.key))


@cache
def _counts(number: int) -> AnySelect:
    people = (select(NameKey.person_id).where(_meets(place)).limit(COMMON + 1) for place in range(number))
    return select(*(select(func.count()).select_from(some.subquery()).scalar_subquery() for some in people))


@lru_cache(STATEMENTS_KEPT)
def _meeting_all(number: int, within: Select[Any] | None) -> AnySelect:
    """People with keys of all parts.

    Those with more keys of the rarest part come first, then those with just as many parts as the query.
    """
    others = (_also_meets(place, NameKey.person_id) for place in range(1, number))
    statement = select(NameKey.person_id).where(_meets(0), *others)
    if within is not None:
        statement = statement.where(among(within, NameKey.person_id))
    return statement.group_by(NameKey.person_id).order_by(
        func.count().desc(), func.abs(func.min(NameKey.token_count) - number), NameKey.person_id
    )


@lru_cache(STATEMENTS_KEPT)
def _meeting_several(
    number: int, telling: tuple[int, ...], within: Select[Any] | None, *, at_least: int = 1
) -> AnySelect:
    """People with one of the telling parts and most others, those of most first."""
    hits = union_all(*(_having(place, number, within) for place in telling)).subquery()
    met = func.max(hits.c.met)
    return (
        select(hits.c.person_id)
        .group_by(hits.c.person_id)
        .having(met >= at_least)
        .order_by(met.desc(), func.min(hits.c.token_count), hits.c.person_id)
    )


def _having(place: int, number: int, within: Select[Any] | None) -> AnySelect:
    """Some of the people with a part, with the number of parts that they have."""
    person_id = NameKey.person_id
    also = [cast(_also_meets(n, person_id), Integer) for n in range(number) if n != place]
    statement = select(person_id, NameKey.token_count, sum(also, literal(1)).label("met")).where(
        _meets(place)
    )
    if within is not None:
        statement = statement.where(among(within, person_id))
    return select(statement.limit(COMMON).subquery())


def _with_typos(group: frozenset[str]) -> frozenset[str]:
    """A group with the keys that occur and are one slip away from one of its own."""
    wanted = sorted(_variants(group))
    near = session.scalars(select(NameVariant.key).where(NameVariant.variant.in_(wanted)).distinct())
    return group | frozenset(near)


def _variants(group: frozenset[str]) -> frozenset[str]:
    """The keys of a group, and what is left of them with a character less: as `name_variant` has them."""
    return frozenset(variant for key in group for variant in (key, *neighbours(key)))
