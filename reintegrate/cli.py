"""The `reintegrate` command."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask
from rich.console import Console
from rich.progress import Progress, TaskID
from sqlalchemy.exc import OperationalError

from reintegrate import __version__
from reintegrate.accounts import command as accounts
from reintegrate.accounts.models import Role
from reintegrate.app import create_app, refuse_other_state, top_folder
from reintegrate.audit.verify import head_of, verify
from reintegrate.config import command_config, demo_config, has_database, production_config
from reintegrate.db import db
from reintegrate.errors import ConfigError, RuleError
from reintegrate.exchange import command
from reintegrate.exchange.files.limits import SheetError
from reintegrate.migrate import MigrationError, refuse_other_states, upgrade
from reintegrate.people.naming import make_keys_anew
from reintegrate.web import log

Command = TypeVar("Command", bound=Callable[..., Any])

MIGRATIONS = str(top_folder("migrations"))

PATIENCE = 30
"""Seconds that a worker may take to finish its requests when the service stops."""


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Case management for the reintegration of returnees."""


def configured_app(database: str | None = None, *, with_secrets: bool = False) -> Flask:
    """The application for a command, on a database named on the command line or in the environment.

    With `with_secrets`, that of the environment has to be whole: links are signed by them.
    """
    try:
        if database:
            return create_app(demo_config(database))
        return create_app(production_config() if with_secrets else command_config())
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def reaching_the_database() -> Iterator[None]:
    """Say in one line why a database does not answer, or cannot be brought up to date."""
    try:
        yield
    except (ConfigError, MigrationError) as error:
        raise click.ClickException(f"{error}") from error
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[-1].strip()
        raise click.ClickException(f"The database cannot be reached: {reason}") from error


@contextmanager
def working_on(database: str | None, *, ready: bool = True) -> Iterator[None]:
    """Inside, a command works on its database; afterwards nothing of it stays open.

    A database that is not up to date is refused, unless it need not be `ready`.
    """
    app = configured_app(database)
    try:
        with app.app_context(), reaching_the_database():
            if ready:
                refuse_other_states(db.engine, MIGRATIONS)
            yield
    finally:
        with app.app_context():
            db.engine.dispose()


def with_database(command: Command) -> Command:
    """Offer `--database` on a command that otherwise reads the environment."""
    text = "Address of a database, instead of DATABASE_URL and the other settings of the environment."
    return click.option("--database", metavar="URL", help=text)(command)


@contextmanager
def progress_bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal, moved by calling what it gives with how much is done, of how much."""
    with progress_bars(words) as (tell,):
        yield tell


@contextmanager
def progress_bars(*phases: str) -> Iterator[list[Callable[[int, int], None]]]:
    """A bar for each phase of some long work, as `progress_bar` gives one."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield [partial(_move, bar, bar.add_task(words, total=None)) for words in phases]


def _move(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)


@main.group()
def database() -> None:
    """The state of the database."""


@database.command("upgrade")
@with_database
def upgrade_database(database: str | None) -> None:
    """Bring the database to the state that this version needs."""
    with working_on(database, ready=False):
        upgrade(db.engine, MIGRATIONS)
    click.echo("The database is up to date.")


@main.group()
def audit() -> None:
    """The trail of everything that was changed or looked at."""


@audit.command("verify")
@with_database
def verify_audit(database: str | None) -> None:
    """Recompute the whole chain; exit 1 where anything was touched."""
    with working_on(database):
        number, faults = verify(db.session)
        for fault in faults:
            click.echo(f"{fault.seq}: {fault.what}")
        last, digest = head_of(db.session)
    click.echo(f"{number} events, {len(faults)} faults; last {last} {digest}")
    if faults:
        sys.exit(1)


@main.group()
def users() -> None:
    """Who may sign in: the first administrators, and ways back in for those who lost theirs."""


def in_words(work: Callable[[], Any], database: str | None) -> Any:
    """The result of `work` in the application; a broken rule becomes a sentence and exit 1."""
    app = configured_app(database, with_secrets=True)
    try:
        with app.test_request_context():
            return work()
    except RuleError as error:
        raise click.ClickException(error.message) from error
    finally:
        with app.app_context():
            db.engine.dispose()


@users.command("invite")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--office", metavar="CODE", help="For roles that belong to an office.")
@click.option("--country", metavar="CC", help="For a programme manager: the ISO code, as SN.")
@with_database
def invite_user(database: str | None, role: str, **facts: str | None) -> None:
    """Make an account and print the link that sets its password.

    The first two administrators count at once; every other role waits to be confirmed in the pages.
    """
    made = in_words(lambda: accounts.invite(role=Role(role), **facts), database)  # type: ignore[arg-type]
    click.echo(made.link)
    if not made.counts:
        click.echo("The role counts once an administrator has confirmed it under “Users”.", err=True)


@users.command("link")
@click.argument("email")
@with_database
def link_user(email: str, database: str | None) -> None:
    """Print a new link that sets a password; earlier links and running sessions end."""
    click.echo(in_words(lambda: accounts.new_link(email), database))


@users.command("reset-second-factor")
@click.argument("email")
@with_database
def reset_second_factor(email: str, database: str | None) -> None:
    """Let somebody set up a lost second factor anew where no two administrators can do it in the pages."""
    in_words(lambda: accounts.forget_second_factor(email), database)
    click.echo(f"{email} sets up a second factor at the next sign-in; all sessions ended.")


@main.group()
def names() -> None:
    """How names are found."""


@names.command("rebuild")
@with_database
def rebuild_names(database: str | None) -> None:
    """Make the search keys of everybody anew, after an upgrade that reads names differently."""
    with working_on(database), progress_bar("Making keys") as tell:
        people = make_keys_anew(lambda done: tell(done, done))
        db.session.commit()
    click.echo(f"{people} people")


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


@import_group.command("returnees")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", metavar="CODE", help="The office whose list it is.")
@click.option("--day-first/--month-first", default=None, help="How dates such as 03/04/2025 are meant.")
@click.option(
    "--duplicates",
    type=click.Choice([choice.value for choice in command.Duplicates]),
    default=command.Duplicates.LEAVE_OUT.value,
    show_default=True,
    help="What becomes of people who are very likely registered already.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome of every row as JSON.")
@with_database
def import_returnees(
    *,
    file: Path,
    office: str | None,
    day_first: bool | None,
    duplicates: str,
    dry_run: bool,
    as_json: bool,
    database: str | None,
) -> None:
    """Bring an office's list of returnees into the register, all good rows of it or nothing.

    A dry run without a database looks at the list alone.
    """
    written = None
    try:
        if dry_run and not (database or has_database()):
            outcome = command.look(file, day_first=day_first, with_register=False)
        else:
            with working_on(database):
                if dry_run:
                    outcome = command.look(file, day_first=day_first, with_register=True)
                else:
                    with progress_bars("Reading rows", "Opening cases") as (reading, writing):
                        outcome, written = command.bring_in(
                            file,
                            office=command.office_called(office),
                            day_first=day_first,
                            duplicates=command.Duplicates(duplicates),
                            whole=as_json,
                            on_reading=reading,
                            on_writing=writing,
                        )
                    db.session.commit()
    except (SheetError, RuleError) as error:
        raise click.ClickException(str(error)) from error
    if written is not None:
        click.echo(f"{written} cases opened", err=as_json)
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
    from reintegrate.demo import load  # noqa: PLC0415

    with working_on(database, ready=False), Progress(transient=True) as bar:
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
@click.option("--workers", default=2, show_default=True, help="Processes, one or two a core.")
@click.option("--threads", default=4, show_default=True, help="Requests at once in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the application (production)."""
    from granian import Granian  # noqa: PLC0415 -- its server is not needed by the other commands
    from granian.constants import Interfaces  # noqa: PLC0415

    try:
        with reaching_the_database():
            refuse_other_state(create_app(production_config()))
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    log.write_json()
    Granian(
        "reintegrate.wsgi:load",
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=threads * 8,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=PATIENCE,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
