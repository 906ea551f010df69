"""Accounts as people use them, in a real browser, with axe: invited, signed in, lost, found, signed out."""

import re
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from flask import Flask
from flask_mail import email_dispatched
from sqlalchemy import update
from werkzeug.serving import make_server

from reintegrate.accounts.models import Role, SignIn, User
from reintegrate.app import create_app
from reintegrate.columns import utcnow
from reintegrate.db import db, session
from tests import make
from tests.accounts.people import (
    PASSWORD,
    code_of,
    link_in,
    strict_config,
    user_of,
    with_factor,
    with_password,
)
from tests.browser.test_pages import findings
from tests.conftest import aside

pytestmark = pytest.mark.browser


class Site:
    """A running installation as people use it, with its letters."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        self.letters: Queue[Any] = Queue()

    def keep(self, _app: Flask, message: Any) -> None:
        """Keep a letter that was sent."""
        self.letters.put(message)

    def letter(self) -> Any:
        """The next letter; some leave only when the answer is out."""
        return self.letters.get(timeout=60)

    def do(self, work: Any) -> Any:
        """Do `work` in the application, beside the browser."""

        def inside() -> Any:
            with self.app.app_context():
                result = work()
                session.commit()
                return result

        return aside(inside)

    def user(self, name: str, role: Role, **place: Any) -> str:
        """A user with password and authenticator; its key."""

        def work() -> str:
            email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
            user = with_password(make.user(role, place.get("at"), email=email, name=name))
            return with_factor(self.app, user)

        key: str = self.do(work)
        return key


@pytest.fixture
def here(sqlite_app: Flask, folder: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(folder / "empty.sqlite", tmp_path / "strict.sqlite")
    config = strict_config(f"sqlite:///{tmp_path / 'strict.sqlite'}") | {"WTF_CSRF_ENABLED": True}
    app: Flask = aside(lambda: create_app(config))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site = Site(app, f"http://127.0.0.1:{server.server_port}")
    email_dispatched.connect(site.keep, app)
    yield site
    email_dispatched.disconnect(site.keep, app)
    server.shutdown()
    thread.join()
    server.server_close()

    def let_go() -> None:
        with app.app_context():
            db.engine.dispose()

    aside(let_go)


LOOKS = [(1280, "light", "en"), (360, "dark", "ar")]


def press(page: Any) -> None:
    """Press the one button that the page is about."""
    page.locator("main .btn-primary").first.click()


def sign_in(page: Any, site: Site, email: str, key: str = "", password: str = PASSWORD) -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("#email", email)
    page.fill("#password", password)
    press(page)
    if key:
        page.wait_for_selector("#code")
        page.fill("#code", code_of(key))
        press(page)
        page.wait_for_selector("a[href='/account']")


class Looker:
    """Collects what is wrong with the pages that are passed, and keeps pictures where asked."""

    def __init__(self, page: Any, width: int) -> None:
        self.page, self.width, self.problems = page, width, []  # type: ignore[var-annotated]

    def look(self, name: str) -> None:
        self.problems += [f"{name}: {found}" for found in findings(self.page)]
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.problems.append(f"{name} scrolls sideways")


def invite(admin: Any, site: Site, eyes: Looker, lang: str) -> None:
    """An administrator invites Awa to Dakar."""
    eyes.look("recovery codes to make")
    admin.goto(f"{site.url}/users/new")
    eyes.look("invite")
    admin.fill("#name", "Awa Sow")
    admin.fill("#email", "awa@example.org")
    admin.select_option("#language", lang)
    admin.select_option("#role", "caseworker")
    admin.select_option("#office", label="Dakar")
    press(admin)
    admin.wait_for_url(re.compile(r"/users/\d+$"))
    eyes.look("user invited")
    admin.goto(f"{site.url}/users")
    eyes.look("users")


def set_up(hers: Any, site: Site, eyes: Looker) -> list[str]:
    """Awa sets her password and her authenticator; her recovery codes."""
    hers.goto(site.url + link_in(site.letter()))
    eyes.look("set password")
    hers.fill("#password", PASSWORD)
    hers.fill("#password_confirm", PASSWORD)
    press(hers)
    hers.wait_for_url("**/sign-in")
    eyes.look("sign in")
    sign_in(hers, site, "awa@example.org")
    hers.wait_for_url("**/tf-setup")
    eyes.look("set up")
    press(hers)
    hers.wait_for_selector("img[src^='data:image/svg']")
    assert hers.evaluate("document.querySelector('main img').naturalWidth") > 100
    eyes.look("scan")
    hers.fill("#code", code_of(hers.locator("main bdi.ref").inner_text()))
    press(hers)
    hers.wait_for_url("**/mf-recovery-codes")
    press(hers)
    hers.wait_for_selector("ul bdi.ref")
    eyes.look("recovery codes")
    codes: list[str] = hers.locator("ul bdi.ref").all_inner_texts()
    hers.emulate_media(media="print")
    assert hers.locator("ul bdi.ref").first.is_visible()
    assert not hers.locator("footer").is_visible()
    hers.emulate_media(media="screen")
    press(hers)
    hers.wait_for_url("**/worklist")
    return codes


@pytest.mark.parametrize(("width", "scheme", "lang"), LOOKS)
def test_the_first_day_and_a_lost_phone(browser: Any, here: Site, width: int, scheme: str, lang: str) -> None:
    admin_key = here.user("Amina Diallo", Role.ADMINISTRATOR)
    here.do(lambda: make.office(name="Dakar"))
    view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "locale": lang}
    office, home = browser.new_context(**view), browser.new_context(**view)
    admin, hers = office.new_page(), home.new_page()
    ours, eyes = Looker(admin, width), Looker(hers, width)
    sign_in(admin, here, "amina@example.org", admin_key)
    invite(admin, here, ours, lang)
    codes = set_up(hers, here, eyes)

    hers.goto(f"{here.url}/account")
    eyes.look("account")
    hers.locator("[data-sign-out] button").click()
    sign_in(hers, here, "awa@example.org")
    hers.wait_for_selector("#code")
    eyes.look("code")
    hers.locator("a[href^='/mf-recovery']").click()
    eyes.look("recovery code")
    hers.fill("#code", codes[3])
    press(hers)
    hers.wait_for_url("**/worklist")
    office.close()
    home.close()
    assert ours.problems + eyes.problems == []


def test_two_administrators_reset_a_lost_second_factor(browser: Any, here: Site) -> None:
    keys = {name: here.user(f"{name} Test", Role.ADMINISTRATOR) for name in ("Amina", "Bilal")}
    here.user("Awa Sow", Role.CASEWORKER)
    one, two = browser.new_context(), browser.new_context()
    asking, agreeing = one.new_page(), two.new_page()
    sign_in(asking, here, "amina@example.org", keys["Amina"])
    sign_in(agreeing, here, "bilal@example.org", keys["Bilal"])
    asking.goto(f"{here.url}/users?q=awa")
    asking.get_by_role("link", name="Awa Sow").click()
    asking.get_by_role("link", name="Reset the second factor").click()
    asking.fill("#reason", "She called from her desk")
    press(asking)
    asking.wait_for_url(re.compile(r"/users/\d+$"))
    asking.goto(f"{here.url}/users")
    assert not asking.get_by_role("button", name="Agree to the reset").count()
    agreeing.goto(f"{here.url}/users")
    assert findings(agreeing) == []
    agreeing.get_by_role("button", name="Agree to the reset").click()
    agreeing.wait_for_selector(".notice-ok")
    one.close()
    two.close()

    assert here.do(lambda: user_of("awa@example.org").tf_primary_method) is None
    assert here.letter().recipients == ["awa@example.org"]


def test_a_role_is_proposed_by_one_and_confirmed_by_another(browser: Any, here: Site) -> None:
    keys = {name: here.user(f"{name} Test", Role.ADMINISTRATOR) for name in ("Amina", "Bilal")}
    here.do(lambda: make.office(name="Dakar"))
    here.user("Awa Sow", Role.AUDITOR)
    one, two = browser.new_context(), browser.new_context()
    proposing, confirming = one.new_page(), two.new_page()
    sign_in(proposing, here, "amina@example.org", keys["Amina"])
    sign_in(confirming, here, "bilal@example.org", keys["Bilal"])
    proposing.goto(f"{here.url}/users?q=awa")
    proposing.get_by_role("link", name="Awa Sow").click()
    press(proposing)
    proposing.select_option("#role", "supervisor")
    proposing.select_option("#office", label="Dakar")
    press(proposing)
    proposing.wait_for_url(re.compile(r"/users/\d+$"))
    proposing.goto(f"{here.url}/users")
    assert "somebody else confirms it" in proposing.inner_text("ul.work")
    confirming.goto(f"{here.url}/users")
    confirming.get_by_role("button", name="Confirm the role").click()
    confirming.wait_for_selector(".notice-ok")
    assert confirming.locator("ul.work").count() == 0
    one.close()
    two.close()


def _case(here: Site) -> tuple[str, str]:
    """A caseworker with a case: her key, and the address of its notes."""

    def work() -> tuple[str, str]:
        office = make.office("SN")
        worker = with_password(make.user(Role.CASEWORKER, office, email="worker@example.org"))
        key = with_factor(here.app, worker)
        worker.mf_recovery_codes = ["one"]
        return key, f"/cases/{make.case(office, worker, consent=True).reference}/notes"

    found: tuple[str, str] = here.do(work)
    return found


def _let_time_pass(here: Site) -> None:
    """Everybody's session has been idle for an hour, and the code of the authenticator has moved on."""
    here.do(lambda: session.execute(update(SignIn).values(seen_at=utcnow() - timedelta(hours=1))))
    here.do(lambda: session.execute(update(User).values(tf_last_counter=None)))


NOTE = "She wants to open a shop with her sister.\nWe meet on Monday."


def test_the_end_of_a_session_never_eats_a_note(browser: Any, here: Site) -> None:
    key, notes = _case(here)
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, here, "worker@example.org", key)
    page.goto(here.url + notes)
    page.locator("form[data-keep] textarea").fill(NOTE)
    page.wait_for_timeout(600)
    _let_time_pass(here)
    page.locator("form[data-keep] button[type=submit]").first.click()
    page.wait_for_url(re.compile("/sign-in"))
    assert "What you typed is kept" in page.inner_text("main")
    page.fill("#email", "worker@example.org")
    page.fill("#password", PASSWORD)
    press(page)
    page.wait_for_selector("#code")
    page.fill("#code", code_of(key))
    press(page)
    page.wait_for_url(f"**{notes}")
    page.locator("[data-put-back-yes]").click()
    assert page.locator("form[data-keep] textarea").input_value() == NOTE
    page.locator("form[data-keep] button[type=submit]").first.click()
    page.wait_for_selector(".notice-ok")
    assert "open a shop with her sister" in page.inner_text("main")
    context.close()


def test_a_form_from_before_a_sign_out_can_be_sent_again_as_it_was(browser: Any, here: Site) -> None:
    key, notes = _case(here)
    context = browser.new_context()
    page, other = context.new_page(), context.new_page()
    sign_in(page, here, "worker@example.org", key)
    page.goto(here.url + notes)
    page.locator("form[data-keep] textarea").fill(NOTE)
    other.goto(f"{here.url}/account")
    other.locator("[data-sign-out] button").click()
    other.wait_for_url("**/sign-in")
    _let_time_pass(here)
    sign_in(other, here, "worker@example.org", key)
    page.locator("form[data-keep] button[type=submit]").first.click()
    page.wait_for_selector("h1")
    assert "expired" in page.inner_text("h1")
    assert findings(page) == []
    press(page)
    page.wait_for_selector(".notice-ok")
    assert "open a shop with her sister" in page.inner_text("main")
    context.close()


@pytest.mark.parametrize("path", ["/sign-in", "/reset-password", "/help", "/nothing-here"])
def test_language_and_theme_are_kept_in_the_browser_from_every_page(
    browser: Any, here: Site, path: str
) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(here.url + path)
    page.locator(".foot-choice summary").first.click()
    page.locator("button[value=ar]").click()
    page.wait_for_selector("html[lang=ar][dir=rtl]")
    page.locator(".foot-choice summary").last.click()
    page.locator("button[value=dark]").click()
    page.wait_for_selector("html[data-bs-theme=dark]")
    kept = context.cookies()
    context.close()
    later = browser.new_context(locale="en")
    later.add_cookies([cookie for cookie in kept if cookie["expires"] > 0])
    again = later.new_page()
    again.goto(f"{here.url}/sign-in")

    assert again.get_attribute("html", "lang") == "ar"
    assert again.get_attribute("html", "data-bs-theme") == "dark"
    later.close()


def test_language_and_theme_are_kept_in_the_account(browser: Any, here: Site) -> None:
    key = here.user("Awa Sow", Role.CASEWORKER)
    here.do(lambda: setattr(user_of("awa@example.org"), "mf_recovery_codes", ["one"]))
    first = browser.new_context(locale="en")
    page = first.new_page()
    sign_in(page, here, "awa@example.org", key)
    page.locator(".foot-choice summary").first.click()
    page.locator("button[value=fr]").click()
    page.wait_for_selector("html[lang=fr]")
    page.locator(".foot-choice summary").last.click()
    page.locator("button[value=dark]").click()
    page.wait_for_selector("html[data-bs-theme=dark]")
    first.close()
    _let_time_pass(here)
    second = browser.new_context(locale="en")
    page = second.new_page()
    sign_in(page, here, "awa@example.org", key)

    assert page.get_attribute("html", "lang") == "fr"
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    second.close()
