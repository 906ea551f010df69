"""Lists, people and two editors, in a real browser, with axe."""

import re
from typing import Any

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from reintegrate.accounts.models import Role
from reintegrate.cases.models import Case, Note
from reintegrate.db import session
from tests import make
from tests.browser.test_pages import PASSWORD, findings, sign_in
from tests.conftest import aside

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(live: str, live_app: Flask) -> dict[str, str]:
    """A caseworker, a colleague and a supervisor; the reference and address of one of three cases."""
    return aside(lambda: _register(live_app))


def _register(app: Flask) -> dict[str, str]:
    with app.app_context():
        office = make.office("SN")
        hashed = hash_password(PASSWORD)
        worker = make.user(
            Role.CASEWORKER, office, email="worker@example.org", password=hashed, name="Awa Diop"
        )
        make.user(Role.CASEWORKER, office, email="ben@example.org", password=hashed, name="Ben Sarr")
        make.user(Role.SUPERVISOR, office, email="boss@example.org", password=hashed, name="Bineta Fall")
        case = make.case(office, worker, consent=True)
        for name in ("Cheikh", "Demba"):
            make.case(office, worker, given_names=name)
        session.commit()
        return {"reference": case.reference, "case": f"/cases/{case.reference}"}


def counted(app: Flask, model: Any) -> int:
    def count() -> int:
        with app.app_context():
            return session.scalar(select(func.count(model.id))) or 0

    return aside(count)


def page_of(browser: Any, live: str, email: str, **options: Any) -> Any:
    page = browser.new_context(**options).new_page()
    sign_in(page, live, email)
    return page


SUPERVISOR = [
    "/cases?status=draft&host=Germany&sort=-name",
    "/cases?country=Nowhere",
    "/cases?status=rejected",
]
SUPERVISOR += ["/workers", "/cases/assign?all=1&status=open", "/cases/assign", "/cases/views"]
SUPERVISOR += ["/cases/views/new?status=draft", "/worklist"]
CASE = ["/person", "/person/edit", "/person/documents/0", "/person/contacts/0", "/person/household/0"]
CASE += ["/another", "/history", "/return/edit", "/return/abroad/0", "/assign"]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])
def test_no_page_of_a_supervisor_has_findings(
    browser: Any, live: str, desk: dict[str, str], width: int, scheme: str
) -> None:
    page = page_of(
        browser, live, "boss@example.org", viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    problems = []
    for address in [*SUPERVISOR, *(desk["case"] + tail for tail in CASE)]:
        page.goto(live + address)
        if page.locator("details.filters").count():
            page.locator("details.filters > summary").click()
        problems += [f"{address} {found}" for found in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{address} scrolls sideways")
    page.context.close()
    assert problems == []


def test_a_list_is_filtered_kept_and_opened_again(browser: Any, live: str, desk: dict[str, str]) -> None:
    page = page_of(browser, live, "boss@example.org")
    page.goto(f"{live}/cases")
    page.locator("details.filters > summary").click()
    page.fill("#f-host", "Germany")
    page.select_option("#f-sort", "-name")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_role("link", name="Save this view").click()
    page.fill("#name", "From Germany")
    page.check("#first")
    page.get_by_role("button", name="Save the view").click()
    page.wait_for_selector(".subnav [aria-current]")
    assert page.inner_text(".subnav [aria-current]") == "From Germany"
    page.goto(f"{live}/cases")
    assert page.inner_text(".subnav [aria-current]") == "From Germany"
    page.get_by_role("link", name="Remove filter Returned from: Germany").click()
    assert page.get_by_role("link", name="Remove filter Returned from: Germany").count() == 0
    page.context.close()


def test_cases_are_ticked_and_given_to_a_colleague(browser: Any, live: str, desk: dict[str, str]) -> None:
    page = page_of(browser, live, "boss@example.org")
    page.goto(f"{live}/cases?view=all")
    page.check("[data-pick-all]")
    page.get_by_role("checkbox", name="Choose Demba").uncheck()
    page.get_by_role("button", name="Assign the chosen cases").click()
    page.wait_for_selector("#case_manager")
    assert page.locator("table.data tbody tr").count() == 2
    page.locator("#case_manager").select_option(label="Ben Sarr, 0 open cases")
    page.get_by_role("button", name="Assign 2 cases").click()
    page.wait_for_url("**/cases/assigned*")
    assert "2 cases are with Ben Sarr now" in page.inner_text("main")
    assert findings(page) == []
    page.context.close()


def test_two_editors_of_one_person_choose_on_the_merge_page_by_keyboard(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    hers = page_of(browser, live, "worker@example.org", viewport={"width": 360, "height": 800})
    his = page_of(browser, live, "boss@example.org")
    for page in (hers, his):
        page.goto(f"{live}{desk['case']}/person/edit")
    hers.fill("#birth-day", "3")
    hers.fill("#nationalities", "Senegal, Mali")
    hers.fill("#birth_place", "Kayes")
    hers.get_by_role("button", name="Save the person").click()
    hers.wait_for_url("**/person")
    his.fill("#birth-day", "4")
    his.fill("#nationalities", "Senegal, France")
    his.fill("#address", "Rue 10")
    his.get_by_role("button", name="Save the person").click()
    his.wait_for_selector("table.merge")
    assert findings(his) == []
    text = his.inner_text("main")
    for words in ("Awa Diop saved this", "2 May 1990", "3 May 1990", "4 May 1990", "Senegal, Mali, France"):
        assert words in text, words
    assert his.locator("table.merge :checked").count() == 0

    his.get_by_role("button", name="Save the chosen version").click()
    assert his.locator("table.merge").count() == 1
    his.focus("#pick-birth-theirs")
    his.keyboard.press("ArrowRight")
    his.keyboard.press("Tab")
    his.focus("#pick-nationalities-both")
    his.keyboard.press("Space")
    his.keyboard.press("Enter")
    his.wait_for_url("**/person")
    text = his.inner_text("main")
    for words in ("4 May 1990", "Senegal, Mali, France", "Kayes", "Rue 10"):
        assert words in text, words
    hers.context.close()
    his.context.close()


def test_the_merge_page_fits_a_phone_and_runs_from_the_right(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    hers = page_of(browser, live, "worker@example.org")
    his = browser.new_context(
        viewport={"width": 360, "height": 800}, color_scheme="dark", locale="ar"
    ).new_page()
    his.goto(f"{live}/sign-in")
    his.fill("#email", "boss@example.org")
    his.fill("#password", PASSWORD)
    his.locator("button[type=submit].btn-primary").click()
    his.wait_for_url("**/worklist")
    for page in (hers, his):
        page.goto(f"{live}{desk['case']}/person/edit")
    for page in (hers, his):
        page.fill("#address", f"Rue {page.evaluate('document.documentElement.lang')}")
        page.locator("form.form button.btn-primary").click()
    his.wait_for_selector("table.merge")
    assert findings(his) == []
    assert his.evaluate("document.documentElement.scrollWidth") <= 360
    hers.context.close()
    his.context.close()


def test_different_fields_of_two_editors_are_joined_silently(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    hers, his = (page_of(browser, live, email) for email in ("worker@example.org", "boss@example.org"))
    for page in (hers, his):
        page.goto(f"{live}{desk['case']}/person/edit")
    hers.fill("#birth_place", "Kayes")
    hers.check("#address_hidden")
    hers.get_by_role("button", name="Save the person").click()
    hers.wait_for_url("**/person")
    his.fill("#birth-month", "7")
    his.get_by_role("button", name="Save the person").click()
    his.wait_for_url("**/person")
    text = his.inner_text("main")
    assert "Kayes" in text
    assert "2 Jul 1990" in text
    assert "Secret" in text
    hers.context.close()
    his.context.close()


def test_a_double_click_and_back_and_send_again_have_one_effect(
    browser: Any, live: str, live_app: Flask, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org")
    before = counted(live_app, Case)
    page.goto(f"{live}/cases/new")
    page.fill("#given_names", "Ousmane")
    page.select_option("#birth-precision", "unknown")
    page.select_option("#arrived-precision", "unknown")
    page.get_by_role("button", name="Register only").dblclick()
    page.wait_for_selector(".identity")
    assert counted(live_app, Case) == before + 1
    first = page.url
    page.go_back()
    page.wait_for_selector("#given_names")
    page.fill("#given_names", "Ousmane")
    page.select_option("#birth-precision", "unknown")
    page.select_option("#arrived-precision", "unknown")
    page.get_by_role("button", name="Register only").click()
    page.wait_for_selector(".identity")
    assert page.url == first
    assert counted(live_app, Case) == before + 1
    page.context.close()


def test_the_same_form_sent_twice_by_a_slow_line_has_one_effect(
    browser: Any, live: str, live_app: Flask, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org")
    page.goto(f"{live}{desk['case']}/notes")
    page.fill("#text", "She has found a room")
    page.evaluate(
        """async () => {
            const form = document.querySelector("form[data-keep]");
            const send = () => fetch(location.pathname, {method: "POST", body: new FormData(form)});
            await Promise.all([send(), send(), send()]);
        }"""
    )
    assert counted(live_app, Note) == 1
    page.context.close()


def expect_kept(page: Any) -> None:
    """Wait until the typed text is kept on the device; the content policy forbids waiting by script."""
    for _turn in range(100):
        if page.evaluate("() => Object.keys(sessionStorage).some((key) => key.startsWith('ri-keep:'))"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was kept")


def test_a_long_note_survives_the_end_of_the_tab_and_is_put_back(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org")
    page.goto(f"{live}{desk['case']}/notes")
    long = "He told about the journey. " * 40
    page.fill("#text", long)
    expect_kept(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live}/worklist")
    page.goto(f"{live}{desk['case']}/notes")
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("#text") == long
    page.get_by_role("button", name="Save the note").click()
    page.wait_for_selector(".timeline")
    assert "the journey" in page.inner_text(".timeline")
    page.goto(f"{live}{desk['case']}/notes")
    assert not page.get_by_role("button", name="Put it back").is_visible()
    page.context.close()


def test_a_note_survives_the_end_of_the_session(browser: Any, live: str, desk: dict[str, str]) -> None:
    page = page_of(browser, live, "worker@example.org")
    page.goto(f"{live}{desk['case']}/notes")
    page.fill("#text", "A long talk about the future")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save the note").click()
    page.wait_for_selector("#password")
    page.fill("#email", "worker@example.org")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{desk['case']}/notes")
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("#text") == "A long talk about the future"
    page.context.close()


def test_the_key_slash_goes_to_search_and_a_reference_jumps_to_its_case(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type(desk["reference"].replace("-", "").lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{desk['case']}")
    page.goto(f"{live}{desk['case']}/notes")
    page.focus("#text")
    page.keyboard.type("1/2")
    assert page.input_value("#text") == "1/2"
    page.context.close()


def test_a_page_with_many_country_fields_sends_the_names_once(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org")
    page.goto(f"{live}/cases/new")
    lists = page.locator("datalist").count()
    fields = page.locator('input[list="countries"]').count()
    page.context.close()
    assert (lists, fields) == (1, 2)


def test_a_person_is_written_down_with_papers_contacts_and_household(
    browser: Any, live: str, desk: dict[str, str]
) -> None:
    page = page_of(browser, live, "worker@example.org", viewport={"width": 360, "height": 800})
    page.goto(f"{live}{desk['case']}/person/edit")
    page.fill("#script_name", "مريم با")
    page.fill("#languages", "Pulaar, French")
    page.get_by_label("Needed", exact=True).check()
    page.fill("#interpreter", "Pulaar")
    page.get_by_role("button", name="Save the person").click()
    page.wait_for_url("**/person")
    page.get_by_role("link", name="Add a contact").click()
    page.get_by_label("Through a relative").check()
    page.fill("#value", "+221 77 123 45 67")
    page.fill("#through", "Aunt Fatou")
    page.check("#no_messages")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/person")
    page.get_by_role("link", name="Add a document").click()
    page.select_option("#type", "passport")
    page.fill("#number", "A 123-456")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/person")
    page.get_by_role("link", name="Add a member").click()
    page.fill("#name", "Issa")
    page.select_option("#relation", "child")
    page.fill("#birth-year", "2019")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/person")
    text = page.inner_text("body")
    for words in (
        "Fula, French",
        "Interpreter: Pulaar",
        "Do not leave messages",
        "A 123-456",
        "Issa",
        "2019",
    ):
        assert words in text, words
    page.goto(f"{live}{desk['case']}")
    assert re.search(r"\+221 77 123 45 67 through Aunt Fatou", page.inner_text("main"))
    page.context.close()
