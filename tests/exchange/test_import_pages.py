"""Lists through whole requests: who brings one in, who imports it, who never learns of it."""

import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.models import Office, Role, User
from reintegrate.audit.models import AuditEvent
from reintegrate.cases.models import Case
from reintegrate.db import session
from reintegrate.exchange import queries, staging
from reintegrate.exchange.files.sheets import read_workbook
from reintegrate.exchange.models import ImportRow, ListImport
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, HEADINGS, OMAR, as_csv

Desk = dict[str, Any]


@pytest.fixture
def desk(site: Flask) -> Desk:
    """The people of an office, its programme manager, and a caseworker of another office."""
    with site.app_context():
        office = make.office("SN")
        people = {
            "worker": make.user(Role.CASEWORKER, office),
            "boss": make.user(Role.SUPERVISOR, office),
            "manager": make.user(Role.PROGRAMME_MANAGER, office),
            "stranger": make.user(Role.CASEWORKER, make.office("SN")),
            "admin": make.user(Role.ADMINISTRATOR),
        }
        session.commit()
        clients = {name: make.signed_in(site, user.fs_uniquifier) for name, user in people.items()}
        return {"site": site, "office": office.id, "worker_id": people["worker"].id, **clients}


def bring(client: FlaskClient, desk: Desk, data: bytes, name: str = "liste.csv") -> Any:
    return client.post(
        "/imports/new",
        data={"file": (io.BytesIO(data), name), "office": str(desk["office"]), "dates": "ask"},
        content_type="multipart/form-data",
    )


def cases(desk: Desk) -> int:
    with desk["site"].app_context():
        return session.scalar(select(func.count(Case.id))) or 0


@pytest.fixture
def address(desk: Desk) -> str:
    answer = bring(desk["worker"], desk, as_csv([AWA, OMAR, FATOU, AWA_AGAIN]))
    assert answer.status_code == 302
    return str(answer.location)


PAGES = [
    "",
    "/columns",
    "/rows",
    "/rows?status=error",
    "/rows/4",
    "/duplicates",
    "/discard",
    "/leftovers.xlsx",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_list_opens_for_its_office_alone(desk: Desk, address: str, page: str) -> None:
    assert desk["worker"].get(address + page).status_code == 200
    assert desk["boss"].get(address + page).status_code == 200
    assert desk["manager"].get(address + page).status_code == 200
    assert desk["stranger"].get(address + page).status_code == 404
    assert desk["admin"].get(address + page).status_code == 403


def test_reading_a_list_is_remembered(desk: Desk, address: str) -> None:
    desk["worker"].get(address + "/rows")

    with desk["site"].app_context():
        actions = session.scalars(select(AuditEvent.action)).all()
    assert {"import.stage", "import.read"} <= set(actions)


def test_a_list_goes_from_the_file_to_the_register_through_two_people(desk: Desk, address: str) -> None:
    worker, boss = desk["worker"], desk["boss"]
    answer = worker.post(f"{address}/rows/4", data={"column_4": "28/02/1990"})
    assert answer.status_code == 302
    answer = worker.post(f"{address}/duplicates", data={"row_5": "leave_out"})
    assert answer.location == address

    page = boss.get(address).get_data(as_text=True)
    assert "Import 3 rows" in page
    answer = boss.post(f"{address}/import", data={"case_manager": str(desk["worker_id"])})

    assert answer.status_code == 302
    with desk["site"].app_context():
        assert session.scalars(select(Case.case_manager_id)).all() == [desk["worker_id"]] * 3
    assert "3 cases were opened" in worker.get(address).get_data(as_text=True)


def test_a_list_that_is_ready_waits_on_the_worklist_of_those_who_may_import_it(
    desk: Desk, address: str
) -> None:
    assert "liste.csv" not in desk["boss"].get("/worklist").get_data(as_text=True)

    desk["worker"].post(f"{address}/duplicates", data={"row_5": "leave_out"})

    assert "liste.csv" in desk["boss"].get("/worklist").get_data(as_text=True)
    assert "liste.csv" in desk["manager"].get("/worklist").get_data(as_text=True)
    assert "liste.csv" not in desk["worker"].get("/worklist").get_data(as_text=True)


def test_whoever_prepared_a_list_does_not_import_it(desk: Desk) -> None:
    address = bring(desk["boss"], desk, as_csv([AWA])).location

    assert "second person" in desk["boss"].get(address).get_data(as_text=True)
    assert desk["boss"].post(f"{address}/import", data={"case_manager": ""}).status_code == 403
    assert desk["worker"].post(f"{address}/import", data={"case_manager": ""}).status_code == 403
    assert cases(desk) == 0
    assert desk["manager"].post(f"{address}/import", data={"case_manager": ""}).status_code == 302
    assert cases(desk) == 1


def test_whoever_decided_on_a_row_does_not_import_the_list(desk: Desk, address: str) -> None:
    desk["boss"].post(f"{address}/duplicates", data={"row_5": "leave_out"})

    assert desk["boss"].post(f"{address}/import", data={"case_manager": ""}).status_code == 403


def test_whoever_once_changed_a_list_does_not_import_it_whoever_came_after(desk: Desk, address: str) -> None:
    desk["boss"].post(f"{address}/rows/4", data={"column_4": "28/02/1990"})
    desk["worker"].post(f"{address}/rows/4", data={"column_4": "27/02/1990"})
    desk["worker"].post(f"{address}/duplicates", data={"row_5": "leave_out"})

    assert desk["boss"].post(f"{address}/import", data={"case_manager": ""}).status_code == 403


def test_nobody_opens_a_case_on_somebody_whose_record_she_may_not_open(desk: Desk) -> None:
    with desk["site"].app_context():
        known = make.case(given_names="Awa", family_name="Diop")
        known.person.birth_date = date(1990, 3, 13)
        session.commit()
    address = bring(desk["worker"], desk, as_csv([AWA])).location

    page = desk["worker"].get(f"{address}/duplicates").get_data(as_text=True)
    desk["worker"].post(f"{address}/duplicates", data={"row_2": "new_return:0"})

    assert "Perhaps registered already" in page
    assert "another return" not in page
    with desk["site"].app_context():
        assert session.scalars(select(ImportRow.decision)).all() == [None]


def test_the_records_beside_the_rows_of_a_list_are_remembered_as_read(desk: Desk) -> None:
    with desk["site"].app_context():
        office = session.get(Office, desk["office"])
        worker = session.get(User, desk["worker_id"])
        for given in ("Awa", "Fatou"):
            known = make.case(office, worker, given_names=given, family_name="Diop")
            known.person.birth_date = date(1990, 3, 13)
        elsewhere = make.case(given_names="Awa", family_name="Diop")
        elsewhere.person.birth_date = date(1990, 3, 13)
        session.commit()
        hers = select(Case).where(Case.case_manager_id == desk["worker_id"]).order_by(Case.id)
        mine = session.scalars(hers).first()
        assert mine is not None
        read = select(AuditEvent.case_id, AuditEvent.person_id).where(AuditEvent.action == "case.read.c2")
    address = bring(desk["worker"], desk, as_csv([AWA])).location

    page = desk["worker"].get(f"{address}/duplicates").get_data(as_text=True)
    with desk["site"].app_context():
        assert [tuple(row) for row in session.execute(read)] == [(mine.id, mine.person_id)]
    desk["worker"].post(f"{address}/duplicates", data={"row_2": "no such answer"})
    with desk["site"].app_context():
        assert [tuple(row) for row in session.execute(read)] == [(mine.id, mine.person_id)] * 2

    assert "another office" in page
    assert elsewhere.reference not in page


def test_somebody_registered_since_is_asked_about_before_the_import(desk: Desk) -> None:
    address = bring(desk["worker"], desk, as_csv([AWA])).location
    with desk["site"].app_context():
        office = session.get(Office, desk["office"])
        known = make.case(office, given_names="Awa", family_name="Diop")
        known.person.birth_date = date(1990, 3, 13)
        session.commit()

    answer = desk["boss"].post(f"{address}/import", data={"case_manager": ""})

    assert answer.location.endswith("/duplicates")
    assert cases(desk) == 1


def test_a_double_click_imports_once(desk: Desk, address: str) -> None:
    desk["worker"].post(f"{address}/duplicates", data={"row_5": "leave_out"})
    data = {"case_manager": "", "operation_id": "same-click"}

    first = desk["boss"].post(f"{address}/import", data=data)
    second = desk["boss"].post(f"{address}/import", data=data)

    assert first.location == second.location == address
    assert cases(desk) == 2


def test_a_list_is_not_imported_before_its_duplicates_are_decided(desk: Desk, address: str) -> None:
    answer = desk["boss"].post(f"{address}/import", data={"case_manager": ""})

    assert cases(desk) == 0
    assert answer.location == f"{address}/duplicates"
    assert "1 row waits for a decision" in desk["boss"].get(answer.location).get_data(as_text=True)


def test_a_correction_that_is_still_wrong_is_kept_and_shown_beside_its_cell(desk: Desk, address: str) -> None:
    desk["worker"].post(f"{address}/rows/4", data={"column_4": "30/02/1990"})

    page = desk["worker"].get(f"{address}/rows/4").get_data(as_text=True)
    assert 'value="30/02/1990"' in page
    assert "There is no such day as “30/02/1990”" in page


def test_two_people_who_correct_one_row_meet_on_the_merge_page(desk: Desk, address: str) -> None:
    page = desk["worker"].get(f"{address}/rows/4").get_data(as_text=True)
    hidden = {
        name: page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
        for name in ("version", "based_on")
    }
    desk["boss"].post(f"{address}/rows/4", data={"column_4": "28/02/1990"} | hidden)

    answer = desk["worker"].post(f"{address}/rows/4", data={"column_4": "27/02/1990"} | hidden)

    assert answer.status_code == 409
    assert "28/02/1990" in answer.get_data(as_text=True)


def test_columns_are_chosen_on_a_page(desk: Desk, address: str) -> None:
    chosen = {f"column_{at}": "" for at in range(len(HEADINGS))}
    chosen |= {"column_1": "family_name", "column_2": "given_names", "column_8": "arrived_on"}
    answer = desk["worker"].post(
        f"{address}/columns", data={"header_row": "1", "dates": "day_first", **chosen}
    )

    assert answer.location == address
    with desk["site"].app_context():
        found = session.scalars(select(ListImport)).one()
        assert found.columns == {"1": "family_name", "2": "given_names", "8": "arrived_on"}


@pytest.mark.parametrize("header_row", ["-1", "x", "99999999999"])
def test_an_impossible_row_of_headings_is_an_error_beside_the_field(
    desk: Desk, address: str, header_row: str
) -> None:
    answer = desk["worker"].post(
        f"{address}/columns", data={"header_row": header_row, "dates": "ask", "column_1": "family_name"}
    )

    assert answer.status_code == 200
    assert "Not saved yet" in answer.get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04rubbish", b"\x00" * 2000])
def test_a_file_that_is_no_list_is_said_beside_the_field(desk: Desk, data: bytes) -> None:
    answer = bring(desk["worker"], desk, data)

    assert answer.status_code == 200
    assert "Not saved yet" in answer.get_data(as_text=True)


def test_a_list_too_long_for_a_page_is_sent_to_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MOST_ON_A_PAGE", 2)

    answer = bring(desk["worker"], desk, as_csv([AWA, OMAR]))

    assert "a page reads at most 2" in answer.get_data(as_text=True)


def test_nobody_brings_a_list_into_another_office(desk: Desk) -> None:
    answer = bring(desk["stranger"], desk, as_csv([AWA]))

    assert answer.status_code == 200
    with desk["site"].app_context():
        assert session.scalar(select(func.count(ListImport.id))) == 0


def test_the_sheet_of_rows_to_correct_is_a_download(desk: Desk, address: str) -> None:
    answer = desk["worker"].get(f"{address}/leftovers.xlsx")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(read_workbook(answer.data).sheets[0].rows) == 3


def test_an_import_is_taken_back_from_its_page(desk: Desk, address: str) -> None:
    desk["worker"].post(f"{address}/duplicates", data={"row_5": "leave_out"})
    desk["boss"].post(f"{address}/import", data={"case_manager": ""})
    assert desk["worker"].post(f"{address}/undo").status_code == 403
    assert "Take the import back" in desk["boss"].get(address).get_data(as_text=True)

    assert "2 cases go" in desk["boss"].get(f"{address}/undo").get_data(as_text=True)
    desk["boss"].post(f"{address}/undo")

    assert cases(desk) == 0
    assert "taken back on" in desk["boss"].get(address).get_data(as_text=True)


def test_a_discarded_list_is_gone(desk: Desk, address: str) -> None:
    desk["worker"].post(f"{address}/discard")

    assert "discarded" in desk["worker"].get(address).get_data(as_text=True)
    with desk["site"].app_context():
        assert session.scalar(select(func.count(ImportRow.id))) == 0


def test_the_lists_of_other_offices_are_not_told(desk: Desk, address: str) -> None:
    assert "liste.csv" in desk["worker"].get("/imports/").get_data(as_text=True)
    assert "liste.csv" not in desk["stranger"].get("/imports/").get_data(as_text=True)


def test_older_lists_are_reached_by_a_link(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LISTS_AT_ONCE", 2)
    names = ["first.csv", "second.csv", "third.csv"]
    for name in names:
        bring(desk["worker"], desk, as_csv([AWA], title=name), name)

    page = desk["worker"].get("/imports/").text
    older = re.search(r'href="(/imports/\?before=\d+)"', page)
    assert older
    rest = desk["worker"].get(older[1]).text

    assert [name for name in names if name in page] == ["second.csv", "third.csv"]
    assert [name for name in names if name in rest] == ["first.csv"]
    assert "Older" not in rest
