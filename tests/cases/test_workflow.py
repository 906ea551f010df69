from datetime import date

import pytest
from flask import Flask

from reintegrate.accounts.models import Role
from reintegrate.cases import services
from reintegrate.cases.codes import CaseStatus, ConsentPurpose, Dimension, NeedPriority, NeedStatus
from reintegrate.cases.models import Consent
from reintegrate.cases.queries import has_consent, needs_of
from reintegrate.cases.workflow import MOVES, TONES, moves_from
from reintegrate.db import session
from reintegrate.errors import RuleError
from tests import make


def test_every_status_is_reached_and_has_a_tone() -> None:
    assert {move.target for move in MOVES.values()} | {CaseStatus.DRAFT} == set(CaseStatus) == set(TONES)


def test_nothing_leaves_a_rejected_or_withdrawn_case() -> None:
    assert moves_from(CaseStatus.REJECTED) == moves_from(CaseStatus.WITHDRAWN) == []


def test_a_case_goes_from_draft_to_active(app: Flask) -> None:
    office = make.office()
    worker, boss = make.user(Role.CASEWORKER, office), make.user(Role.SUPERVISOR, office)
    case = make.case(office, worker, consent=True)

    services.move_case(case, "submit", by=worker)
    services.move_case(case, "accept", by=boss)
    services.complete_screening(case, on=date(2024, 2, 1))
    services.move_case(case, "activate", by=worker)

    assert case.status == CaseStatus.ACTIVE


def test_without_consent_nothing_is_submitted(app: Flask) -> None:
    case = make.case()

    with pytest.raises(RuleError, match="consent"):
        services.move_case(case, "submit", by=make.user())
    assert case.status == CaseStatus.DRAFT


def test_work_starts_only_with_a_manager_and_a_screening(app: Flask) -> None:
    case = make.case(consent=True)
    services.move_case(case, "submit", by=make.user())
    services.move_case(case, "accept", by=make.user())

    with pytest.raises(RuleError, match=r"case manager.*screening"):
        services.move_case(case, "activate", by=make.user())


@pytest.mark.parametrize("name", ["return", "reject", "withdraw"])
def test_what_stops_a_case_needs_a_reason(app: Flask, name: str) -> None:
    case = make.case(consent=True)
    services.move_case(case, "submit", by=make.user())

    with pytest.raises(RuleError, match="reason"):
        services.move_case(case, name, by=make.user())


def test_a_move_that_is_no_longer_open_is_refused(app: Flask) -> None:
    case = make.case(consent=True)

    with pytest.raises(RuleError, match="no longer open"):
        services.move_case(case, "accept", by=make.user())


def test_a_withdrawn_consent_counts_no_more(app: Flask) -> None:
    case = make.case(consent=True)
    consent = session.get(Consent, 1)
    assert consent is not None
    services.withdraw_consent(case, consent, on=date(2024, 3, 1))

    assert not has_consent(case, ConsentPurpose.CASE_MANAGEMENT)


def test_a_case_is_assigned_only_within_its_office(app: Flask) -> None:
    case = make.case()
    stranger = make.user(Role.CASEWORKER, make.office())

    with pytest.raises(RuleError, match="does not work"):
        services.assign_case(case, stranger)


def test_references_of_one_office_follow_each_other_without_a_gap(app: Flask) -> None:
    assert list(services.next_numbers("ADD", 2026, 3)) == [1, 2, 3]
    assert list(services.next_numbers("ADD", 2026)) == [4]
    assert list(services.next_numbers("ADD", 2027)) == [1]


def test_the_next_due_day_is_that_of_the_earliest_open_task(app: Flask) -> None:
    case, by = make.case(), make.user()
    early = services.add_task(case, title="Call", due_on=date(2026, 1, 5))
    services.add_task(case, title="Visit", due_on=date(2026, 2, 5))
    assert case.next_due_on == date(2026, 1, 5)

    services.complete_task(case, early, by=by, on=date(2026, 1, 9))
    assert case.next_due_on == date(2026, 2, 5)


def test_open_needs_come_first_and_the_urgent_ones_before_all(app: Flask) -> None:
    case = make.case()
    for text, priority, status in (
        ("Trousers", NeedPriority.NORMAL, NeedStatus.OPEN),
        ("Insulin, bought", NeedPriority.URGENT, NeedStatus.MET),
        ("A place for the night", NeedPriority.URGENT, NeedStatus.OPEN),
        ("School", NeedPriority.HIGH, NeedStatus.OPEN),
    ):
        services.save_need(
            case, None, dimension=Dimension.SOCIAL, text=text, priority=priority, status=status
        )

    assert [need.text for need in needs_of(case)] == [
        "A place for the night",
        "School",
        "Trousers",
        "Insulin, bought",
    ]
