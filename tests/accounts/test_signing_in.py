import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from reintegrate.accounts.models import Role, SignIn, SignInFailure
from reintegrate.audit.models import AuditEvent
from reintegrate.db import session
from tests import make
from tests.accounts.people import (
    PASSWORD,
    code_of,
    is_signed_in,
    letters_of,
    link_in,
    plain,
    post,
    sign_in,
    strict,
    user_of,
    with_factor,
    with_password,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def somebody(app: Flask, email: str = "amina@example.org", role: Role = Role.CASEWORKER) -> str:
    """A user with password and authenticator; the key."""
    with app.app_context():
        user = with_password(make.user(role, make.office(), email=email, name="Amina Diallo"))
        key = with_factor(app, user)
        session.commit()
    return key


def test_a_whole_first_day_of_an_invited_user(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        key = somebody(app, "admin@example.org", Role.ADMINISTRATOR)
        with app.app_context():
            office = make.office(name="Dakar")
            session.commit()
        admin = app.test_client()
        sign_in(admin, "admin@example.org", key)
        facts = {"name": "Awa Sow", "email": "Awa@Example.org", "language": "fr", "role": "caseworker"}
        assert post(admin, "/users/new", **facts, office=str(office.id)).status_code == 302

        (letter,) = sent
        assert letter.recipients == ["Awa@example.org".lower()]
        assert "Amina Diallo" in letter.subject
        her = app.test_client()
        assert her.get(link_in(letter)).status_code == 200
        again = {"password": PASSWORD, "password_confirm": PASSWORD}
        assert post(her, link_in(letter), **again).location.endswith("/sign-in")
        assert her.get(link_in(letter)).status_code == 302

        step = post(her, "/sign-in", email="awa@example.org", password=PASSWORD)
        assert step.location.endswith("/tf-setup")
        assert not is_signed_in(her)
        page = post(her, "/tf-setup", setup="authenticator").get_data(as_text=True)
        shown = re.search(r'<bdi class="ref" dir="ltr">([^<]+)</bdi>', page)
        assert shown
        done = post(her, "/tf-validate", code=code_of(shown.group(1)))
        assert her.get(done.location).location.endswith("/mf-recovery-codes")

        codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", post(her, "/mf-recovery-codes").text)
        assert len(codes) == 8
        assert not re.search(r"[0-9a-f]{4}-[0-9a-f]{4}", her.get("/mf-recovery-codes?show_codes=1").text)
        with app.app_context():
            assert codes[0] not in (user_of("awa@example.org").mf_recovery_codes or [])


def test_a_code_of_the_authenticator_counts_once(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False):
        key = somebody(app)
        mine, thief = app.test_client(), app.test_client()
        sign_in(mine, "amina@example.org", key)
        sign_in(thief, "amina@example.org", key)

        assert is_signed_in(mine)
        assert not is_signed_in(thief)


def test_a_recovery_code_opens_once_however_it_is_typed(site: Flask) -> None:
    with strict(site) as app:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", key)
        codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", post(client, "/mf-recovery-codes").text)
        post(client, "/sign-out")
        typed = codes[0].replace("-", " ").upper()

        for opens in (True, False):
            other = app.test_client()
            sign_in(other, "amina@example.org")
            post(other, "/mf-recovery", code=typed)
            assert is_signed_in(other) is opens


def test_a_right_password_without_its_code_opens_nothing_and_fades(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        client = app.test_client()
        step = post(client, "/sign-in", email="amina@example.org", password=PASSWORD)
        assert not is_signed_in(client)
        clock.shift(timedelta(minutes=16))
        post(client, step.location, code=code_of(key))

        assert not is_signed_in(client)


def test_known_and_unknown_addresses_get_the_same_answers(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent, time_machine.travel(NOW, tick=False):
        somebody(app)
        closed = somebody(app, "closed@example.org")
        assert closed
        with app.app_context():
            user_of("closed@example.org").active = False
            session.commit()
        answers: dict[str, set[str]] = {"/sign-in": set(), "/reset-password": set()}
        for email in ("amina@example.org", "closed@example.org", "nobody@example.org"):
            for path, bodies in answers.items():
                for password in ("wrong", PASSWORD if email.startswith("closed") else "wrong"):
                    text = post(app.test_client(), path, email=email, password=password).text
                    bodies.add(plain(text, email))

        assert [len(bodies) for bodies in answers.values()] == [1, 1]
        assert {letter.recipients[0] for letter in sent} == {"amina@example.org"}


def test_after_five_wrong_passwords_the_account_waits_a_while_and_then_opens(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        answers = []
        for email in ("amina@example.org", "nobody@example.org"):
            client = app.test_client()
            texts = [sign_in(client, email, password="wrong").text for _try in range(6)]
            answers.append([plain(text, email) for text in texts])
        assert answers[0] == answers[1]
        assert "Wait 15 minutes" in answers[0][5]
        sign_in(client, "amina@example.org", key)
        assert not is_signed_in(client)
        clock.shift(timedelta(minutes=16))
        sign_in(client, "amina@example.org", key)
        assert is_signed_in(client)


def test_wrong_codes_are_counted_with_wrong_passwords(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False):
        key = somebody(app)
        client = app.test_client()
        post(client, "/sign-in", email="amina@example.org", password=PASSWORD)
        for _try in range(3):
            post(client, "/tf-validate", code="000000")
        for _try in range(2):
            post(client, "/mf-recovery", code="0000-0000-0000")
        post(client, "/tf-validate", code=code_of(key))

        assert not is_signed_in(client)


def test_strangers_cannot_keep_a_user_out_of_where_she_works(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        office = {"REMOTE_ADDR": "192.0.2.1"}
        client = app.test_client()
        client.environ_base.update(office)
        sign_in(client, "amina@example.org", key)
        post(client, "/sign-out")
        clock.shift(timedelta(minutes=2))
        stranger = app.test_client()
        stranger.environ_base.update(REMOTE_ADDR="198.51.100.9")
        for _try in range(6):
            sign_in(stranger, "amina@example.org", password="wrong")
        elsewhere = app.test_client()
        elsewhere.environ_base.update(REMOTE_ADDR="203.0.113.5")

        sign_in(elsewhere, "amina@example.org", key)
        assert not is_signed_in(elsewhere)
        sign_in(client, "amina@example.org", key)
        assert is_signed_in(client)


def test_an_address_that_tries_many_accounts_waits(site: Flask) -> None:
    with strict(site, RATELIMIT_ENABLED=False) as app, time_machine.travel(NOW, tick=False):
        key = somebody(app)
        client = app.test_client()
        for number in range(20):
            sign_in(client, f"guess{number}@example.org", password="wrong")
        sign_in(client, "amina@example.org", key)

        assert not is_signed_in(client)


def test_too_many_letters_are_refused_alike_for_all(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        somebody(app)
        for email in ("amina@example.org", "nobody@example.org"):
            codes = [post(app.test_client(), "/reset-password", email=email).status_code for _ in range(5)]
            assert codes == [200, 200, 200, 200, 429]

        assert len(sent) == 4


def test_a_link_to_set_a_password_dies_with_its_use_its_age_and_the_sessions(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent, time_machine.travel(NOW, tick=False) as clock:
        somebody(app)
        post(app.test_client(), "/reset-password", email="amina@example.org")
        post(app.test_client(), "/reset-password", email="amina@example.org")
        used, older = link_in(sent[0]), link_in(sent[1])
        new = {"password": "quite another one", "password_confirm": "quite another one"}
        assert post(app.test_client(), used, **new).location.endswith("/sign-in")
        assert post(app.test_client(), older, **new).location.endswith("/reset-password")

        post(app.test_client(), "/reset-password", email="amina@example.org")
        late = link_in(sent[-1])
        assert app.test_client().get(late).status_code == 200
        clock.shift(timedelta(days=2, minutes=1))
        assert app.test_client().get(late).status_code == 302


def test_setting_a_password_ends_all_sessions(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", key)
        post(app.test_client(), "/reset-password", email="amina@example.org")
        new = {"password": "quite another one", "password_confirm": "quite another one"}
        post(app.test_client(), link_in(sent[0]), **new)

        assert not is_signed_in(client)
        assert "changed" in sent[-1].subject


def test_links_in_letters_lead_to_the_configured_site_whatever_host_was_asked(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        somebody(app)
        client = app.test_client()
        facts = {"email": "amina@example.org"}
        client.post("/reset-password", data=facts, headers={"Host": "evil.example"}).close()

        assert "https://register.example.org/reset-password/" in sent[0].body
        assert "evil" not in sent[0].body


def test_changing_the_password_keeps_this_session_and_ends_the_others(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        here, there = app.test_client(), app.test_client()
        sign_in(here, "amina@example.org", key)
        clock.shift(timedelta(minutes=1))
        sign_in(there, "amina@example.org", key)
        new = {"new_password": "quite another one", "new_password_confirm": "quite another one"}
        post(here, "/change-password", password=PASSWORD, **new)

        assert is_signed_in(here)
        assert not is_signed_in(there)


@pytest.mark.parametrize("path", ["/mf-recovery-codes", "/tf-setup"])
def test_what_protects_the_account_asks_for_the_password_once_more_after_a_while(
    site: Flask, path: str
) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", key)
        assert client.get(path).status_code == 200
        clock.shift(timedelta(minutes=9))
        assert client.get(path).status_code == 200
        clock.shift(timedelta(minutes=2))
        asked = client.get(path)
        assert "/verify" in asked.location

        assert post(client, asked.location, password="wrong").status_code == 200
        assert "/verify" in client.get(path).location
        assert post(client, asked.location, password=PASSWORD).location.endswith(path)
        assert client.get(path).status_code == 200


def test_a_session_ends_after_half_an_hour_without_work_and_lasts_with_it(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", key)
        for _hour in range(4):
            clock.shift(timedelta(minutes=29))
            assert is_signed_in(client)
        clock.shift(timedelta(minutes=31))
        answer = client.get("/account", follow_redirects=True)

        assert answer.request.path == "/sign-in"
        assert "30 minutes" in answer.text


def test_a_session_ends_after_twelve_hours_of_work(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", key)
        worked = [is_signed_in(client)]
        for _quarter in range(4 * 12):
            clock.shift(timedelta(minutes=15))
            worked.append(is_signed_in(client))

        assert worked == [True] * 48 + [False]


def test_a_cookie_that_was_copied_opens_nothing_after_signing_out(site: Flask) -> None:
    with strict(site) as app:
        key = somebody(app)
        client, thief = app.test_client(), app.test_client()
        sign_in(client, "amina@example.org", key)
        cookie = client.get_cookie("session")
        assert cookie
        thief.set_cookie("session", cookie.value)
        assert is_signed_in(thief)
        post(client, "/sign-out")

        assert not is_signed_in(thief)


def test_signing_out_elsewhere_ends_the_other_sessions_at_once(site: Flask) -> None:
    with strict(site) as app, time_machine.travel(NOW, tick=False) as clock:
        key = somebody(app)
        clients = [app.test_client() for _ in range(3)]
        for client in clients:
            sign_in(client, "amina@example.org", key)
            clock.shift(timedelta(minutes=1))
        with app.app_context():
            first = session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
        post(clients[2], f"/account/sessions/{first}/end")
        assert [is_signed_in(client) for client in clients] == [False, True, True]
        post(clients[2], "/account/sign-out-everywhere")
        assert [is_signed_in(client) for client in clients] == [False, False, True]


def test_nobody_ends_the_session_of_somebody_else_by_its_number(site: Flask) -> None:
    with strict(site) as app:
        key, other = somebody(app), somebody(app, "other@example.org")
        client, stranger = app.test_client(), app.test_client()
        sign_in(client, "amina@example.org", key)
        sign_in(stranger, "other@example.org", other)
        with app.app_context():
            hers = session.scalars(select(SignIn.id).order_by(SignIn.id)).first()
        post(stranger, f"/account/sessions/{hers}/end")

        assert is_signed_in(client)


def test_remembering_tokens_and_basic_passwords_open_nothing(site: Flask) -> None:
    with strict(site) as app:
        key = somebody(app)
        client = app.test_client()
        post(client, "/sign-in", email="amina@example.org", password=PASSWORD, remember="y")
        post(client, "/tf-validate", code=code_of(key))
        assert client.get_cookie("remember_token") is None
        with app.test_request_context():
            token = user_of("amina@example.org").get_auth_token()
        stranger = app.test_client()

        for path in ("/account", "/change-password"):
            assert stranger.get(f"{path}?auth_token={token}").status_code == 302
            assert stranger.get(path, headers={"Authentication-Token": token}).status_code == 302
            assert stranger.get(path, auth=("amina@example.org", PASSWORD)).status_code == 302


def test_signing_in_and_out_and_failing_are_in_the_trail(site: Flask) -> None:
    with strict(site) as app:
        key = somebody(app)
        client = app.test_client()
        sign_in(client, "amina@example.org", password="wrong")
        sign_in(client, "amina@example.org", key)
        post(client, "/sign-out")
        with app.app_context():
            rows = session.execute(
                select(AuditEvent.action, AuditEvent.outcome)
                .where(AuditEvent.action.in_(["sign_in", "sign_out"]))
                .order_by(AuditEvent.seq)
            ).all()

    assert [tuple(row) for row in rows] == [("sign_in", "failed"), ("sign_in", "done"), ("sign_out", "done")]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(site: Flask, target: str) -> None:
    with strict(site) as app:
        key = somebody(app)
        client = app.test_client()
        refused = post(client, f"/sign-in?next={target}", email="amina@example.org", password=PASSWORD)
        step = post(client, "/sign-in", email="amina@example.org", password=PASSWORD)
        done = post(client, step.location, code=code_of(key), next=target)
        theme = post(client, "/preferences", theme="dark", next=target)
        locations = [answer.location or "" for answer in (refused, done, theme)]

    for found in locations:
        assert urlsplit(found).netloc in ("", "localhost")
        assert not found.startswith(("//", "/\\", "javascript"))


def test_the_page_that_was_asked_for_opens_after_signing_in(site: Flask) -> None:
    with strict(site) as app:
        key = somebody(app)
        client = app.test_client()
        asked = client.get("/account?x=1")
        step = post(client, asked.location, email="amina@example.org", password=PASSWORD)
        done = post(client, step.location, code=code_of(key))

    assert done.location.endswith("/account?x=1")


def test_an_unsafe_target_is_dropped_and_counts_as_no_wrong_try(site: Flask) -> None:
    with strict(site) as app:
        somebody(app)
        answer = app.test_client().post(
            "/sign-in?next=//evil.example", data={"email": "amina@example.org", "password": PASSWORD}
        )
        assert answer.status_code == 302
        assert answer.location.startswith("/tf-validate")
        with app.app_context():
            assert session.scalars(select(SignInFailure)).all() == []
