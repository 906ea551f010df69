"""The pages as a person meets them, in a real browser, with axe."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask_security import hash_password

from reintegrate.accounts.models import Role
from reintegrate.db import session
from tests import make
from tests.conftest import aside

pytestmark = pytest.mark.browser

PASSWORD = "a-long-password"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def reference(live: str, live_app: Flask) -> str:
    return aside(lambda: _register(live_app))


def _register(app: Flask) -> str:
    with app.app_context():
        office = make.office("SN")
        hashed = hash_password(PASSWORD)
        worker = make.user(Role.CASEWORKER, office, email="worker@example.org", password=hashed)
        make.user(Role.ADMINISTRATOR, None, email="admin@example.org", password=hashed)
        make.user(Role.SUPERVISOR, office, email="boss@example.org", password=hashed)
        make.consent_text("en")
        case = make.case(office, worker, consent=True)
        session.commit()
        return case.reference


def sign_in(page: Any, live: str, email: str) -> None:
    page.goto(f"{live}/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/worklist")


def findings(page: Any) -> list[str]:
    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found]


WORKER = ["/worklist", "/cases", "/search?q=Mariama", "/cases/new", "/account", "/help", "/privacy"]
TABS = ["", "/person", "/return", "/needs", "/needs/0", "/screening", "/screening/0", "/notes", "/consent"]
TABS += ["/consent/new", "/history", "/person/edit", "/person/contacts/0", "/return/edit", "/move/submit"]


@pytest.mark.parametrize(
    ("width", "scheme", "lang"), [(1280, "light", "en"), (360, "dark", "ar"), (360, "light", "fr")]
)
def test_no_page_of_a_caseworker_has_findings(
    browser: Any, live: str, reference: str, width: int, scheme: str, lang: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=lang)
    problems = []
    page.goto(f"{live}/sign-in")
    problems += [f"/sign-in {found}" for found in findings(page)]
    page.fill("#email", "worker@example.org")
    page.fill("#password", PASSWORD)
    page.locator("button[type=submit].btn-primary").click()
    page.wait_for_url("**/worklist")
    for address in [*WORKER, *(f"/cases/{reference}{tab}" for tab in TABS)]:
        page.goto(live + address)
        problems += [f"{address} {found}" for found in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{address} scrolls sideways")
    page.close()
    assert problems == []


def test_no_page_of_an_administrator_has_findings(browser: Any, live: str, reference: str) -> None:
    page = browser.new_page()
    sign_in(page, live, "admin@example.org")
    problems = []
    for address in ("/worklist", "/users", "/users/new", "/offices", "/offices/new"):
        page.goto(live + address)
        problems += [f"{address} {found}" for found in findings(page)]
    page.close()
    assert problems == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_no_page_around_a_decision_has_findings(
    browser: Any, live: str, reference: str, width: int, scheme: str
) -> None:
    case = f"{live}/cases/{reference}"
    worker = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    sign_in(worker, live, "worker@example.org")
    worker.goto(f"{case}/move/submit")
    worker.locator("main form .btn-primary").click()
    worker.wait_for_selector("text=Waits for a decision")
    boss = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    sign_in(boss, live, "boss@example.org")
    boss.goto(f"{case}/move/return")
    boss.fill("#reason", "The passport is missing")
    late = boss.context.new_page()
    late.goto(f"{case}/move/reject")
    late.fill("#reason", "Needs nothing of ours")
    boss.locator("main form .btn-danger-quiet, main form .btn-primary").first.click()
    boss.wait_for_selector("text=The case is now")
    late.locator("main form .btn-danger-quiet").first.click()
    late.wait_for_selector("text=The case has moved on")

    assert late.input_value("#text") == "Needs nothing of ours"
    problems = [found for page in (worker, boss, late) for found in findings(page)]
    for address in ("/audit/", "/workers", f"/cases/{reference}/history", f"/cases/{reference}/another"):
        boss.goto(live + address)
        problems += [f"{address} {found}" for found in findings(boss)]
        if boss.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{address} scrolls sideways")
    boss.context.close()
    worker.close()
    assert problems == []


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_longer_words_fit_the_phone_of_an_administrator(
    browser: Any, live: str, reference: str, lang: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800}, locale=lang)
    page.goto(f"{live}/sign-in")
    page.fill("#email", "admin@example.org")
    page.fill("#password", PASSWORD)
    page.locator("button[type=submit].btn-primary").click()
    page.wait_for_url("**/worklist")
    problems = []
    for address in ("/worklist", "/users", "/users/new", "/offices", "/offices/new"):
        page.goto(live + address)
        problems += [f"{address} {found}" for found in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            problems.append(f"{address} scrolls sideways")
    page.close()
    assert problems == []


def test_somebody_is_registered_and_found_in_another_script(browser: Any, live: str, reference: str) -> None:
    page = browser.new_page()
    sign_in(page, live, "worker@example.org")
    page.goto(f"{live}/cases/new")
    page.fill("#given_names", "Mohammed")
    page.fill("#birth-year", "1994")
    page.select_option("#birth-precision", "year")
    page.select_option("#arrived-precision", "unknown")
    page.get_by_role("button", name="Register only").click()
    page.wait_for_selector(".identity")
    page.fill("#q", "محمد")
    page.keyboard.press("Enter")
    page.wait_for_selector("table.data")
    assert "Mohammed" in page.inner_text("table.data")
    page.close()
