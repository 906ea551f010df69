"""Everything about a person can be corrected, and every return of hers is found from each."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.models import Role
from reintegrate.audit.models import AuditEvent
from reintegrate.cases import services
from reintegrate.cases.models import Case, NamedAccess, ReturnEpisode
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.people.models import Person
from tests import make
from tests.sending import filled


@pytest.fixture
def desk(site: Flask) -> dict[str, Any]:
    """A caseworker with a case, a colleague, and a supervisor."""
    with site.app_context():
        office = make.office("SN")
        awa, ben = make.user(Role.CASEWORKER, office), make.user(Role.CASEWORKER, office)
        boss = make.user(Role.SUPERVISOR, office)
        case = make.case(office, awa, consent=True)
        session.commit()
        return {
            "case": f"/cases/{case.reference}",
            "reference": case.reference,
            "boss_id": boss.id,
            **{
                name: make.signed_in(site, user.fs_uniquifier)
                for name, user in (("awa", awa), ("ben", ben), ("boss", boss))
            },
        }


def shown(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def send(client: FlaskClient, to: str, /, **typed: Any) -> str:
    """Fill the form of a page in and send it: what is shown afterwards."""
    answer = client.post(to, data=filled(shown(client, to), **typed))
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>.*</span>', answer.text)
    return shown(client, answer.headers["Location"])


def test_who_somebody_is_can_be_written_down_whole(desk: dict[str, Any]) -> None:
    page = send(
        desk["awa"],
        desk["case"] + "/person/edit",
        given_names="Mariama Bobo",
        family_name="Bah",
        script_name="مريم باه",
        other_names="Mari\nMariam B.",
        sex="other",
        birth__day="",
        birth__month="",
        birth__year="1987",
        birth__precision="estimated",
        birth_place="Labé",
        birth_country="Guinée",
        nationalities="Senegal, Guinea",
        marital_status="declined",
        languages="Pulaar, French",
        interpreter_need="needed",
        interpreter="Pulaar",
        address="Rue 10, Médina",
    )
    for text in ("Mariama Bobo", "Bah", "مريم باه", "Mari", "Mariam B.", "Another answer", "c. 1987", "Labé"):
        assert text in page, text
    for text in ("Senegal, Guinea", "Declined to say", "Fula", "French", "Interpreter: Pulaar", "Médina"):
        assert text in page, text


def test_nothing_forces_a_made_up_answer(desk: dict[str, Any]) -> None:
    page = send(
        desk["awa"],
        desk["case"] + "/person/edit",
        family_name="",
        sex="declined",
        birth__day="",
        birth__month="",
        birth__year="",
        birth__precision="declined",
        nationalities="",
        interpreter_need="not_needed",
    )
    assert page.count("eclined to say") + page.count("declined to say") >= 2
    assert "Not needed" in page


def test_a_language_without_need_of_an_interpreter_is_asked_about(desk: dict[str, Any]) -> None:
    address = desk["case"] + "/person/edit"
    data = filled(shown(desk["awa"], address), interpreter_need="not_needed", interpreter="Wolof")
    answer = desk["awa"].post(address, data=data)
    assert answer.status_code == 200
    assert "No interpreter is needed: empty the language" in answer.text


def test_safe_contact_rules_stand_where_one_would_call(desk: dict[str, Any]) -> None:
    contact = {"channel": "relative", "value": "+221 77 123 45 67", "through": "Aunt Fatou"}
    rules = {"from_time": "18", "to_time": "21:30", "no_messages": "y", "note": "Say it is the school"}
    person = send(desk["awa"], desk["case"] + "/person/contacts/0", **contact, **rules)
    for page in (person, shown(desk["awa"], desk["case"])):
        for text in (
            "through Aunt Fatou",
            "from 18:00 to 21:30",
            "Do not leave messages",
            "it is the school",
        ):
            assert text in page, text


def test_documents_and_members_are_added_corrected_and_removed(desk: dict[str, Any]) -> None:
    awa, person = desk["awa"], desk["case"] + "/person"
    page = send(awa, f"{person}/documents/0", type="passport", number="A 123-456", country="SN")
    document = re.search(r'href="([^"]+/person/documents/[1-9]\d*)"', page)
    assert document
    assert "valid until 1 Mar 2030" in send(
        awa, document.group(1), expires_on__day="1", expires_on__month="3", expires_on__year="2030"
    )
    page = send(
        awa,
        f"{person}/household/0",
        name="Issa",
        relation="child",
        sex="male",
        birth__year="2019",
        birth__precision="year",
        travelled_together="y",
    )
    assert "Issa" in page
    assert "came along" in page
    member = re.search(r'href="([^"]+/person/household/[1-9]\d*)"', page)
    assert member
    assert awa.post(f"{member.group(1)}/remove").status_code == 302
    assert "<bdi>Issa</bdi>" not in shown(awa, person)
    assert "Issa" in shown(awa, desk["case"] + "/history")


@pytest.mark.parametrize("spelling", ["A 123-456", "a123456", "A123 456"])
def test_search_jumps_to_a_document_number_however_it_is_written(desk: dict[str, Any], spelling: str) -> None:
    send(desk["awa"], desk["case"] + "/person/documents/0", type="passport", number="A 123-456")
    answer = desk["awa"].get("/search", query_string={"q": spelling})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(desk["reference"])


def test_search_jumps_to_a_reference_with_or_without_dashes(desk: dict[str, Any]) -> None:
    whole = desk["reference"]
    for spelling in (whole, whole.replace("-", ""), whole.lower(), whole.replace("-", " ")):
        answer = desk["awa"].get("/search", query_string={"q": spelling})
        assert answer.status_code == 302, spelling
        assert answer.headers["Location"].endswith(whole)
    assert desk["ben"].get("/search", query_string={"q": whole}).status_code == 200


def test_a_secret_address_is_neither_shown_nor_lost_by_those_who_may_not_read_it(
    site: Flask, desk: dict[str, Any]
) -> None:
    address = desk["case"] + "/person/edit"
    send(desk["awa"], address, address="Rue 10", address_hidden="y")
    form = shown(desk["boss"], address)
    assert "Rue 10" not in form
    send(desk["boss"], address, birth_place="Kayes", address="forged")
    for tail in ("/person", "", "/history"):
        assert "Rue 10" not in shown(desk["boss"], desk["case"] + tail)
    with site.app_context():
        assert session.execute(select(Person.address, Person.address_hidden)).one() == ("Rue 10", True)


def test_why_something_was_corrected_stands_in_the_history(site: Flask, desk: dict[str, Any]) -> None:
    address = desk["case"] + "/person/edit"
    assert 'name="why"' not in shown(desk["awa"], address)
    desk["awa"].post(desk["case"] + "/move/submit", data={"reason": ""})
    send(desk["awa"], address, birth__day="3", why="The passport says so")
    send(desk["awa"], desk["case"] + "/return/edit", host_country="Italy", why="Wrong list")
    page = shown(desk["awa"], desk["case"] + "/history")
    assert "Reason: The passport says so" in page
    assert "Reason: Wrong list" in page
    with site.app_context():
        reasons = select(func.count()).select_from(AuditEvent).where(AuditEvent.reason == "Wrong list")
        assert session.scalar(reasons) == 1


def another(desk: dict[str, Any], **typed: Any) -> Any:
    address = desk["case"] + "/another"
    data = filled(shown(desk["awa"], address), host_country="Libya", consent="written", **typed)
    return desk["awa"].post(address, data=data | {"open": "1"})


ARRIVED = {"arrived__day": "14", "arrived__month": "3", "arrived__year": "2026", "arrived__precision": "day"}


def test_another_return_opens_a_case_beside_the_first(site: Flask, desk: dict[str, Any]) -> None:
    answer = another(desk, **ARRIVED)
    assert answer.status_code == 302
    fresh = shown(desk["awa"], answer.headers["Location"])
    assert desk["reference"] in fresh
    person = shown(desk["awa"], desk["case"] + "/person")
    assert answer.headers["Location"].rpartition("/")[2] in person
    assert "Libya" in person
    with site.app_context():
        assert session.scalar(select(func.count(Person.id))) == 1
        assert session.scalar(select(func.count(ReturnEpisode.id))) == 2


def test_the_same_return_is_not_registered_twice(site: Flask, desk: dict[str, Any]) -> None:
    assert another(desk, **ARRIVED).status_code == 302
    again = another(desk, **ARRIVED)
    assert again.status_code == 200
    assert "registered already" in again.text
    with site.app_context():
        assert session.scalar(select(func.count(Case.id))) == 2


def test_a_case_is_not_opened_on_another_return_without_consent(desk: dict[str, Any]) -> None:
    address = desk["case"] + "/another"
    data = filled(shown(desk["awa"], address), consent="not_asked", **ARRIVED)
    answer = desk["awa"].post(address, data=data | {"open": "1"})
    assert answer.status_code == 200
    assert "only with consent" in answer.text


def test_a_protected_case_of_the_person_stays_hidden_from_those_it_is_not_for(
    site: Flask, desk: dict[str, Any]
) -> None:
    address = another(desk, **ARRIVED).headers["Location"]
    assert desk["reference"] in shown(desk["awa"], address)
    reference = address.rpartition("/")[2]
    with site.app_context():
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        case.sensitivity = "protected"  # type: ignore[assignment]
        session.add(NamedAccess(case_id=case.id, user_id=desk["boss_id"]))
        session.commit()
    assert reference in shown(desk["boss"], desk["case"] + "/person")
    for tail in ("", "/person", "/history"):
        assert reference not in shown(desk["awa"], desk["case"] + tail)


def test_nobody_registers_another_return_of_somebody_elses_person(desk: dict[str, Any]) -> None:
    assert desk["ben"].get(desk["case"] + "/another").status_code == 404


@pytest.mark.parametrize(
    ("typed", "shown_as"),
    [("Pulaar", "Fula"), ("peul", "Fula"), ("arabe", "Arabic"), ("العربية", "Arabic"), ("wo", "Wolof")],
)
def test_languages_are_known_by_the_names_people_use(desk: dict[str, Any], typed: str, shown_as: str) -> None:
    assert shown_as in send(desk["awa"], desk["case"] + "/person/edit", languages=typed)


def test_a_language_that_nobody_knows_is_answered_with_the_nearest(desk: dict[str, Any]) -> None:
    address = desk["case"] + "/person/edit"
    answer = desk["awa"].post(address, data=filled(shown(desk["awa"], address), languages="Wolofe"))
    assert "Did you mean Wolof?" in answer.text


def test_a_note_written_after_a_move_of_the_same_day_stands_above_it(
    site: Flask, desk: dict[str, Any]
) -> None:
    desk["awa"].post(desk["case"] + "/move/submit", data={"reason": ""})
    send(desk["awa"], desk["case"] + "/notes", kind="call", text="Called after that")
    page = shown(desk["awa"], desk["case"])
    what_happened = page[page.index('class="timeline"') :]

    assert what_happened.index("Called after that") < what_happened.index("Submitted")
    assert what_happened.index("Submitted") < what_happened.index("Registered")


@pytest.mark.parametrize(("precision", "told"), [(Precision.DAY, True), (Precision.MONTH, False)])
def test_days_since_the_arrival_are_counted_from_an_exact_day_alone(
    site: Flask, desk: dict[str, Any], precision: Precision, told: bool
) -> None:
    with site.app_context():
        episode = session.scalars(select(ReturnEpisode)).one()
        episode.arrived_on, episode.arrived_precision = date(2024, 1, 1), precision
        session.commit()
    page = shown(desk["awa"], desk["case"])
    bar = page[page.index('class="identity"') : page.index("</section>")]

    assert ("ago)" in bar) == told


def test_who_may_not_read_who_it_is_reads_no_title_of_a_task(site: Flask, desk: dict[str, Any]) -> None:
    with site.app_context():
        case = session.scalars(select(Case)).one()
        services.add_task(case, title="Call Mariama", due_on=date(2030, 1, 1))
        manager = make.user(Role.PROGRAMME_MANAGER, case.office)
        session.commit()
        reader = make.signed_in(site, manager.fs_uniquifier)
    for client, told in ((desk["awa"], True), (reader, False)):
        page = shown(client, desk["case"])
        assert ("Call Mariama" in page) == told
        assert ("print.css" in page) == (client.get(desk["case"] + "/print.css").status_code == 200)
    assert "nobody recorded" in shown(desk["awa"], desk["case"])
