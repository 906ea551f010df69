"""The rows that stay behind, as a sheet to correct and send again."""

from flask import Flask
from sqlalchemy import select

from reintegrate.cases.models import Note
from reintegrate.db import session
from reintegrate.exchange import leftovers, queries, staging, writing
from reintegrate.exchange.codes import RowDecision, RowStatus
from reintegrate.exchange.files.sheets import read_workbook
from tests import make
from tests.exchange.lists import AWA, FATOU, HEADINGS, OMAR, as_csv, as_xlsx
from tests.exchange.staged import stage, statuses


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


def test_a_good_row_that_is_left_out_stays_behind_in_the_sheet(app: Flask) -> None:
    staged = stage(as_xlsx([AWA, OMAR]), name="liste.xlsx")
    staging.decide_row(staged, queries.rows_of(staged)[0], RowDecision.LEAVE_OUT)
    writing.commit_import(staged, by=None)
    session.commit()

    sheet = read_workbook(leftovers.sheet_of(staged, queries.rows_of(staged))).sheets[0]

    assert [row[1] for row in sheet.rows[1:]] == ["Diop"]


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
