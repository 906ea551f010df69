"""Rows whose people may be registered already: what is decided, and what comes of it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from reintegrate.accounts.models import Role
from reintegrate.cases.models import Case, ReturnEpisode
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries, staging, writing
from reintegrate.exchange.codes import RowDecision, RowStatus
from reintegrate.people.models import Person
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, OMAR, as_csv
from tests.exchange.staged import number_of, stage, statuses


def test_nothing_is_written_while_a_likely_duplicate_is_open(app: Flask) -> None:
    staged = stage(as_csv([AWA, AWA_AGAIN]))

    with pytest.raises(RuleError, match="decide"):
        writing.commit_import(staged, by=None)


@pytest.mark.parametrize(
    ("decision", "people", "cases"),
    [
        (RowDecision.LEAVE_OUT, 1, 1),
        (RowDecision.OTHER_PERSON, 2, 2),
        (RowDecision.NEW_RETURN, 1, 2),
    ],
)
def test_a_row_becomes_what_was_decided(app: Flask, decision: RowDecision, people: int, cases: int) -> None:
    staged = stage(as_csv([AWA, AWA_AGAIN]))
    (row,) = queries.rows_of(staged, RowStatus.DUPLICATE)
    staging.decide_row(staged, row, decision)

    writing.commit_import(staged, by=None)
    session.commit()

    assert (number_of(Person), number_of(Case)) == (people, cases)


def test_somebody_in_the_register_is_recognised_in_another_spelling(app: Flask) -> None:
    known = make.case(given_names="Mohammed", family_name="Hassan")
    known.person.birth_date, known.person.birth_precision = date(1990, 3, 13), Precision.DAY
    session.commit()
    row = ["1", "حسن", "محمد", "M", "13/03/1990", "Sénégal", "", "Libye", "14/03/2025", *[""] * 5]

    staged = stage(as_csv([row]))

    (found,) = queries.rows_of(staged)
    assert found.status == RowStatus.DUPLICATE
    assert found.likes[0]["person_id"] == known.person_id


def test_a_new_return_of_a_registered_person_opens_a_case_on_her(app: Flask) -> None:
    office = make.office("SN")
    first = stage(as_csv([AWA]), office)
    writing.commit_import(first, by=None)
    later = [*AWA]
    later[8] = "20/08/2026"
    second = stage(as_csv([later]), office)
    (row,) = queries.rows_of(second)
    assert row.status == RowStatus.DUPLICATE

    staging.decide_row(second, row, RowDecision.NEW_RETURN)
    writing.commit_import(second, by=None)
    session.commit()

    assert number_of(Person) == 1
    assert session.scalars(select(ReturnEpisode.arrived_on).order_by(ReturnEpisode.id)).all() == [
        date(2025, 3, 14),
        date(2026, 8, 20),
    ]


def test_rows_that_were_imported_are_known_in_a_later_file(app: Flask) -> None:
    office = make.office("SN")
    writing.commit_import(stage(as_csv([AWA, OMAR]), office), by=None)
    session.commit()
    corrected = [*FATOU]
    corrected[4] = "28/02/1990"

    later = stage(as_csv([OMAR, corrected, AWA], title="Liste corrigée"), office)

    assert statuses(later)[-3:] == ["known", "ready", "known"]
    assert writing.commit_import(later, by=None) == 1


def test_a_row_cannot_follow_one_that_is_not_imported(app: Flask) -> None:
    staged = stage(as_csv([AWA, AWA_AGAIN]))
    first, second = queries.rows_of(staged)
    staging.decide_row(staged, first, RowDecision.LEAVE_OUT)
    staging.decide_row(staged, second, RowDecision.NEW_RETURN)

    with pytest.raises(RuleError, match="not imported"):
        writing.commit_import(staged, by=None)


def test_decisions_are_only_taken_on_good_rows(app: Flask) -> None:
    staged = stage(as_csv([FATOU, OMAR]))
    wrong, good = queries.rows_of(staged)

    with pytest.raises(RuleError, match="correct"):
        staging.decide_row(staged, wrong, RowDecision.LEAVE_OUT)
    with pytest.raises(RuleError, match="Nobody"):
        staging.decide_row(staged, good, RowDecision.NEW_RETURN)


def test_a_list_of_a_protected_person_is_not_told_that_she_is_registered(app: Flask) -> None:
    known = make.case(given_names="Awa", family_name="Diop")
    known.person.birth_date = date(1990, 3, 13)
    known.sensitivity = type(known.sensitivity).PROTECTED
    make.user(Role.CASEWORKER, known.office)
    session.commit()

    (row,) = queries.rows_of(stage(as_csv([AWA])))

    assert (row.status, row.likes) == (RowStatus.READY, [])


def test_two_lists_with_one_person_do_not_register_her_twice(app: Flask) -> None:
    office = make.office("SN")
    first, second = stage(as_csv([AWA]), office), stage(as_csv([AWA_AGAIN]), office)
    writing.commit_import(first, by=None)
    session.commit()

    assert staging.look_again(second) == 1

    with pytest.raises(RuleError, match="decide"):
        writing.commit_import(second, by=None)
    assert number_of(Person) == 1


def test_a_decision_ends_where_it_is_about_other_people(app: Flask) -> None:
    office = make.office("SN")
    first = stage(as_csv([AWA]), office)
    writing.commit_import(first, by=None)
    session.commit()
    later = [*AWA]
    later[8] = "20/08/2026"
    second = stage(as_csv([later]), office)
    (row,) = queries.rows_of(second)
    staging.decide_row(second, row, RowDecision.NEW_RETURN)
    session.commit()
    writing.undo_import(first)
    session.commit()

    assert staging.look_again(second) == 0

    assert (row.status, row.decision, row.same_as) == (RowStatus.READY, None, None)
    assert writing.commit_import(second, by=None) == 1


def test_a_return_that_is_registered_already_is_not_opened_again(app: Flask) -> None:
    office = make.office("SN")
    writing.commit_import(stage(as_csv([AWA]), office), by=None)
    session.commit()
    again = stage(as_csv([AWA_AGAIN]), office)
    (row,) = queries.rows_of(again)
    staging.decide_row(again, row, RowDecision.NEW_RETURN)

    with pytest.raises(RuleError, match="registered already"):
        writing.commit_import(again, by=None)


def test_the_person_of_a_new_return_is_the_one_that_was_chosen(app: Flask) -> None:
    others = [make.case(given_names="Awa", family_name="Diop") for _ in range(2)]
    for case in others:
        case.person.birth_date = date(1990, 3, 13)
    session.commit()
    staged = stage(as_csv([AWA]))
    (row,) = queries.rows_of(staged)
    chosen = row.likes[1]

    staging.decide_row(staged, row, RowDecision.NEW_RETURN, same_as=chosen)
    writing.commit_import(staged, by=None)
    session.commit()

    assert row.person_id == chosen["person_id"]
