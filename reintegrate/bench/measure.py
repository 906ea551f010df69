"""Measuring the operations of the registry, and saying how it went."""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any

from flask import Flask
from rich.table import Table
from sqlalchemy import Engine, event, func, select

from reintegrate.app import create_app, top_folder
from reintegrate.audit.models import AuditEvent
from reintegrate.bench import operations as _operations  # noqa: F401 -- they enter themselves
from reintegrate.bench.ground import Ground
from reintegrate.bench.registry import OPERATIONS, Operation, Trial
from reintegrate.cases.models import Case
from reintegrate.config import demo_config
from reintegrate.db import db, session
from reintegrate.demo import load
from reintegrate.migrate import upgrade

WARM, FEWEST = 6, 7
"""Runs before the clock starts (drivers prepare a statement at its fifth), and at the least after."""

SEED = 1

AROUND = ("app_user.fs_uniquifier", "sign_in", "SELECT membership.role", "audit_", "operation", "BEGIN ")
"""Statements with one of these are not the page's own: sign-in, the trail, the numbers of forms."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out for one operation: medians of the clock, and of the processor time of this process.

    The latter leaves out a database server, but hardly depends on what else the machine does.
    """

    operation: str
    request_ms: float
    raw_ms: float
    request_cpu_ms: float
    raw_cpu_ms: float
    statements: int
    around: int
    target: str
    met: bool | None

    @property
    def ratio(self) -> float:
        """How many times the raw SQL the whole request takes."""
        return self.request_ms / self.raw_ms

    @property
    def cpu_ratio(self) -> float:
        """The same of the processor time."""
        return self.request_cpu_ms / self.raw_cpu_ms


@dataclass(frozen=True, slots=True)
class Run:
    """All figures of a run."""

    engine: str
    cases: int
    figures: list[Figures]

    def data(self) -> dict[str, Any]:
        """The figures as plain values."""
        rows = [asdict(row) | {"ratio": row.ratio, "cpu_ratio": row.cpu_ratio} for row in self.figures]
        return {"engine": self.engine, "cases": self.cases, "operations": rows}

    def table(self) -> Table:
        """The figures as a table for people."""
        made = Table(title=f"{self.engine}, {self.cases} cases; medians, in brackets processor time")
        for heading in ("operation", "request ms", "raw ms", "ratio", "statements", "target", ""):
            made.add_column(heading, justify="left" if heading in ("operation", "target") else "right")
        for row in self.figures:
            made.add_row(
                row.operation,
                f"{row.request_ms:.2f} ({row.request_cpu_ms:.2f})",
                f"{row.raw_ms:.2f} ({row.raw_cpu_ms:.2f})",
                f"{row.ratio:.1f} ({row.cpu_ratio:.1f})",
                f"{row.statements} + {row.around}",
                row.target,
                {True: "met", False: "missed", None: ""}[row.met],
            )
        return made


def bench(
    *, database: str | None, cases: int, seconds: float, progress: Callable[[str], None] | None = None
) -> Run:
    """Measure every operation, in a database of the demo or in one that is filled for it.

    Writes into the database, therefore raises ValueError for one that the demo did not fill.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(demo_config(database or f"sqlite:///{folder}/bench.sqlite"))
        with app.app_context():
            try:
                _fill(cases)
                return _run(app, seconds, progress or (lambda _name: None))
            finally:
                session.close()
                db.engine.dispose()


def _fill(cases: int) -> None:
    upgrade(db.engine, str(top_folder("migrations")))
    if session.scalar(select(Case.id).limit(1)) is None:
        load.fill(cases=cases, seed=SEED)
    elif session.scalar(select(AuditEvent.seq).where(AuditEvent.action == "demo.fill").limit(1)) is None:
        raise ValueError("the database holds cases that the demo did not make")


def _run(app: Flask, seconds: float, progress: Callable[[str], None]) -> Run:
    engine = db.engine
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        is_postgresql = engine.dialect.name == "postgresql"
        if is_postgresql:
            driver.autocommit = True
        ground = Ground(app, driver, is_postgresql)
        figures = []
        for measured in OPERATIONS:
            progress(measured.name)
            trial = measured.make(ground)
            session.close()
            figures.append(measure(measured, trial, engine, seconds))
        number = session.scalar(select(func.count(Case.id))) or 0
    return Run(engine.dialect.name, number, figures)


def measure(measured: Operation, trial: Trial, engine: Engine, seconds: float) -> Figures:
    """The figures of an operation. Raises RuntimeError where its page does not show the rows."""
    text = trial.request()
    absent = [shown for shown in trial.shows if shown not in text]
    if absent:
        raise RuntimeError(f"{measured.name}: the page does not show {absent[:3]}")
    for _ in range(WARM):
        trial.request()
        trial.raw()
    with _counted(engine) as seen:
        trial.request()
    around = sum(any(mark in statement for mark in AROUND) for statement in seen)
    request, raw = _timed(trial, seconds)
    own = len(seen) - around
    return Figures(
        operation=measured.name,
        request_ms=request[0],
        raw_ms=raw[0],
        request_cpu_ms=request[1],
        raw_cpu_ms=raw[1],
        statements=own,
        around=around,
        target=measured.target,
        met=measured.met(request[0], raw[0], own),
    )


def _timed(trial: Trial, seconds: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Median milliseconds by clock and processor, of the request and of the raw SQL.

    They run in turn, so that both meet the same weather.
    """
    requests: list[tuple[float, float]] = []
    raws: list[tuple[float, float]] = []
    end = perf_counter() + seconds
    while len(requests) < FEWEST or perf_counter() < end:
        requests.append(_once(trial.request))
        raws.append(_once(trial.raw))
    return _medians(requests), _medians(raws)


def _once(work: Callable[[], Any]) -> tuple[float, float]:
    clock, processor = perf_counter(), process_time()
    work()
    return perf_counter() - clock, process_time() - processor


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    clock, processor = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    return clock, processor


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
