from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from reintegrate.cases.models import Case
from reintegrate.db import session
from reintegrate.demo import load
from reintegrate.people.models import Person
from reintegrate.references import is_well_formed

TODAY = date(2026, 3, 1)


def test_the_demo_fills_either_engine_with_believable_people(app: Flask) -> None:
    load.fill(cases=120, seed=3, today=TODAY)

    assert session.scalar(select(func.count(Case.id))) == 120
    assert session.scalar(select(func.count(Person.native_name))) > 20
    assert len(set(session.scalars(select(Case.status)))) >= 5
    assert all(is_well_formed(reference) for reference in session.scalars(select(Case.reference)))


def test_the_same_seed_makes_the_same_people(app: Flask) -> None:
    load.fill(cases=30, seed=3, today=TODAY)
    from reintegrate.demo.people import people

    names = session.scalars(select(Person.search_names).order_by(Person.id)).all()
    assert [name.split("\n")[0] for name in names] == [person.full_name for person in people(30, 3)]


def test_filling_tells_how_far_it_is_and_refuses_a_register_that_holds_cases(app: Flask) -> None:
    told: list[int] = []

    load.fill(cases=2010, seed=3, today=TODAY, progress=told.append)

    assert told == [2000, 2010]
    with pytest.raises(ValueError, match="holds cases already"):
        load.fill(cases=5, seed=3, today=TODAY)
