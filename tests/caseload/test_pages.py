"""What people see and send, through whole requests."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.models import Office, Role
from reintegrate.audit.models import AuditEvent
from reintegrate.caseload import file_views
from reintegrate.cases import services
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.models import Case
from reintegrate.db import session
from reintegrate.people.models import Contact, Person
from tests import make


@pytest.fixture
def desk(site: Flask) -> dict[str, object]:
    """A caseworker with a case, her supervisor, and a stranger of another office."""
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        boss = make.user(Role.SUPERVISOR, office)
        stranger = make.user(Role.CASEWORKER, make.office("SN"))
        case = make.case(office, worker, consent=True)
        session.commit()
        return {
            "reference": case.reference,
            "office": office.id,
            "worker": make.signed_in(site, worker.fs_uniquifier),
            "boss": make.signed_in(site, boss.fs_uniquifier),
            "stranger": make.signed_in(site, stranger.fs_uniquifier),
        }


def client(desk: dict[str, object], name: str) -> FlaskClient:
    found = desk[name]
    assert isinstance(found, FlaskClient)
    return found


def tokenless(page: str) -> str:
    """The page without its token, which changes with the second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


TABS = ["", "/person", "/return", "/needs", "/screening", "/notes", "/consent", "/history", "/person/edit"]


@pytest.mark.parametrize("tab", TABS)
def test_the_case_manager_opens_every_tab(desk: dict[str, object], tab: str) -> None:
    page = client(desk, "worker").get(f"/cases/{desk['reference']}{tab}")

    assert page.status_code == 200
    assert "Mariama Ba" in page.get_data(as_text=True)


@pytest.mark.parametrize("tab", TABS)
def test_for_a_stranger_the_case_is_the_same_as_nothing(desk: dict[str, object], tab: str) -> None:
    there = client(desk, "stranger").get(f"/cases/{desk['reference']}{tab}")
    nothing = client(desk, "stranger").get(f"/cases/ZZ-26-22222-2{tab}")

    assert there.status_code == nothing.status_code == 404
    echoed = str(desk["reference"])
    seen = tokenless(there.get_data(as_text=True)).replace(echoed, "ZZ-26-22222-2")
    assert seen == tokenless(nothing.get_data(as_text=True))


def test_without_signing_in_everything_leads_to_the_sign_in_page(site: Flask) -> None:
    for address in ("/worklist", "/cases", "/search?q=x", "/users", "/audit/"):
        answer = site.test_client().get(address)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


def test_the_notes_are_shown_right_after_one_was_saved(desk: dict[str, object]) -> None:
    worker, address = client(desk, "worker"), f"/cases/{desk['reference']}/notes"
    day = {"happened_on-day": "2", "happened_on-month": "3", "happened_on-year": "2026"}
    saved = worker.post(address, data={"kind": "general", "text": "Found a room"} | day)

    page = worker.get(saved.headers["Location"])
    assert page.status_code == 200
    assert "Note saved" in page.text
    assert "Found a room" in page.text


def test_opening_a_case_is_remembered(site: Flask, desk: dict[str, object]) -> None:
    client(desk, "worker").get(f"/cases/{desk['reference']}/person")

    with site.app_context():
        assert session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "case.read.c2")
        )


def test_a_supervisor_gives_a_reason_before_reading_notes(desk: dict[str, object]) -> None:
    boss, address = client(desk, "boss"), f"/cases/{desk['reference']}/notes"
    asked = boss.get(address).get_data(as_text=True)
    assert "Why do you need to see this?" in asked

    target = re.search(r'action="([^"]+/why[^"]*)"', asked)
    assert target
    boss.post(target.group(1).replace("&amp;", "&"), data={"reason": "Complaint of 3 May"})
    assert "New note" in boss.get(address).get_data(as_text=True)


def intake(desk: dict[str, object], **more: str) -> dict[str, str]:
    return {
        "operation_id": "op-1",
        "given_names": "محمد",
        "family_name": "",
        "sex": "male",
        "birth-year": "1990",
        "birth-precision": "year",
        "return_country": "Senegal",
        "arrived-precision": "unknown",
        "type": "avrr",
        "modality": "permanent",
        "consent": "written",
        "office": str(desk["office"]),
        "open": "1",
    } | more


def test_somebody_registered_in_arabic_is_found_in_latin_letters(desk: dict[str, object]) -> None:
    worker = client(desk, "worker")
    assert worker.post("/cases/new", data=intake(desk)).status_code == 302

    for spelling in ("Mohammed", "Muhamad", "MOHAMAD", "محمد"):
        assert "محمد" in worker.get("/search", query_string={"q": spelling}).get_data(as_text=True), spelling


def test_a_double_click_registers_once(site: Flask, desk: dict[str, object]) -> None:
    worker = client(desk, "worker")
    first = worker.post("/cases/new", data=intake(desk))
    second = worker.post("/cases/new", data=intake(desk))

    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    with site.app_context():
        assert session.scalar(select(func.count(Case.id))) == 2


@pytest.mark.parametrize("typed", ["abc", "12", "+221 77"])
def test_what_cannot_be_a_phone_number_is_said_beside_the_field(desk: dict[str, object], typed: str) -> None:
    page = client(desk, "worker").post("/cases/new", data=intake(desk, phone=typed))

    assert page.status_code == 200
    assert 'id="phone-error"' in page.text


@pytest.mark.parametrize("typed", ["77 123 45 67", "+33 6 12 34 56 78"])
def test_a_phone_number_of_here_or_from_abroad_is_kept(
    site: Flask, desk: dict[str, object], typed: str
) -> None:
    assert client(desk, "worker").post("/cases/new", data=intake(desk, phone=typed)).status_code == 302
    with site.app_context():
        assert session.scalars(select(Contact.value)).one() == typed


def test_at_any_time_and_only_in_the_evenings_is_refused(desk: dict[str, object]) -> None:
    data = intake(desk) | {"safe_contact": ["any_time", "evenings"]}
    page = client(desk, "worker").post("/cases/new", data=data)

    assert page.status_code == 200
    assert 'id="safe_contact-error"' in page.text


def test_enter_registers_and_likely_people_stand_before_the_buttons(desk: dict[str, object]) -> None:
    page = client(desk, "worker").get("/cases/new").text
    form = page[page.index('id="intake"') :]
    first = re.search(r'<button[^>]*type="submit"[^>]*>', form)

    assert first
    assert 'name="open"' in first.group()
    assert form.index('id="same-list"') < form.index('class="form-end"')


def test_wrong_dates_are_said_beside_the_field_and_nothing_typed_is_lost(desk: dict[str, object]) -> None:
    data = intake(desk, **{"birth-day": "31", "birth-month": "2", "birth-precision": "day"})
    page = client(desk, "worker").post("/cases/new", data=data)

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "That month has no day 31" in text
    assert "محمد" in text


def test_a_person_who_is_very_likely_registered_is_shown_before_saving(
    site: Flask, desk: dict[str, object]
) -> None:
    data = intake(
        desk,
        given_names="Mariama",
        family_name="Ba",
        sex="unknown",
        **{"birth-day": "2", "birth-month": "5", "birth-year": "1990", "birth-precision": "day"},
    )
    answer = client(desk, "worker").post("/cases/new", data=data)

    assert answer.status_code == 409
    assert "Very likely" in answer.get_data(as_text=True)
    with site.app_context():
        assert session.scalar(select(func.count(Person.id))) == 1


def edited(page: str, **typed: str) -> dict[str, str]:
    """What a browser would send for the form of a page, with some fields typed anew."""
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields |= {
        m[0]: m[1]
        for m in re.findall(r'<input[^>]*id="[^"]*" name="([^"]+)"[^>]*value="([^"]*)" checked', page)
    }
    return (
        fields
        | {"birth-precision": "day", "birth-day": "2", "birth-month": "5", "birth-year": "1990"}
        | typed
    )


def test_two_editors_of_one_field_meet_on_the_merge_page(desk: dict[str, object]) -> None:
    worker, boss = client(desk, "worker"), client(desk, "boss")
    address = f"/cases/{desk['reference']}/person/edit"
    hers, his = (one.get(address).get_data(as_text=True) for one in (worker, boss))
    common = {"sex": "female", "marital_status": "unknown"}

    assert worker.post(address, data=edited(hers, birth_place="Dakar", **common)).status_code == 302
    answer = boss.post(address, data=edited(his, birth_place="Thiès", **common))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Dakar" in text
    assert "Thiès" in text

    chosen = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text)
    merged = {name: value for name, value in chosen if not name.startswith("pick:")}
    assert boss.post(address, data=merged | {"pick:birth_place": "theirs"}).status_code == 302
    assert "Dakar" in worker.get(f"/cases/{desk['reference']}/person").get_data(as_text=True)


def test_two_editors_of_different_fields_are_joined_without_a_question(desk: dict[str, object]) -> None:
    worker, boss = client(desk, "worker"), client(desk, "boss")
    address = f"/cases/{desk['reference']}/person/edit"
    hers, his = (one.get(address).get_data(as_text=True) for one in (worker, boss))
    common = {"marital_status": "unknown", "sex": "unknown"}

    assert worker.post(address, data=edited(hers, birth_place="Dakar", **common)).status_code == 302
    assert boss.post(address, data=edited(his, interpreter="Wolof", **common)).status_code == 302
    page = worker.get(f"/cases/{desk['reference']}/person").get_data(as_text=True)
    assert "Dakar" in page
    assert "Wolof" in page


def test_a_case_is_accepted_by_a_second_person(site: Flask, desk: dict[str, object]) -> None:
    address = f"/cases/{desk['reference']}/move"
    assert client(desk, "worker").post(f"{address}/submit", data={"reason": ""}).status_code == 302
    assert client(desk, "worker").post(f"{address}/accept", data={"reason": ""}).status_code in (403, 404)
    assert client(desk, "boss").post(f"{address}/accept", data={"reason": ""}).status_code == 302

    with site.app_context():
        assert session.scalar(select(Case.status)) == "accepted"


def test_every_page_carries_the_strict_policy(desk: dict[str, object]) -> None:
    headers = client(desk, "worker").get("/worklist").headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_the_chosen_language_is_kept(desk: dict[str, object], lang: str) -> None:
    worker = client(desk, "worker")
    worker.post("/preferences", data={"language": lang, "next": "/worklist"})

    page = worker.get("/worklist").get_data(as_text=True)
    assert f'<html lang="{lang}"' in page
    assert ('dir="rtl"' in page) == (lang == "ar")


NAUGHTY = [
    "\x00",
    "\ud800",
    "\u202eabc",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%_" * 500,
    "𝕏" * 300,
    "0000-00-00",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_text_breaks_search_or_registration(desk: dict[str, object], text: str) -> None:
    worker = client(desk, "worker")
    sendable = text.encode("utf-8", "replace").decode()

    assert worker.get("/search", query_string={"q": sendable}).status_code in (200, 302)
    answer = worker.post("/cases/new", data=intake(desk, given_names=sendable, **{"birth-year": sendable}))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_who_waits_for_a_decision_sees_who_can_decide(site: Flask, desk: dict[str, object]) -> None:
    address = f"/cases/{desk['reference']}"
    with site.app_context():
        office = session.get(Office, desk["office"])
        make.user(Role.SUPERVISOR, office, name="Selam Abate")
        make.user(Role.PROGRAMME_MANAGER, office, name="Kebede Alemu")
        make.user(Role.SUPERVISOR, make.office("SN"), name="Far Away")
        make.user(Role.SUPERVISOR, office, name="Not Yet").active = False
        session.commit()
    client(desk, "worker").post(f"{address}/move/submit", data={"reason": ""})
    page = client(desk, "worker").get(address).get_data(as_text=True)

    assert "Waits for a decision" in page
    assert "Selam Abate" in page
    assert "Kebede Alemu" in page
    assert "Far Away" not in page
    assert "Not Yet" not in page
    assert "Waits for a decision" not in client(desk, "boss").get(address).get_data(as_text=True)


def test_a_submission_that_nobody_can_decide_on_says_so(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        boss = make.user(Role.SUPERVISOR, office)
        case = make.case(office, boss, consent=True)
        services.move_case(case, "submit", by=boss)
        session.commit()
        reference, own = case.reference, make.signed_in(site, boss.fs_uniquifier)

    assert "Nobody here may decide on it" in own.get(f"/cases/{reference}").get_data(as_text=True)


def test_a_case_that_moved_on_meanwhile_says_so_and_keeps_what_was_typed(
    site: Flask, desk: dict[str, object]
) -> None:
    address = f"/cases/{desk['reference']}"
    worker, boss = client(desk, "worker"), client(desk, "boss")
    worker.post(f"{address}/move/submit", data={"reason": ""})
    boss.post(f"{address}/move/return", data={"reason": "The passport is missing"})
    late = boss.post(f"{address}/move/reject", data={"reason": "He lives in Dakar and needs nothing"})

    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "The case has moved on" in page
    assert "The passport is missing" in page
    assert "He lives in Dakar and needs nothing</textarea>" in page
    assert f'action="{address}/notes"' in page
    assert boss.get(f"{address}/move/accept").status_code == 409
    assert "Returned by" in worker.get(address).get_data(as_text=True)
    with site.app_context():
        assert session.scalar(select(Case.status)) == CaseStatus.RETURNED_FOR_INFO


def test_the_first_task_stands_at_the_head_of_a_case_that_cannot_move_on(
    site: Flask, desk: dict[str, object]
) -> None:
    address = f"/cases/{desk['reference']}"
    for title, year in (("Visit the workshop", "2026"), ("Call about the school", "2020")):
        client(desk, "worker").post(
            f"{address}/tasks/new",
            data={"title": title, "due_on-day": "3", "due_on-month": "4", "due_on-year": year},
        )
    heads = []
    for _status in ("draft", "submitted"):
        page = client(desk, "worker").get(address).get_data(as_text=True)
        heads.append(page[page.index('id="next"') : page.index('id="dims"')])
        client(desk, "worker").post(f"{address}/move/submit", data={"reason": ""})

    ready, head = heads
    assert "Submit for acceptance" in ready
    assert "Call about the school" not in ready
    assert "Call about the school" in head
    assert "Visit the workshop" not in head


def test_a_long_history_goes_on_behind_older(
    site: Flask, desk: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_views, "CHANGES", 2)
    address = f"/cases/{desk['reference']}"
    for number in range(3):
        client(desk, "worker").post(
            f"{address}/needs/0",
            data={"dimension": "social", "text": f"Need {number}", "priority": "normal", "status": "open"},
        )
    told = []
    place: str | None = f"{address}/history"
    while place:
        page = client(desk, "worker").get(place).get_data(as_text=True)
        told += re.findall(r"<bdi class=\"said\">(Need \d)</bdi>", page)
        older = re.search(r'href="([^"]*before=\d+)" rel="next"', page)
        assert ("Latest changes" in page) == ("before" in place)
        place = older.group(1) if older else None

    assert told == ["Need 2", "Need 1", "Need 0"]
    assert client(desk, "worker").get(f"{address}/history?before=x" + "9" * 40).status_code == 200
    assert client(desk, "worker").get(f"{address}/history?before=" + "9" * 40).status_code == 200


def test_the_office_is_asked_for_only_where_there_is_a_choice(site: Flask, desk: dict[str, object]) -> None:
    with site.app_context():
        office = session.get(Office, desk["office"])
        make.office("SN")
        manager = make.user(Role.PROGRAMME_MANAGER, office)
        session.commit()
        chooses = make.signed_in(site, manager.fs_uniquifier)

    settled = f'<input type="hidden" name="office" value="{desk["office"]}">'
    assert settled in client(desk, "worker").get("/cases/new").get_data(as_text=True)
    assert '<select class="form-control select w-20" id="office"' in chooses.get("/cases/new").get_data(
        as_text=True
    )
