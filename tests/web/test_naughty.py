import base64
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reintegrate.accounts.models import Role
from reintegrate.db import session
from reintegrate.web.tables import place_text
from tests import make

HUGE = "9" * 24
VALUES = ("\x00", "a\x00b", HUGE, "-1", "²", "٣", "\ufffd", "'; --", "%", "1e9", "a" * 5000)
PARAMETERS = {
    "/cases": ("sort", "place", "columns", "q", "status", "office", "manager", "programme", "count", "view"),
    "/cases/assign": ("case", "all", "manager"),
    "/cases/assigned": ("case", "to"),
    "/users": ("q", "role", "office", "state", "place"),
    "/search": ("q",),
    "/imports": ("after", "status"),
}


def _client(site: Flask, role: Role) -> FlaskClient:
    with site.app_context():
        at = make.office()
        user = make.user(role, at)
        session.add_all([make.case(at, user), make.case(at, user)])
        session.commit()
        name = user.fs_uniquifier
    return make.signed_in(site, name)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_no_value_in_an_address_breaks_a_page(site: Flask, role: Role) -> None:
    client = _client(site, role)
    for path, names in PARAMETERS.items():
        for name in names:
            for value in VALUES:
                answer = client.get(path, query_string={name: value})
                assert answer.status_code < 500, (path, name, value[:30])


def test_numbers_beyond_those_of_the_database_lead_nowhere(site: Flask) -> None:
    client = _client(site, Role.ADMINISTRATOR)
    for path in (f"/users/{HUGE}", f"/users/{2**63}", f"/imports/{HUGE}"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/roles/{HUGE}/confirm").status_code == 404


def test_the_number_of_a_form_may_hold_anything(site: Flask) -> None:
    stranger, user = site.test_client(), _client(site, Role.ADMINISTRATOR)
    for client in (stranger, user):
        answer = client.post("/sign-in", data={"operation_id": "a\x00b", "email": "a", "password": "b"})
        assert answer.status_code < 500


def test_a_place_of_another_order_is_passed_over(site: Flask) -> None:
    client = _client(site, Role.SUPERVISOR)
    with site.test_request_context():
        text = place_text(1, "cases name", before=False, number=51)
    wrong = client.get("/cases", query_string={"sort": "opened", "place": text})
    assert wrong.status_code == 200
    assert wrong.text.count("SN") == client.get("/cases?sort=opened").text.count("SN")


def test_a_place_tells_nothing_but_a_number(site: Flask) -> None:
    with site.test_request_context():
        text = place_text(7, "cases name", before=True, number=51)
    sealed = text.split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(sealed + "==")) == ["cases name", 7, True, 51]


def test_whoever_sees_no_names_cannot_order_by_them(site: Flask) -> None:
    auditor = _client(site, Role.AUDITOR)
    page = auditor.get("/cases?sort=name").text
    assert not re.search(r'href="[^"]*sort=name', page)
    assert 'value="name"' not in page
    assert "sort=name" in _client(site, Role.SUPERVISOR).get("/cases").text
