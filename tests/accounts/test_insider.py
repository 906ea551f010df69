"""What a caseworker of one office tries who wants more than her work: forged forms, others' numbers."""

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Membership, Role
from reintegrate.audit.models import AuditEvent, Outcome
from reintegrate.caseload.models import FirstView, SavedView
from reintegrate.cases.models import Case, NamedAccess
from reintegrate.db import session
from reintegrate.exchange.models import ListImport
from reintegrate.exchange.staging import stage_list
from reintegrate.people.models import Person
from tests import make
from tests.exchange.lists import FATOU, as_csv

INTAKE = {
    "given_names": "Awa",
    "family_name": "Sow",
    "sex": "unknown",
    "birth-precision": "unknown",
    "return_country": "Senegal",
    "arrived-precision": "unknown",
    "type": "avrr",
    "modality": "permanent",
    "consent": "not_asked",
    "anyway": "1",
}


@dataclass
class Desk:
    """Her browser, her colleague's and her supervisor's, and what there is that is not hers."""

    site: Flask
    me: FlaskClient
    colleague: FlaskClient
    boss: FlaskClient
    here: int
    there: int
    mine: str
    theirs: str
    protected: str
    staged: int
    view: int


@pytest.fixture
def desk(site: Flask) -> Desk:
    with site.test_request_context():
        here, there = make.office("SN"), make.office("SN")
        me, colleague = make.user(Role.CASEWORKER, here), make.user(Role.CASEWORKER, here)
        boss, stranger = make.user(Role.SUPERVISOR, here), make.user(Role.CASEWORKER, there)
        mine = make.case(here, me)
        theirs = make.case(there, stranger)
        protected = make.case(here, colleague, opened_by=colleague)
        protected.sensitivity = Sensitivity.PROTECTED
        view = SavedView(owner_id=stranger.id, office_id=there.id, name="Theirs", query="status=draft")
        session.add_all([view, NamedAccess(case_id=protected.id, user_id=colleague.id)])
        staged = stage_list(as_csv([FATOU]), "list.csv", office=there, staged_by=stranger)
        session.commit()
        clients = [make.signed_in(site, user.fs_uniquifier) for user in (me, colleague, boss)]
        return Desk(
            site,
            *clients,
            here=here.id,
            there=there.id,
            mine=mine.reference,
            theirs=theirs.reference,
            protected=protected.reference,
            staged=staged.id,
            view=view.id,
        )


def count(desk: Desk, model: type) -> int:
    with desk.site.app_context():
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_nobody_registers_into_another_office(desk: Desk) -> None:
    for office in (str(desk.there), "999999", "", "x", "1 OR 1=1"):
        answer = desk.me.post("/cases/new", data=INTAKE | {"office": office})
        assert answer.status_code == 200, office
    assert count(desk, Person) == 3


@pytest.mark.parametrize("name", ["theirs", "protected"])
def test_nobody_continues_a_record_that_is_not_hers(desk: Desk, name: str) -> None:
    form = INTAKE | {"office": str(desk.here)}
    answers = [
        desk.me.post("/cases/new", data=form | {"same_person": reference}).get_data(as_text=True)
        for reference in (getattr(desk, name), "ZZ-26-22222-4")
    ]
    assert all("That record is not yours to continue" in page for page in answers)
    assert count(desk, Case) == 3


def test_a_list_of_another_office_is_neither_read_nor_moved(desk: Desk) -> None:
    form = {"file": (io.BytesIO(as_csv([FATOU])), "list.csv"), "office": str(desk.there), "dates": "ask"}
    assert desk.me.post("/imports/new", data=form).status_code == 200
    for method, tail in (
        ("GET", "/leftovers.xlsx"),
        ("POST", "/discard"),
        ("POST", "/duplicates"),
        ("POST", "/rows/3"),
        ("HEAD", ""),
    ):
        assert desk.me.open(f"/imports/{desk.staged}{tail}", method=method).status_code == 404, tail
    assert desk.me.post(f"/imports/{desk.staged}/import").status_code == 403
    assert count(desk, ListImport) == 1


def test_a_view_of_another_office_is_neither_opened_nor_chosen(desk: Desk) -> None:
    for tail in ("", "/first", "/remove"):
        assert desk.me.post(f"/cases/views/{desk.view}{tail}", data={"name": "Mine"}).status_code == 404
    desk.me.post(
        "/cases/views/new", data={"name": "Mine", "office": str(desk.there), "query": "status=draft"}
    )

    assert count(desk, FirstView) == 0
    with desk.site.app_context():
        assert session.scalars(select(SavedView.office_id).where(SavedView.name == "Mine")).all() in (
            [],
            [None],
        )
        assert session.get_one(SavedView, desk.view).name == "Theirs"


def test_the_number_of_somebody_elses_form_tells_nothing_and_blocks_nothing(desk: Desk) -> None:
    form = INTAKE | {"office": str(desk.here), "operation_id": "hers"}
    first = desk.colleague.post("/cases/new", data=form)
    stolen = desk.me.post("/cases/new", data=form)
    elsewhere = desk.me.post(f"/cases/{desk.mine}/why", data={"operation_id": "hers", "reason": "Why"})

    assert first.status_code == stolen.status_code == 302
    assert stolen.location != first.location
    assert first.location not in elsewhere.get_data(as_text=True) + (elsewhere.location or "")


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/worklist\r\nX-Evil: 1",
    "/%0d%0aX-Evil:1",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_leads_away_from_this_site(desk: Desk, target: str) -> None:
    answers = [
        desk.me.post("/preferences", data={"language": "fr", "next": target}),
        desk.me.post(f"/cases/{desk.mine}/why", query_string={"next": target}, data={"reason": "Complaint"}),
        desk.me.post(
            f"/cases/{desk.mine}/why",
            query_string={"next": f"/cases/{desk.mine}{target}"},
            data={"reason": "Complaint"},
        ),
        desk.me.get("/sign-in", query_string={"next": target}),
    ]
    for answer in answers:
        place = answer.headers.get("Location", "/")
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\", "/\t"))
        assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "cookie", ["xx.dark", "../../etc/passwd", "fr", "ar." + "x" * 4000, '"><script>', "."]
)
def test_a_forged_cookie_of_language_changes_nothing_else(desk: Desk, cookie: str) -> None:
    desk.me.set_cookie("look", cookie)
    page = desk.me.get("/worklist")
    assert page.status_code == 200
    assert "script>alert" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "POST"},
        {"X-Original-URL": "/users"},
        {"X-Forwarded-User": "1"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-For": "10.0.0.1"},
    ],
)
def test_headers_open_nothing(desk: Desk, headers: dict[str, str]) -> None:
    for address in (f"/cases/{desk.theirs}", f"/cases/{desk.protected}", f"/imports/{desk.staged}"):
        assert desk.me.get(address, headers=headers).status_code == 404
    with desk.site.app_context():
        addresses = session.scalars(select(AuditEvent.address).where(AuditEvent.outcome == Outcome.DENIED))
        assert set(addresses) == {"127.0.0.1"}


def test_cases_of_others_are_not_given_away(desk: Desk) -> None:
    with desk.site.app_context():
        boss = session.scalars(select(Membership.user_id).where(Membership.role == Role.SUPERVISOR)).one()
        before = session.scalars(select(Case.case_manager_id).order_by(Case.id)).all()
    form = {"case": [desk.theirs, desk.protected], "case_manager": str(boss)}
    assert desk.me.post("/cases/assign", data=form).status_code == 403
    desk.boss.post("/cases/assign", data=form)
    with desk.site.app_context():
        assert session.scalars(select(Case.case_manager_id).order_by(Case.id)).all() == before


def test_what_somebody_on_the_list_is_refused_tells_her_supervisor_nothing(desk: Desk) -> None:
    """A refusal names the address: that of a protected case stands with the case alone."""
    before = desk.boss.get("/audit/").get_data(as_text=True)
    refusals = [
        desk.colleague.post(f"/cases/{desk.protected}/move/accept"),
        desk.colleague.get(f"/cases/{desk.protected}/needs/999"),
        desk.colleague.get(f"/cases/{desk.protected}/access/protect"),
        desk.colleague.get(f"/cases/{desk.protected}/move/nothing"),
    ]
    after = desk.boss.get("/audit/").get_data(as_text=True)

    assert sum(answer.status_code in (403, 404) for answer in refusals) >= 2
    assert desk.protected not in after
    assert after.count("Refused") == before.count("Refused")
    with desk.site.app_context():
        rows = session.scalars(select(AuditEvent).where(AuditEvent.outcome == Outcome.DENIED)).all()
        case_id = session.scalars(select(Case.id).where(Case.reference == desk.protected)).one()
    assert {row.case_id for row in rows} == {case_id}


def test_a_refusal_is_no_reading_of_the_case(desk: Desk) -> None:
    for tail in ("needs/999", "person/documents/999/edit", "consent/999/withdraw"):
        desk.me.get(f"/cases/{desk.mine}/{tail}")
    page = desk.me.get(f"/cases/{desk.mine}/history").get_data(as_text=True)

    assert "999" not in page
