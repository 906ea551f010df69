"""The demo: a register with believable people on this machine, and a look at every page of every role."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.serving import make_server

from reintegrate.app import create_app, top_folder
from reintegrate.cases.models import Case
from reintegrate.config import demo_config, demo_database
from reintegrate.db import db
from reintegrate.demo import load
from reintegrate.migrate import upgrade

CASES = 500
SEED = 1

ACCOUNTS = (
    ("caseworker", "tigist@example.org"),
    ("supervisor", "meron@example.org"),
    ("programme manager", "kebede@example.org"),
    ("finance officer", "hanna@example.org"),
    ("administrator", "amina@example.org"),
    ("auditor", "lucia@example.org"),
    ("data protection officer", "omar@example.org"),
)


def run(folder: Path | None, *, port: int, check: bool) -> int:
    """Set the demo up where it is not yet, then serve it, or check it; the exit code."""
    file = demo_database(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    app = create_app(demo_config(f"sqlite:///{file}"))
    with app.app_context():
        upgrade(db.engine, str(top_folder("migrations")))
        if not db.session.scalar(select(func.count(Case.id))):
            click.echo(f"Registering {CASES} made-up people ...")
            load.fill(cases=CASES, seed=SEED)
    return _check(app) if check else _serve(app, port)


def _serve(app: Flask, port: int) -> int:
    server = make_server("127.0.0.1", port, app, threaded=True)
    click.echo(f"\nreintegrate is at http://127.0.0.1:{port}\n")
    for role, email in ACCOUNTS:
        click.echo(f"  {role:<24} {email:<24} {load.PASSWORD}")
    click.echo("\nAll people are made up. Stop with Ctrl+C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("")
    return 0


def _check(app: Flask) -> int:
    passed = failed = 0
    for role, email in ACCOUNTS:
        client = app.test_client()
        for address, problem in _visit(client, email):
            if problem:
                failed += 1
                click.echo(f"{role}: {address}: {problem}")
            else:
                passed += 1
    click.echo(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _visit(client: FlaskClient, email: str) -> Iterator[tuple[str, str]]:
    """Sign in and open every page of the menu, and the first case listed; what is wrong with each."""
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    answer = client.post(
        "/sign-in",
        data={"email": email, "password": load.PASSWORD, "csrf_token": token.group(1) if token else ""},
    )
    if answer.status_code != 302:
        yield "/sign-in", f"answered {answer.status_code}"
        return
    yield "/sign-in", ""
    first = client.get("/worklist").get_data(as_text=True)
    menu = re.search(r'<nav class="app-nav".*?</nav>', first, re.DOTALL)
    addresses = re.findall(r'href="(/[^"]*)"', menu.group(0) if menu else "")
    cases = re.findall(r'href="(/cases/[A-Z0-9]+-[^"/]+)"', client.get("/cases").get_data(as_text=True))
    for address in dict.fromkeys([*addresses, "/account", *cases[:1]]):
        status = client.get(address).status_code
        yield address, "" if status == 200 else f"answered {status}"
