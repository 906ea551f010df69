"""What refuses to start, and what every answer bears."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from sqlalchemy import text

from reintegrate.accounts.models import Role
from reintegrate.app import create_app, refuse_other_state
from reintegrate.config import production_config
from reintegrate.db import db, session
from reintegrate.errors import ConfigError
from reintegrate.migrate import downgrade, upgrade
from reintegrate.web.access import PUBLIC, performs
from tests import make
from tests.accounts.people import PASSWORD, code_of, post, strict, with_factor, with_password
from tests.conftest import MIGRATIONS

GOOD = {
    "DATABASE_URL": "postgres://db/reintegrate",
    "SECRET_KEY": "8f1c2d3e4b5a69788796a5b4c3d2e1f0",
    "TOTP_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f9",
    "BASE_URL": "https://register.example.org/",
}


def test_a_whole_environment_gives_a_strict_configuration() -> None:
    chosen = {"TRUSTED_PROXIES": "10.0.0.0/8", "SESSION_IDLE_MINUTES": "20", "MAIL_PORT": "587"}
    config = production_config(GOOD | chosen)

    assert config["SQLALCHEMY_ENGINES"]["default"]["url"] == "postgresql+psycopg://db/reintegrate"
    assert config["BASE_URL"] == "https://register.example.org"
    assert (config["TRUSTED_PROXIES"], config["SESSION_IDLE_MINUTES"]) == (["10.0.0.0/8"], 20)
    assert config["MAIL_PORT"] == 587
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert config["SESSION_COOKIE_SECURE"]
    assert config["RATELIMIT_ENABLED"]
    assert not config["DEMO"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32"),
        ({"SECRET_KEY": ""}, "SECRET_KEY needs at least 32"),
        ({"TOTP_SECRET": "x" * 31}, "TOTP_SECRET needs at least 32"),
        ({"SECRET_KEY": "ab" * 20}, "SECRET_KEY is too simple"),
        ({"TOTP_SECRET": GOOD["SECRET_KEY"]}, "have to differ"),
        ({"BASE_URL": "http://register.example.org"}, "BASE_URL has to start with https"),
        ({"BASE_URL": ""}, "BASE_URL has to start with https"),
        ({"BASE_URL": "https:///"}, "name a host"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG has to be off"),
        ({"FLASK_DEBUG": "true"}, "FLASK_DEBUG has to be off"),
        ({"MAIL_PORT": "smtp"}, "MAIL_PORT has to be a number"),
        ({"SESSION_HOURS": "900"}, "SESSION_HOURS has to be a number from 1 to 24"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE"),
    ],
)
def test_a_wrong_setting_refuses_the_start_and_says_which(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        production_config(GOOD | wrong)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        production_config({"FLASK_DEBUG": "1"})

    for name in ("DATABASE_URL", "SECRET_KEY", "TOTP_SECRET", "BASE_URL", "FLASK_DEBUG"):
        assert name in str(caught.value)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(GOOD["SECRET_KEY"] + "\n", encoding="utf-8")
    environ = {**GOOD, "SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "secret")}

    assert production_config(environ)["SECRET_KEY"] == GOOD["SECRET_KEY"]


def test_a_store_of_limits_that_cannot_be_used_refuses_the_start() -> None:
    config = production_config(
        GOOD | {"DATABASE_URL": "sqlite:///x.sqlite", "RATELIMIT_STORAGE_URI": "fax://desk"}
    )

    with pytest.raises(ConfigError, match="RATELIMIT_STORAGE_URI"):
        create_app(config)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """An installation on a database of its own, for tests that change its state."""
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    app = create_app(production_config(GOOD | {"DATABASE_URL": url}))
    with app.app_context():
        upgrade(db.engine, MIGRATIONS)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_database_of_another_version_refuses_the_start(own: Flask) -> None:
    refuse_other_state(own)
    with own.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="later version"):
        refuse_other_state(own)


def test_an_empty_database_refuses_the_start(tmp_path: Path) -> None:
    app = create_app(production_config(GOOD | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite'}"}))

    with pytest.raises(ConfigError, match="empty"):
        refuse_other_state(app)


@pytest.mark.parametrize("wrong", [{}, {"FLASK_DEBUG": "1"}, {"SECRET_KEY": "short"}])
def test_the_module_that_servers_load_does_not_load(tmp_path: Path, wrong: dict[str, str]) -> None:
    environ = GOOD | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite'}"} | wrong
    loaded = subprocess.run(
        [sys.executable, "-c", "from reintegrate.wsgi import load; load()"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert loaded.returncode != 0
    assert "ConfigError" in loaded.stderr


def test_the_sign_in_tables_go_down_and_up_again_with_what_is_there(own: Flask) -> None:
    with own.app_context():
        office = make.office(code="DKR")
        user = make.user(Role.CASEWORKER, office)
        session.commit()
        client = make.signed_in(own, user.fs_uniquifier)
        assert client.get("/account", base_url="https://localhost").status_code in (200, 302)
        session.close()
        downgrade(db.engine, MIGRATIONS, "0001")
        upgrade(db.engine, MIGRATIONS)
        names = session.execute(text("SELECT name FROM app_user")).scalars().all()
        versions = session.execute(text("SELECT code, version FROM office")).all()

    assert names == [user.name]
    assert [tuple(row) for row in versions] == [("DKR", 1)]


SECURE = {"base_url": "https://register.example.org"}


def test_over_tls_every_cookie_is_bound_to_the_host(own: Flask) -> None:
    client = own.test_client()
    page = client.get("/sign-in", **SECURE)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    facts = {"language": "ar", "theme": "dark", "csrf_token": token}
    headers = {"Referer": SECURE["base_url"] + "/sign-in"}
    answer = client.post("/preferences", data=facts, headers=headers, **SECURE)
    cookies = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]

    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-session", "__Host-look"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert "max-age" in page.headers["Strict-Transport-Security"]


def test_a_form_from_another_site_is_refused_even_with_its_token(own: Flask) -> None:
    client = own.test_client()
    page = client.get("/sign-in", **SECURE)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"Referer": "https://evil.example/"}
    answer = client.post(
        "/preferences", data={"language": "ar", "csrf_token": token}, headers=headers, **SECURE
    )

    assert answer.status_code == 400
    assert 'name="language" hidden' not in answer.text


STATUSES = (400, 401, 403, 404, 413, 415, 429, 500, 503)


def _break(app: Flask) -> None:
    """Views that end in each kind of error."""
    for status in STATUSES:

        @performs(PUBLIC)
        def view(status: int = status) -> str:
            if status == 500:
                raise RuntimeError("broken on purpose")
            abort(status)

        app.add_url_rule(f"/break/{status}", f"break{status}", view)


def test_every_answer_bears_the_policy_and_is_kept_by_nobody(site: Flask) -> None:
    with strict(site) as app:
        _break(app)
        client = app.test_client()
        answers = [client.get(f"/break/{status}") for status in STATUSES]
        paths = ("/health", "/sign-in", "/", "/help", "/nothing", "/users/%ff")
        answers += [client.get(path) for path in paths]
        answers += [client.delete("/sign-in"), client.post("/help")]
        answers += [client.get("/", headers={"Host": "evil.example"})]

    assert {answer.status_code for answer in answers} >= {200, 302, 400, 403, 404, 413, 429, 500}
    for answer in answers:
        where = (answer.request.path, answer.status_code)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], where
        assert answer.headers["Cache-Control"] == "no-store", where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert "broken on purpose" not in answer.text


def test_a_form_that_expired_is_offered_again_without_secrets(site: Flask) -> None:
    with strict(site, WTF_CSRF_ENABLED=True) as app:
        client = app.test_client()
        here = {"Referer": "http://localhost/cases/X/notes"}
        note = client.post("/users/new", data={"text": 'Tea\n<b>"now"</b>'}, headers=here).text
        typed = {"email": "a@example.org", "password": "p4ss"}
        secret = client.post("/sign-in", data=typed, headers=here).text
        foreign = client.post(
            "/users/new", data={"text": "evil"}, headers={"Referer": "https://evil.example/"}
        )

    assert "Tea\n&lt;b&gt;&#34;now&#34;&lt;/b&gt;</textarea>" in note
    assert 'href="/cases/X/notes"' in note
    assert "p4ss" not in secret
    assert "a@example.org" not in secret
    assert "evil</textarea>" not in foreign.text


def test_searching_like_a_machine_is_slowed_down_and_said_so(site: Flask) -> None:
    with strict(site) as app:
        with app.app_context():
            office = make.office()
            users = [with_password(make.user(Role.CASEWORKER, office)) for _ in range(2)]
            keys = [with_factor(app, user) for user in users]
            session.commit()
        clients = [app.test_client() for _ in users]
        for client, user, key in zip(clients, users, keys, strict=True):
            post(client, "/sign-in", email=user.email, password=PASSWORD)
            post(client, "/tf-validate", code=code_of(key))
        codes = [clients[0].get(f"/search?q=name{number}").status_code for number in range(61)]
        slowed = clients[0].get("/search?q=more")

        assert codes == [200] * 60 + [429]
        assert slowed.headers["Retry-After"] == "300"
        assert "Wait a few minutes" in slowed.text
        assert clients[1].get("/search?q=name").status_code == 200
        assert clients[0].get("/worklist").status_code == 200


def test_each_address_has_limits_of_its_own_and_cannot_say_that_it_is_another(site: Flask) -> None:
    with strict(site) as app:
        codes = {}
        for address in ("192.0.2.1", "192.0.2.2"):
            answers = [
                app.test_client().post(
                    "/reset-password",
                    data={"email": f"n{n}@example.org"},
                    headers={"X-Forwarded-For": f"10.9.8.{n}"},
                    environ_base={"REMOTE_ADDR": address},
                )
                for n in range(21)
            ]
            codes[address] = [answer.status_code for answer in answers]

    assert codes == dict.fromkeys(("192.0.2.1", "192.0.2.2"), [200] * 20 + [429])
