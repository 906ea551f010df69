from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask

from reintegrate.accounts import queries
from reintegrate.accounts.models import Role, User
from reintegrate.cli import main
from reintegrate.db import session
from tests import make
from tests.accounts.people import PASSWORD, post, strict, user_of


def run(site: Flask, *arguments: str) -> Result:
    url = str(site.config["SQLALCHEMY_ENGINES"]["default"]["url"])
    return CliRunner().invoke(main, ["users", *arguments, "--database", url])


def invite(site: Flask, email: str, role: str = "administrator", *more: str) -> Result:
    return run(site, "invite", "--email", email, "--name", "Somebody", "--role", role, *more)


def roles_that_count(email: str) -> list[Role]:
    user: User = user_of(email)
    return [m.role for m in queries.memberships_of([user.id])[user.id] if m.confirmed_at]


def test_the_first_two_administrators_count_at_once_and_the_third_waits(site: Flask) -> None:
    results = [invite(site, f"{name}@example.org") for name in ("one", "two", "three")]

    assert [result.exit_code for result in results] == [0, 0, 0]
    assert all("/reset-password/" in result.output for result in results)
    assert ["confirmed it" in result.output for result in results] == [False, False, True]
    with site.app_context():
        counting = [roles_that_count(f"{name}@example.org") for name in ("one", "two", "three")]
    assert counting == [[Role.ADMINISTRATOR], [Role.ADMINISTRATOR], []]


def test_any_other_role_waits_to_be_confirmed_in_the_pages(site: Flask) -> None:
    with site.app_context():
        make.office(code="DKR")
        session.commit()
    result = invite(site, "worker@example.org", "caseworker", "--office", "dkr")

    assert result.exit_code == 0
    with site.app_context():
        assert roles_that_count("worker@example.org") == []


def test_what_does_not_fit_is_said_and_makes_nothing(site: Flask) -> None:
    invite(site, "one@example.org")
    for result, said in (
        (invite(site, "one@example.org"), "already has an account"),
        (invite(site, "two@example.org", "caseworker"), "--office"),
        (invite(site, "two@example.org", "caseworker", "--office", "NONE"), "--office"),
        (invite(site, "two@example.org", "programme_manager"), "country"),
        (invite(site, "not an address"), "address"),
        (run(site, "link", "nobody@example.org"), "Nobody has"),
    ):
        assert result.exit_code == 1
        assert said in result.output
    with site.app_context():
        assert queries.user_by_email("two@example.org") is None


def test_a_printed_link_sets_the_password_where_the_secrets_are_the_same(
    site: Flask, monkeypatch: object, tmp_path: Path
) -> None:
    with strict(site) as app:
        with app.test_request_context():
            from reintegrate.accounts import command

            made = command.invite(
                email="one@example.org", name="One", role=Role.ADMINISTRATOR, office=None, country=None
            )
            older, link = made.link, command.new_link("one@example.org")
        base = app.config["BASE_URL"]
        again = {"password": PASSWORD, "password_confirm": PASSWORD}
        client = app.test_client()
        assert client.get(older.removeprefix(base)).status_code == 302
        assert post(client, link.removeprefix(base), **again).location.endswith("/sign-in")


def test_a_lost_second_factor_is_reset_from_the_command_line(site: Flask) -> None:
    with site.app_context():
        user = make.user(Role.ADMINISTRATOR, email="one@example.org")
        user.tf_primary_method = "authenticator"
        session.commit()
    assert run(site, "reset-second-factor", "one@example.org").exit_code == 0
    with site.app_context():
        assert user_of("one@example.org").tf_primary_method is None
