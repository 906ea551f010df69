"""Who of many is likely registered already: candidates by set-based look-ups, then compared one by one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from reintegrate.cases.likely import ORDINARY, Facts, Match, identities, likest
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.people import search
from reintegrate.people.models import Contact, IdentityDocument, NameKey, Person
from reintegrate.people.names import index_keys

AT_ONCE = 400
"""Values in one IN list, and people in one look-up."""

NEAR_YEARS = 2
"""How far an estimated year of birth may lie from the real one: as `people.names` has it."""

NAMESAKES = 20
"""How many people of the same name are compared with somebody whose birth date is not exact."""


def same_people_of_all(
    everybody: Sequence[Facts], on_progress: Callable[[int], None] | None = None
) -> list[list[Match]]:
    """For each, the registered people who are likely the same, most likely first.

    The same as `likely.same_people`, but that slips in a name are forgiven only beside an agreeing
    birth, document or phone; somebody whose birth date is not exact is found by the whole name.
    Protected people are left out.
    """
    found: list[list[Match]] = []
    for start in range(0, len(everybody), AT_ONCE):
        found += _of_batch(everybody[start : start + AT_ONCE])
        if on_progress:
            on_progress(min(start + AT_ONCE, len(everybody)))
    return found


def _of_batch(batch: Sequence[Facts]) -> list[list[Match]]:
    candidates: list[set[int]] = [set() for _ in batch]
    _by_number(candidates, batch, IdentityDocument, IdentityDocument.number_key, "documents")
    _by_number(candidates, batch, Contact, Contact.value_key, "phones")
    _by_birth(candidates, batch)
    _by_name(candidates, batch)
    everyone = sorted(set().union(*candidates))
    known: dict[int, Any] = {}
    for chunk in _chunks(everyone):
        known |= identities(chunk)
    return [
        likest(facts.identity(), {i: known[i] for i in sorted(ids) if i in known}) if facts.names.main else []
        for facts, ids in zip(batch, candidates, strict=True)
    ]


def _chunks(values: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk


def _by_number(
    candidates: list[set[int]], batch: Sequence[Facts], model: Any, column: Any, name: str
) -> None:
    wanted: dict[str, list[int]] = defaultdict(list)
    for at, facts in enumerate(batch):
        for number in getattr(facts, name):
            wanted[number].append(at)
    for chunk in _chunks(sorted(wanted)):
        rows = select(column, model.person_id).where(column.in_(chunk), model.person_id.in_(ORDINARY))
        for number, person_id in session.execute(rows):
            for at in wanted[number]:
                candidates[at].add(person_id)


def _by_birth(candidates: list[set[int]], batch: Sequence[Facts]) -> None:
    """People who share a part of the name, and the day of birth or the month or year it lies in."""
    keys = [index_keys(*facts.names.every()) for facts in batch]
    days: dict[Any, list[int]] = defaultdict(list)
    spans: dict[Any, list[int]] = defaultdict(list)
    for at, facts in enumerate(batch):
        if facts.birth.value is not None and facts.birth.precision == Precision.DAY:
            days[facts.birth.value].append(at)
            for first in _firsts(facts.birth.value):
                spans[first].append(at)
    exact = Person.birth_precision == Precision.DAY
    asked = NameKey.key.in_(sorted(set().union(*keys)))
    for born, condition in ((days, exact), (spans, and_(~exact, asked))):
        for day, person_id, key in _named_and_born(sorted(born), condition):
            for at in born[day]:
                if key in keys[at]:
                    candidates[at].add(person_id)


def _named_and_born(days: Sequence[date], condition: ColumnElement[bool]) -> Iterator[Any]:
    """The birth date, the person and a name key of everybody born on one of some days."""
    for chunk in _chunks(days):
        yield from session.execute(
            select(Person.birth_date, Person.id, NameKey.key)
            .join(NameKey, NameKey.person_id == Person.id)
            .where(Person.birth_date.in_(chunk), condition, Person.id.in_(ORDINARY))
        )


def _firsts(born: date) -> set[date]:
    """The days that stand for a birth known by its month, its year or an age that is near."""
    years = {date(born.year + near, 1, 1) for near in range(-NEAR_YEARS, NEAR_YEARS + 1)}
    return {born.replace(day=1), *years}


def _by_name(candidates: list[set[int]], batch: Sequence[Facts]) -> None:
    """People of the same name, for those whose own birth date is not exact."""
    inexact = [at for at, facts in enumerate(batch) if facts.birth.precision != Precision.DAY]
    names = [(at, name) for at in inexact for name in batch[at].names.every()]
    found = search.namesakes_of_all([name for _at, name in names], within=ORDINARY, limit=NAMESAKES)
    for (at, _name), people in zip(names, found, strict=True):
        candidates[at].update(people)
