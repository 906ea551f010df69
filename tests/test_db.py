from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, insert, select, text

from reintegrate.accounts.models import Membership, Office, Role
from reintegrate.db import db, session, write_rows
from tests import make


def offices() -> int:
    return session.scalar(select(func.count(Office.id))) or 0


def test_a_page_that_records_nothing_does_not_wait_for_a_writer(site: Flask) -> None:
    with site.app_context():
        user = make.user(Role.CASEWORKER, make.office())
        session.commit()
        client = make.signed_in(site, user.fs_uniquifier)
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL has many writers")
        writer = db.engine.raw_connection()
    with closing(writer):
        writer.cursor().execute("BEGIN IMMEDIATE")
        assert client.get("/worklist").status_code == 200
        writer.cursor().execute("ROLLBACK")


def test_what_a_reader_writes_is_one_transaction(app: Flask) -> None:
    session.only_read()
    assert offices() == 0
    session.add(Office(code="AAA", name="A", country="SN"))
    session.flush()
    session.rollback()
    assert offices() == 0

    session.only_read()
    session.execute(insert(Office).values(code="BBB", name="B", country="SN", timezone="UTC"))
    session.rollback()
    assert offices() == 0

    session.only_read()
    assert offices() == 0
    session.add(Office(code="CCC", name="C", country="SN"))
    session.commit()
    assert offices() == 1


def test_what_a_reader_has_loaded_stays_loaded_when_it_turns_into_a_writer(app: Flask) -> None:
    office = make.office()
    session.commit()
    session.expire_all()
    session.only_read()
    loaded = session.get(Office, office.id)
    assert loaded is not None

    loaded.name = "Renamed"
    session.commit()

    session.expire_all()
    assert session.scalar(select(Office.name)) == "Renamed"


def test_a_connection_that_the_server_closed_is_not_used_again(site: Flask) -> None:
    with site.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no server")
        offices()
        session.close()
        url = db.engine.url.render_as_string(hide_password=False)
    other = create_engine(url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        killed = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
        )
        connection.execute(text(f"{killed} AND pid <> pg_backend_pid()"))
    other.dispose()

    with site.app_context():
        assert offices() == 0


def test_rows_written_by_the_driver_are_those_the_session_reads(app: Flask) -> None:
    user, office = make.user(), make.office()
    rows = [
        {"user_id": user.id, "role": role, "office_id": office.id} for role in (Role.AUDITOR, Role.SUPERVISOR)
    ]
    write_rows(Membership, rows)

    found = session.scalars(select(Membership).order_by(Membership.id)).all()
    assert [(m.role, m.office_id, m.country, m.confirmed_at) for m in found] == [
        (Role.AUDITOR, office.id, None, None),
        (Role.SUPERVISOR, office.id, None, None),
    ]
    assert all(m.granted_at.tzinfo is not None for m in found)
