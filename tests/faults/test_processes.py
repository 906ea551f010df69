"""Processes that are killed or crowded while people save: what was acknowledged is there, once."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from reintegrate.config import engine_url
from reintegrate.db import db
from tests.conftest import start_postgres
from tests.faults.history import Office, look_back
from tests.serving import Client, Desk, Service, furnish


def test_killed_workers_lose_nothing_that_was_acknowledged(address: str, desk: Desk, tmp_path: Path) -> None:
    with Service(tmp_path, address) as service:
        office = Office(desk, service.port, tries=100)
        office.open()
        for worker in service.workers():
            office.wait_for_saves(6)
            os.kill(worker, signal.SIGKILL)
        for _ in range(2):
            service.wait_for("Started worker")
        office.wait_for_saves(6)
        office.close()
        assert len(service.workers()) == 4
    look_back(desk, office.history)


def test_eight_writers_on_sqlite_wait_for_each_other(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'crowded.sqlite'}"
    desk = furnish(address)
    with Service(tmp_path, address) as service:
        office = Office(desk, service.port, people=8, limit=6)
        office.open()
        office.wait()
    assert len(office.history.saved) == 48
    look_back(desk, office.history)


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL for one test alone, because it is killed."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgres(Path(folder) / "killed")
        yield server
        server.cleanup()


def test_a_killed_postgresql_loses_nothing_and_is_found_again(own_postgres: Any, tmp_path: Path) -> None:
    address = engine_url(own_postgres.get_uri())
    desk = furnish(address)
    with Service(tmp_path, address) as service:
        office = Office(desk, service.port, tries=200)
        office.open()
        office.wait_for_saves(6)

        postmaster = psutil.Process(own_postgres.get_pid())
        for process in [postmaster, *postmaster.children(recursive=True)]:
            process.kill()
        away = Client(service.port).get("/health")
        assert away.status == 503, service.lines[-3:]
        assert away.headers["Retry-After"]
        signed = Client(service.port, {"__Host-session": desk.cookie}).get("/worklist")
        assert signed.status == 503
        assert "nothing is saved twice" in signed.text
        psutil.wait_procs([postmaster], timeout=10)

        own_postgres.ensure_postgres_running()
        service.wait_until_healthy()
        office.wait_for_saves(6)
        office.close()
        assert len(service.workers()) == 2, "the service had to be restarted"
    look_back(desk, office.history)
    with desk.app.app_context():
        db.engine.dispose()
