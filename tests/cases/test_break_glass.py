"""Opening a case in an emergency: loud, short, for reading alone, and looked at afterwards."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Membership, Role, User
from reintegrate.audit.models import AuditEvent
from reintegrate.cases import shielding
from reintegrate.cases.models import Case, NamedAccess
from reintegrate.cases.shielding_models import BrokenGlass
from reintegrate.columns import utcnow
from reintegrate.db import session
from tests import make

WHY = "Her brother says she is in danger tonight"


class Desk:
    """An office with a protected and a sealed case of one caseworker, and the people around them."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.test_request_context():
            office, elsewhere = make.office("SN"), make.office("ET")
            people = {
                "worker": make.user(Role.CASEWORKER, office),
                "colleague": make.user(Role.CASEWORKER, office),
                "boss": make.user(Role.SUPERVISOR, office),
                "stranger": make.user(Role.CASEWORKER, elsewhere),
                "officer": make.user(Role.DATA_PROTECTION_OFFICER),
                "auditor": make.user(Role.AUDITOR),
            }
            worker = people["worker"]
            self.references = {}
            for how in Sensitivity:
                case = make.case(office, worker, given_names="Binta", family_name="Sow")
                case.sensitivity = how
                session.add(NamedAccess(case_id=case.id, user_id=worker.id))
                self.references[how.value] = case.reference
            self.references["elsewhere"] = make.case(elsewhere, people["stranger"]).reference
            self.references["nothing"] = "ZZ-26-22222-4"
            session.commit()
            self.keys = {name: user.id for name, user in people.items()}
            self.clients = {name: make.signed_in(site, u.fs_uniquifier) for name, u in people.items()}

    def __getitem__(self, name: str) -> FlaskClient:
        return self.clients[name]

    def page(self, how: str, tab: str = "") -> str:
        return f"/cases/{self.references[how]}{tab}"

    def break_glass(self, who: str, how: str = "protected", reason: str = WHY) -> object:
        return self[who].post("/break-glass", data={"reference": self.references[how], "reason": reason})

    def glass(self) -> BrokenGlass:
        return session.scalars(select(BrokenGlass)).one()


@pytest.fixture
def desk(site: Flask) -> Desk:
    return Desk(site)


def test_the_glass_opens_one_case_for_reading_who_it_is(desk: Desk) -> None:
    assert desk["colleague"].get(desk.page("protected")).status_code == 404
    answer = desk.break_glass("colleague")
    assert answer.headers["Location"] == desk.page("protected")

    for tab in ("", "/person", "/return"):
        page = desk["colleague"].get(desk.page("protected", tab))
        assert page.status_code == 200
        assert "Binta Sow" in page.get_data(as_text=True)
        assert "Opened in an emergency, until" in page.get_data(as_text=True)
    for tab in ("/notes", "/screening", "/history", "/access", "/person/edit", "/needs/0"):
        assert desk["colleague"].get(desk.page("protected", tab)).status_code == 404, tab
    assert desk["colleague"].get(desk.page("normal")).status_code == 404
    assert desk["colleague"].get(desk.page("sealed")).status_code == 404


def test_through_the_glass_nothing_is_written(desk: Desk) -> None:
    desk.break_glass("colleague")

    for tab in ("/notes", "/needs/0", "/person/edit", "/tasks/new", "/move/submit", "/access/protect"):
        assert desk["colleague"].post(desk.page("protected", tab)).status_code == 404, tab


def test_what_was_opened_in_an_emergency_is_in_no_list(desk: Desk) -> None:
    desk.break_glass("colleague")

    for address in ("/worklist", "/cases", "/search?q=Binta"):
        page = desk["colleague"].get(address).get_data(as_text=True)
        assert desk.references["protected"] not in page.replace("q=Binta", "")
        assert "Binta Sow" not in page


def test_the_glass_closes_after_an_hour(desk: Desk) -> None:
    desk.break_glass("colleague")
    now = utcnow()

    for minutes in (25, 50, 59):  # at work all the while, or her session would end before
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert desk["colleague"].get(desk.page("protected")).status_code == 200
    with time_machine.travel(now + timedelta(minutes=60, seconds=1), tick=False):
        assert desk["colleague"].get(desk.page("protected")).status_code == 404


def undo(desk: Desk, how: str) -> None:
    """One of the ways in which an emergency ends early."""
    with desk.site.test_request_context():
        glass = desk.glass()
        officer, case = session.get_one(User, desk.keys["officer"]), session.get_one(Case, glass.case_id)
        if how == "ended":
            shielding.end_glass(glass, by=officer)
        elif how == "reviewed":
            shielding.review_glass(glass, finding=shielding.Finding.JUSTIFIED, note=None, by=officer)
        elif how == "sealed":
            shielding.protect_case(
                case, sensitivity=Sensitivity.SEALED, reason="Threatened", people=[], by=officer
            )
        else:
            session.delete(
                session.scalars(select(Membership).where(Membership.user_id == desk.keys["colleague"])).one()
            )
        session.commit()


@pytest.mark.parametrize("how", ["ended", "reviewed", "sealed"])
def test_the_glass_closes_with_its_cause(desk: Desk, how: str) -> None:
    desk.break_glass("colleague")
    undo(desk, how)

    assert desk["colleague"].get(desk.page("protected")).status_code == 404


def test_the_glass_closes_with_the_role_that_broke_it(desk: Desk) -> None:
    desk.break_glass("colleague")
    undo(desk, "role")

    assert desk["colleague"].get(desk.page("protected")).status_code == 403


def without_noise(page: str) -> str:
    page = re.sub(r'name="(csrf_token|operation_id)"[^>]*value="[^"]*"', "", page)
    return re.sub(r"[A-Z]{2}-26-[2-9A-Z]{5}-[2-9A-Z]", "REFERENCE", page)


@pytest.mark.parametrize("who", ["colleague", "boss"])
def test_sealed_far_away_and_nothing_are_answered_alike(desk: Desk, who: str) -> None:
    pages = [
        without_noise(desk.break_glass(who, how).get_data(as_text=True))
        for how in ("nothing", "sealed", "elsewhere")
    ]

    assert "No case with this reference" in pages[0]
    assert pages[0] == pages[1] == pages[2]
    with desk.site.app_context():
        tries = session.execute(
            select(AuditEvent.outcome, AuditEvent.case_id, AuditEvent.subject).where(
                AuditEvent.action == "case.break_glass"
            )
        ).all()
        assert [tuple(row) for row in tries] == [("denied", None, "page")] * 3
        assert session.scalar(select(func.count(BrokenGlass.id))) == 0


def test_guessing_references_comes_to_an_end(desk: Desk) -> None:
    for _ in range(shielding.WRONG_TRIES):
        desk.break_glass("colleague", "nothing")
    page = desk.break_glass("colleague").get_data(as_text=True)

    assert "Too many references" in page
    with time_machine.travel(utcnow() + timedelta(minutes=61), tick=False):
        assert desk.break_glass("colleague").status_code == 302


def test_a_short_reason_opens_nothing(desk: Desk) -> None:
    page = desk.break_glass("colleague", reason="Urgent").get_data(as_text=True)

    assert "at least 20 characters" in page
    assert desk["colleague"].get(desk.page("protected")).status_code == 404


@pytest.mark.parametrize("who", ["officer", "auditor"])
def test_the_break_glass_page_is_for_those_who_have_the_right(desk: Desk, who: str) -> None:
    expected = 200 if who == "officer" else 403

    assert desk[who].get("/break-glass").status_code == expected


def test_a_case_that_is_open_anyway_needs_no_emergency(desk: Desk) -> None:
    assert desk.break_glass("worker").status_code == 302
    assert desk.break_glass("boss", "normal").status_code == 302

    with desk.site.app_context():
        assert session.scalar(select(func.count(BrokenGlass.id))) == 0


def test_breaking_the_glass_twice_opens_it_once(desk: Desk) -> None:
    assert [desk.break_glass("colleague").status_code for _ in range(2)] == [302, 302]

    with desk.site.app_context():
        assert session.scalar(select(func.count(BrokenGlass.id))) == 1


def test_the_case_manager_and_the_data_protection_officer_are_told_at_once(desk: Desk) -> None:
    assert "emergency" not in desk["worker"].get("/worklist").get_data(as_text=True)
    desk.break_glass("colleague")

    hers = desk["worker"].get("/worklist").get_data(as_text=True)
    assert "Your cases that were opened in an emergency" in hers
    assert WHY in hers
    officers = desk["officer"].get("/worklist").get_data(as_text=True)
    assert "Opened in an emergency: to review" in officers
    assert "Binta" not in officers
    assert "emergency" not in desk["boss"].get("/worklist").get_data(as_text=True)


def test_an_emergency_is_reviewed_by_somebody_else_and_once(desk: Desk) -> None:
    desk.break_glass("officer")
    with desk.site.app_context():
        address = f"/break-glass/{desk.glass().id}"
    assert desk["officer"].get(address).status_code == 403
    assert desk["boss"].get(address).status_code == 404
    assert desk["worker"].get(address).status_code == 403
    assert desk["boss"].get("/break-glass/999").status_code == 404

    with desk.site.test_request_context():
        other = make.user(Role.DATA_PROTECTION_OFFICER)
        session.commit()
        reviewer = make.signed_in(desk.site, other.fs_uniquifier)
    assert WHY in reviewer.get(address).get_data(as_text=True)
    bare = reviewer.post(address, data={"finding": "not_justified", "note": ""})
    assert "Write what is done about it" in bare.get_data(as_text=True)
    data = {"finding": "not_justified", "note": "Talked to"}
    assert reviewer.post(address, data=data).status_code == 302
    assert "reviewed before" in reviewer.post(address, data=data).get_data(as_text=True)
    assert reviewer.post(f"{address}/end").status_code == 302
    assert "closed again already" in reviewer.get(address).get_data(as_text=True)
    with desk.site.app_context():
        assert desk.glass().reviewed_by_id != desk.keys["officer"]


def test_everything_about_an_emergency_is_in_the_trail(desk: Desk) -> None:
    desk.break_glass("colleague")
    desk["colleague"].get(desk.page("protected", "/person"))
    undo(desk, "reviewed")

    with desk.site.app_context():
        rows = session.execute(
            select(AuditEvent.action, AuditEvent.reason, AuditEvent.actor_id)
            .where(AuditEvent.case_id == desk.glass().case_id)
            .order_by(AuditEvent.seq)
        ).all()
    told = [tuple(row) for row in rows]
    assert ("case.break_glass", WHY, desk.keys["colleague"]) in told
    assert ("case.read.c2", WHY, desk.keys["colleague"]) in told
    assert {"broken_glass.create", "broken_glass.update"} <= {action for action, _, _ in told}
