"""Of two who decide on one thing at the same moment, one does, and the other is told.

On PostgreSQL both have read that nothing is decided when they meet; SQLite lets one in after the other.
"""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts import services
from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Membership, Role, SecondFactorReset, User
from reintegrate.audit.models import AuditEvent
from reintegrate.audit.verify import verify
from reintegrate.cases import shielding
from reintegrate.cases.models import Case, NamedAccess
from reintegrate.cases.shielding_models import BrokenGlass, Finding, Outcome, ShieldProposal
from reintegrate.columns import utcnow
from reintegrate.db import session
from tests import make
from tests.accounts.together import is_one_writer, meet, send_together


@dataclass
class Desk:
    """Two administrators, two officers of data protection, and what waits for one of them."""

    site: Flask
    admins: list[FlaskClient]
    officers: list[FlaskClient]
    case: str = ""
    proposals: tuple[int, ...] = ()
    glass: int = 0
    role: int = 0
    reset: int = 0
    user: int = 0
    office: int = 0


@pytest.fixture
def desk(site: Flask) -> Desk:
    with site.test_request_context():
        office = make.office("SN")
        worker, boss = make.user(Role.CASEWORKER, office), make.user(Role.SUPERVISOR, office)
        other = make.user(Role.SUPERVISOR, office)
        admins = [make.user(Role.ADMINISTRATOR) for _ in range(3)]
        officers = [make.user(Role.DATA_PROTECTION_OFFICER) for _ in range(3)]
        case = make.case(office, worker)
        shielding.protect_case(
            case, sensitivity=Sensitivity.PROTECTED, reason="Threatened", people=[boss], by=worker
        )
        naming = shielding.propose_name(case, user=other, reason="Cover", by=officers[2])
        lifting = shielding.propose_lift(case, target=Sensitivity.NORMAL, reason="Safe", by=officers[2])
        reference = case.reference
        opened = shielding_glass(case, boss)
        worker.tf_primary_method = "authenticator"
        reset = services.request_reset(worker, reason="Lost", requested_by=admins[2])
        role = services.grant_role(
            worker, role=Role.SUPERVISOR, office=office, country=None, granted_by=admins[2]
        )
        session.commit()
        return Desk(
            site,
            [make.signed_in(site, user.fs_uniquifier) for user in admins],
            [make.signed_in(site, user.fs_uniquifier) for user in officers],
            case=reference,
            proposals=(naming.id, lifting.id),
            glass=opened.id,
            role=role.id,
            reset=reset.id,
            user=worker.id,
            office=office.id,
        )


def shielding_glass(case: Case, user: User) -> BrokenGlass:
    glass = BrokenGlass(
        case_id=case.id,
        user_id=user.id,
        reason="She is in danger tonight",
        opened_at=utcnow(),
        until_at=utcnow() + shielding.GLASS_LASTS,
    )
    session.add(glass)
    session.flush()
    return glass


def meet_at(desk: Desk, patch: pytest.MonkeyPatch, where: object, *names: str) -> None:
    if not is_one_writer(desk.site):
        for name in names:
            meet(patch, where, name)


def rows_of(desk: Desk, action: str, subject_id: int) -> int:
    """How often the trail tells something of one thing; the trail is whole."""
    with desk.site.app_context():
        assert verify(session)[1] == []
        statement = select(func.count()).where(
            AuditEvent.action == action, AuditEvent.subject_id == subject_id
        )
        return session.scalar(statement) or 0


def told(pages: list[str], words: str) -> int:
    """How many of those who sent a form read some words."""
    return sum(words in page for page in pages)


def test_a_proposal_is_confirmed_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, shielding, "confirm_proposal")
    address = f"/cases/{desk.case}/access/proposals/{desk.proposals[0]}/confirm"

    pages = send_together([(client, address, {}) for client in desk.officers[:2]])

    assert (told(pages, "Confirmed"), told(pages, "This was decided before: it was confirmed")) == (1, 1)
    assert rows_of(desk, "shield_proposal.update", desk.proposals[0]) == 1
    with desk.site.app_context():
        named = session.get_one(ShieldProposal, desk.proposals[0]).user_id
        statement = select(func.count(NamedAccess.id)).where(NamedAccess.user_id == named)
        assert session.scalar(statement) == 1


def test_a_proposal_that_one_confirms_and_another_refuses_has_one_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_one_writer(desk.site):
        meet(monkeypatch, shielding, "_need_open")
    address = f"/cases/{desk.case}/access/proposals/{desk.proposals[0]}"

    pages = send_together(
        [
            (client, f"{address}/{end}", {})
            for client, end in zip(desk.officers, ("confirm", "refuse"), strict=False)
        ]
    )

    assert told(pages, "This was decided before") == 1
    assert rows_of(desk, "shield_proposal.update", desk.proposals[0]) == 1
    with desk.site.app_context():
        outcome = session.get_one(ShieldProposal, desk.proposals[0]).outcome
        named = session.scalar(select(func.count(NamedAccess.id)))
        assert named == (3 if outcome == Outcome.CONFIRMED else 2)


def test_a_proposal_that_ends_with_the_protection_is_not_decided_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_at(desk, monkeypatch, shielding, "_need_open")
    naming, lifting = desk.proposals
    address = f"/cases/{desk.case}/access/proposals"

    send_together(
        [
            (desk.officers[0], f"{address}/{lifting}/confirm", {}),
            (desk.officers[1], f"{address}/{naming}/refuse", {}),
        ]
    )

    assert rows_of(desk, "shield_proposal.update", naming) == 1
    assert rows_of(desk, "shield_proposal.update", lifting) == 1


@pytest.mark.parametrize("answers", [("agree", "agree"), ("agree", "refuse")])
def test_a_reset_is_decided_once(
    desk: Desk, answers: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_at(desk, monkeypatch, services, "decide_reset")
    address = f"/second-factor-resets/{desk.reset}"

    pages = send_together([(c, f"{address}/{end}", {}) for c, end in zip(desk.admins, answers, strict=False)])

    assert told(pages, "Somebody has decided on this already") == 1
    assert rows_of(desk, "second_factor_reset.update", desk.reset) == 1
    with desk.site.app_context():
        done = session.get_one(SecondFactorReset, desk.reset).done
        assert (session.get_one(User, desk.user).tf_primary_method is None) == done


def test_a_role_is_confirmed_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, services, "confirm_role")

    pages = send_together([(client, f"/roles/{desk.role}/confirm", {}) for client in desk.admins[:2]])

    assert (told(pages, "Role confirmed"), told(pages, "This role is already confirmed")) == (1, 1)
    assert rows_of(desk, "membership.update", desk.role) == 1


def test_a_role_is_taken_away_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, services, "revoke_role")

    pages = send_together([(client, f"/roles/{desk.role}/revoke", {}) for client in desk.admins[:2]])

    assert told(pages, "Role taken away") == 1
    assert rows_of(desk, "membership.delete", desk.role) == 1


def test_an_emergency_is_reviewed_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, shielding, "review_glass")
    findings = [{"finding": str(finding), "note": f"Found {finding}"} for finding in Finding]

    pages = send_together(
        [
            (client, f"/break-glass/{desk.glass}", found)
            for client, found in zip(desk.officers, findings, strict=False)
        ]
    )

    assert (told(pages, "Reviewed"), told(pages, "This was reviewed before")) == (1, 1)
    assert rows_of(desk, "broken_glass.update", desk.glass) == 1
    with desk.site.app_context():
        kept = session.get_one(BrokenGlass, desk.glass)
        assert kept.review_note == f"Found {kept.finding}"


@pytest.mark.parametrize("role", ["supervisor", "programme_manager", "auditor"])
def test_a_role_is_granted_once_at_a_place(desk: Desk, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, services, "_refuse_repetition")
    with desk.site.app_context():
        user, there = make.user(), make.office("SN").id
        session.commit()
    form = {"role": role, "office": str(there), "country": "Senegal"}

    pages = send_together([(client, f"/users/{user.id}/roles/new", form) for client in desk.admins[:2]])

    assert (told(pages, "Proposed."), told(pages, "already has this role there")) == (1, 1)
    with desk.site.app_context():
        held = session.scalars(select(Membership.id).where(Membership.user_id == user.id)).all()
    assert len(held) == 1
    assert rows_of(desk, "membership.create", held[0]) == 1


def test_two_administrators_who_close_each_other_leave_two(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_at(desk, monkeypatch, services, "_keep_administrators")
    with desk.site.app_context():
        holders = select(Membership.user_id).where(Membership.role == Role.ADMINISTRATOR)
        one, two, _three = session.scalars(holders.order_by(Membership.id)).all()

    pages = send_together(
        [
            (desk.admins[0], f"/users/{two}/disable", {}),
            (desk.admins[1], f"/users/{one}/disable", {}),
        ]
    )

    assert told(pages, "At least two administrators have to remain") <= 1
    with desk.site.app_context():
        active = select(func.count()).where(User.id.in_(holders), User.active)
        assert session.scalar(active) == 2


def test_one_address_is_invited_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, services, "new_uniquifier")
    form = {"name": "Awa", "email": "awa@example.org", "role": "auditor", "language": "en"}

    pages = send_together([(client, "/users/new", form) for client in desk.admins[:2]])

    assert (told(pages, "Invited."), told(pages, "already has an account")) == (1, 1)


def test_two_proposals_of_one_step_do_not_both_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_at(desk, monkeypatch, shielding, "propose_name")
    with desk.site.test_request_context():
        other = make.user(Role.SUPERVISOR, session.get_one(Membership, desk.role).office)
        session.commit()
    form = {"user": str(other.id), "reason": "Cover"}

    pages = send_together(
        [(client, f"/cases/{desk.case}/access/people/new", form) for client in desk.officers[:2]]
    )

    assert told(pages, "That waits for a second person already") == 1
    with desk.site.app_context():
        waiting = select(func.count()).where(ShieldProposal.user_id == other.id)
        assert session.scalar(waiting) == 1
