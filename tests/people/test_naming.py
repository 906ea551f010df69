"""The search keys that are stored with people."""

from flask import Flask
from sqlalchemy import delete, func, select, update

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
