from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from reintegrate.accounts.models import Role
from reintegrate.audit.verify import verify
from reintegrate.bench import measure
from reintegrate.bench.ground import Ground
from reintegrate.bench.registry import OPERATIONS, Operation, Trial
from reintegrate.cli import main
from reintegrate.db import db, session
from reintegrate.demo import load
from tests import make


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it works, not how fast it is."""
    monkeypatch.setattr(measure, "WARM", 1)
    monkeypatch.setattr(measure, "FEWEST", 2)


def address(site: Flask) -> str:
    with site.app_context():
        return str(db.engine.url.render_as_string(hide_password=False))


def test_every_operation_is_measured_as_a_request_and_as_raw_sql(site: Flask) -> None:
    run = measure.bench(database=address(site), cases=60, seconds=0)

    assert [row.operation for row in run.figures] == [operation.name for operation in OPERATIONS]
    assert all(row.request_ms > 0 and row.raw_ms > 0 for row in run.figures)
    assert run.table().row_count == len(OPERATIONS)
    with site.app_context():
        assert verify(db.session)[1] == []


def test_a_register_that_the_demo_did_not_fill_is_left_alone(site: Flask) -> None:
    with site.app_context():
        make.case()
        session.commit()

    with pytest.raises(ValueError, match="the demo did not make"):
        measure.bench(database=address(site), cases=60, seconds=0)


def test_an_operation_whose_page_does_not_show_the_rows_is_an_error(site: Flask) -> None:
    with site.app_context():
        load.fill(cases=60, seed=1)
        ground = Ground(site, None)
        own = ground.member(Role.CASEWORKER)
    wrong = Trial(ground.page(own, "/cases"), raw=list, shows=("ZZZ-99-99999-9",))

    with pytest.raises(RuntimeError, match="does not show"), site.app_context():
        measure.measure(Operation("wrong", lambda _ground: wrong), wrong, db.engine, 0)


def test_a_target_is_met_only_where_every_bound_holds() -> None:
    bounded = Operation("list", lambda _ground: Trial(str, list), times_raw=15, most_ms=10, statements=3)

    assert bounded.target == "10 ms, 15 × raw, 3 statements"
    assert bounded.met(request_ms=9, raw_ms=1, statements=3) is True
    assert bounded.met(request_ms=9, raw_ms=1, statements=4) is False
    assert bounded.met(request_ms=11, raw_ms=1, statements=3) is False
    assert bounded.met(request_ms=9, raw_ms=0.5, statements=3) is False
    assert Operation("free", lambda _ground: Trial(str, list)).met(9, 1, 1) is None


def test_the_command_prints_figures_for_programs(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'bench.sqlite'}"
    answer = CliRunner().invoke(
        main, ["bench", "--cases", "60", "--seconds", "0", "--json", "--database", database]
    )

    assert answer.exit_code == 0
    assert '"operation": "case page"' in answer.stdout
