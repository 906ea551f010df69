"""The routes that the sweeps walk, what each decides on, and the access table as it is written.

A new route needs nothing here where it takes parameters that are known below and declares an action
of the table; a route that is open to all who are signed in says below which actions it decides on.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from reintegrate.accounts.guard import LIBRARY_ACTIONS, declared
from reintegrate.accounts.models import Role
from tests.accounts.sweep_world import World

COLUMN = {
    Role.CASEWORKER: "cw",
    Role.SUPERVISOR: "sv",
    Role.PROGRAMME_MANAGER: "pm",
    Role.FINANCE_OFFICER: "fo",
    Role.ADMINISTRATOR: "ad",
    Role.AUDITOR: "au",
    Role.DATA_PROTECTION_OFFICER: "dp",
}


def cells() -> dict[str, dict[str, str]]:
    """The table as it is written: action to column to cell."""
    text = files("reintegrate.accounts").joinpath("access.csv").read_text(encoding="utf-8")
    return {row["action"]: row for row in csv.DictReader(text.splitlines())}


TABLE = cells()

MOVE_ACTIONS = {
    "submit": "case.submit",
    "accept": "case.decide",
    "return": "case.decide",
    "reject": "case.decide",
    "activate": "case.activate",
    "withdraw": "case.withdraw",
}

KINDS = ("documents", "contacts", "household")

OPEN_TO_ALL = {
    "cases.give_reason": ("case.read.c1",),
    "shielding.show": ("case.read.c1", "case.named.revoke"),
    "cases.ask_move": (),
    "cases.move": (),
}
"""Routes on a case that everybody signed in may ask for, and what they decide on; each move has its own."""

TWO_PEOPLE = {
    "shielding.ask_lift",
    "shielding.lift",
    "shielding.ask_name",
    "shielding.name",
    "shielding.confirm",
    "shielding.refuse",
}
"""Routes where a step of two people is begun or completed: elsewhere such an action is refused."""

DECIDED_BY_MORE = {
    "cases.ask_another": ("case.update.c2",),
    "cases.another": ("case.update.c2",),
}
"""Routes on a case for those who may perform the declared action somewhere, that decide on another one."""

ABOUT_USERS = {"user_id", "membership_id", "reset_id"}

ABOUT_OFFICES = {"office_id"}

ABOUT_VIEWS = {"view_id"}

ABOUT_SESSIONS = {"sign_in_id"}

OF_ONES_OWN = ABOUT_VIEWS | ABOUT_SESSIONS

ABOUT_LISTS = {"import_id", "number"}

ON_A_CASE = {"reference", "glass_id"}

ELSEWHERE = ABOUT_USERS | ABOUT_LISTS | ABOUT_OFFICES | OF_ONES_OWN | {"answer"}

KNOWN = {
    "reference",
    "kind",
    "name",
    "part_id",
    "need_id",
    "task_id",
    "factor_id",
    "consent_id",
    "spell_id",
    "access_id",
    "proposal_id",
    "glass_id",
}


VARIANTS = {"kind": KINDS, "name": tuple(MOVE_ACTIONS), "answer": ("agree", "refuse")}
"""The words that a parameter can be."""


@dataclass(frozen=True)
class Route:
    """One method of one address, with the variants of its parameters filled in."""

    endpoint: str
    method: str
    rule: Rule
    action: str
    variant: str = ""

    def address(self, site: Flask, reference: str, keys: dict[str, int]) -> str:
        values: dict[str, Any] = {}
        for name in self.rule.arguments:
            if name == "reference":
                values[name] = reference
            elif name in VARIANTS:
                values[name] = self.variant
            elif name == "part_id":
                values[name] = keys[self.variant]
            else:
                values[name] = keys[name]
        built = site.url_map.bind("localhost").build(self.endpoint, values, method=self.method)
        return str(built)

    def actions(self) -> tuple[str, ...]:
        """What the route decides on."""
        if self.endpoint in ("cases.ask_move", "cases.move"):
            return (MOVE_ACTIONS[self.variant],)
        return (OPEN_TO_ALL | DECIDED_BY_MORE).get(self.endpoint, (self.action,))


def routes(site: Flask, *, on_a_case: bool) -> Iterator[Route]:
    for rule in site.url_map.iter_rules():
        if rule.endpoint in LIBRARY_ACTIONS or rule.endpoint == "asset":
            continue
        if bool(rule.arguments & ON_A_CASE) != on_a_case:
            continue
        action = declared(site, rule.endpoint) or ""
        words = [VARIANTS[name] for name in VARIANTS if name in rule.arguments]
        variants = words[0] if words else ("",)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for variant in variants:
                yield Route(rule.endpoint, method, rule, action, variant)


def never(role: Role, route: Route) -> bool:
    return route.action in TABLE and TABLE[route.action][COLUMN[role]] == "-"


SENT = {"cases.give_reason": {"reason": "A complaint"}}
"""What is sent where an empty form would only be shown again as if nothing had been asked."""


def ask(client: FlaskClient, world: World, route: Route, address: str) -> Any:
    data = SENT.get(route.endpoint) if route.method == "POST" else None
    return client.open(address, method=route.method, data=data, headers={"Cookie": world.cookie})
