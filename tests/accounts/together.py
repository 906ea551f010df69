"""Two people, or one with two windows, who send a form at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reintegrate.db import db

PATIENCE = 60.0
"""Seconds after which somebody who did not come is a failure."""


def meet(patch: pytest.MonkeyPatch, where: object, name: str, parties: int = 2) -> None:
    """Whoever comes to a function waits there until all have: each has read, and nobody has decided.

    Once a thread: what is done a second time, because somebody else came between, waits for nobody.
    """
    barrier, known = threading.Barrier(parties), threading.local()
    real: Callable[..., Any] = getattr(where, name)

    def waiting(*args: Any, **options: Any) -> Any:
        if not hasattr(known, "met"):
            known.met = True
            barrier.wait(PATIENCE)
        return real(*args, **options)

    patch.setattr(where, name, waiting)


def is_one_writer(site: Flask) -> bool:
    """Whether those who may write come one after the other anyway, as SQLite has it."""
    with site.app_context():
        return bool(db.engine.dialect.name == "sqlite")


def send_together(forms: Sequence[tuple[FlaskClient, str, dict[str, str]]]) -> list[str]:
    """Send forms at once, each from its own browser; the pages that their senders see then."""
    start = threading.Barrier(len(forms))

    def send(form: tuple[FlaskClient, str, dict[str, str]]) -> str:
        client, address, data = form
        start.wait(PATIENCE)
        return client.post(address, data=data, follow_redirects=True).get_data(as_text=True)

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))
