"""Cases that somebody may not see change no byte of what she sees.

Every page is fetched before and after the canaries are there, and compared after only tokens,
clocks and the reference that was asked for are made alike. Nothing that a fetch does is kept.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office, Role, User
from reintegrate.audit.trail import Actor, act_as
from reintegrate.caseload.queries import SORTS
from reintegrate.cases import services
from reintegrate.cases.codes import CaseStatus, NoteKind, ReturnType
from reintegrate.cases.models import AbroadSpell, Case, NamedAccess, SensitivityGround
from reintegrate.cases.returns import register_return
from reintegrate.cases.shielding_models import BrokenGlass, ProposalKind, ShieldProposal
from reintegrate.columns import utcnow
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.people import services as people
from reintegrate.people.codes import Channel, DocumentType
from reintegrate.people.models import Person
from tests import make
from tests.accounts.sweep_world import NOTHING, cookie_of, forget_commits

PLACE = rb'href="(/cases\?[^"]*place=[^"]*)"'

DOCUMENT, PHONE = "SN0099887", "+221771234567"

ROLES = {
    "worker": Role.CASEWORKER,
    "boss": Role.SUPERVISOR,
    "manager": Role.PROGRAMME_MANAGER,
    "finance": Role.FINANCE_OFFICER,
    "administrator": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
    "officer": Role.DATA_PROTECTION_OFFICER,
}

EVERYWHERE = frozenset({"administrator", "auditor", "officer"})
"""Roles without a place: a case abroad is theirs to see."""


class World:
    """An office with its people and open cases, before any canary."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        self.here, self.there = make.office("SN"), make.office("SN")
        self.abroad = make.office("ET")
        self.users = {name: make.user(role, self.here) for name, role in ROLES.items()}
        self.colleague = make.user(Role.CASEWORKER, self.here)
        self.stranger = make.user(Role.CASEWORKER, self.abroad)
        self.shared = self.case(self.here, self.users["worker"], "Mariama", "Ba")
        names = [("Ousmane", "Fall"), ("Awa", "Ndiaye"), ("Cheikh", "Sarr"), ("Fatou", "Ba")]
        for (given, family), status in zip(names, list(CaseStatus)[1:5], strict=True):
            self.case(self.here, self.users["worker"], given, family, status)
            self.case(self.there, None, given, family, status)
        self.case(self.here, self.colleague, "Binta", "Diop", CaseStatus.ACTIVE)
        self.case(self.here, None, "Modou", "Gueye", CaseStatus.SUBMITTED)
        session.commit()
        self.cookies = {n: cookie_of(site, user.fs_uniquifier) for n, user in self.users.items()}
        self.own, self.home = self.shared.reference, self.here.id

    def again(self) -> "World":
        """The same world in the session of this moment."""
        for name in ("here", "there", "abroad", "colleague", "stranger", "shared"):
            setattr(self, name, session.merge(getattr(self, name)))
        self.users = {name: session.merge(user) for name, user in self.users.items()}
        return self

    def case(
        self,
        office: Office,
        manager: User | None,
        given: str,
        family: str,
        status: CaseStatus = CaseStatus.ACTIVE,
        **facts: PartialDate,
    ) -> Case:
        case = make.case(office, manager, given_names=given, family_name=family, **facts)
        self.fill(case, manager, status)
        return case

    def fill(self, case: Case, assignee: User | None, status: CaseStatus) -> None:
        case.status = status
        today = utcnow().date()
        for days in (-3, 2):
            services.add_task(case, title="Visit", due_on=today + timedelta(days=days), assignee=assignee)
        services.add_note(case, kind=NoteKind.GENERAL, happened_on=today, text="Was here", author=assignee)


def identify(person: Person) -> None:
    people.save_document(person, None, type=DocumentType.PASSPORT, number=DOCUMENT, country="SN")
    people.save_contact(person, None, channel=Channel.PHONE, value=PHONE, country="SN")


def protected_canaries(world: World) -> list[str]:
    """Hidden cases in the office itself: of its caseworker, of nobody, of a person with an open case."""
    worker, colleague = world.users["worker"], world.colleague
    act_as(session, Actor(user_id=colleague.id))
    made = []
    for how, manager, status in product(
        (Sensitivity.PROTECTED, Sensitivity.SEALED),
        (worker, colleague, None),
        (CaseStatus.SUBMITTED, CaseStatus.ACTIVE, CaseStatus.ACCEPTED),
    ):
        case = world.case(world.here, manager, "Mariama", "Ba", status)
        identify(case.person)
        made.append(hide(world, case, how))
    again = register_return(
        world.shared.person, type=ReturnType.FORCED, return_country="ML", host_country="FR", arrived=NOT_KNOWN
    )
    session.add(AbroadSpell(episode_id=again.id, country="FR", episode=again))
    second = services.open_case(again, office=world.here, opened_by=colleague, case_manager=colleague)
    world.fill(second, worker, CaseStatus.ACTIVE)
    made.append(hide(world, second, Sensitivity.SEALED))
    return made


def hide(world: World, case: Case, how: Sensitivity) -> str:
    """Protect a case for somebody else, with an emergency and a proposal on it."""
    now = utcnow()
    case.sensitivity = how
    session.add_all(
        [
            SensitivityGround(case_id=case.id, reason="Threatened"),
            NamedAccess(case_id=case.id, user_id=world.colleague.id),
            BrokenGlass(
                case_id=case.id,
                user_id=world.colleague.id,
                reason="An emergency of a colleague",
                opened_at=now,
                until_at=now + timedelta(minutes=60),
            ),
            ShieldProposal(
                case_id=case.id,
                kind=ProposalKind.NAME,
                user_id=world.stranger.id,
                reason="Cover",
                proposed_by_id=world.colleague.id,
            ),
        ]
    )
    session.flush()
    return case.reference


def canaries_abroad(world: World) -> list[str]:
    """Open cases of another country, of people with names that occur here."""
    act_as(session, Actor(user_id=world.stranger.id))
    birth = PartialDate(date(1961, 1, 7), Precision.DAY)
    made = [
        world.case(world.abroad, manager, given, family, status, birth=birth).reference
        for given, family in (("Mariama", "Ba"), ("Awa", "Ndiaye"))
        for manager, status in ((world.stranger, CaseStatus.ACTIVE), (None, CaseStatus.SUBMITTED))
    ]
    session.flush()
    return made


CANARIES = {"protected": protected_canaries, "abroad": canaries_abroad}


def tidy(page: bytes, reference: str) -> bytes:
    """A page without tokens, numbers of operations and clock, and with one reference for another."""
    page = re.sub(rb'name="(csrf_token|operation_id|based_on)"[^>]*value="[^"]*"', b"", page)
    page = re.sub(rb"<footer.*?</span>", b"", page, flags=re.DOTALL)
    return page.replace(reference.encode(), NOTHING.encode())


def lists() -> Iterator[str]:
    """The list with every sort under every value of every filter."""
    filters = ["", *(f"status={status.value}" for status in CaseStatus), "status=open"]
    filters += [f"worker={who}" for who in ("me", "nobody")]
    filters += [f"due={when}" for when in ("overdue", "week", "none")]
    filters += ["country=SN", "country=ML", "country=ET"]
    for sort, narrowed in product(SORTS, filters):
        yield f"/cases?sort={sort}&{narrowed}"


class Reader:
    """Somebody who fetches every page there is for her."""

    def __init__(self, world: World, client: FlaskClient, name: str) -> None:
        self.world, self.client, self.name = world, client, name

    def fetch(self, address: str, **data: str) -> bytes:
        answer = self.client.open(
            address,
            method="POST" if data else "GET",
            data=data or None,
            headers={"Cookie": self.world.cookies[self.name]},
        )
        assert answer.status_code < 500, address
        place = answer.headers.get("Location", "").encode()
        return b"%d %s\n" % (answer.status_code, place) + answer.get_data()

    def walk(self, address: str) -> Iterator[bytes]:
        """A list page by page to its end, and from there one page back."""
        places: list[str] = []
        for _ in range(9):
            page = self.fetch(address)
            yield page
            links = [a.decode().replace("&amp;", "&") for a in re.findall(PLACE, page)]
            onward = [link for link in links if link not in places]
            if not onward or (places and len(links) < 2):
                break
            places += links
            address = onward[-1]
        yield from (self.fetch(link) for link in links[:1])

    def everything(self, reference: str) -> dict[str, bytes]:
        """All pages by what they are; `reference` is one that she may not see, or that nobody has."""
        pages = {"worklist": self.fetch("/worklist")}
        for address in lists():
            for number, page in enumerate(self.walk(address)):
                pages[f"{address} page {number}"] = page
        for text in ("Mariama Ba", "Mariam", "بنتا", DOCUMENT, PHONE, reference, "Awa Ndiaye"):
            label = "a reference" if text == reference else text
            pages[f"search {label}"] = self.fetch(f"/search?q={text.replace('+', '%2B')}")
        for tab in (
            "",
            "/person",
            "/return",
            "/history",
            "/assign",
            "/access",
            "/access/protect",
            "/consent",
        ):
            pages[f"own case {tab}"] = self.fetch(f"/cases/{self.world.own}{tab}")
            pages[f"other case {tab}"] = self.fetch(f"/cases/{reference}{tab}")
        for address in ("/users", "/offices", "/account", "/audit/?skipped=0", "/audit/?skipped=100"):
            pages[address] = self.fetch(address)
        return pages | self.asked(reference)

    def asked(self, reference: str) -> dict[str, bytes]:
        """What forms answer that look at all cases."""
        intake = {
            "given_names": "Mariama",
            "family_name": "Ba",
            "sex": "unknown",
            "birth-day": "2",
            "birth-month": "5",
            "birth-year": "1990",
            "birth-precision": "day",
            "return_country": "Senegal",
            "arrived-precision": "unknown",
            "type": "avrr",
            "modality": "permanent",
            "consent": "not_asked",
            "phone": PHONE,
            "office": str(self.world.home),
            "only": "1",
        }
        emergency = {"reference": NOTHING, "reason": "She is in danger tonight, he says"}
        return {
            "likely the same": self.fetch("/cases/new/likely", **intake),
            "asked before saving": self.fetch("/cases/new", **intake),
            "another return": self.fetch("/cases/new", **intake | {"same_person": reference}),
            "emergency": self.fetch("/break-glass", **emergency),
            "move": self.fetch(f"/cases/{reference}/move/withdraw", reason="Left"),
            "reason": self.fetch(f"/cases/{reference}/why", reason="Complaint"),
        }


UNLIKE = {
    "auditor": {"/audit/?skipped=0", "/audit/?skipped=100"},
    "officer": {"/audit/?skipped=0", "/audit/?skipped=100", "worklist", "other case /access"},
}
"""Pages whose work it is to tell of hidden cases: the whole trail, and what the officer answers for."""


@pytest.mark.parametrize("kind", list(CANARIES))
def test_hidden_cases_change_no_byte_of_an_outsiders_pages(
    site: Flask, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reintegrate.web.tables.PAGE", 4)
    with site.test_request_context():
        world = World(site)
    outsiders = [name for name in ROLES if kind == "protected" or name not in EVERYWHERE]
    client = site.test_client(use_cookies=False)
    readers = {name: Reader(world, client, name) for name in outsiders}
    with monkeypatch.context() as patch:
        forget_commits(patch)
        before = {name: reader.everything(NOTHING) for name, reader in readers.items()}

    with site.test_request_context():
        world = world.again()
        *_others, reference = CANARIES[kind](world)
        session.commit()

    changed = []
    with monkeypatch.context() as patch:
        forget_commits(patch)
        for name, reader in readers.items():
            after = reader.everything(reference)
            changed += [
                f"{name}: {page}"
                for page in (before[name].keys() | after.keys()) - UNLIKE.get(name, set())
                if tidy(before[name].get(page, b""), NOTHING) != tidy(after.get(page, b""), reference)
            ]
    assert all(len(pages) > 100 for pages in before.values())
    assert sorted(changed) == []


def test_the_trail_of_an_office_shows_no_numbers_that_could_have_gaps(site: Flask) -> None:
    with site.test_request_context():
        world = World(site)
    for name, shown in (("boss", False), ("auditor", True)):
        page = Reader(world, site.test_client(use_cookies=False), name).fetch("/audit/")
        assert (b">Number<" in page) == shown
        assert (b'class="num" data-label="Number"' in page) == shown


@pytest.mark.parametrize("kind", list(CANARIES))
def test_the_canaries_are_seen_where_they_should_be(site: Flask, kind: str) -> None:
    with site.test_request_context():
        world = World(site)
        (reference, *_more) = CANARIES[kind](world)
        session.commit()
        insider = world.colleague if kind == "protected" else world.stranger
        client = make.signed_in(site, insider.fs_uniquifier)

    for address in ("/cases?sort=name", "/search?q=Mariama"):
        assert reference in client.get(address).get_data(as_text=True)
    assert client.get(f"/cases/{reference}").status_code == 200
