"""A process that dies in the middle of an import leaves nothing, and the next one does all of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from reintegrate.audit.verify import verify
from reintegrate.cases.models import Case
from reintegrate.db import db, session
from reintegrate.exchange import command
from reintegrate.exchange.codes import ImportStatus
from reintegrate.exchange.models import ListImport
from reintegrate.people.models import Person
from tests import make
from tests.exchange.lists import AWA, OMAR, as_csv

KILLED = """
import os, signal, sys
from reintegrate.cli import main
from reintegrate.exchange import writing
from reintegrate.people import bulk

def dies(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)

place, calls, real = sys.argv[1], [], writing.open_cases

def dies_later(*arguments, **options):
    calls.append(1)
    if len(calls) == 2:
        dies()
    return real(*arguments, **options)

writing.AT_ONCE = 1
if place == "people":
    writing.register_people = dies
elif place == "second batch":
    writing.open_cases = dies_later
else:
    writing.record = dies
sys.argv[1:] = ["import", "returnees", *sys.argv[2:]]
main()
"""


@pytest.mark.parametrize("place", ["people", "second batch", "end"])
def test_an_import_that_is_killed_has_written_nothing_and_can_be_repeated(
    site: Flask, tmp_path: Path, place: str
) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(as_csv([AWA, OMAR]))
    with site.app_context():
        make.office("SN", code="DKR")
        session.commit()
        address = db.engine.url.render_as_string(hide_password=False)

    arguments = [place, str(file), "--database", address]
    died = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)

    assert died.returncode == -9
    with site.app_context():
        assert session.scalar(select(func.count(Person.id))) == 0
        assert session.scalar(select(func.count(Case.id))) == 0
        _outcome, written = command.bring_in(
            file,
            office=command.office_called("DKR"),
            day_first=None,
            duplicates=command.Duplicates.LEAVE_OUT,
        )
        session.commit()
        assert written == 2
        assert session.scalars(select(ListImport.status)).all() == [ImportStatus.DONE]
        assert verify(db.session)[1] == []
