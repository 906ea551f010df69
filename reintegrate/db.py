"""The database: engines, the session of a request, and what SQLite needs to be as strict as PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

db = SQLAlchemy(session_options={"expire_on_commit": False, "autoflush": False})

session = cast("Session", LocalProxy(lambda: db.session))

WAITS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
"""A transaction whose application is gone ends before those who wait for its rows give up for good."""

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


def init_app(app: Flask) -> None:
    """Bind the engines of `app` and make SQLite behave."""
    for options in app.config["SQLALCHEMY_ENGINES"].values():
        if str(options["url"]).startswith("postgresql"):
            options.setdefault("pool_pre_ping", True)
            options.setdefault("connect_args", {"options": WAITS})
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                tame_sqlite(engine)


@contextmanager
def reading_only() -> Iterator[None]:
    """Transactions begun inside only read: on SQLite they do not wait for the one writer."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def tame_sqlite(engine: Engine) -> None:
    """Foreign keys, a durable log, waiting instead of failing, and explicit transactions.

    The driver's own transactions break savepoints, and a read that turns into a write fails at
    once whatever the busy timeout is, so a transaction that may write begins as a writer.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("busy_timeout=5000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN DEFERRED" if _read_only.get() else "BEGIN IMMEDIATE")


def insert_new(table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; the others stay as they are."""
    if not rows:
        return
    target: Table = getattr(table, "__table__", table)
    dialect = session.get_bind().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(make(target).on_conflict_do_nothing(), rows)
