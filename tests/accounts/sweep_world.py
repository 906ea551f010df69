"""The world that the sweeps walk through: one person of a role, and cases in every relation to her.

It is built once for a sweep. Nothing is kept: every commit of a request becomes a flush and a rollback.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from reintegrate.accounts.access import Sensitivity
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
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.exchange.staging import stage_list
from reintegrate.people.codes import Channel, Relation
from reintegrate.people.models import Contact, HouseholdMember, IdentityDocument
from tests import make
from tests.exchange.lists import FATOU, as_csv

NOTHING = "ZZ-26-22222-4"
"""A well-formed reference that nobody was given."""


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


def forget_commits(patch: pytest.MonkeyPatch) -> None:
    """From now on a commit writes, so that the database judges it, and keeps nothing."""

    def forget(self: Session) -> None:
        self.flush()
        self.rollback()

    patch.setattr(Session, "commit", forget)


def build(site: Flask, role: Role) -> World:
    with site.test_request_context():
        return Builder(site).world(role)
