"""A list from the file to the register, as two people do it in a browser."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_security import hash_password

from reintegrate.accounts.models import Role
from reintegrate.db import session
from tests import make
from tests.browser.test_pages import PASSWORD, findings, sign_in
from tests.conftest import aside
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, OMAR, as_csv

pytestmark = pytest.mark.browser


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "liste.csv"
    path.write_bytes(as_csv([AWA, OMAR, FATOU, AWA_AGAIN], title="Charter du 14 mars"))
    return str(path)


@pytest.fixture
def staff(live: str, live_app: Flask) -> str:
    aside(lambda: _hire(live_app))
    return live


def _hire(app: Flask) -> None:
    with app.app_context():
        office = make.office("SN")
        hashed = hash_password(PASSWORD)
        make.user(Role.CASEWORKER, office, email="worker@example.org", password=hashed)
        make.user(Role.SUPERVISOR, office, email="boss@example.org", password=hashed)
        session.commit()


def bring(page: Any, live: str, file: str) -> str:
    page.goto(f"{live}/imports/new")
    page.set_input_files("#file", file)
    page.locator("button[type=submit].btn-primary").click()
    page.wait_for_url("**/imports/1")
    return str(page.url)


def test_a_list_is_corrected_decided_on_and_imported_by_two_people(
    browser: Any, staff: str, file: str
) -> None:
    worker, boss = browser.new_context(), browser.new_context()
    page = worker.new_page()
    sign_in(page, staff, "worker@example.org")
    address = bring(page, staff, file)
    page.get_by_role("link", name="Correct 1 row").click()
    page.get_by_role("link", name="Fatou Ndiaye").click()
    page.get_by_label("Date de naissance").fill("28/02/1990")
    page.get_by_role("button", name="Keep the corrected row").click()
    page.wait_for_url(address)
    page.get_by_role("link", name="Decide on 1 person").click()
    page.get_by_label("The same person and return: leave the row out").check()
    page.get_by_role("button", name="Keep the decisions").click()
    page.wait_for_url(address)
    assert page.get_by_role("button", name="Import 3 rows").count() == 0

    second = boss.new_page()
    sign_in(second, staff, "boss@example.org")
    second.goto(address)
    second.get_by_role("button", name="Import 3 rows").dblclick()
    second.wait_for_selector("text=3 cases were opened from this list")
    second.fill("#q", "Fatu Ndiaye")
    second.keyboard.press("Enter")
    second.wait_for_selector("table.data")
    assert "Fatou Ndiaye" in second.inner_text("table.data")
    worker.close()
    boss.close()


@pytest.mark.parametrize(("width", "scheme", "lang"), [(1280, "light", "en"), (360, "dark", "ar")])
def test_no_page_of_a_list_has_findings(
    browser: Any, staff: str, file: str, width: int, scheme: str, lang: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=lang)
    page.goto(f"{staff}/sign-in")
    page.fill("#email", "worker@example.org")
    page.fill("#password", PASSWORD)
    page.locator("button[type=submit].btn-primary").click()
    page.wait_for_url("**/worklist")
    problems = []
    address = bring(page, staff, file)
    pages = ["", "/columns", "/rows", "/rows?status=error", "/rows/5", "/duplicates", "/discard"]
    for target in [f"{staff}/imports/", f"{staff}/imports/new", *(address + tab for tab in pages)]:
        page.goto(target)
        problems += [f"{target} {found}" for found in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{target} scrolls sideways")
    page.close()
    assert problems == []
