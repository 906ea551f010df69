"""What becomes of a list: prepared, decided on, written as a whole, recognised again, taken back."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from reintegrate.accounts.models import Office, Role
from reintegrate.audit.models import AuditEvent
from reintegrate.audit.verify import verify
from reintegrate.cases import services as case_services
from reintegrate.cases.codes import CaseStatus, NoteKind, ReturnType
from reintegrate.cases.models import Case, Note, ReturnEpisode
from reintegrate.columns import Base
from reintegrate.dates import Precision
from reintegrate.db import db, session
from reintegrate.errors import RuleError
from reintegrate.exchange import leftovers, queries, staging, writing
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus
from reintegrate.exchange.files.sheets import read_workbook
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.people import search
from reintegrate.people.codes import DocumentType, Sex
from reintegrate.people.models import Contact, IdentityDocument, Nationality, Person
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, FATOU, HEADINGS, OMAR, as_csv, as_xlsx


def stage(data: bytes, office: Office | None = None, **facts: Any) -> ListImport:
    staged = staging.stage_list(
        data, facts.pop("name", "liste.csv"), office=office or make.office("SN"), staged_by=None, **facts
    )
    session.commit()
    return staged


def statuses(staged: ListImport) -> list[str]:
    return [row.status.value for row in queries.rows_of(staged)]


def number_of(model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_list_that_is_being_prepared_is_not_in_the_register(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR, FATOU, AWA_AGAIN]))

    assert statuses(staged) == ["ready", "ready", "error", "duplicate"]
    assert number_of(Person) == number_of(Case) == 0


def test_a_good_row_becomes_a_person_a_return_and_a_case_in_draft(app: Flask) -> None:
    staged = stage(as_csv([AWA]))

    assert writing.commit_import(staged, by=None) == 1
    session.commit()
    person = session.scalars(select(Person)).one()
    episode = session.scalars(select(ReturnEpisode)).one()
    case = session.scalars(select(Case)).one()
    document = session.scalars(select(IdentityDocument)).one()
    assert (person.display_name, person.sex, person.birth_date, person.birth_precision) == (
        "Awa Diop",
        Sex.FEMALE,
        date(1990, 3, 13),
        Precision.DAY,
    )
    assert session.scalars(select(Nationality.country)).all() == ["SN"]
    assert (document.type, document.number_key) == (DocumentType.PASSPORT, "A0112345")
    assert session.scalars(select(Contact.value_key)).all() == ["+221771234567"]
    assert (episode.type, episode.host_country, episode.return_country, episode.arrived_on) == (
        ReturnType.AVRR,
        "DE",
        "SN",
        date(2025, 3, 14),
    )
    assert (case.status, case.office_id, case.person_id) == (CaseStatus.DRAFT, staged.office_id, person.id)
    assert search.people("Diop Awa") == [person.id]


def test_what_no_field_takes_is_kept_in_a_note(app: Flask) -> None:
    staged = stage(as_csv([AWA]))
    writing.commit_import(staged, by=None)
    session.commit()

    note = session.scalars(select(Note)).one()
    assert note.kind == NoteKind.GENERAL
    for text in ("liste.csv", "mère isolée", "appeler le soir", "Chef de groupe: Modou"):
        assert text in note.text


def test_the_trail_tells_of_every_row_that_a_list_brought(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    writing.commit_import(staged, by=None)
    session.commit()

    actions = session.scalars(select(AuditEvent.action)).all()
    assert [actions.count(f"{table}.create") for table in ("person", "case_file", "identity_document")] == [
        2,
        2,
        1,
    ]
    assert "import.commit" in actions
    assert verify(db.session)[1] == []


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


def test_the_same_file_twice_is_one_import(app: Flask) -> None:
    office = make.office("SN")
    first = stage(as_csv([AWA, OMAR]), office)
    writing.commit_import(first, by=None)
    session.commit()

    assert stage(as_csv([AWA, OMAR]), office).id == first.id
    with pytest.raises(RuleError, match="no longer"):
        writing.commit_import(first, by=None)
    assert number_of(Person) == 2


def test_rows_that_were_imported_are_known_in_a_later_file(app: Flask) -> None:
    office = make.office("SN")
    writing.commit_import(stage(as_csv([AWA, OMAR]), office), by=None)
    session.commit()
    corrected = [*FATOU]
    corrected[4] = "28/02/1990"

    later = stage(as_csv([OMAR, corrected, AWA], title="Liste corrigée"), office)

    assert statuses(later)[-3:] == ["known", "ready", "known"]
    assert writing.commit_import(later, by=None) == 1


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


def test_the_rows_that_stay_behind_can_be_corrected_in_a_sheet_and_sent_again(app: Flask) -> None:
    office = make.office("SN")
    staged = stage(as_xlsx([AWA, FATOU]), office, name="liste.xlsx")
    writing.commit_import(staged, by=None)
    session.commit()

    sheet = read_workbook(leftovers.sheet_of(staged, queries.rows_of(staged))).sheets[0]
    assert len(sheet.rows) == 2
    assert "31/02/1990" in str(sheet.rows[1][-1])
    again = [[str(cell or "") for cell in row] for row in sheet.rows]
    again[1][4] = "28/02/1990"
    second = stage(as_xlsx(again[1:], again[0]), office, name="corrected.xlsx")

    assert statuses(second) == ["ready"]
    assert writing.commit_import(second, by=None) == 1
    session.commit()
    assert not session.scalars(select(Note.text).where(Note.text.contains("what is wrong"))).all()


def test_a_name_that_looks_like_a_formula_stays_text_in_the_sheet_that_goes_out(app: Flask) -> None:
    row = [*FATOU]
    row[1] = '\'=HYPERLINK("http://example.org")'
    staged = stage(as_csv([row]))

    sheet = read_workbook(leftovers.sheet_of(staged, queries.rows_of(staged))).sheets[0]

    assert sheet.rows[0][: len(HEADINGS)] == HEADINGS
    assert len(sheet.rows) == 2


def test_an_import_that_breaks_off_has_written_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    monkeypatch.setattr(writing, "AT_ONCE", 1)
    real, calls = writing.open_cases, []

    def breaks(*arguments: Any, **options: Any) -> list[int]:
        calls.append(1)
        if len(calls) == 2:
            raise ConnectionError
        return real(*arguments, **options)

    monkeypatch.setattr(writing, "open_cases", breaks)
    with pytest.raises(ConnectionError):
        writing.commit_import(staged, by=None)
    session.rollback()

    assert number_of(Person) == number_of(Case) == 0
    assert session.scalars(select(ListImport.status)).one() == ImportStatus.STAGED


def everything() -> dict[str, int]:
    """How many rows each table has, but for the trail and the list itself."""
    own = {"audit_event", "audit_detail", "audit_head", "list_import", "import_row", "column_memory"}
    own |= {"reference_counter", "name_variant"}
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in own
    }


def test_an_import_that_nobody_touched_is_taken_back_whole(app: Flask) -> None:
    make.case(given_names="Issa", family_name="Fall")
    staged = stage(as_csv([AWA, OMAR, AWA_AGAIN]))
    (row,) = queries.rows_of(staged, RowStatus.DUPLICATE)
    staging.decide_row(staged, row, RowDecision.NEW_RETURN)
    session.commit()
    before = everything()
    writing.commit_import(staged, by=None)
    session.commit()
    assert everything() != before

    assert writing.undo_import(staged) == 3
    session.commit()

    assert everything() == before
    assert staged.status == ImportStatus.UNDONE
    assert verify(db.session)[1] == []


def test_an_import_somebody_has_worked_on_stays(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    writing.commit_import(staged, by=None)
    session.commit()
    case = session.scalars(select(Case).order_by(Case.id)).first()
    assert case is not None
    case_services.add_note(
        case, kind=NoteKind.CALL, happened_on=date(2025, 4, 1), text="She called.", author=None
    )
    session.commit()

    with pytest.raises(RuleError, match="worked"):
        writing.undo_import(staged)


def test_after_taking_back_the_same_file_may_come_again(app: Flask) -> None:
    office = make.office("SN")
    staged = stage(as_csv([AWA]), office)
    writing.commit_import(staged, by=None)
    session.commit()
    writing.undo_import(staged)
    session.commit()

    again = stage(as_csv([AWA]), office)

    assert again.id != staged.id
    assert statuses(again) == ["ready"]


def test_what_was_imported_stands_in_the_register_alone(app: Flask) -> None:
    staged = stage(as_csv([AWA, FATOU]))
    writing.commit_import(staged, by=None)
    session.commit()
    session.expire_all()

    assert staged.content is None
    assert "samples" not in staged.facts
    values = {row.number: row.values for row in session.scalars(select(ImportRow))}
    assert values[2] == {}
    assert values[3]["family_name"] == "Ndiaye"


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


def test_a_departure_after_the_arrival_is_left_to_the_note(app: Flask) -> None:
    headings = [*HEADINGS, "Date de départ"]
    staged = stage(as_xlsx([[*AWA, "20/03/2025"]], headings), name="liste.xlsx")

    writing.commit_import(staged, by=None)
    session.commit()

    assert session.scalars(select(ReturnEpisode.departed_on)).one() is None
    assert "2025-03-20" in session.scalars(select(Note.text)).one()


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


def test_a_corrected_row_is_compared_with_those_below_it_too(app: Flask) -> None:
    wrong = [*AWA]
    wrong[4] = "33/03/1990"
    staged = stage(as_csv([wrong, AWA_AGAIN]))
    first, second = queries.rows_of(staged)
    assert (first.status, second.status) == (RowStatus.ERROR, RowStatus.READY)

    staging.correct_row(staged, first, {4: "13/03/1990"})

    assert (first.status, second.status) == (RowStatus.READY, RowStatus.DUPLICATE)
    assert second.likes[0]["row"] == first.number


def test_a_good_row_that_is_left_out_stays_behind_in_the_sheet(app: Flask) -> None:
    staged = stage(as_xlsx([AWA, OMAR]), name="liste.xlsx")
    staging.decide_row(staged, queries.rows_of(staged)[0], RowDecision.LEAVE_OUT)
    writing.commit_import(staged, by=None)
    session.commit()

    sheet = read_workbook(leftovers.sheet_of(staged, queries.rows_of(staged))).sheets[0]

    assert [row[1] for row in sheet.rows[1:]] == ["Diop"]


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


def test_what_a_list_says_above_its_rows_stands_in_the_sheet_of_those_that_stay_behind(app: Flask) -> None:
    headings = [text for text in HEADINGS if text != "Date d'arrivée"]
    office = make.office("SN")
    row = [*FATOU[:8], *FATOU[9:]]
    staged = stage(as_xlsx([row], headings), office, name="liste.xlsx")
    columns = {int(at): name for at, name in staged.columns.items()}
    staging.choose_columns(
        staged, header_row=1, columns=columns, day_first=None, defaults={"arrived_on": "2025-03-14"}
    )

    sheet = read_workbook(leftovers.sheet_of(staged, queries.rows_of(staged))).sheets[0]
    again = [[str(cell or "") for cell in line] for line in sheet.rows]
    again[1][4] = "28/02/1990"
    (read,) = queries.rows_of(stage(as_xlsx(again[1:], again[0]), office, name="again.xlsx"))

    assert (read.status, read.values["arrived_on"]) == (RowStatus.READY, "2025-03-14")
