"""Finding people by name, in any spelling and script; the same answer on both engines.

Three stages: people who have keys of every part of the query, then of most parts, then of parts
with a typo. The few hundred candidates are ranked by how alike the names are.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Integer, Select, String, column, exists, func, select, union_all, values

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
    if len(groups) > 2:
        return list(dict.fromkeys([*found, *_ids(_meeting_several(groups, within, at_least=2), limit)]))
    return list(dict.fromkeys([*found, *_ids(_meeting_all(groups, within), limit)]))


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
    keys = _with_typos(frozenset().union(*groups))
    named = exists().where(NameKey.person_id == Person.id, _meets(keys))
    statement = select(Person.id).where(Person.birth_date == born, named, among(within, Person.id))
    return _ids(statement.order_by(Person.id))


def _ids(statement: AnySelect, limit: int = CANDIDATES) -> list[int]:
    return list(session.scalars(statement.limit(limit)))


def _candidates(groups: Sequence[frozenset[str]], within: Select[Any] | None) -> set[int]:
    """People whose keys meet all groups, or where these are few, most of them."""
    found = set(_ids(_meeting_all(groups, within)))
    if len(found) < ENOUGH and len(groups) > 1:
        found |= set(_ids(_meeting_several(groups, within)))
    return found


def _meets(group: frozenset[str]) -> ColumnElement[bool]:
    return NameKey.key.in_(sorted(group))


def _meeting_all(groups: Sequence[frozenset[str]], within: Select[Any] | None) -> AnySelect:
    """People with keys of all groups.

    Those with more keys of the first part come first, then those with just as many parts as the query.
    """
    first, *others = groups
    statement = select(NameKey.person_id).where(_meets(first))
    for group in others:
        having = select(NameKey.person_id).where(_meets(group)).correlate(None)
        statement = statement.where(NameKey.person_id.in_(having))
    if within is not None:
        statement = statement.where(among(within, NameKey.person_id))
    return statement.group_by(NameKey.person_id).order_by(
        func.count().desc(), func.abs(func.min(NameKey.token_count) - len(groups)), NameKey.person_id
    )


def _meeting_several(
    groups: Sequence[frozenset[str]], within: Select[Any] | None, *, at_least: int = 1
) -> AnySelect:
    """People with keys of several groups, those of most first."""
    hits = union_all(
        *(select(NameKey.person_id, NameKey.token_count).where(_meets(group)).distinct() for group in groups)
    ).subquery()
    statement = select(hits.c.person_id)
    if within is not None:
        statement = statement.where(among(within, hits.c.person_id))
    met = func.count()
    statement = statement.group_by(hits.c.person_id)
    if at_least > 1:
        statement = statement.having(met >= at_least)
    return statement.order_by(met.desc(), func.min(hits.c.token_count), hits.c.person_id)


def _with_typos(group: frozenset[str]) -> frozenset[str]:
    """A group with the keys that occur and are one slip away from one of its own."""
    variants = sorted({variant for key in group for variant in (key, *neighbours(key))})
    near = session.scalars(select(NameVariant.key).where(NameVariant.variant.in_(variants)).distinct())
    return group | frozenset(near)
