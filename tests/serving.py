"""The service as it runs in production: a process of its own, and somebody who sends it requests."""

import http.client
import os
import queue
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from flask import Flask
from flask_security import hash_password

from reintegrate.accounts import sessions
from reintegrate.accounts.models import Role, SignIn
from reintegrate.app import create_app, top_folder
from reintegrate.config import production_config
from reintegrate.db import db, session
from reintegrate.migrate import upgrade
from tests import make
from tests.reading import Reader

HOST = "register.example.org"
PASSWORD = "a-long-password"
EMAIL = "worker@example.org"
LIMIT = 60.0
"""Seconds after which a test that waits for a process has failed."""


def settings(database_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret of forty characters for tests..",
        "TOTP_SECRET": "another secret of forty characters......",
        "BASE_URL": f"https://{HOST}",
        "MAIL_PORT": "9",
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """An office with one caseworker, who has an authenticator."""

    app: Flask
    user_id: int
    office_id: int
    totp_secret: str
    cookie: str

    def code(self) -> str:
        with self.app.app_context():
            code: str = self.app.extensions["security"]._totp_factory.generate_totp_password(self.totp_secret)
            return code


def furnish(database_url: str) -> Desk:
    """Migrate an empty database and put a caseworker into it; her cookie is signed as the service would."""
    app = create_app(production_config(settings(database_url)) | {"LOG_REQUESTS": False})
    app.test_client_class = Reader
    with app.app_context():
        upgrade(db.engine, str(top_folder("migrations")))
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office, email=EMAIL, password=hash_password(PASSWORD))
        secret: str = app.extensions["security"]._totp_factory.generate_totp_secret()
        worker.tf_primary_method, worker.tf_totp_secret = "authenticator", secret
        key = secrets.token_urlsafe(32)
        session.add(SignIn(user_id=worker.id, key=sessions.kept(key)))
        session.commit()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = signer.dumps({"_user_id": worker.fs_uniquifier, "_fresh": True, sessions.KEY: key})
        desk = Desk(app, worker.id, office.id, secret, cookie)
        session.close()
        db.engine.dispose()
    return desk


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Service:
    """`reintegrate serve` as a process; its workers are processes below it."""

    def __init__(self, folder: Path, database_url: str, *, workers: int = 2, **more: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = {**os.environ, **settings(database_url), "PYTHONUNBUFFERED": "1", **more}
        self.command = [sys.executable, "-m", "reintegrate.cli", "serve"]
        self.command += ["--port", str(self.port), "--workers", str(workers)]
        self.lines: list[str] = []
        self.spoken: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.wait_until_healthy()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT)
        self.listener.join(LIMIT)
        if self.process.stdout:
            self.process.stdout.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            self.spoken.put(line)

    def wait_for(self, words: str) -> str:
        """The next line that holds `words`."""
        deadline = time.monotonic() + LIMIT
        while (left := deadline - time.monotonic()) > 0:
            line = self.spoken.get(timeout=left)
            if words in line:
                return line
        raise TimeoutError(words)

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if Client(self.port).get("/health").status == 200:
                    return
            except OSError:
                threading.Event().wait(0.05)
        raise TimeoutError("".join(self.lines))

    def workers(self) -> list[int]:
        """The process ids of the workers, in the order of their start."""
        return [
            int(found)
            for line in self.lines
            for found in re.findall(r"Spawning worker-\d+ with PID: (\d+)", line)
        ]

    def stop(self) -> int:
        """Ask it to stop, as a service manager does; its exit code."""
        self.process.terminate()
        return self.process.wait(LIMIT)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return str(self.headers.get("Location", ""))


@dataclass
class Client:
    """A browser of few words behind a proxy that ends TLS: keeps cookies and sends a referrer."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    patience: float = LIMIT

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, **data: str) -> Answer:
        return self._send("POST", path, urlencode(data))

    def token(self, path: str) -> str:
        """The token of the form of a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found
        return found.group(1)

    def _send(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        headers = {"Host": HOST, "Referer": f"https://{HOST}/", "Connection": "close", **self.headers}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return Answer(response.status, response.headers, text)


def signed_in(port: int, desk: Desk) -> Client:
    return Client(port, {"__Host-session": desk.cookie})


def registration(desk: Desk, name: str, number: str, token: str) -> dict[str, str]:
    """A person to be registered under the form's `number`."""
    return {
        "csrf_token": token,
        "operation_id": number,
        "given_names": name,
        "sex": "unknown",
        "birth-precision": "unknown",
        "arrived-precision": "unknown",
        "return_country": "SN",
        "type": "unknown",
        "modality": "permanent",
        "consent": "not_asked",
        "office": str(desk.office_id),
        "anyway": "1",
    }
