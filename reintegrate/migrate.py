"""Bringing a database to the state that this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from reintegrate.columns import Base
from reintegrate.errors import ConfigError

LOCK = 0x7265696E
"""The number under which upgrades of one PostgreSQL database wait for each other."""


class MigrationError(Exception):
    """The migrations cannot be applied; the database is as it was."""


class State(StrEnum):
    """How a database stands to the migrations of this version."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    UNKNOWN = "unknown"


def alembic_config(folder: str) -> Config:
    """Alembic's settings for the migrations in `folder`."""
    config = Config()
    config.set_main_option("script_location", folder)
    config.attributes["metadata"] = Base.metadata
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction for all steps: they succeed together, or the database stays as it was.

    A second upgrade waits for the first. SQLite changes a table by copying it, which is no loss of
    the rows that refer to it, so references are looked at once, at the end.
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                yield connection
                if is_sqlite:
                    _check_references(connection)
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    lost = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if lost:
        raise MigrationError(f"rows of {', '.join(sorted(lost))} refer to nothing; nothing was changed")


def upgrade(engine: Engine, folder: str, revision: str = "head") -> None:
    """Apply the migrations up to `revision`, all or none.

    Raises MigrationError where the database is of a later version, or rows would refer to nothing.
    """
    if state_of(engine, folder) is State.UNKNOWN:
        raise MigrationError("the database was brought up to date by a later version of reintegrate")
    config = alembic_config(folder)
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, folder: str, revision: str) -> None:
    """Take the migrations back to `revision`, all or none."""
    config = alembic_config(folder)
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def state_of(engine: Engine, folder: str) -> State:
    """How a database stands to the migrations in `folder`."""
    script = ScriptDirectory.from_config(alembic_config(folder))
    with engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if not found:
        return State.EMPTY
    if not found <= {step.revision for step in script.walk_revisions()}:
        return State.UNKNOWN
    return State.CURRENT if found == set(script.get_heads()) else State.BEHIND


REFUSALS = {
    State.EMPTY: "The database is empty: run `reintegrate database upgrade`",
    State.BEHIND: "The database is not up to date: run `reintegrate database upgrade`",
    State.UNKNOWN: "The database was brought up to date by a later version of reintegrate: run that one",
}
"""What to do with a database that another version left."""


def refuse_other_states(engine: Engine, folder: str) -> None:
    """Raise ConfigError where a database is not exactly at the head of the migrations."""
    state = state_of(engine, folder)
    if state in REFUSALS:
        raise ConfigError(REFUSALS[state])
