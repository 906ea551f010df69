"""The service as it runs in production, as a process, on both engines."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Request, request
from sqlalchemy import NullPool, create_engine, text
from structlog.testing import capture_logs
from werkzeug.test import EnvironBuilder, run_wsgi_app

from reintegrate.app import create_app
from reintegrate.cli import main
from reintegrate.config import production_config
from reintegrate.errors import ConfigError
from reintegrate.wsgi import behind_proxies
from tests.serving import (
    EMAIL,
    HOST,
    LIMIT,
    PASSWORD,
    Client,
    Desk,
    Service,
    registration,
    settings,
    signed_in,
)


def test_somebody_signs_in_with_a_second_factor_and_saves(address: str, desk: Desk, tmp_path: Path) -> None:
    with Service(tmp_path, address) as service:
        client = Client(service.port)
        sign_in = {"email": EMAIL, "password": PASSWORD, "csrf_token": client.token("/sign-in")}
        assert client.post("/sign-in", **sign_in).status == 302
        assert client.get("/worklist").status == 302, "the password alone opened a page"
        token = client.token("/tf-validate")
        assert client.post("/tf-validate", code=desk.code(), csrf_token=token).status == 302
        assert client.get("/worklist").status == 200
        assert list(client.cookies) == ["__Host-session"]

        saved = client.post("/cases/new", **registration(desk, "Awa", "a" * 32, client.token("/cases/new")))
        assert saved.status == 302, saved.text
        assert "Awa" in client.get(saved.location).text
        assert service.stop() == 0
    logged = [json.loads(line) for line in service.lines]
    assert {"web.health", "cases.create", "caseload.worklist"} <= {line.get("endpoint") for line in logged}
    assert desk.user_id in {line.get("user") for line in logged}
    assert not any(word in "".join(service.lines) for word in ("Awa", EMAIL, saved.location))


def test_a_request_that_is_under_way_is_finished_before_the_service_stops(
    address: str, desk: Desk, tmp_path: Path
) -> None:
    isolation: Any = {"isolation_level": "AUTOCOMMIT"} if "postgres" in address else {}
    engine = create_engine(address, poolclass=NullPool, **isolation)
    with Service(tmp_path, address, workers=1) as service, engine.connect() as connection:
        client = signed_in(service.port, desk)
        form = registration(desk, "Binta", "b" * 32, client.token("/cases/new"))
        lock = "BEGIN; LOCK TABLE person" if "postgres" in address else "BEGIN IMMEDIATE"
        connection.exec_driver_sql(lock)
        answers: list[int] = []
        sender = threading.Thread(target=lambda: answers.append(client.post("/cases/new", **form).status))
        sender.start()
        _wait_until_waiting(address, service)
        service.process.terminate()
        service.wait_for("Stopping worker")
        connection.exec_driver_sql("ROLLBACK")
        sender.join(LIMIT)
        assert answers == [302]
        assert service.process.wait(LIMIT) == 0


def _wait_until_waiting(address: str, service: Service) -> None:
    """Until the request stands at the lock: PostgreSQL says so, for SQLite its connection has to do."""
    if "postgres" not in address:
        threading.Event().wait(0.5)
        return
    watcher = create_engine(address)
    with watcher.connect() as connection:
        for _ in range(200):
            if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                break
            threading.Event().wait(0.05)
    watcher.dispose()


@pytest.fixture
def asking(tmp_path: Path) -> Callable[..., Request | None]:
    """Sends a request through what surrounds the application in production; what the application saw."""

    def ask(proxies: str = "", **headers: str) -> Request | None:
        seen: list[Request] = []
        environment = settings(f"sqlite:///{tmp_path / 'asked.sqlite'}") | {"TRUSTED_PROXIES": proxies}
        app = create_app(production_config(environment) | {"LOG_REQUESTS": False})
        app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(Request(request.environ)))
        environ = EnvironBuilder("/help", headers={"Host": HOST, **headers}).get_environ()
        run_wsgi_app(behind_proxies(app), environ | {"REMOTE_ADDR": "10.1.1.1"})
        return seen[0] if seen else None

    return ask


@pytest.mark.parametrize(
    ("trusted", "expected"), [("", "10.1.1.1"), ("10.9.9.9", "10.1.1.1"), ("10.0.0.0/8, ::1", "203.0.113.9")]
)
def test_only_a_trusted_proxy_says_for_whom_it_asks(
    asking: Callable[..., Request | None], trusted: str, expected: str
) -> None:
    claims = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Host": "evil.example"}
    seen = asking(trusted, **claims, **{"X-Forwarded-Proto": "http"})

    assert seen is not None
    assert (seen.remote_addr, seen.host, seen.scheme) == (expected, HOST, "https")


def test_a_request_for_another_host_never_reaches_the_application(
    asking: Callable[..., Request | None],
) -> None:
    assert asking(Host="evil.example") is None
    assert asking(Host="127.0.0.1") is not None


def test_a_mistake_is_logged_by_its_kind_and_place_alone(tmp_path: Path) -> None:
    app = create_app(production_config(settings(f"sqlite:///{tmp_path / 'broken.sqlite'}")))

    def fail() -> None:
        raise ValueError("Mariama Ba was here")

    app.before_request_funcs.setdefault(None, []).append(fail)
    with capture_logs() as lines:
        answer = app.test_client().get("/help?q=Mariama", base_url=f"https://{HOST}")

    broken, request_line = lines
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == broken["request"] == request_line["request"]
    assert broken["error"] == "ValueError"
    assert broken["at"][-1].endswith(" fail")
    assert "Mariama" not in str(lines)


def refusal(environment: dict[str, str]) -> str:
    """What `reintegrate serve` says when it does not start."""
    done = CliRunner().invoke(main, ["serve"], env=environment)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    return done.output


def test_it_does_not_start_on_a_database_that_does_not_fit(desk: Desk, address: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    assert "later version" in refusal(settings(address))

    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    engine.dispose()
    assert "database upgrade" in refusal(settings(address))


def test_it_does_not_start_without_its_database() -> None:
    away = settings("postgresql://nobody@127.0.0.1:9/none")

    assert "cannot be reached" in refusal(away)


def test_it_says_everything_that_is_wrong_at_once() -> None:
    wrong = {
        "DATABASE_URL": "mysql://x/y",
        "SECRET_KEY": "short",
        "TOTP_SECRET": "",
        "BASE_URL": "http://register.example.org",
        "MAIL_PORT": "post",
        "TRUSTED_PROXIES": "10.0.0.0/8, everybody",
        "FLASK_DEBUG": "1",
    }
    said = refusal(wrong)

    assert [name for name in wrong if name not in said] == []


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://host"])
def test_an_address_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        production_config(settings(url))


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    drawn = "0123456789abcdefghij" * 2
    (tmp_path / "key").write_text(f"{drawn}\n", encoding="utf-8")
    environment = settings("sqlite:///x.sqlite") | {
        "SECRET_KEY": "",
        "SECRET_KEY_FILE": str(tmp_path / "key"),
    }

    assert production_config(environment)["SECRET_KEY"] == drawn
    with pytest.raises(ConfigError, match="SECRET_KEY_FILE"):
        production_config(environment | {"SECRET_KEY_FILE": str(tmp_path / "none")})
