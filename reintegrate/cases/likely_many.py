"""Who of many is likely registered already: candidates by set-based look-ups, then compared one by one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, select

from reintegrate.accounts.access import Sensitivity
from reintegrate.cases.likely import Facts, Match, identities, likest
from reintegrate.cases.models import Case
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.people import search
from reintegrate.people.models import Contact, IdentityDocument, NameKey, Person
from reintegrate.people.names import index_keys

AT_ONCE = 400
"""Values in one IN list, and people in one look-up."""

NAMESAKES = 20
"""How many people of the same name and without an exact birth date are compared with one row."""


def same_people_of_all(
    everybody: Sequence[Facts], on_progress: Callable[[int], None] | None = None
) -> list[list[Match]]:
    """For each, the registered people who are likely the same, most likely first.

    The same as `likely.same_people`, but that typos are not looked for: those who share neither
    birth date nor document nor phone are found by the whole name alone. Protected people are left out.
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


def _ordinary() -> Select[Any]:
    return select(Case.person_id).where(Case.sensitivity == Sensitivity.NORMAL)


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
        rows = select(column, model.person_id).where(column.in_(chunk), model.person_id.in_(_ordinary()))
        for number, person_id in session.execute(rows):
            for at in wanted[number]:
                candidates[at].add(person_id)


def _by_birth(candidates: list[set[int]], batch: Sequence[Facts]) -> None:
    """People born on the same exact day who share a part of the name."""
    born: dict[Any, list[int]] = defaultdict(list)
    for at, facts in enumerate(batch):
        if facts.birth.precision == Precision.DAY:
            born[facts.birth.value].append(at)
    keys = [index_keys(*facts.names.every()) for facts in batch]
    for chunk in _chunks(sorted(born)):
        rows = (
            select(Person.birth_date, Person.id, NameKey.key)
            .join(NameKey, NameKey.person_id == Person.id)
            .where(
                Person.birth_date.in_(chunk),
                Person.birth_precision == Precision.DAY,
                Person.id.in_(_ordinary()),
            )
        )
        for day, person_id, key in session.execute(rows):
            for at in born[day]:
                if key in keys[at]:
                    candidates[at].add(person_id)


def _by_name(candidates: list[set[int]], batch: Sequence[Facts]) -> None:
    """People of the same name where either birth date is not exact."""
    inexact = (
        select(Person.id).where(Person.birth_precision != Precision.DAY).where(Person.id.in_(_ordinary()))
    )
    for at, facts in enumerate(batch):
        within = inexact if facts.birth.precision == Precision.DAY else _ordinary()
        for name in facts.names.every():
            candidates[at].update(search.namesakes(name, within=within, limit=NAMESAKES))
