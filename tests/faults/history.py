"""Saves that somebody sends, what was answered, and what the database has of it afterwards."""

import http.client
import threading
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import select

from reintegrate.audit.verify import verify
from reintegrate.cases.models import Case
from reintegrate.db import db
from reintegrate.people.models import Person
from reintegrate.web.models import Operation
from tests.serving import LIMIT, Client, Desk, registration, signed_in


@dataclass
class History:
    """What became of each save, by the made-up name that it registers."""

    saved: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    other: list[tuple[str, int]] = field(default_factory=list)

    def send(self, client: Client, desk: Desk, name: str, token: str, tries: int) -> None:
        """Save, and where no answer comes send the same form again, `tries` times altogether."""
        form = registration(desk, name, uuid4().hex, token)
        for _ in range(tries):
            try:
                answer = client.post("/cases/new", **form)
            except (OSError, http.client.HTTPException):
                threading.Event().wait(0.2)
                continue
            if answer.status == 302:
                self.saved.append(name)
                return
            if answer.status != 503:
                self.other.append((name, answer.status))
                return
            threading.Event().wait(0.2)
        self.unknown.append(name)


@dataclass
class Office:
    """Several people who register without a pause until they are told to stop."""

    desk: Desk
    port: int
    people: int = 4
    limit: int = 1000
    tries: int = 1
    history: History = field(default_factory=History)
    closed: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        client = signed_in(self.port, self.desk)
        token = client.token("/cases/new")
        cookies = dict(client.cookies)
        self.threads = [
            threading.Thread(target=self._work, args=(person, token, cookies), daemon=True)
            for person in range(self.people)
        ]
        for thread in self.threads:
            thread.start()

    def _work(self, person: int, token: str, cookies: dict[str, str]) -> None:
        client = Client(self.port, dict(cookies))
        for number in range(self.limit):
            if self.closed.is_set():
                return
            # every second save is given up where no answer comes: it may have happened, or not
            tries = self.tries if number % 2 else 1
            self.history.send(client, self.desk, f"Save {person}x{number}", token, tries)

    def wait(self) -> None:
        for thread in self.threads:
            thread.join(LIMIT)

    def close(self) -> None:
        self.closed.set()
        self.wait()

    def wait_for_saves(self, number: int) -> None:
        """Until so many saves more were acknowledged."""
        goal = len(self.history.saved) + number
        for _ in range(int(LIMIT * 50)):
            if len(self.history.saved) >= goal:
                return
            threading.Event().wait(0.02)
        raise TimeoutError(f"{len(self.history.saved)} of {goal} saves; others {self.history.other[:3]}")


def look_back(desk: Desk, history: History) -> None:
    """Every acknowledged save is there once, no other more than once, and the trail is whole."""
    with desk.app.app_context():
        found = Counter(db.session.scalars(select(Person.display_name)))
        cases = Counter(
            db.session.scalars(select(Person.display_name).join(Case, Case.person_id == Person.id))
        )
        open_numbers = db.session.scalars(select(Operation.id).where(Operation.location.is_(None))).all()
        faults = verify(db.session)[1]
        db.session.close()
        db.engine.dispose()
    assert history.other == []
    assert {name: found[name] for name in history.saved if found[name] != 1} == {}
    assert {name: found[name] for name in history.unknown if found[name] > 1} == {}
    assert set(found) <= {*history.saved, *history.unknown}
    assert cases == found, "a person without a case, or the other way round"
    assert open_numbers == [], "a form's number without its result"
    assert faults == []
