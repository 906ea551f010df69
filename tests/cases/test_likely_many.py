"""Looking many people up at once finds what looking each of them up finds."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from reintegrate.cases.likely import Facts, same_people
from reintegrate.cases.likely_many import same_people_of_all
from reintegrate.cases.models import Case
from reintegrate.dates import PartialDate, Precision
from reintegrate.db import session
from reintegrate.demo.load import fill
from reintegrate.people.models import IdentityDocument, Person
from reintegrate.people.naming import names_of
from tests import make

TODAY = date(2026, 6, 30)


def facts_of(person: Person) -> Facts:
    documents = session.scalars(
        select(IdentityDocument.number_key).where(IdentityDocument.person_id == person.id)
    )
    return Facts(
        names=names_of(person.id),
        sex=person.sex,
        birth=PartialDate(person.birth_date, person.birth_precision),
        documents=frozenset(documents),
    )


def test_everybody_who_is_very_likely_the_same_is_found_at_once(app: Flask) -> None:
    fill(cases=80, seed=5, today=TODAY)
    people = session.scalars(select(Person).order_by(Person.id)).all()
    everybody = [facts_of(person) for person in people]

    at_once = same_people_of_all(everybody)

    for person, facts, found in zip(people, everybody, at_once, strict=True):
        surely = {match.person_id for match in same_people(facts) if match.high}
        assert surely <= {match.person_id for match in found if match.high}, person.display_name


def test_somebody_registered_by_year_is_found_by_her_exact_birth_date(app: Flask) -> None:
    known = make.case(birth=PartialDate(date(1990, 1, 1), Precision.YEAR))
    asked = facts_of(known.person)

    (found,) = same_people_of_all(
        [Facts(names=asked.names, birth=PartialDate(date(1990, 5, 2), Precision.DAY))]
    )

    assert [match.person_id for match in found] == [known.person_id]


def test_protected_people_are_not_found(app: Flask) -> None:
    known = make.case()
    facts = facts_of(known.person)
    known.sensitivity = type(known.sensitivity).SEALED
    session.flush()

    assert same_people_of_all([facts]) == [[]]
    assert session.scalar(select(Case.id)) is not None


def test_somebody_without_a_name_is_like_nobody(app: Flask) -> None:
    make.case()

    assert same_people_of_all([Facts(names=names_of(0))]) == [[]]
