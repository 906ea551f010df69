import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reintegrate.accounts.access import (
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


ROLES = [Role.CASEWORKER, Role.SUPERVISOR, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["case.list", "case.read.c2", "case.assign", "case.decide"])
def test_lists_show_exactly_what_single_decisions_allow(app: object, role: Role, action: str) -> None:
    here, there, abroad = make.office("SN"), make.office("SN"), make.office("ET")
    me = make.user(role, here)
    cases = [make.case(here, me), make.case(here), make.case(there), make.case(abroad)]
    hidden, named = make.case(here, me), make.case(abroad)
    hidden.sensitivity = named.sensitivity = Sensitivity.PROTECTED
    session.add(NamedAccess(case_id=named.id, user_id=me.id))
    session.flush()
    post = Post(role, office_id=here.id, country="SN")
    who = Who(me.id, (post,), is_named=True)

    listed = set(session.scalars(select(Case.id).where(visible(who, action))))
    singly = set()
    for case in [*cases, hidden, named]:
        decision = decide(who, action, thing_of(case))
        if decision.allowed or decision.own_work:
            singly.add(case.id)
    assert listed == singly
