"""The `reintegrate` command."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask

from reintegrate import __version__
from reintegrate.app import create_app, top_folder
from reintegrate.audit.verify import head_of, verify
from reintegrate.columns import utcnow
from reintegrate.config import demo_config, production_config
from reintegrate.db import db
from reintegrate.errors import ConfigError
from reintegrate.exchange import command
from reintegrate.exchange.limits import SheetError
from reintegrate.migrate import is_current, upgrade

Command = TypeVar("Command", bound=Callable[..., Any])

MIGRATIONS = str(top_folder("migrations"))


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Case management for the reintegration of returnees."""


def configured_app(database: str | None = None) -> Flask:
    """The application for a command: of the environment, or of a database named on the command line."""
    try:
        return create_app(demo_config(database) if database else production_config())
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def with_database(command: Command) -> Command:
    """Offer `--database` on a command that otherwise reads the environment."""
    text = "Address of a database, instead of DATABASE_URL and the other settings of the environment."
    return click.option("--database", metavar="URL", help=text)(command)


@main.group()
def database() -> None:
    """The state of the database."""


@database.command("upgrade")
@with_database
def upgrade_database(database: str | None) -> None:
    """Bring the database to the state that this version needs."""
    app = configured_app(database)
    with app.app_context():
        upgrade(db.engine, MIGRATIONS)
    click.echo("The database is up to date.")


@main.group()
def audit() -> None:
    """The trail of everything that was changed or looked at."""


@audit.command("verify")
@with_database
def verify_audit(database: str | None) -> None:
    """Recompute the whole chain; exit 1 where anything was touched."""
    app = configured_app(database)
    with app.app_context():
        number, faults = verify(db.session)
        for fault in faults:
            click.echo(f"{fault.seq}: {fault.what}")
        last, digest = head_of(db.session)
    click.echo(f"{number} events, {len(faults)} faults; last {last} {digest}")
    if faults:
        sys.exit(1)


@main.group()
def names() -> None:
    """How names are found."""


@names.command("check")
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--filler", default=20_000, show_default=True, help="Other people to search among.")
@with_database
def check_names(pairs: Path, filler: int, database: str | None) -> None:
    """Search with each query of PAIRS among all its records and many other people."""
    from reintegrate.bench import names as names_bench  # noqa: PLC0415 -- brings the demo's people along

    for line in names_bench.check(pairs, filler=filler, database=database):
        click.echo(line)


@main.command("bench")
@click.option("--cases", default=10_000, show_default=True, help="How many, where the database is empty.")
@click.option(
    "--database", metavar="URL", help="A database of the demo; it is written to. Else a new SQLite."
)
@click.option("--seconds", default=2.0, show_default=True, help="How long each operation is measured.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def run_bench(cases: int, database: str | None, seconds: float, *, as_json: bool) -> None:
    """Measure what users wait for, as whole requests, against the best SQL for the same rows."""
    from rich.console import Console  # noqa: PLC0415 -- as the bench, which brings the demo along

    from reintegrate.bench import measure  # noqa: PLC0415

    notes = Console(stderr=True)
    try:
        run = measure.bench(database=database, cases=cases, seconds=seconds, progress=notes.print)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(run.data(), indent=1))
    else:
        Console(width=130).print(run.table())


@main.group("import")
def import_group() -> None:
    """Bring lists in."""


@import_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day-first/--month-first", default=None, help="How dates such as 03/04/2025 are meant.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome of every row as JSON.")
def check_list(file: Path, day_first: bool | None, as_json: bool) -> None:
    """Read a list of returnees and say what is wrong with it, without writing anything."""
    try:
        header_row, parsed = command.read_list(file, day_first=day_first, today=utcnow().date())
    except SheetError as error:
        raise click.ClickException(str(error)) from error
    outcome = command.outcome_of(header_row, parsed)
    click.echo(json.dumps(outcome, ensure_ascii=False, indent=1) if as_json else command.in_words(outcome))


@main.group(invoke_without_command=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--check", is_flag=True, help="Sign in as each role, open every page of its menu, and stop.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the demo keeps its database.")
@click.pass_context
def demo(context: click.Context, port: int, check: bool, folder: Path | None) -> None:
    """A register with believable people, on this machine alone."""
    if context.invoked_subcommand is None:
        from reintegrate.demo import show  # noqa: PLC0415

        sys.exit(show.run(folder, port=port, check=check))


@demo.command("generate")
@click.option("--cases", default=500, show_default=True)
@click.option("--seed", default=1, show_default=True)
@with_database
def generate(cases: int, seed: int, database: str | None) -> None:
    """Fill an empty database with people and their cases."""
    from rich.progress import Progress  # noqa: PLC0415 -- as the demo, not needed to serve

    from reintegrate.demo import load  # noqa: PLC0415

    app = configured_app(database)
    with app.app_context(), Progress(transient=True) as bar:
        upgrade(db.engine, MIGRATIONS)
        written = bar.add_task("Registering", total=cases)
        try:
            load.fill(cases=cases, seed=seed, progress=lambda done: bar.update(written, completed=done))
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{cases} cases")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the application (production)."""
    from granian import Granian  # noqa: PLC0415 -- its server is not needed by the other commands
    from granian.constants import Interfaces  # noqa: PLC0415

    app = configured_app()
    with app.app_context():
        if not is_current(db.engine, MIGRATIONS):
            raise click.ClickException("The database is not up to date: run `reintegrate database upgrade`")
        db.engine.dispose()
    Granian(
        "reintegrate.wsgi:app", address=host, port=port, workers=workers, interface=Interfaces.WSGI
    ).serve()


if __name__ == "__main__":
    main()
