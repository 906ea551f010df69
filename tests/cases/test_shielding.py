"""Protecting a case, naming people, lifting the protection."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office, Role, User
from reintegrate.accounts.queries import who_and_where
from reintegrate.audit.models import AuditEvent
from reintegrate.cases import queries, services, shielding, shielding_queries
from reintegrate.cases.models import Case, NamedAccess, SensitivityGround
from reintegrate.cases.shielding_models import Outcome, ShieldProposal
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError
from tests import make

PROTECTED, SEALED, NORMAL = Sensitivity.PROTECTED, Sensitivity.SEALED, Sensitivity.NORMAL


@dataclass
class Staff:
    office: Office
    worker: User
    boss: User
    manager: User
    officer: User
    second_officer: User
    colleague: User
    case: Case

    def protect(self, how: Sensitivity = PROTECTED, *people: User) -> None:
        shielding.protect_case(
            self.case, sensitivity=how, reason="Threatened", people=people or [self.boss], by=self.worker
        )


@pytest.fixture
def staff(app: Flask) -> Staff:
    office = make.office("SN")
    worker = make.user(Role.CASEWORKER, office)
    return Staff(
        office=office,
        worker=worker,
        boss=make.user(Role.SUPERVISOR, office),
        manager=make.user(Role.PROGRAMME_MANAGER, office),
        officer=make.user(Role.DATA_PROTECTION_OFFICER),
        second_officer=make.user(Role.DATA_PROTECTION_OFFICER),
        colleague=make.user(Role.CASEWORKER, office),
        case=make.case(office, worker),
    )


def named(case: Case) -> set[int]:
    return set(session.scalars(select(NamedAccess.user_id).where(NamedAccess.case_id == case.id)))


def sees(case: Case, user: User, action: str = "case.read.c1") -> bool:
    return queries.looking_at(case, who_and_where(user, queries.IS_NAMED)[0]).decision(action).allowed


def test_a_protected_case_exists_for_its_manager_and_those_chosen(staff: Staff) -> None:
    staff.protect()

    assert named(staff.case) == {staff.worker.id, staff.boss.id}
    assert sees(staff.case, staff.worker)
    assert sees(staff.case, staff.boss)
    assert not sees(staff.case, staff.manager)
    assert not sees(staff.case, staff.officer)
    assert session.get_one(SensitivityGround, staff.case.id).reason == "Threatened"


def test_whoever_protects_a_case_is_not_put_on_its_list_by_that(staff: Staff) -> None:
    shielding.protect_case(
        staff.case, sensitivity=PROTECTED, reason="Threatened", people=[], by=staff.officer
    )
    assert named(staff.case) == {staff.worker.id}

    other = make.case(staff.office, staff.worker)
    with pytest.raises(RuleError, match="themselves"):
        shielding.protect_case(
            other, sensitivity=PROTECTED, reason="Threatened", people=[staff.officer], by=staff.officer
        )


def test_protecting_gives_the_case_to_nobody_who_could_not_open_it(staff: Staff) -> None:
    with pytest.raises(RuleError, match="can open the case now"):
        staff.protect(PROTECTED, staff.colleague)
    assert named(staff.case) == set()


def test_a_case_without_anybody_to_work_on_it_is_not_protected(staff: Staff) -> None:
    services.assign_case(staff.case, None)

    with pytest.raises(RuleError, match="Assign a case manager first"):
        staff.protect(PROTECTED, staff.manager)


def test_a_case_is_protected_more_but_never_less_by_one_person(staff: Staff) -> None:
    staff.protect(PROTECTED)
    staff.protect(SEALED)
    assert staff.case.sensitivity == SEALED
    assert named(staff.case) == {staff.worker.id, staff.boss.id}

    for how in (SEALED, PROTECTED):
        with pytest.raises(RuleError, match="protected like that already"):
            staff.protect(how)


def test_protection_is_lifted_by_two(staff: Staff) -> None:
    staff.protect()
    proposal = shielding.propose_lift(staff.case, target=NORMAL, reason="Safe again", by=staff.boss)
    assert staff.case.sensitivity == PROTECTED
    with pytest.raises(RuleError, match="Somebody else"):
        shielding.confirm_proposal(staff.case, proposal, by=staff.boss)

    shielding.confirm_proposal(staff.case, proposal, by=staff.officer)

    assert staff.case.sensitivity == NORMAL
    assert named(staff.case) == set()
    assert session.get(SensitivityGround, staff.case.id) is None
    assert sees(staff.case, staff.manager)


def test_lifting_a_seal_keeps_the_list(staff: Staff) -> None:
    staff.protect(SEALED)
    proposal = shielding.propose_lift(staff.case, target=PROTECTED, reason="Less danger", by=staff.boss)
    shielding.confirm_proposal(staff.case, proposal, by=staff.officer)

    assert staff.case.sensitivity == PROTECTED
    assert named(staff.case) == {staff.worker.id, staff.boss.id}


def test_what_waits_is_refused_when_the_protection_is_lifted(staff: Staff) -> None:
    staff.protect()
    waiting = shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)
    lift = shielding.propose_lift(staff.case, target=NORMAL, reason="Safe again", by=staff.boss)
    shielding.confirm_proposal(staff.case, lift, by=staff.officer)

    assert (waiting.outcome, lift.outcome) == (Outcome.REFUSED, Outcome.CONFIRMED)
    with pytest.raises(RuleError, match="decided before"):
        shielding.confirm_proposal(staff.case, waiting, by=staff.officer)


def test_somebody_is_named_by_two_others(staff: Staff) -> None:
    staff.protect()
    proposal = shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)
    assert not sees(staff.case, staff.colleague)
    for hand in (staff.boss, staff.colleague):
        with pytest.raises(RuleError, match="Somebody else"):
            shielding.confirm_proposal(staff.case, proposal, by=hand)

    shielding.confirm_proposal(staff.case, proposal, by=staff.officer)
    assert sees(staff.case, staff.colleague, "case.update.c2")


def test_the_database_refuses_that_one_person_does_both_steps(staff: Staff) -> None:
    staff.protect()
    proposal = shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)
    proposal.outcome, proposal.decided_by_id = Outcome.CONFIRMED, staff.boss.id

    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_nobody_proposes_themselves(staff: Staff) -> None:
    staff.protect()
    with pytest.raises(RuleError, match="themselves"):
        shielding.propose_name(staff.case, user=staff.officer, reason="To help", by=staff.officer)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.FINANCE_OFFICER])
def test_nobody_is_named_whose_role_does_not_work_on_cases(staff: Staff, role: Role) -> None:
    staff.protect()
    outsider = make.user(role, staff.office)

    with pytest.raises(RuleError, match="could not open"):
        shielding.propose_name(staff.case, user=outsider, reason="To help", by=staff.boss)


def test_nobody_is_named_who_left_in_the_meantime(staff: Staff) -> None:
    staff.protect()
    proposal = shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)
    staff.colleague.active = False
    session.flush()

    with pytest.raises(RuleError, match="could not open"):
        shielding.confirm_proposal(staff.case, proposal, by=staff.officer)


def test_one_step_is_proposed_once(staff: Staff) -> None:
    staff.protect()
    shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)

    with pytest.raises(RuleError, match="waits for a second person"):
        shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.officer)
    with pytest.raises(RuleError, match="on the list already"):
        shielding.propose_name(staff.case, user=staff.worker, reason="Leave", by=staff.officer)


def access_of(case: Case, user: User) -> NamedAccess:
    return session.scalars(
        select(NamedAccess).where(NamedAccess.case_id == case.id, NamedAccess.user_id == user.id)
    ).one()


def test_somebody_always_stays_who_works_on_the_case(staff: Staff) -> None:
    staff.protect()
    with pytest.raises(RuleError, match="case manager stays"):
        shielding.revoke_name(staff.case, access_of(staff.case, staff.worker))

    services.assign_case(staff.case, None)
    shielding.revoke_name(staff.case, access_of(staff.case, staff.worker))
    with pytest.raises(RuleError, match="Somebody has to be left"):
        shielding.revoke_name(staff.case, access_of(staff.case, staff.boss))
    assert named(staff.case) == {staff.boss.id}


def test_a_protected_case_is_assigned_to_named_people_alone(staff: Staff) -> None:
    staff.protect()
    with pytest.raises(RuleError, match="on its list first"):
        services.assign_case(staff.case, staff.colleague)

    services.assign_case(staff.case, staff.boss)
    assert staff.case.case_manager_id == staff.boss.id


def test_a_case_whose_people_have_left_comes_before_the_data_protection_officer(staff: Staff) -> None:
    staff.protect()
    officer = who_and_where(staff.officer, queries.IS_NAMED)[0]
    boss = who_and_where(staff.boss, queries.IS_NAMED)[0]
    assert not shielding_queries.lost_cases(officer, limit=5)

    staff.worker.active = staff.boss.active = False
    session.flush()

    assert [c.id for c in shielding_queries.lost_cases(officer, limit=5)] == [staff.case.id]
    assert not shielding_queries.lost_cases(boss, limit=5)
    proposal = shielding.propose_name(staff.case, user=staff.colleague, reason="All left", by=staff.officer)
    shielding.confirm_proposal(staff.case, proposal, by=staff.second_officer)
    assert not shielding_queries.lost_cases(officer, limit=5)


def test_steps_wait_on_the_worklist_of_those_who_may_confirm_them(staff: Staff) -> None:
    second_boss = make.user(Role.SUPERVISOR, staff.office)
    staff.protect(PROTECTED, staff.boss, second_boss, staff.manager)
    shielding.propose_name(staff.case, user=staff.colleague, reason="Leave", by=staff.boss)

    def waiting(user: User) -> int:
        return len(shielding_queries.waiting_proposals(who_and_where(user, queries.IS_NAMED)[0], limit=5))

    assert [waiting(u) for u in (second_boss, staff.officer)] == [1, 1]
    stranger = make.user(Role.SUPERVISOR, staff.office)
    others = (staff.boss, staff.colleague, staff.worker, staff.manager, stranger)
    assert not any(waiting(user) for user in others)


def client(site: Flask, user: User) -> FlaskClient:
    return make.signed_in(site, user.fs_uniquifier)


@pytest.fixture
def desk(site: Flask) -> dict[str, object]:
    """The people around one case and the people as browsers, for whole requests."""
    with site.test_request_context():
        office = make.office("SN")
        worker, boss = make.user(Role.CASEWORKER, office), make.user(Role.SUPERVISOR, office)
        officer, colleague = make.user(Role.DATA_PROTECTION_OFFICER), make.user(Role.CASEWORKER, office)
        case = make.case(office, worker)
        session.commit()
        people = {"worker": worker, "boss": boss, "officer": officer, "colleague": colleague}
        return {name: client(site, user) for name, user in people.items()} | {
            "id": case.id,
            "address": f"/cases/{case.reference}",
            "keys": {name: user.id for name, user in people.items()},
        }


def test_a_case_is_protected_named_on_and_opened_again_through_its_pages(
    site: Flask, desk: dict[str, object]
) -> None:
    worker, boss, officer, colleague = (desk[n] for n in ("worker", "boss", "officer", "colleague"))
    keys, address = desk["keys"], desk["address"]
    assert "Protect the case" in worker.get(f"{address}/access").get_data(as_text=True)

    data = {"sensitivity": "protected", "people": str(keys["boss"]), "reason": "She is followed"}
    assert worker.post(f"{address}/access/protect", data=data).status_code == 302
    page = worker.get(f"{address}/access").get_data(as_text=True)
    assert "She is followed" in page
    assert "On the list" in page
    assert colleague.get(f"{address}/access").status_code == 404

    outside = officer.get(f"{address}/access").get_data(as_text=True)
    assert "Name not shown" in outside
    assert "She is followed" not in outside
    assert "Mariama" not in outside
    assert officer.get(address).status_code == 404

    chosen = {"user": str(keys["colleague"]), "reason": "Holiday cover"}
    assert boss.post(f"{address}/access/people/new", data=chosen).status_code == 302
    with site.app_context():
        step = session.scalars(select(ShieldProposal.id)).one()
    assert boss.post(f"{address}/access/proposals/{step}/confirm").status_code == 403
    assert worker.post(f"{address}/access/proposals/{step}/confirm").status_code == 403
    assert "Waiting for you as the second person" in officer.get("/worklist").get_data(as_text=True)
    assert officer.post(f"{address}/access/proposals/{step}/confirm").status_code == 302
    assert colleague.get(address).status_code == 200

    assert boss.post(f"{address}/access/lift", data={"target": "normal", "reason": "Safe"}).status_code == 302
    with site.app_context():
        step = session.scalars(select(func.max(ShieldProposal.id))).one()
    assert officer.post(f"{address}/access/proposals/{step}/confirm").status_code == 302
    assert colleague.get(address).status_code == 404
    assert officer.get(address).status_code == 200
    with site.app_context():
        told = set(session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == desk["id"])))
    assert {
        "shield_proposal.create",
        "shield_proposal.update",
        "named_access.create",
        "named_access.delete",
        "sensitivity_ground.create",
        "sensitivity_ground.delete",
    } <= told


def test_whoever_shuts_herself_out_is_led_to_her_worklist(desk: dict[str, object]) -> None:
    data = {"sensitivity": "sealed", "reason": "She is followed"}
    answer = desk["boss"].post(f"{desk['address']}/access/protect", data=data)

    assert answer.headers["Location"] == "/worklist"
    assert desk["boss"].get(f"{desk['address']}/access").status_code == 404


def test_a_refused_step_changes_nothing_and_is_said(site: Flask, desk: dict[str, object]) -> None:
    worker, boss, officer = desk["worker"], desk["boss"], desk["officer"]
    keys, address = desk["keys"], desk["address"]
    data = {"sensitivity": "protected", "people": str(keys["boss"]), "reason": "She is followed"}
    worker.post(f"{address}/access/protect", data=data)
    boss.post(f"{address}/access/people/new", data={"user": str(keys["colleague"]), "reason": "Cover"})
    with site.app_context():
        step = session.scalars(select(ShieldProposal.id)).one()

    assert officer.post(f"{address}/access/proposals/{step}/refuse").status_code == 302
    officer.post(f"{address}/access/proposals/{step}/confirm")
    assert "decided before" in officer.get(f"{address}/access").get_data(as_text=True)
    assert desk["colleague"].get(address).status_code == 404
    with site.app_context():
        access = session.scalars(select(NamedAccess.id).where(NamedAccess.user_id == keys["worker"])).one()
    boss.post(f"{address}/access/people/{access}/revoke")
    assert "case manager stays" in boss.get(f"{address}/access").get_data(as_text=True)


def test_protection_is_decided_now_and_not_by_the_clock(staff: Staff) -> None:
    before = utcnow()
    staff.protect()

    assert all(found.since >= before for found in shielding_queries.named_on(staff.case))
