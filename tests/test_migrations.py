"""Bringing databases up and down, with people in them, on both engines: all steps or none, nothing lost."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, MetaData, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from reintegrate.app import create_app
from reintegrate.audit.verify import verify
from reintegrate.config import demo_config
from reintegrate.db import db, tame_sqlite
from reintegrate.demo import load
from reintegrate.migrate import MigrationError, State, alembic_config, downgrade, state_of, upgrade
from tests.conftest import MIGRATIONS

SCRIPT = ScriptDirectory.from_config(alembic_config(MIGRATIONS))
HEAD = str(SCRIPT.get_current_head())
REVISIONS = [step.revision for step in SCRIPT.walk_revisions()]
"""From the head down."""


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        tame_sqlite(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def register(address: str, engine: Engine) -> Iterator[Flask]:
    """An application whose database has a few people in it."""
    app = create_app(demo_config(address))
    with app.app_context():
        upgrade(engine, MIGRATIONS)
        load.fill(cases=20, seed=5, today=date(2026, 3, 1))
        db.session.close()
        yield app
        db.session.close()
        db.engine.dispose()


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, by table."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def layout(engine: Engine) -> dict[str, Any]:
    """Columns, indexes and references of all tables."""
    seen = inspect(engine)
    return {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
            sorted((i["name"], i["column_names"], i["unique"]) for i in seen.get_indexes(table)),
            sorted((f["name"], f["referred_table"]) for f in seen.get_foreign_keys(table)),
            sorted(c["name"] for c in seen.get_check_constraints(table)),
        )
        for table in seen.get_table_names()
    }


def test_from_every_state_the_people_come_up_again(engine: Engine, register: Flask) -> None:
    before, shape = contents(engine), layout(engine)
    for revision in REVISIONS[1:]:
        downgrade(engine, MIGRATIONS, revision)
        below = contents(engine)
        upgrade(engine, MIGRATIONS)

        assert layout(engine) == shape
        after = contents(engine)
        assert {name: len(after[name]) for name in below} == {name: len(rows) for name, rows in below.items()}
        assert {name: len(below[name]) for name in below} == {name: len(before[name]) for name in below}

    assert len(before["person"]) == len(contents(engine)["person"]) >= 20
    assert verify(db.session)[1] == []


def test_down_to_the_ground_nothing_is_left(engine: Engine) -> None:
    upgrade(engine, MIGRATIONS)
    shape = layout(engine)

    downgrade(engine, MIGRATIONS, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.scalars(text(functions)).all() == []

    upgrade(engine, MIGRATIONS)
    assert layout(engine) == shape


STEP = """
import os, signal
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{below}", None, None


def upgrade():
    {up}


def downgrade():
    {down}
"""


@pytest.fixture
def with_step(tmp_path: Path) -> Callable[..., str]:
    """Makes a folder with all migrations and another one on top."""

    def add(up: str, *, revision: str = "9999", below: str = HEAD, down: str = "pass") -> str:
        folder = tmp_path / "migrations"
        if not folder.exists():
            shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        step = STEP.format(revision=revision, below=below, up="\n    ".join(up.splitlines()), down=down)
        (folder / "versions" / f"{revision}_made_by_a_test.py").write_text(step, encoding="utf-8")
        return str(folder)

    return add


HALF = """
op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE office SET name = 'half'")
with op.batch_alter_table("person") as batch:
    batch.add_column(sa.Column("half", sa.Text()))
"""


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(
    engine: Engine, register: Flask, with_step: Callable[..., str]
) -> None:
    with_step("op.create_table('whole', sa.Column('id', sa.Integer, primary_key=True))", revision="9998")
    folder = with_step(HALF + 'raise RuntimeError("half-way")', below="9998")
    before, shape = contents(engine), layout(engine)

    with pytest.raises(RuntimeError, match="half-way"):
        upgrade(engine, folder)

    assert layout(engine) == shape
    assert contents(engine) == before


def test_a_migration_that_is_killed_half_way_leaves_the_database_as_it_was(
    address: str, engine: Engine, register: Flask, with_step: Callable[..., str]
) -> None:
    folder = with_step(HALF + "os.kill(os.getpid(), signal.SIGKILL)")
    before, shape = contents(engine), layout(engine)
    code = (
        "import sys; from sqlalchemy import create_engine; from reintegrate import db, migrate;"
        "engine = create_engine(sys.argv[1]);"
        "engine.dialect.name == 'sqlite' and db.tame_sqlite(engine);"
        "migrate.upgrade(engine, sys.argv[2])"
    )
    died = subprocess.run([sys.executable, "-c", code, address, folder], timeout=60, check=False)

    assert died.returncode == -9
    assert layout(engine) == shape
    assert contents(engine) == before


def test_a_table_is_copied_without_losing_what_refers_to_it(
    engine: Engine, register: Flask, with_step: Callable[..., str]
) -> None:
    folder = with_step(
        'with op.batch_alter_table("person", recreate="auto" if op.get_bind().dialect.name != "sqlite"'
        ' else "always") as batch:\n    batch.add_column(sa.Column("more", sa.Text()))'
    )
    before = contents(engine)

    upgrade(engine, folder)

    after = contents(engine)
    assert {name: len(rows) for name, rows in after.items()} == {n: len(rows) for n, rows in before.items()}
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("DELETE FROM person"))


ROLE = (
    "INSERT INTO membership (user_id, role, office_id, country, granted_at, confirmed_at)"
    " VALUES (1, :role, :office, :country, '2026-01-01', :confirmed)"
)


def test_a_role_that_was_granted_twice_at_once_is_held_once_and_stays_so(
    engine: Engine, register: Flask, with_step: Callable[..., str]
) -> None:
    places: list[dict[str, Any]] = [
        {"role": "supervisor", "office": 1, "country": None},
        {"role": "programme_manager", "office": None, "country": "ML"},
        {"role": "auditor", "office": None, "country": None},
    ]
    downgrade(engine, MIGRATIONS, "0006")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM membership WHERE user_id = 1"))
        for place in places:
            for confirmed in (None, "2026-01-02", None):
                place_twice = place | {"confirmed": confirmed}
                if place["office"] is None or confirmed:
                    connection.execute(text(ROLE), place_twice)
    folder = with_step(
        'with op.batch_alter_table("membership", recreate="auto" if op.get_bind().dialect.name != "sqlite"'
        ' else "always") as batch:\n    batch.add_column(sa.Column("more", sa.Text()))'
    )

    upgrade(engine, folder)

    with engine.connect() as connection:
        kept = connection.execute(
            text("SELECT role, confirmed_at IS NOT NULL FROM membership WHERE user_id = 1 ORDER BY role")
        ).all()
    assert [tuple(row) for row in kept] == [
        ("auditor", True),
        ("programme_manager", True),
        ("supervisor", True),
    ]
    for place in places:
        with engine.begin() as connection, pytest.raises(IntegrityError):
            connection.execute(text(ROLE), place | {"confirmed": None})


def test_a_migration_after_which_rows_refer_to_nothing_is_refused(
    engine: Engine, register: Flask, with_step: Callable[..., str]
) -> None:
    folder = with_step('op.execute("DELETE FROM office")')
    before = contents(engine)

    with pytest.raises((MigrationError, IntegrityError)):
        upgrade(engine, folder)

    assert contents(engine) == before


def test_a_database_says_how_it_stands_to_this_version(engine: Engine, with_step: Callable[..., str]) -> None:
    later = with_step("pass")

    assert state_of(engine, MIGRATIONS) is State.EMPTY
    upgrade(engine, MIGRATIONS)
    assert state_of(engine, MIGRATIONS) is State.CURRENT
    assert state_of(engine, later) is State.BEHIND
    upgrade(engine, later)
    assert state_of(engine, later) is State.CURRENT
    assert state_of(engine, MIGRATIONS) is State.UNKNOWN
    with pytest.raises(MigrationError, match="later version"):
        upgrade(engine, MIGRATIONS)
