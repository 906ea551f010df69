"""Every route on a case, for every role, in every relation to it.

What is expected is computed here from `access.csv` alone, in other words than `decide` uses. SQLite
sweeps everything, PostgreSQL a sample: reading pages, in four relations.
"""

import re
from typing import Any

import pytest
from flask import Flask

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.guard import LIBRARY_ACTIONS
from reintegrate.accounts.models import Role
from reintegrate.cases.workflow import MOVES
from reintegrate.db import db
from tests.accounts.sweep_routes import (
    COLUMN,
    ELSEWHERE,
    KNOWN,
    MOVE_ACTIONS,
    ON_A_CASE,
    OPEN_TO_ALL,
    TABLE,
    TWO_PEOPLE,
    Route,
    ask,
    never,
    routes,
)
from tests.accounts.sweep_world import NOTHING, RELATIONS, Standing, build, forget_commits

SAMPLE = ("own", "abroad", "protected", "named")


def scope_holds(scope: str, standing: Standing) -> bool:
    return {
        "own": standing.mine or standing.named,
        "office": standing.here,
        "country": standing.country,
        "named": standing.named,
        "all": True,
    }[scope]


def reaches_past_protection(action: str, scope: str, standing: Standing) -> bool:
    if standing.sensitivity == Sensitivity.NORMAL or standing.named:
        return True
    if action == "case.break_glass":
        return standing.sensitivity == Sensitivity.PROTECTED
    rescue = ("case.protect.clear", "case.named.grant", "case.named.revoke", "case.break_glass.review")
    return scope == "all" and action in rescue


def expected(role: Role, action: str, standing: Standing, *, hand: bool, two_people: bool) -> str:
    """open, asked (for a reason), own work or hidden; `hand` where she had a hand in it before."""
    scope, _, flags = TABLE[action][COLUMN[role]].partition(":")
    reached = (
        scope != "-" and scope_holds(scope, standing) and reaches_past_protection(action, scope, standing)
    )
    if not reached or ("2" in flags and not two_people and not ("n" in flags and hand)):
        glass_scope = TABLE["case.break_glass"][COLUMN[role]].partition(":")[0]
        through = (
            standing.glass
            and action in ("case.read.c1", "case.read.c2")
            and glass_scope != "-"
            and scope_holds(glass_scope, standing)
        )
        return "open" if through else "hidden"
    if "n" in flags and hand:
        return "own work"
    return "asked" if "r" in flags else "open"


def seen(answer: Any, nothing: bytes, reference: str) -> str:
    """What an answer says, in the words of `expected`."""
    text = answer.get_data()
    if answer.status_code == 404:
        return "hidden" if tidy(text, reference) == nothing else "404 with other bytes than nothing"
    if answer.status_code == 403:
        return "own work"
    if answer.status_code in (200, 302, 409):
        return "asked" if b"Why do you need to see this?" in text else "open"
    return str(answer.status_code)


def tidy(page: bytes, reference: str) -> bytes:
    """A page without its token, its clock, and the address that was asked for."""
    page = re.sub(rb'name="csrf_token" value="[^"]*"', b"", page)
    page = re.sub(rb'<input type="hidden" name="next" value="[^"]*"', b"", page)
    page = re.sub(rb"<footer.*?<details>", b"", page, flags=re.DOTALL)
    return page.replace(reference.encode(), NOTHING.encode())


def test_the_sweep_knows_the_parameters_of_every_route(sqlite_app: Flask) -> None:
    strangers = [
        rule.rule
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint not in LIBRARY_ACTIONS
        and rule.endpoint != "asset"
        and not rule.arguments <= (KNOWN if rule.arguments & ON_A_CASE else ELSEWHERE)
    ]
    undecided = [
        route.endpoint
        for route in routes(sqlite_app, on_a_case=True)
        if route.action not in TABLE and route.endpoint not in OPEN_TO_ALL
    ]

    assert strangers == [], "give them values in Builder.rows and KNOWN"
    assert undecided == [], "say in OPEN_TO_ALL on which actions they decide"
    assert set(MOVE_ACTIONS) == set(MOVES), "give the new move its action"


def wanted(role: Role, route: Route, standing: Standing) -> str:
    """What the route must answer: for a role that never performs its action, the guard's 403."""
    if never(role, route):
        return "own work"
    if route.endpoint == "shielding.show" and standing.glass:
        return "hidden"
    hand = standing.mine and not route.endpoint.startswith("shielding.")  # there, others had it
    verdicts = [
        expected(role, action, standing, hand=hand, two_people=route.endpoint in TWO_PEOPLE)
        for action in route.actions()
    ]
    return next((verdict for verdict in verdicts if verdict != "hidden"), "hidden")


@pytest.mark.parametrize("role", list(Role))
def test_a_route_on_a_case_opens_to_those_in_the_table_and_is_nothing_to_others(
    site: Flask, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(site, role)
    with site.app_context():
        whole = db.engine.dialect.name == "sqlite"
    forget_commits(monkeypatch)
    client = site.test_client(use_cookies=False)
    wrong, asked = [], 0
    for route in routes(site, on_a_case=True):
        if not whole and route.method != "GET":
            continue
        keys = dict.fromkeys(world.cases["own"].keys, 999_999_999)
        address = route.address(site, NOTHING, keys)
        nothing = tidy(ask(client, world, route, address).get_data(), NOTHING)
        relations = [name for name in RELATIONS if whole or name in SAMPLE]
        for name in relations[:1] if never(role, route) else relations:
            standing = world.cases[name]
            address = route.address(site, standing.reference, standing.keys)
            found = seen(ask(client, world, route, address), nothing, standing.reference)
            asked += 1
            if found != (right := wanted(role, route, standing)):
                wrong.append(f"{route.method} {address} ({name}): {found}, not {right}")
    assert asked > (60 if whole else 25)
    assert wrong == []
