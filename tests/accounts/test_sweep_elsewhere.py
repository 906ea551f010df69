"""Every route that is not on a case, for every role, by how far what it names is away.

What is expected is computed here from `access.csv` alone.
"""

import pytest
from flask import Flask

from reintegrate.accounts.models import Role
from tests.accounts.sweep_routes import (
    ABOUT_LISTS,
    ABOUT_OFFICES,
    ABOUT_SESSIONS,
    ABOUT_USERS,
    ABOUT_VIEWS,
    COLUMN,
    ELSEWHERE,
    KINDS,
    KNOWN,
    OF_ONES_OWN,
    TABLE,
    Route,
    ask,
    routes,
)
from tests.accounts.sweep_world import NOTHING, build, forget_commits

AT_LEAST = {
    "accounts.confirm": ("role.confirm", "role.grant.basic"),
    "accounts.new_role": ("user.list",),
    "accounts.grant": ("user.list",),
    "accounts.revoke": ("user.list",),
}
"""Routes on users that ask for one of some other actions besides the one they declare."""


def reaches_user(role: Role, action: str, distance: str) -> bool:
    scope = TABLE[action][COLUMN[role]].partition(":")[0]
    return {"all": True, "office": distance == "here", "country": distance != "abroad"}.get(scope, False)


def reaches_view(role: Role, endpoint: str, distance: str) -> bool:
    """Her own; those shared with her offices to open, and where she gives cases away also to change.

    A programme manager belongs to the offices of her country, everybody else to one.
    """
    belongs = distance == "here" or (role == Role.PROGRAMME_MANAGER and distance == "elsewhere")
    opens = endpoint == "caseload.open_first"
    return distance == "mine" or (belongs and (opens or reaches_user(role, "case.assign", distance)))


@pytest.mark.parametrize("role", list(Role))
def test_a_route_without_a_case_opens_to_the_roles_in_the_table_alone(
    site: Flask, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(site, role)
    forget_commits(monkeypatch)
    client = site.test_client(use_cookies=False)
    wrong = []
    for route in routes(site, on_a_case=False):
        owned = {"mine": world.own} if route.rule.arguments & OF_ONES_OWN else {}
        for distance, keys in (world.places | owned).items():
            address = route.address(site, "", keys)
            status = ask(client, world, route, address).status_code
            if not fits(route, role, distance, status):
                wrong.append(f"{route.method} {address} ({distance}): {status}")
            if not route.rule.arguments:
                break
    assert wrong == []


def fits(route: Route, role: Role, distance: str, status: int) -> bool:
    column = COLUMN[role]
    if route.action in TABLE and TABLE[route.action][column] == "-":
        return status == 403
    if not reaches(route, role, distance):
        return status == 404
    further = AT_LEAST.get(route.endpoint, ())
    if further and all(TABLE[action][column] == "-" for action in further):
        return status == 403
    return status in (200, 302)


def reaches(route: Route, role: Role, distance: str) -> bool:
    """Whether what the address names is there for her."""
    named = route.rule.arguments
    return not (
        (named & ABOUT_USERS and not reaches_user(role, listing_of(route), distance))
        or (named & ABOUT_OFFICES and not reaches_user(role, route.action, distance))
        or (named & ABOUT_LISTS and not reaches_user(role, "import.stage", distance))
        or (named & ABOUT_SESSIONS and distance != "mine")
        or (named & ABOUT_VIEWS and not reaches_view(role, route.endpoint, distance))
    )


def listing_of(route: Route) -> str:
    """The action that decides which users an address shows."""
    return route.action if route.action != "role.grant.basic" else "user.list"


def test_without_a_session_every_page_leads_to_the_sign_in_page(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client(use_cookies=False)
    keys = dict.fromkeys([*KNOWN, *ELSEWHERE, *KINDS], 1)
    for on_a_case in (True, False):
        for route in routes(sqlite_app, on_a_case=on_a_case):
            answer = client.open(route.address(sqlite_app, NOTHING, keys), method=route.method)
            if route.action == "public":
                assert answer.status_code in (200, 302), route
            else:
                assert answer.status_code == 302, route
                assert "/sign-in" in answer.headers["Location"], route
