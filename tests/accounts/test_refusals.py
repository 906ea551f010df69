"""What somebody is refused: remembered alike whether it is there or not, and not to be tried for long."""

import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from reintegrate.accounts import limits
from reintegrate.accounts.models import Membership, Role, SignIn
from reintegrate.audit.models import AuditEvent, Outcome
from reintegrate.caseload.models import SavedView
from reintegrate.db import session
from reintegrate.exchange.staging import stage_list
from tests import make
from tests.accounts.people import post, strict
from tests.exchange.lists import FATOU, as_csv

ABSENT = 999_999

NOTHING = "ZZ-26-22222-4"


@dataclass
class Outside:
    """A caseworker and a supervisor of one office, and what there is in another one, by its address."""

    site: Flask
    worker: FlaskClient
    boss: FlaskClient
    there: dict[str, str]
    nothing: dict[str, str]


ADDRESSES = {
    "user": ("boss", "GET", "/users/{user}"),
    "role": ("boss", "POST", "/roles/{role}/confirm"),
    "print style": ("worker", "GET", "/cases/{case}/print.css"),
    "case": ("worker", "GET", "/cases/{case}"),
    "reason": ("worker", "POST", "/cases/{case}/why"),
    "list": ("worker", "GET", "/imports/{list}"),
    "row": ("worker", "POST", "/imports/{list}/rows/3"),
    "view": ("worker", "POST", "/cases/views/{view}"),
    "session": ("worker", "POST", "/account/sessions/{sign_in}/end"),
}


@pytest.fixture
def outside(site: Flask) -> Outside:
    with site.test_request_context():
        here, elsewhere = make.office("SN"), make.office("SN")
        worker, boss = make.user(Role.CASEWORKER, here), make.user(Role.SUPERVISOR, here)
        stranger = make.user(Role.CASEWORKER, elsewhere)
        role = Membership(user_id=stranger.id, role=Role.SUPERVISOR, office_id=elsewhere.id)
        view = SavedView(owner_id=stranger.id, office_id=elsewhere.id, name="Mine", query="status=draft")
        running = SignIn(user_id=stranger.id, key="a key")
        session.add_all([role, view, running])
        case = make.case(elsewhere, stranger)
        staged = stage_list(as_csv([FATOU]), "list.csv", office=elsewhere, staged_by=stranger)
        session.commit()
        there = {
            "user": str(stranger.id),
            "role": str(role.id),
            "case": case.reference,
            "list": str(staged.id),
            "view": str(view.id),
            "sign_in": str(running.id),
        }
        clients = [make.signed_in(site, user.fs_uniquifier) for user in (worker, boss)]
    nothing = dict.fromkeys(there, str(ABSENT)) | {"case": NOTHING}
    return Outside(site, *clients, there, nothing)


def refused(site: Flask) -> list[AuditEvent]:
    with site.app_context():
        statement = select(AuditEvent).where(AuditEvent.outcome == Outcome.DENIED)
        return list(session.scalars(statement.order_by(AuditEvent.seq)))


def same(page: str, keys: dict[str, str], path: str) -> str:
    """A page without its token, and without what was asked for."""
    page = re.sub(r'name="(csrf_token|operation_id)"[^>]*value="[^"]*"', "", page)
    return page.replace(path.format(**keys), "ADDRESS")


def headers(answer: TestResponse) -> dict[str, str]:
    """The headers of an answer without its length, which is that of the address."""
    return {name: value for name, value in answer.headers if name != "Content-Length"}


@pytest.mark.parametrize("what", ADDRESSES)
def test_what_is_elsewhere_and_what_is_not_there_are_refused_and_remembered_alike(
    outside: Outside, what: str
) -> None:
    name, method, path = ADDRESSES[what]
    client: FlaskClient = getattr(outside, name)
    client.get("/account")

    answers = [client.open(path.format(**keys), method=method) for keys in (outside.there, outside.nothing)]

    assert [answer.status_code for answer in answers] == [404, 404]
    one, other = (
        same(answer.get_data(as_text=True), keys, path)
        for answer, keys in zip(answers, (outside.there, outside.nothing), strict=True)
    )
    assert one == other
    assert headers(answers[0]) == headers(answers[1])
    rows = refused(outside.site)
    assert [row.reason for row in rows] == [
        path.format(**outside.there),
        path.format(**outside.nothing),
    ]
    assert {(row.action, row.subject, row.subject_id, row.case_id, row.person_id) for row in rows} == {
        (rows[0].action, "page", None, None, None)
    }


def test_a_role_that_does_not_reach_is_remembered_once_for_each_request(outside: Outside) -> None:
    assert outside.worker.get("/users/new").status_code == 403
    assert outside.worker.get(f"/users/{ABSENT}").status_code == 403

    assert [(row.action, row.reason) for row in refused(outside.site)] == [
        ("user.create", "/users/new"),
        ("user.list", f"/users/{ABSENT}"),
    ]


def test_an_address_of_nobody_is_no_refusal(outside: Outside) -> None:
    for address in ("/favicon.ico", "/no/such/page", "/static/0/no.css"):
        assert outside.worker.get(address).status_code == 404
    fresh = outside.site.test_client()
    assert fresh.get(f"/users/{ABSENT}").status_code == 302

    assert refused(outside.site) == []


def most(rate: str) -> int:
    return int(rate.split(maxsplit=1)[0])


def test_trying_one_number_after_the_other_comes_to_an_end(site: Flask) -> None:
    with strict(site) as app:
        with app.app_context():
            office = make.office()
            boss, other = make.user(Role.SUPERVISOR, office), make.user(Role.SUPERVISOR, office)
            session.commit()
            client, colleague = (make.signed_in(app, user.fs_uniquifier) for user in (boss, other))
        often = most(limits.REFUSALS_PER_USER)
        codes = [client.get(f"/users/{ABSENT + number}").status_code for number in range(often)]
        after = [client.get(address) for address in (f"/users/{ABSENT}", f"/users/{boss.id}", "/imports/9")]

        assert codes == [404] * often
        assert [answer.status_code for answer in after] == [429] * 3
        assert "Retry-After" in after[0].headers
        assert client.get("/worklist").status_code == 200
        assert colleague.get(f"/users/{boss.id}").status_code == 200
        assert len(refused(app)) == often


def test_what_may_be_opened_counts_as_no_try(site: Flask) -> None:
    with strict(site) as app:
        with app.app_context():
            boss = make.user(Role.SUPERVISOR, make.office())
            session.commit()
            client = make.signed_in(app, boss.fs_uniquifier)
        codes = {
            client.get(f"/users/{boss.id}").status_code for _ in range(most(limits.REFUSALS_PER_USER) + 5)
        }

        assert codes == {200}


@pytest.mark.parametrize(("language", "words"), [("en", "send the file again"), ("fr", ""), ("ar", "")])
def test_lists_are_brought_in_at_a_human_pace(
    site: Flask, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setitem(limits.PER_USER, "imports.upload", "2 per hour")
    with strict(site) as app:
        with app.app_context():
            office = make.office("SN")
            worker = make.user(Role.CASEWORKER, office)
            worker.language = language
            session.commit()
            client = make.signed_in(app, worker.fs_uniquifier)

        def send(name: str) -> tuple[int, str]:
            file = (BytesIO(as_csv([FATOU], title=name)), f"{name}.csv")
            answer = post(client, "/imports/new", file=file, office=str(office.id), dates="ask")
            return answer.status_code, answer.get_data(as_text=True)

        answers = [send(name) for name in ("one", "two", "three")]
        back = client.get("/imports/new")

        assert [status for status, _page in answers] == [302, 302, 429]
        assert f'lang="{language}"' in answers[2][1]
        assert words in answers[2][1]
        assert back.status_code == 200
