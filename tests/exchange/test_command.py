"""The command that brings a list in."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from reintegrate.cases.models import Case
from reintegrate.cli import main
from reintegrate.db import db, session
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, OMAR, as_csv


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_bytes(as_csv([AWA, OMAR, FATOU, AWA_AGAIN]))
    return path


@pytest.fixture
def database(site: Flask) -> str:
    """The address of a database with one office."""
    with site.app_context():
        make.office("SN", code="DKR")
        session.commit()
        return db.engine.url.render_as_string(hide_password=False)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", "returnees", *map(str, arguments)])


def number_of_cases(site: Flask) -> int:
    with site.app_context():
        return session.scalar(select(func.count(Case.id))) or 0


def test_a_dry_run_without_a_database_looks_at_the_list_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    told = json.loads(run(file, "--dry-run", "--json").stdout)

    assert told["header_row"] == 1
    assert [row["status"] for row in told["rows"]] == ["ready", "ready", "error", "duplicate"]
    assert told["rows"][0]["values"]["birth_date"] == {"value": "1990-03-13", "precision": "day"}
    assert told["rows"][2]["errors"][0]["field"] == "birth_date"
    assert told["rows"][3]["duplicates"] == [{"row": 2}]
    assert told["summary"]["ready"] == 2


def test_a_dry_run_writes_nothing(site: Flask, database: str, file: Path) -> None:
    assert run(file, "--dry-run", "--database", database).exit_code == 0

    assert number_of_cases(site) == 0


def test_the_good_rows_are_written_once(site: Flask, database: str, file: Path) -> None:
    first = run(file, "--office", "DKR", "--database", database)
    second = run(file, "--office", "DKR", "--database", database)

    assert first.exit_code == second.exit_code == 0
    assert "2 cases opened" in first.output
    assert "0 cases opened" in second.output
    assert number_of_cases(site) == 2


def test_the_register_is_asked_before_anything_is_written(
    site: Flask, database: str, file: Path, tmp_path: Path
) -> None:
    run(file, "--database", database)
    other = tmp_path / "other.csv"
    other.write_bytes(as_csv([AWA_AGAIN]))

    told = json.loads(run(other, "--dry-run", "--json", "--database", database).stdout)

    (row,) = told["rows"]
    assert row["status"] == "duplicate"
    assert row["duplicates"][0]["reference"].startswith("DKR-")


def test_duplicates_are_registered_where_that_is_asked_for(site: Flask, database: str, file: Path) -> None:
    run(file, "--duplicates", "different", "--database", database)

    assert number_of_cases(site) == 3


def test_an_unknown_office_is_named_with_those_there_are(site: Flask, database: str, file: Path) -> None:
    result = run(file, "--office", "XYZ", "--database", database)

    assert result.exit_code == 1
    assert "there are DKR" in result.output


def test_a_file_that_is_no_list_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    result = run(path, "--dry-run")

    assert result.exit_code == 1
    assert "not a spreadsheet" in result.output
