"""The database: engines, the session of a request, and what SQLite needs to be as strict as PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from inspect import iscoroutinefunction
from select import POLLIN, poll
from typing import Any, cast
from weakref import WeakKeyDictionary

from flask import Flask, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Column, ColumnElement, Dialect, Engine, Select, Table, any_, event, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase
from werkzeug.local import LocalProxy

READS = "reads"


WAITS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
"""A transaction whose application is gone ends before those who wait for its rows give up for good."""


class RequestSession(Session):
    """A session that only reads where it is told so, until something is to be written.

    Readers wait for nobody: on SQLite they do not begin as the one writer, on PostgreSQL they run
    without BEGIN and ROLLBACK, which would cost round trips and the prepared statements. What is
    written afterwards is a transaction of its own.
    """

    def only_read(self) -> None:
        """Begin as a reader; before the first statement."""
        self.info[READS] = True

    def begin_writing(self) -> None:
        """End the reading: what follows is one transaction. Streaming from PostgreSQL needs one too."""
        if self.info.pop(READS, False) and (reading := self.get_transaction()):
            reading.close()

    def get_bind(self, mapper: Any = None, *, clause: Any = None, **options: Any) -> Engine | Connection:
        if self.info.get(READS) and isinstance(clause, UpdateBase):
            self.begin_writing()
        bind = super().get_bind(mapper, clause=clause, **options)
        return cast("Engine", readers.get(bind, bind)) if self.info.get(READS) else bind

    def flush(self, objects: Any = None) -> None:
        if self.info.get(READS) and (self.new or self.dirty or self.deleted):
            self.begin_writing()
        super().flush(objects)

    def commit(self) -> None:
        self.begin_writing()
        super().commit()


readers: WeakKeyDictionary[Engine | Connection, Engine] = WeakKeyDictionary()
"""For each engine, the same engine for those who only read."""

db = SQLAlchemy(session_options={"class_": RequestSession, "expire_on_commit": False, "autoflush": False})

session = cast("RequestSession", LocalProxy(lambda: db.session))

USUAL_KILOBYTES, LOADING_KILOBYTES = 16_000, 128_000
"""How much of a database each SQLite connection keeps in memory."""

SQLITE_OPTIONS = {"cached_statements": 512}

POSTGRESQL_OPTIONS = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": WAITS,
}
"""Seconds after which libpq asks a silent server whether it is there, so that lost ones are noticed."""

PRAGMAS = (
    "busy_timeout=5000",
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    f"cache_size=-{USUAL_KILOBYTES}",
)


def init_app(app: Flask) -> None:
    """Bind the engines of `app` and let requests that only show something only read."""
    for options in app.config["SQLALCHEMY_ENGINES"].values():
        is_sqlite = str(options["url"]).startswith("sqlite")
        given = options.setdefault("connect_args", {})
        for name, value in (SQLITE_OPTIONS if is_sqlite else POSTGRESQL_OPTIONS).items():
            given.setdefault(name, value)
    db.init_app(app)
    _close_no_async_sessions(app)
    with app.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                tame_sqlite(engine)
                readers[engine] = engine.execution_options(**{READS: True})
            else:
                drop_dead_connections(engine)
                readers[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    app.before_request(_begin_as_reader)


def _close_no_async_sessions(app: Flask) -> None:
    """There are none, and looking for them starts an event loop at the end of every request."""
    app.teardown_appcontext_funcs[:] = [
        function for function in app.teardown_appcontext_funcs if not iscoroutinefunction(function)
    ]


def _begin_as_reader() -> None:
    if request.method in ("GET", "HEAD"):
        session.only_read()


def drop_dead_connections(engine: Engine) -> None:
    """Before a pooled connection is used again, see whether the server has said goodbye on it.

    A look at the socket instead of a statement, which would cost a round trip for each request.
    """

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        socket = poll()
        socket.register(connection.fileno(), POLLIN)
        if socket.poll(0):
            raise DisconnectionError


def tame_sqlite(engine: Engine) -> None:
    """Foreign keys, a durable log, waiting instead of failing, and explicit transactions.

    The driver's own transactions break savepoints, and a read that turns into a write fails at
    once whatever the busy timeout is, so a transaction that may write begins as a writer.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        kind = "DEFERRED" if connection.get_execution_options().get(READS) else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def loading() -> Iterator[None]:
    """Room for the pages of many indexes while a great many rows are written; between transactions."""
    if dialect_name() != "sqlite":
        yield
        return
    _pragma(f"cache_size=-{LOADING_KILOBYTES}")
    try:
        yield
    finally:
        _pragma(f"cache_size=-{USUAL_KILOBYTES}")


def _pragma(text: str) -> None:
    session.connection().exec_driver_sql(f"PRAGMA {text}")
    session.commit()


def gather_statistics() -> None:
    """Let the database count what its planner goes by; after loads and migrations."""
    session.connection().exec_driver_sql("ANALYZE")
    session.commit()


def dialect_name() -> str:
    """Which engine the session speaks to: sqlite or postgresql."""
    return session.get_bind().dialect.name


def one_of(column: Any, keys: Select[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of the few keys that `keys` selects.

    PostgreSQL takes the keys first, as an array, and can use an index beside an OR; it would take
    IN for half of the table there. SQLite sees to that by itself.
    """
    if dialect_name() == "postgresql":
        return cast("ColumnElement[bool]", column == any_(func.array(keys.scalar_subquery())))
    return cast("ColumnElement[bool]", column.in_(keys))


def hold(row: Any) -> bool:
    """Read a row anew and keep it from others until the transaction ends; False where it is gone.

    Of two who decide at the same moment, the second waits here and then sees what the first did.
    SQLite needs no lock: of transactions that may write there is one at a time.
    """
    session.flush()
    found = session.get(type(row), row.id, populate_existing=True, with_for_update={"key_share": True})
    return found is not None


def insert_new(table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; the others stay as they are."""
    if not rows:
        return
    target: Table = getattr(table, "__table__", table)
    make = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    session.execute(make(target).on_conflict_do_nothing(), rows)


def write_rows(table: Any, rows: list[dict[str, Any]]) -> None:
    """Write many rows that have the same keys by the driver itself: COPY, or one prepared statement.

    Three to five times as fast as an INSERT of the session, for loads of thousands of rows.
    """
    if not rows:
        return
    target: Table = getattr(table, "__table__", table)
    connection = session.connection()
    columns = [c for c in target.columns if c.name in rows[0] or c.default is not None]
    values = zip(*(_bound(column, rows, connection.dialect) for column in columns), strict=True)
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    with closing(connection.connection.cursor()) as cursor:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f"COPY {target.name} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {target.name} ({names}) VALUES ({places})", list(values))  # noqa: S608


def _bound(column: Column[Any], rows: list[dict[str, Any]], dialect: Dialect) -> list[Any]:
    """The values of one column as the driver takes them."""
    if column.name in rows[0]:
        values = [row[column.name] for row in rows]
    else:
        default: Any = column.default
        values = [default.arg if default.is_scalar else default.arg(None)] * len(rows)
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return [process(value) for value in values] if process else values
