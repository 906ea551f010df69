"""A list while it is prepared: corrected, its columns chosen, its dates answered, discarded."""

import pytest
from flask import Flask

from reintegrate.cases.models import Case
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries, staging, writing
from reintegrate.exchange.codes import ImportStatus, RowStatus
from reintegrate.exchange.models import ImportRow
from reintegrate.people.models import Person
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, OMAR, as_csv
from tests.exchange.staged import number_of, stage, statuses


def test_a_list_that_is_being_prepared_is_not_in_the_register(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR, FATOU, AWA_AGAIN]))

    assert statuses(staged) == ["ready", "ready", "error", "duplicate"]
    assert number_of(Person) == number_of(Case) == 0


def test_the_same_file_twice_is_one_import(app: Flask) -> None:
    office = make.office("SN")
    first = stage(as_csv([AWA, OMAR]), office)
    writing.commit_import(first, by=None)
    session.commit()

    assert stage(as_csv([AWA, OMAR]), office).id == first.id
    with pytest.raises(RuleError, match="no longer"):
        writing.commit_import(first, by=None)
    assert number_of(Person) == 2


def test_a_row_is_corrected_and_then_good(app: Flask) -> None:
    staged = stage(as_csv([FATOU]))
    (row,) = queries.rows_of(staged)

    staging.correct_row(staged, row, {4: "30/02/1990"})
    assert row.status == RowStatus.ERROR
    staging.correct_row(staged, row, {4: "28/02/1990"})

    assert row.status == RowStatus.READY
    assert row.values["birth_date"] == {"value": "1990-02-28", "precision": "day"}


def test_a_corrected_row_may_turn_out_to_be_somebody_who_is_known(app: Flask) -> None:
    wrong = [*AWA_AGAIN]
    wrong[4] = "33/03/1990"
    staged = stage(as_csv([AWA, wrong]))
    row = queries.row_of(staged, 3)
    assert row is not None
    assert row.status == RowStatus.ERROR

    staging.correct_row(staged, row, {4: "13/03/1990"})

    assert row.status == RowStatus.DUPLICATE
    assert row.likes[0]["row"] == 2


def test_corrections_stay_where_the_columns_are_chosen_anew(app: Flask) -> None:
    staged = stage(as_csv([FATOU, AWA]))
    row = queries.row_of(staged, 2)
    assert row is not None
    staging.correct_row(staged, row, {4: "28/02/1990"})

    staging.choose_columns(
        staged,
        header_row=1,
        columns={int(at): name for at, name in staged.columns.items()},
        day_first=True,
        defaults={"return_type": "forced"},
    )

    kept = queries.row_of(staged, 2)
    assert kept is not None
    assert (kept.status, kept.values["return_type"]) == (RowStatus.READY, "forced")


def test_what_the_columns_hold_is_remembered_for_the_next_list(app: Flask) -> None:
    office = make.office("SN")
    first = stage(as_csv([AWA]), office)
    columns = {int(at): name for at, name in first.columns.items()} | {13: "family_ref"}
    staging.choose_columns(
        first, header_row=1, columns=columns, day_first=None, defaults={"host_country": "LY"}
    )

    second = stage(as_csv([OMAR]), office)

    assert second.columns["13"] == "family_ref"
    assert second.defaults == {"host_country": "LY"}
    assert "13" not in stage(as_csv([OMAR]), make.office("SN")).columns


def test_a_list_needs_a_column_of_names(app: Flask) -> None:
    staged = stage(as_csv([AWA]))

    with pytest.raises(RuleError, match="names"):
        staging.choose_columns(staged, header_row=1, columns={3: "sex"}, day_first=None, defaults={})


def test_dates_that_read_both_ways_wait_for_an_answer(app: Flask) -> None:
    row = [*AWA]
    row[4], row[8] = "03/04/1990", "05/06/2025"
    staged = stage(as_csv([row]))
    assert (statuses(staged), bool(staged.facts["date_examples"])) == (["error"], True)

    columns = {int(at): name for at, name in staged.columns.items()}
    staging.choose_columns(staged, header_row=1, columns=columns, day_first=False, defaults={})

    (read,) = queries.rows_of(staged)
    assert read.values["birth_date"]["value"] == "1990-03-04"


def test_a_discarded_list_leaves_no_person_behind(app: Flask) -> None:
    staged = stage(as_csv([AWA]))

    staging.discard(staged, by=None)
    session.commit()

    assert number_of(ImportRow) == 0
    assert (staged.content, staged.status) == (None, ImportStatus.DISCARDED)
    with pytest.raises(RuleError, match="no longer"):
        staging.discard(staged, by=None)


def test_a_file_that_is_no_list_is_refused_beside_its_field(app: Flask) -> None:
    with pytest.raises(RuleError) as refused:
        stage(b"\x89PNG not a list", name="list.csv")

    assert refused.value.field == "file"


def test_a_corrected_row_is_compared_with_those_below_it_too(app: Flask) -> None:
    wrong = [*AWA]
    wrong[4] = "33/03/1990"
    staged = stage(as_csv([wrong, AWA_AGAIN]))
    first, second = queries.rows_of(staged)
    assert (first.status, second.status) == (RowStatus.ERROR, RowStatus.READY)

    staging.correct_row(staged, first, {4: "13/03/1990"})

    assert (first.status, second.status) == (RowStatus.READY, RowStatus.DUPLICATE)
    assert second.likes[0]["row"] == first.number


def test_a_file_is_one_import_of_its_office_even_without_the_lock(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make.office("SN")
    stage(as_csv([AWA]), office)
    monkeypatch.setattr(queries, "same_file", lambda *_: None)

    with pytest.raises(RuleError, match="same moment"):
        stage(as_csv([AWA]), office)


@pytest.mark.parametrize(
    ("day_first", "order"), [(True, " --day-first"), (False, " --month-first"), (None, "")]
)
def test_whoever_sends_too_long_a_list_is_shown_the_command_for_it(
    app: Flask, day_first: bool | None, order: str
) -> None:
    office = make.office("SN")

    with pytest.raises(RuleError) as refused:
        stage(as_csv([AWA, OMAR]), office, name="ma liste.csv", day_first=day_first, most=2)

    command = f"reintegrate import returnees 'ma liste.csv' --office {office.code}{order}"
    assert str(refused.value).endswith(command)
