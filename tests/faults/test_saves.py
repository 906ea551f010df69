"""One save that dies at each of its steps, or whose commit is never answered."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, make_url, select
from werkzeug.test import TestResponse

from reintegrate.audit.verify import verify
from reintegrate.db import db
from reintegrate.people.models import Person
from tests.serving import HOST, Desk, furnish, registration


def browser(desk: Desk) -> FlaskClient:
    desk.app.config["WTF_CSRF_ENABLED"] = False
    client = desk.app.test_client()
    client.set_cookie("__Host-session", desk.cookie, domain=HOST, secure=True)
    return client


def save(desk: Desk, client: FlaskClient, number: str) -> TestResponse:
    form = registration(desk, f"Save {number}", number, "")
    return client.post("/cases/new", data=form, base_url=f"https://{HOST}")


def times_saved(app: Flask, number: str) -> int:
    with app.app_context():
        statement = select(func.count(Person.id)).where(Person.display_name == f"Save {number}")
        found = db.session.scalar(statement)
        db.session.close()
        return found or 0


@contextmanager
def stepping(engine: Engine, at: Callable[[int], None]) -> Iterator[None]:
    """Call `at` with the number of each step: before and after every statement and commit."""
    steps = iter(range(1, 100_000))

    def step(*_: Any) -> None:
        at(next(steps))

    names = ("before_cursor_execute", "after_cursor_execute", "commit")
    for name in names:
        event.listen(engine, name, step)
    try:
        yield
    finally:
        for name in names:
            event.remove(engine, name, step)


def killed_at(desk: Desk, number: str, step: int) -> None:
    """Save in a process of its own that ends itself at a step, as kill -9 would."""

    def die(now: int) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        try:
            with desk.app.app_context():
                db.engine.dispose(close=False)
                engine = db.engine
            with stepping(engine, die):
                save(desk, browser(desk), number)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the save ended before step {step}"


def test_a_save_that_is_killed_at_any_step_happens_whole_or_not_at_all(desk: Desk) -> None:
    client, steps = browser(desk), []
    with desk.app.app_context():
        engine = db.engine
    save(desk, client, "w0")  # what is done once a process
    with stepping(engine, steps.append):
        assert save(desk, client, "w1").status_code == 302
    assert len(steps) > 30

    engine.dispose()
    outcomes = []
    # a prime stride meets reads and writes, before and after, without taking all of them
    for step in [*range(2, len(steps), 7), len(steps)]:
        killed_at(desk, f"k{step}", step)
        outcomes.append(times_saved(desk.app, f"k{step}"))
        answer = save(desk, client, f"k{step}")
        assert answer.status_code == 302
        assert times_saved(desk.app, f"k{step}") == 1, f"after step {step} and sending the form again"
        engine.dispose()
    assert set(outcomes) <= {0, 1}
    assert 0 in outcomes

    with desk.app.app_context():
        assert verify(db.session)[1] == []


class LosingProxy:
    """Stands before PostgreSQL and, once armed, breaks a connection before its COMMIT arrives, or after."""

    def __init__(self, address: str) -> None:
        url = make_url(address)
        host = str(url.query.get("host") or url.host)
        port = int(url.port or 5432)
        self.target: Any = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.armed = ""
        self.lost = 0
        self.silent: set[socket.socket] = set()
        without_host = url.set(query={}, host="127.0.0.1", port=self.listener.getsockname()[1])
        self.address = without_host.render_as_string(hide_password=False)
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            family = socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET
            server = socket.socket(family)
            server.connect(self.target)
            for source, sink, asks in ((client, server, True), (server, client, False)):
                thread = threading.Thread(target=self._pass, args=(source, sink, asks), daemon=True)
                self.threads.append(thread)
                thread.start()

    def _pass(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        try:
            while data := source.recv(65536):
                if source in self.silent:
                    return
                if asks and self.armed and b"COMMIT" in data:
                    moment, self.armed = self.armed, ""
                    self.lost += 1
                    if moment == "before":
                        return
                    self.silent.add(sink)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                self._cut(end)

    @staticmethod
    def _cut(end: socket.socket) -> None:
        """Hang up at once: closing alone waits for the other thread that reads here."""
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def losing(postgres_database: Callable[[str], str]) -> Iterator[LosingProxy]:
    proxy = LosingProxy(postgres_database("losing"))
    yield proxy
    proxy.close()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_commit_that_is_never_answered_has_one_effect(losing: LosingProxy, moment: str) -> None:
    desk = furnish(losing.address)
    client = browser(desk)
    assert save(desk, client, "first").status_code == 302

    losing.armed = moment
    answer = save(desk, client, "lost")

    assert losing.lost == 1
    assert answer.status_code == 302
    assert times_saved(desk.app, "lost") == 1
    assert save(desk, client, "lost").headers["Location"] == answer.headers["Location"]
    assert times_saved(desk.app, "lost") == 1
    with desk.app.app_context():
        assert verify(db.session)[1] == []
        db.session.close()
        db.engine.dispose()
