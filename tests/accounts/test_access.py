from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from reintegrate.accounts.access import (
    GLASS_OPENS,
    ROLE_COLUMNS,
    Post,
    Sensitivity,
    Thing,
    Who,
    decide,
    may_ever,
    table,
)
from reintegrate.accounts.models import Role
from reintegrate.cases.models import Case, NamedAccess
from reintegrate.cases.queries import thing_of, visible
from reintegrate.columns import utcnow
from reintegrate.db import session
from tests import make

HERE = Thing(office_id=1, country="SN", owner_id=7)


def test_every_approval_is_refused_to_whoever_proposed_it() -> None:
    approvals = [
        action for action in table() if ".approve" in action or action in ("case.decide", "plan.approve")
    ]

    assert approvals
    for action in approvals:
        assert all(grant.not_self for grant in table()[action].values()), action


def test_the_administrator_reads_no_case_and_moves_no_money() -> None:
    forbidden = ("case.", "award.", "payee.", "disbursement.", "note.", "survey.", "report.")

    assert not [a for a in table() if a.startswith(forbidden) and Role.ADMINISTRATOR in table()[a]]


def test_the_auditor_changes_nothing() -> None:
    reading = ("read", "list", "verify", "export", "log", "revoke.self", "protected", "c1")

    assert not [
        a for a in table() if Role.AUDITOR in table()[a] and not a.endswith(reading) and "read" not in a
    ]


def test_trafficking_data_is_only_ever_for_named_people() -> None:
    assert {grant.scope for grant in table()["case.read.c4"].values()} == {"named"}


def test_a_caseworker_reads_her_own_cases_and_nobody_elses() -> None:
    who = Who(7, (Post(Role.CASEWORKER, office_id=1),))

    assert decide(who, "case.read.c2", HERE).allowed
    assert not decide(who, "case.read.c2", Thing(office_id=1, country="SN", owner_id=8)).allowed


def test_nobody_decides_on_what_they_submitted() -> None:
    who = Who(7, (Post(Role.SUPERVISOR, office_id=1),))
    hers = Thing(office_id=1, country="SN", touched_by=frozenset({7}))

    assert decide(who, "case.decide", Thing(office_id=1, country="SN")).allowed
    decision = decide(who, "case.decide", hers)
    assert not decision.allowed
    assert decision.own_work


@pytest.mark.parametrize("role", list(ROLE_COLUMNS))
def test_a_protected_case_does_not_exist_for_those_not_named(role: Role) -> None:
    who = Who(9, (Post(role, office_id=1, country="SN"),))
    protected = Thing(office_id=1, country="SN", owner_id=9, sensitivity=Sensitivity.PROTECTED)

    decision = decide(who, "case.read.c1", protected)
    assert not decision.allowed
    assert decision.hidden


def test_an_unknown_action_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        decide(Who(1), "case.steal", HERE)


def test_without_a_role_nothing_is_allowed() -> None:
    assert not [action for action in table() if may_ever(Who(1), action)]


@given(
    st.sampled_from(sorted(table())),
    st.sampled_from(list(ROLE_COLUMNS)),
    st.integers(1, 2),
    st.sampled_from(["SN", "ET"]),
    st.booleans(),
)
def test_a_decision_never_reaches_further_than_its_cell(
    action: str, role: Role, office_id: int, country: str, owned: bool
) -> None:
    who = Who(7, (Post(role, office_id=1, country="SN"),))
    thing = Thing(office_id=office_id, country=country, owner_id=7 if owned else 8, user_id=8)
    grant = table()[action].get(role)

    if decide(who, action, thing).allowed:
        assert grant is not None
        reach = {"own": owned, "office": office_id == 1, "country": country == "SN", "all": True}
        assert reach.get(grant.scope, False)


def test_an_emergency_opens_reading_of_protected_cases_alone() -> None:
    worker = Who(9, (Post(Role.CASEWORKER, office_id=1, country="SN"),))
    protected = replace(HERE, sensitivity=Sensitivity.PROTECTED, glass_ids=frozenset({9}))

    opened = {action for action in table() if decide(worker, action, protected).by_glass}
    assert opened == GLASS_OPENS == {"case.read.c1", "case.read.c2"}
    allowed = {action for action in table() if decide(worker, action, protected).allowed}
    assert allowed - opened == {"case.break_glass"}
    assert decide(worker, "case.read.c1", replace(protected, sensitivity=Sensitivity.SEALED)).hidden
    assert decide(worker, "case.read.c1", replace(protected, office_id=2)).hidden
    assert decide(replace(worker, user_id=8), "case.read.c1", protected).hidden


@pytest.mark.parametrize("role", list(ROLE_COLUMNS))
def test_a_sealed_case_opens_in_no_emergency(role: Role) -> None:
    who = Who(9, (Post(role, office_id=1, country="SN"),))
    sealed = replace(HERE, sensitivity=Sensitivity.SEALED, glass_ids=frozenset({9}))

    assert decide(who, "case.break_glass", sealed).hidden
    allowed = {action for action in table() if decide(who, action, sealed).allowed}
    rescue = {"case.protect.clear", "case.named.grant", "case.named.revoke", "case.break_glass.review"}
    assert allowed == (rescue if role == Role.DATA_PROTECTION_OFFICER else set())


def test_the_lightest_of_two_grants_is_used() -> None:
    boss = Post(Role.SUPERVISOR, office_id=1, country="SN")
    manager = Post(Role.PROGRAMME_MANAGER, country="SN")

    assert decide(Who(9, (manager,)), "case.read.c2", HERE).needs_reason
    assert not decide(Who(9, (manager, boss)), "case.read.c2", HERE).needs_reason
    assert decide(Who(9, (boss, Post(Role.CASEWORKER, 1, "SN"))), "case.read.c3", HERE).needs_reason


OFFICES = {1: "SN", 2: "SN", 3: "ET"}
ME, OTHER = 1, 2


@st.composite
def posts(draw: st.DrawFn) -> Post:
    """A membership as the database can hold it, and a few that it cannot."""
    office_id = draw(st.sampled_from([None, *OFFICES]))
    country = OFFICES[office_id] if office_id else draw(st.sampled_from([None, "SN", "ET"]))
    return Post(draw(st.sampled_from(list(Role))), office_id, country)


FILES = st.fixed_dictionaries(
    {
        "office_id": st.sampled_from(sorted(OFFICES)),
        "manager": st.sampled_from([None, ME, OTHER]),
        "opened_by": st.sampled_from([None, ME, OTHER]),
        "sensitivity": st.sampled_from(list(Sensitivity)),
        "named": st.sets(st.sampled_from([ME, OTHER])),
    }
)


@pytest.fixture
def blank(site: Flask) -> tuple[Flask, list[int]]:
    """Three offices with nine cases, which the property test puts into ever new states."""
    with site.test_request_context():
        offices = [
            make.office(country, code=code) for code, country in (("AJ", "SN"), ("AK", "SN"), ("AL", "ET"))
        ]
        assert [office.id for office in offices] == list(OFFICES)
        assert [make.user().id, make.user().id] == [ME, OTHER]
        keys = [make.case(offices[0]).id for _ in range(6)]
        session.commit()
        return site, keys


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(posts(), max_size=3), st.lists(FILES, min_size=1, max_size=6))
def test_lists_show_exactly_what_single_decisions_allow(
    blank: tuple[Flask, list[int]], held: list[Post], drawn: list[dict[str, Any]]
) -> None:
    """In a random world every action reaches the same cases in SQL and singly, whatever it asks for."""
    site, keys = blank
    with site.app_context():
        for key, facts in zip(keys, drawn, strict=False):
            session.execute(
                update(Case)
                .where(Case.id == key)
                .values(
                    office_id=facts["office_id"],
                    case_manager_id=facts["manager"],
                    opened_by_id=facts["opened_by"],
                    sensitivity=facts["sensitivity"],
                )
            )
            rows = [{"case_id": key, "user_id": u, "granted_at": utcnow()} for u in sorted(facts["named"])]
            if rows:
                session.execute(insert(NamedAccess), rows)
        named = any(ME in facts["named"] for facts in drawn)
        who = Who(ME, tuple(held), is_named=named)
        cases = session.scalars(select(Case).where(Case.id.in_(keys[: len(drawn)])).order_by(Case.id)).all()
        things = {case.id: thing_of(case) for case in cases}
        for action in table():
            assert listed(who, action, things, unmasked=False) == one_by_one(who, action, things), action
            assert listed(who, action, things, unmasked=True) == free_of_charge(who, action, things), action
        session.rollback()


def listed(who: Who, action: str, things: dict[int, Thing], *, unmasked: bool) -> set[int]:
    condition = visible(who, action, unmasked=unmasked)
    return set(session.scalars(select(Case.id).where(Case.id.in_(things), condition)))


def one_by_one(who: Who, action: str, things: dict[int, Thing]) -> set[int]:
    """Lists hold one's own work too: who may not decide on it is asked where it is decided."""
    decisions = {key: decide(who, action, thing) for key, thing in things.items()}
    return {key for key, decision in decisions.items() if decision.allowed or decision.own_work}


def free_of_charge(who: Who, action: str, things: dict[int, Thing]) -> set[int]:
    """What is reached without mask, reason or second person, whoever had a hand in it."""
    decisions = {
        key: decide(who, action, replace(thing, touched_by=frozenset())) for key, thing in things.items()
    }
    return {
        key
        for key, d in decisions.items()
        if d.allowed and not (d.masked or d.needs_reason or d.needs_second)
    }
