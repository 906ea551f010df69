"""Pages issue as many statements for a hundred and twenty rows as for sixty: nothing is read row by row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from reintegrate.accounts.models import Office, Role, User
from reintegrate.cases.codes import Dimension, NoteKind
from reintegrate.cases.models import Case, Need, Note, Task
from reintegrate.columns import utcnow
from reintegrate.db import db, session
from reintegrate.web.tables import place_text
from tests import make

REFERENCE = re.compile(r'<th scope="row"><a href="/cases/([^"]+)"')
OLDER = re.compile(r'href="([^"]+)" rel="next"')

MOST = {"/cases": 7, "/worklist": 19, "/search?q=Mariama+Ba": 15, "case": 26}
"""With BEGIN, and what every page reads of the user: account, session and roles."""


def add_cases(number: int, office: Office, worker: User) -> None:
    """Cases with a task each that is due, so that they fill list and worklist."""
    yesterday = utcnow().date() - timedelta(days=1)
    for _ in range(number):
        case = make.case(office, worker)
        case.next_due_on = yesterday
        session.add(Task(case_id=case.id, title="Call", due_on=yesterday))
    session.flush()


def fill_case(number: int, case: Case, worker: User) -> None:
    today = utcnow().date()
    for place in range(number):
        session.add(
            Note(case_id=case.id, kind=NoteKind.GENERAL, happened_on=today, text="Seen", author_id=worker.id)
        )
        session.add(
            Need(case_id=case.id, dimension=list(Dimension)[place % 5], text="Work", recorded_on=today)
        )
        session.add(Task(case_id=case.id, title="Call", due_on=today))
    session.flush()


@contextmanager
def statements(site: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    with site.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def count(site: Flask, client: FlaskClient, address: str) -> int:
    client.get(address)
    with statements(site) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SUPERVISOR])
@pytest.mark.parametrize("address", ["/cases", "/worklist", "/search?q=Mariama+Ba"])
def test_twice_the_rows_take_the_same_statements(site: Flask, address: str, role: Role) -> None:
    counts = []
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        reader = worker if role == Role.CASEWORKER else make.user(role, office)
        session.commit()
        client = make.signed_in(site, reader.fs_uniquifier)
        ids = office.id, worker.id
    for number in (60, 60):
        with site.app_context():
            found = session.get(Office, ids[0]), session.get(User, ids[1])
            assert found[0] is not None
            assert found[1] is not None
            add_cases(number, found[0], found[1])
            session.commit()
        counts.append(count(site, client, address))

    fewer, more = counts
    assert more <= fewer <= MOST[address]
    assert more == fewer or address.startswith("/search"), "enough exact hits spare a search the typos"


SIGNED_IN = ("app_user.fs_uniquifier", "sign_in", "SELECT membership.role", "BEGIN ")
"""Statements that every page takes: the user, her session, her roles."""


@pytest.mark.parametrize("sort", ["activity", "due", "name", "opened"])
def test_no_page_of_a_list_takes_more_than_three_statements_of_its_own(site: Flask, sort: str) -> None:
    with site.app_context():
        office = make.office("SN")
        add_cases(115, office, make.user(Role.CASEWORKER, office))
        session.commit()
        client = make.signed_in(site, make.user(Role.SUPERVISOR, office).fs_uniquifier)

    address, pages = f"/cases?sort={sort}&status=draft&country=SN&type=avrr", 0
    while address:
        with statements(site) as seen:
            text = client.get(address).get_data(as_text=True)
        own = [statement for statement in seen if not any(mark in statement for mark in SIGNED_IN)]
        assert len(own) <= 3, own
        found = OLDER.search(text)
        address, pages = unescape(found[1]) if found else "", pages + 1
    assert pages == 3


def test_a_page_behind_a_case_that_is_gone_is_the_first_one(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        add_cases(2, office, worker)
        session.commit()
        client = make.signed_in(site, worker.fs_uniquifier)
    with site.test_request_context():
        place = place_text(10**9, "cases activity", before=False, number=51)

    assert len(REFERENCE.findall(client.get(f"/cases?place={place}").get_data(as_text=True))) == 2


def test_a_case_with_sixty_of_everything_takes_as_many_as_one_with_five(site: Flask) -> None:
    counts = []
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        case = make.case(office, worker, consent=True)
        session.commit()
        client, reference, case_id, worker_id = (
            make.signed_in(site, worker.fs_uniquifier),
            case.reference,
            case.id,
            worker.id,
        )
    for number in (5, 55):
        with site.app_context():
            kept, author = session.get(Case, case_id), session.get(User, worker_id)
            assert kept is not None
            assert author is not None
            fill_case(number, kept, author)
            session.commit()
        counts.append(count(site, client, f"/cases/{reference}"))

    assert counts[0] == counts[1] <= MOST["case"]


def test_every_case_stands_on_exactly_one_page_of_the_list(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        add_cases(115, office, worker)
        session.commit()
        client = make.signed_in(site, worker.fs_uniquifier)

    for sort in ("activity", "due", "name", "opened"):
        address, seen = f"/cases?sort={sort}", []
        while address:
            page = client.get(address).get_data(as_text=True)
            seen += REFERENCE.findall(page)
            older = OLDER.search(page)
            address = older.group(1).replace("&amp;", "&") if older else ""
        assert len(seen) == len(set(seen)) == 115, sort
