"""Somebody who is registered already is found while she is registered again."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office, Role
from reintegrate.audit.models import AuditEvent
from reintegrate.cases import likely, services
from reintegrate.cases.codes import ReturnType
from reintegrate.cases.models import Case, NamedAccess
from reintegrate.cases.returns import register_return
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.people.naming import Names
from tests import make

BORN = PartialDate(date(1990, 5, 2), Precision.DAY)

ANOTHER_DAY = PartialDate(date(1971, 1, 9), Precision.DAY)


def found(given: str, family: str = "", *, birth: PartialDate = BORN, **facts: frozenset[str]) -> list[bool]:
    matches = likely.same_people(likely.Facts(Names(given, family), birth=birth, **facts))
    return [match.high for match in matches]


@pytest.mark.parametrize(
    ("given", "family", "birth", "high"),
    [
        ("Mariama Aissatou", "Ba", BORN, True),
        ("Aissatou Mariama", "Bah", BORN, True),
        ("Mariama", "Ba", BORN, False),
        ("Mariama", "Ba", NOT_KNOWN, False),
        ("Mariama Aissatou", "Ba", NOT_KNOWN, False),
        ("Mariana Aissato", "Ba", BORN, False),
    ],
)
def test_she_is_found_by_other_spellings_and_parts_of_her_name(
    app: Flask, given: str, family: str, birth: PartialDate, high: bool
) -> None:
    make.case(given_names="Mariama Aissatou", family_name="Ba", birth=BORN)
    make.case(given_names="Kwame", family_name="Mensah", birth=BORN)

    assert found(given, family, birth=birth) == [high]


def test_somebody_of_the_same_name_born_on_another_day_is_somebody_else(app: Flask) -> None:
    make.case(given_names="Mariama Aissatou", family_name="Ba", birth=BORN)

    assert found("Mariama Aissatou", "Ba", birth=ANOTHER_DAY) == []


def test_the_birth_date_finds_her_among_many_of_the_same_name(app: Flask) -> None:
    for day in range(1, 29):
        for month in (1, 3, 7):
            make.case(
                given_names="Mamadou",
                family_name="Diallo",
                birth=PartialDate(date(1988, month, day), Precision.DAY),
            )

    matches = found("Mamadou", "Diallo", birth=PartialDate(date(1988, 7, 28), Precision.DAY))

    assert matches == [True]


INTAKE = {
    "given_names": "Mariama Aissatou",
    "family_name": "Ba",
    "sex": "unknown",
    "birth-day": "2",
    "birth-month": "5",
    "birth-year": "1990",
    "birth-precision": "day",
    "return_country": "Senegal",
    "arrived-precision": "unknown",
    "type": "avrr",
    "modality": "permanent",
    "consent": "not_asked",
}


class Offices:
    """Two offices of a country, with people of the first who register somebody."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.test_request_context():
            self.here, self.there = make.office("SN", name="Here"), make.office("SN", name="There")
            self.workers = {
                "worker": make.user(Role.CASEWORKER, self.here),
                "colleague": make.user(Role.CASEWORKER, self.here),
                "manager": make.user(Role.PROGRAMME_MANAGER, self.here),
            }
            session.commit()
            self.clients = {n: make.signed_in(site, u.fs_uniquifier) for n, u in self.workers.items()}

    def known(
        self, at: Office, how: Sensitivity = Sensitivity.NORMAL, named: str = "", manager: str = ""
    ) -> str:
        """A case of hers; the reference."""
        with self.site.test_request_context():
            owner = session.merge(self.workers[manager]) if manager else None
            case = make.case(
                session.merge(at), owner, given_names="Mariama Aissatou", family_name="Ba", birth=BORN
            )
            case.sensitivity = how
            if named:
                session.add(NamedAccess(case_id=case.id, user_id=self.workers[named].id))
            session.commit()
            return case.reference

    def looks(self, name: str, **more: str) -> str:
        form = INTAKE | {"office": str(self.here.id)} | more
        return self.clients[name].post("/cases/new/likely", data=form).get_data(as_text=True)

    def saves(self, name: str, **more: str) -> TestResponse:
        form = INTAKE | {"office": str(self.here.id)} | more
        return self.clients[name].post("/cases/new", data=form)


@pytest.fixture
def offices(site: Flask) -> Offices:
    return Offices(site)


@pytest.mark.parametrize("how", [Sensitivity.PROTECTED, Sensitivity.SEALED])
def test_a_protected_person_is_shown_to_those_on_the_list_of_her_case_alone(
    offices: Offices, how: Sensitivity
) -> None:
    nobody = {name: offices.looks(name) for name in offices.clients}
    reference = offices.known(offices.here, how, named="worker", manager="colleague")

    assert reference in offices.looks("worker")
    assert offices.saves("worker").status_code == 409
    for name in ("colleague", "manager"):
        assert offices.looks(name) == nobody[name]
    assert offices.saves("colleague").status_code == 302


def test_the_trail_names_a_protected_case_that_was_shown(offices: Offices) -> None:
    offices.known(offices.here, Sensitivity.PROTECTED, named="worker")
    offices.looks("worker")
    offices.saves("worker")
    offices.looks("colleague")

    with offices.site.app_context():
        case_id, person_id = session.execute(select(Case.id, Case.person_id)).one()
        rows = session.execute(
            select(AuditEvent.actor_id, AuditEvent.case_id, AuditEvent.person_id)
            .where(AuditEvent.action == "person.likely")
            .order_by(AuditEvent.seq)
        ).all()
    worker, colleague = offices.workers["worker"].id, offices.workers["colleague"].id
    assert [tuple(row) for row in rows] == [
        (worker, None, None),
        (worker, case_id, person_id),
        (worker, None, None),
        (worker, case_id, person_id),
        (colleague, None, None),
    ]


def test_a_return_abroad_that_is_protected_does_not_weigh_for_others(offices: Offices) -> None:
    """A protected case adds nothing to what is known from an open one."""
    open_one = offices.known(offices.here, manager="worker")
    before = offices.looks("worker")
    with offices.site.test_request_context():
        person = session.scalars(select(Case).where(Case.reference == open_one)).one().person
        again = register_return(
            person, type=ReturnType.FORCED, return_country="ML", host_country="FR", arrived=NOT_KNOWN
        )
        second = services.open_case(again, office=session.merge(offices.here), opened_by=None)
        second.sensitivity = Sensitivity.SEALED
        session.commit()

    assert offices.looks("worker") == before
    assert offices.looks("worker", return_country="Mali") == before


def test_a_colleagues_case_is_told_with_its_office(offices: Offices) -> None:
    reference = offices.known(offices.here, manager="colleague")
    page = offices.looks("worker")

    assert "A record in Here" in page
    assert reference in page
    assert "Mariama" not in page


def test_of_other_offices_no_more_is_told_than_that_one_knows_her(offices: Offices) -> None:
    references = [offices.known(offices.there), offices.known(offices.there)]
    page = offices.looks("worker")

    assert page.count("Somebody like this is known to another office") == 1
    assert "1 record looks" in page
    assert "There" not in page
    assert "Mariama" not in page
    assert "same" not in page.split("another office")[1].lower()
    assert [reference for reference in references if reference in page] == []
    assert offices.saves("worker").status_code == 409
    assert "A record in There" in offices.looks("manager")


def test_whoever_is_asked_first_still_saves_with_the_same_form(offices: Offices) -> None:
    offices.known(offices.there)

    assert offices.saves("worker", operation_id="one").status_code == 409
    answer = offices.saves("worker", operation_id="one", anyway="1")
    assert answer.status_code == 302
    assert "/cases/" in answer.location
    assert offices.saves("worker", operation_id="one", anyway="1").location == answer.location
