"""Every route of the site, for every role, in every relation to a case.

What is expected is computed here from `access.csv` alone, in other words than `decide` uses. SQLite
sweeps everything, PostgreSQL a sample: reading pages, in four relations. Nothing is kept: the one
world of a sweep is built once, and every commit of a request becomes a flush and a rollback.

A new route needs nothing here where it takes parameters that are known below and declares an action
of the table; a route that is open to all who are signed in says below which actions it decides on.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.guard import LIBRARY_ACTIONS, declared
from reintegrate.accounts.models import Membership, Office, Role, SecondFactorReset, SignIn, User
from reintegrate.caseload.models import SavedView
from reintegrate.cases.codes import (
    CaseStatus,
    ConsentChannel,
    ConsentPurpose,
    Dimension,
    FactorCategory,
    FactorDirection,
    FactorLevel,
    NeedPriority,
    Severity,
)
from reintegrate.cases.models import AbroadSpell, Case, Consent, NamedAccess, Need, Task, VulnerabilityFactor
from reintegrate.cases.shielding_models import BrokenGlass, ProposalKind, ShieldProposal
from reintegrate.cases.workflow import MOVES
from reintegrate.columns import utcnow
from reintegrate.db import db, session
from reintegrate.exchange.staging import stage_list
from reintegrate.people.codes import Channel, Relation
from reintegrate.people.models import Contact, HouseholdMember, IdentityDocument
from tests import make
from tests.exchange.lists import FATOU, as_csv

COLUMN = {
    Role.CASEWORKER: "cw",
    Role.SUPERVISOR: "sv",
    Role.PROGRAMME_MANAGER: "pm",
    Role.FINANCE_OFFICER: "fo",
    Role.ADMINISTRATOR: "ad",
    Role.AUDITOR: "au",
    Role.DATA_PROTECTION_OFFICER: "dp",
}

NOTHING = "ZZ-26-22222-4"
"""A well-formed reference that nobody was given."""

SAMPLE = ("own", "abroad", "protected", "named")


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

AT_LEAST = {
    "accounts.confirm": ("role.confirm", "role.grant.basic"),
    "accounts.new_role": ("user.list",),
    "accounts.grant": ("user.list",),
    "accounts.revoke": ("user.list",),
}
"""Routes on users that ask for one of some other actions besides the one they declare."""


@dataclass
class Standing:
    """A case of the world, how `me` stands to it, and the keys of its rows."""

    reference: str
    here: bool
    country: bool
    mine: bool
    named: bool
    sensitivity: Sensitivity
    keys: dict[str, int]
    glass: bool = False


@dataclass
class World:
    """Somebody of one role, a case in every relation to her, by how far they are away the keys of
    offices and of what others there have, and the keys of what is her own.
    """

    role: Role
    cookie: str
    cases: dict[str, Standing]
    places: dict[str, dict[str, int]]
    own: dict[str, int]


RELATIONS: dict[str, dict[str, Any]] = {
    "own": {"at": "here", "mine": True},
    "office": {"at": "here"},
    "country": {"at": "elsewhere"},
    "abroad": {"at": "abroad"},
    "protected_own": {"at": "here", "mine": True, "how": Sensitivity.PROTECTED},
    "protected": {"at": "here", "how": Sensitivity.PROTECTED},
    "sealed_own": {"at": "here", "mine": True, "how": Sensitivity.SEALED},
    "closed": {"at": "here", "mine": True, "status": CaseStatus.WITHDRAWN},
    "named": {"at": "abroad", "named": True, "how": Sensitivity.PROTECTED},
    "sealed_named": {"at": "here", "named": True, "how": Sensitivity.SEALED},
    "glass": {"at": "here", "glass": True, "how": Sensitivity.PROTECTED},
}


class Builder:
    """Makes the world, with as few statements as it takes."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        self.offices = {
            "here": make.office("SN"),
            "elsewhere": make.office("SN"),
            "abroad": make.office("ET"),
        }
        self.other = make.user(Role.CASEWORKER, self.offices["here"])
        self.third = make.user(Role.SUPERVISOR, self.offices["here"])
        self.subject = make.user(Role.CASEWORKER, self.offices["here"])

    def world(self, role: Role) -> World:
        me = make.user(role, self.offices["here"])
        cases = {name: self.case(me, **facts) for name, facts in RELATIONS.items()}
        places = {name: self.place(office) for name, office in self.offices.items()}
        own = self.belongings(me, None)
        session.commit()
        return World(role, cookie_of(self.site, me.fs_uniquifier), cases, places, own)

    def belongings(self, user: User, office: Office | None) -> dict[str, int]:
        """A running session of a user, and a view of hers that may be shared with an office."""
        running = SignIn(user_id=user.id, key=f"the sweep's, of {user.id}")
        view = SavedView(
            owner_id=user.id, office_id=office.id if office else None, name="Drafts", query="status=draft"
        )
        session.add_all([running, view])
        session.flush()
        return {"sign_in_id": running.id, "view_id": view.id}

    def place(self, office: Office) -> dict[str, int]:
        user = make.user(Role.CASEWORKER, office)
        waiting = Membership(user_id=user.id, role=Role.SUPERVISOR, office_id=office.id)
        reset = SecondFactorReset(user_id=user.id, reason="Lost", requested_by_id=self.third.id)
        session.add_all([waiting, reset])
        session.flush()
        file = as_csv([FATOU], title=office.name)
        staged = stage_list(file, "list.csv", office=office, staged_by=self.other)
        return {
            "office_id": office.id,
            "user_id": user.id,
            "membership_id": waiting.id,
            "reset_id": reset.id,
            "import_id": staged.id,
            "number": 3,
            **self.belongings(user, office),
        }

    def case(
        self,
        me: User,
        *,
        at: str,
        mine: bool = False,
        named: bool = False,
        glass: bool = False,
        how: Sensitivity = Sensitivity.NORMAL,
        status: CaseStatus = CaseStatus.DRAFT,
    ) -> Standing:
        case = make.case(self.offices[at], me if mine else self.other)
        case.sensitivity, case.status = how, status
        if named:
            session.add(NamedAccess(case_id=case.id, user_id=me.id))
        if glass:
            self.break_glass(case, me, running=True)
        return Standing(
            case.reference,
            here=at == "here",
            country=at != "abroad",
            mine=mine,
            named=named,
            sensitivity=how,
            glass=glass,
            keys=self.rows(case),
        )

    def break_glass(self, case: Case, user: User, *, running: bool) -> BrokenGlass:
        now = utcnow()
        glass = BrokenGlass(
            case_id=case.id,
            user_id=user.id,
            reason="An emergency of the sweep",
            opened_at=now,
            until_at=now + timedelta(minutes=60),
            ended_at=None if running else now,
        )
        session.add(glass)
        return glass

    def rows(self, case: Case) -> dict[str, int]:
        """One row of each kind that an address can name."""
        day = date(2025, 1, 1)
        made = {
            "need_id": Need(
                case_id=case.id,
                dimension=Dimension.ECONOMIC,
                text="Work",
                priority=NeedPriority.NORMAL,
                recorded_on=day,
            ),
            "task_id": Task(case_id=case.id, title="Visit", due_on=day),
            "factor_id": VulnerabilityFactor(
                case_id=case.id,
                category=next(iter(FactorCategory)),
                level=next(iter(FactorLevel)),
                direction=next(iter(FactorDirection)),
                severity=next(iter(Severity)),
            ),
            "consent_id": Consent(
                case_id=case.id,
                purpose=ConsentPurpose.CASE_MANAGEMENT,
                given=True,
                channel=ConsentChannel.WRITTEN,
                language="fr",
                answered_on=day,
            ),
            "spell_id": AbroadSpell(episode_id=case.episode_id, country="DE"),
            "documents": IdentityDocument(
                person_id=case.person_id, type="passport", number=case.reference, number_key=case.reference
            ),
            "contacts": Contact(
                person_id=case.person_id, channel=Channel.PHONE, value="+221700000", value_key="221700000"
            ),
            "household": HouseholdMember(person_id=case.person_id, name="Awa", relation=next(iter(Relation))),
            "access_id": NamedAccess(case_id=case.id, user_id=self.other.id),
            "proposal_id": ShieldProposal(
                case_id=case.id,
                kind=ProposalKind.NAME,
                user_id=self.subject.id,
                reason="Cover",
                proposed_by_id=self.third.id,
            ),
            "glass_id": self.break_glass(case, self.subject, running=False),
        }
        session.add_all(made.values())
        session.flush()
        return {name: row.id for name, row in made.items()}


def cookie_of(site: Flask, uniquifier: str) -> str:
    """The cookie of a session, which a request carries without changing it."""
    client = make.signed_in(site, uniquifier)
    found = client.get_cookie("session")
    assert found is not None
    return f"session={found.value}"


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


def never(role: Role, route: Route) -> bool:
    return route.action in TABLE and TABLE[route.action][COLUMN[role]] == "-"


SENT = {"cases.give_reason": {"reason": "A complaint"}}
"""What is sent where an empty form would only be shown again as if nothing had been asked."""


def ask(client: FlaskClient, world: World, route: Route, address: str) -> Any:
    data = SENT.get(route.endpoint) if route.method == "POST" else None
    return client.open(address, method=route.method, data=data, headers={"Cookie": world.cookie})


def forget_commits(patch: pytest.MonkeyPatch) -> None:
    """From now on a commit writes, so that the database judges it, and keeps nothing."""

    def forget(self: Session) -> None:
        self.flush()
        self.rollback()

    patch.setattr(Session, "commit", forget)


def build(site: Flask, role: Role) -> World:
    with site.test_request_context():
        return Builder(site).world(role)


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
