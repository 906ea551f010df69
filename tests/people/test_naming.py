"""The search keys that are stored with people."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, false, func, select, update

from reintegrate.cases.models import Case
from reintegrate.dates import PartialDate, Precision
from reintegrate.db import session
from reintegrate.demo.load import fill
from reintegrate.people import search
from reintegrate.people.models import NameKey, NameVariant, Person
from reintegrate.people.naming import make_keys_anew
from tests import make


def keys() -> list[tuple[str, int, int]]:
    rows = session.execute(
        select(NameKey.person_id, NameKey.key, NameKey.token_count).order_by(NameKey.person_id, NameKey.key)
    )
    return [(key, person_id, count) for person_id, key, count in rows]


def test_keys_made_anew_are_those_that_registering_made(app: Flask) -> None:
    fill(cases=60, seed=3)
    before = keys()
    variants = session.scalar(select(func.count()).select_from(NameVariant))
    session.execute(update(NameKey).values(token_count=9))
    session.execute(delete(NameKey).where(NameKey.person_id > 30))

    assert make_keys_anew() == session.scalar(select(func.count(Person.id)))

    assert keys() == before
    assert session.scalar(select(func.count()).select_from(NameVariant)) == variants


@pytest.fixture
def common_from_three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A part that more than three people have is common."""
    kept = (search._counts, search._meeting_all, search._meeting_several)
    for statements in kept:
        statements.cache_clear()
    monkeypatch.setattr(search, "COMMON", 3)
    yield
    for statements in kept:
        statements.cache_clear()


@pytest.mark.usefixtures("common_from_three")
def test_the_rare_part_of_a_name_finds_somebody_among_many_with_the_common_one(app: Flask) -> None:
    for other in ("Diallo", "Keita", "Camara", "Ndiaye", "Traore"):
        make.case(given_names="Mamadou", family_name=other)
    wanted = make.case(given_names="Mamadou", family_name="Zongo")

    assert search.people("Mamadou Zongo")[0] == wanted.person_id
    assert search.people("Mamadou Ousseynou Zongo")[0] == wanted.person_id
    assert search.people("Zongo Mamdou")[0] == wanted.person_id


@pytest.mark.usefixtures("common_from_three")
def test_a_common_part_alone_still_finds_some_who_have_it(app: Flask) -> None:
    named = {
        make.case(given_names="Mamadou", family_name=f).person_id for f in ("Diallo", "Keita", "Ba", "Sow")
    }

    assert set(search.people("Mamadou Xhozwurq")) <= named
    assert search.people("Mamadou Xhozwurq")


def test_a_slip_is_forgiven_beside_the_birth_date_alone(app: Flask) -> None:
    born = date(1990, 5, 5)
    wanted = make.case(given_names="Kwabena", family_name="Asante", birth=PartialDate(born, Precision.DAY))
    everybody = select(Case.person_id)

    assert search.namesakes("Kwabna Osei", born=born, within=everybody, limit=9) == [wanted.person_id]
    assert search.namesakes("Kwabna Osei", born=date(1990, 5, 6), within=everybody, limit=9) == []
    assert search.namesakes("Kwabna Osei", born=born, within=everybody.where(false()), limit=9) == []


def test_somebody_without_keys_is_found_once_they_are_made_anew(app: Flask) -> None:
    case = make.case(given_names="Mohammed", family_name="Hassan")
    session.execute(delete(NameKey))
    assert search.people("محمد حسن") == []

    make_keys_anew()

    assert search.people("محمد حسن") == [case.person_id]


def test_namesakes_of_many_are_those_of_each(app: Flask) -> None:
    fill(cases=120, seed=11)
    everybody = select(Person.id)
    names = list(session.scalars(select(Person.display_name).order_by(Person.id)))

    together = search.namesakes_of_all([*names, ""], within=everybody, limit=400)

    alone = [search.namesakes(name, born=None, within=everybody, limit=400) for name in names]
    assert [sorted(found) for found in together] == [sorted(found) for found in [*alone, []]]
