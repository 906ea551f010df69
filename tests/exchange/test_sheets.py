import io
import struct
from datetime import date, datetime, time

import pytest
import xlsxwriter
from openpyxl import Workbook as OpenpyxlWorkbook

from reintegrate.exchange.files.sheets import read_workbook
from tests.exchange.files import (
    ROWS,
    a_csv,
    an_ods,
    an_xls,
    an_xlsx,
    ods_cell,
    ods_text,
    record,
    xls_stream,
    xls_text,
)

DAY = datetime(1990, 2, 28, 7, 30)  # noqa: DTZ001 -- sheets know no zones


def test_an_xlsx_keeps_the_kinds_of_its_values() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Liste")
        day, clock = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "hh:mm"})
        sheet.write_row(1, 1, ["text", 7, 7.5, True])
        sheet.write_datetime(1, 5, DAY.replace(hour=0, minute=0), day)
        sheet.write_datetime(1, 6, DAY, day)
        sheet.write_number(1, 7, 0.5, clock)

    workbook = read_workbook(an_xlsx(fill))

    assert workbook.kind == "xlsx"
    assert workbook.sheets[0].name == "Liste"
    assert workbook.sheets[0].rows == [
        [None] * 8,
        [None, "text", 7, 7.5, True, date(1990, 2, 28), DAY, time(12, 0)],
    ]
    assert [type(value) for value in workbook.sheets[0].row(2)[2:4]] == [int, float]


def test_a_formula_is_neither_worked_out_nor_its_last_result_used() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d"])
        sheet.write_formula(1, 1, '=HYPERLINK("http://x","welder")', None, "welder")
        sheet.write_string(1, 2, "=1+1")
        sheet.write_array_formula("A3:B4", "{=TRANSPOSE(A1:B1)}", None, "secret")
        for row, column in ((2, 1), (3, 0), (3, 1)):
            sheet.write_string(row, column, "secret")

    sheet = read_workbook(an_xlsx(fill)).sheets[0]

    assert sheet.formula_cells == ["B2", "C2", "A3", "B3", "A4", "B4"]
    assert all(sheet.cell(row, column).value is None for row, column in sheet.formulas)
    assert sheet.cell(2, 1).formula
    assert not sheet.cell(1, 1).formula


def test_what_is_hidden_is_read_and_reported() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for number in range(4):
            sheet.write_row(number, 0, ["a", "b", "c"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        other = book.add_worksheet("Old")
        other.write(0, 0, "x")
        other.hide()

    first, second = read_workbook(an_xlsx(fill)).sheets

    assert first.hidden_rows == {3}
    assert first.hidden_columns == {1}
    assert first.row(3) == ["a", "b", "c"]
    assert (first.visible, second.visible) == (True, False)


def test_a_cell_merged_downwards_belongs_to_all_its_rows() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "Title")
        sheet.merge_range("A2:A4", "F001")
        for row in range(1, 5):
            sheet.write(row, 1, f"person {row}")

    rows = read_workbook(an_xlsx(fill)).sheets[0].rows

    assert [row[:2] for row in rows] == [
        ["Title", None],
        ["F001", "person 1"],
        ["F001", "person 2"],
        ["F001", "person 3"],
        [None, "person 4"],
    ]


def test_a_workbook_of_openpyxl_reads_alike() -> None:
    book = OpenpyxlWorkbook()
    assert book.active is not None
    book.active.append(["Nom", "Né le"])
    book.active.append(["Sène", date(1990, 2, 28)])
    book.active.append(["=A2", None])
    out = io.BytesIO()
    book.save(out)

    sheet = read_workbook(out.getvalue()).sheets[0]

    assert sheet.rows[:2] == [["Nom", "Né le"], ["Sène", date(1990, 2, 28)]]
    assert sheet.formula_cells == ["A3"]


def test_formatted_but_empty_cells_do_not_count() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write_blank(1_000_000, 500, None, book.add_format({"bold": True}))

    assert read_workbook(an_xlsx(fill)).sheets[0].rows == [["x"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_reads_in_every_encoding_with_every_delimiter(encoding: str, delimiter: str) -> None:
    workbook = read_workbook(a_csv(encoding, delimiter))

    assert workbook.sheets[0].rows == ROWS
    assert workbook.delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1256", ["الاسم", "الجنسية", "العراق", "محمد العبيدي", "فاطمة الجبوري", "زينب"]),
        ("cp1251", ["Фамилия", "Имя", "Украина", "Коваленко", "Тарас Шевченко", "женский"]),
        ("cp1252", ["Prénom", "né à", "Sénégal", "Aïssatou", "França", "Müller"]),
    ],
)
def test_old_encodings_are_told_apart_by_their_letters(encoding: str, words: list[str]) -> None:
    workbook = read_workbook(a_csv(encoding, ";", [words, words[::-1]]))

    assert workbook.encoding == encoding
    assert workbook.sheets[0].row(1) == words


def test_commas_inside_cells_do_not_beat_the_real_delimiter() -> None:
    rows = [["Nom", "Reste"], ["Diallo, Mamadou", "1,5"], ["Ba, Awa", "2,5"], ["Sow, Ali", "3,0"]]

    assert read_workbook(a_csv("utf-8", ";", rows)).sheets[0].rows == rows


def test_titles_above_the_table_do_not_hide_the_delimiter() -> None:
    text = "Liste des retournés, vol du 3 mars\n\n" + "\n".join(";".join(row) for row in ROWS)

    assert read_workbook(text.encode()).delimiter == ";"


def test_quoted_line_ends_stay_in_their_cell_and_a_lone_quote_does_not_swallow_the_list() -> None:
    assert read_workbook(b'a,b\n"x\ny",z\n').sheets[0].rows == [["a", "b"], ["x\ny", "z"]]

    lone = "a,b\n" + '"x,y\n' + "long enough to be noticed,z\n" * 60
    assert len(read_workbook(lone.encode()).sheets[0].rows) == 62


def test_a_declared_delimiter_is_believed_and_blank_lines_keep_their_numbers() -> None:
    sheet = read_workbook(b"sep=;\r\na;b\r\n\r\nc;d\r\n").sheets[0]

    assert sheet.rows == [["a", "b"], [None, None], ["c", "d"]]


def test_a_csv_cell_that_begins_with_an_equals_sign_is_a_formula() -> None:
    sheet = read_workbook(b"a,b\n=1+1,2\n").sheets[0]

    assert sheet.formula_cells == ["A2"]
    assert sheet.row(2) == [None, "2"]


def test_an_ods_reads_with_formulas_repeats_and_hidden_rows() -> None:
    day = ods_cell("28/02/90", 'office:value-type="date" office:date-value="1990-02-28"')
    formula = ods_cell("2", 'table:formula="of:=1+1" office:value-type="float" office:value="2"')
    twice = ods_text("Ba", ' table:number-columns-repeated="2"')
    empty = '<table:table-cell table:number-columns-repeated="1024"/>'
    rows = (
        f"<table:table-row>{ods_text('Nom')}{ods_text('Né le')}{ods_text('Total')}</table:table-row>"
        f'<table:table-row table:visibility="collapse">{ods_text("Sène")}{day}{formula}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{twice}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    )
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'

    workbook = read_workbook(an_ods(rows, columns))
    sheet = workbook.sheets[0]

    assert workbook.kind == "ods"
    assert sheet.rows == [
        ["Nom", "Né le", "Total"],
        ["Sène", date(1990, 2, 28), None],
        ["Ba", "Ba", None],
        ["Ba", "Ba", None],
    ]
    assert sheet.formula_cells == ["C2"]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {1})


def test_an_xls_gives_its_values_and_names_its_formulas_and_hidden_rows() -> None:
    formula = struct.pack("<HHHdHIH", 1, 1, 0, 42.0, 0, 0, 3) + b"\x1e\x01\x00"
    hidden_row = struct.pack("<HHHHHHI", 1, 0, 3, 255, 0, 0, 0x20)
    cells = [
        record(0x007D, struct.pack("<HHHHHH", 2, 2, 2560, 0, 1, 0)),
        record(0x0208, hidden_row),
        xls_text(0, 0, "Nom"),
        xls_text(0, 1, "Âge"),
        xls_text(0, 2, "N°"),
        xls_text(1, 0, "Sène"),
        record(0x0006, formula),
        record(0x0203, struct.pack("<HHHd", 1, 2, 0, 3.0)),
    ]

    workbook = read_workbook(an_xls(xls_stream(*cells)), "list.xls")
    sheet = workbook.sheets[0]

    assert workbook.kind == "xls"
    assert sheet.rows == [["Nom", "Âge", "N°"], ["Sène", None, 3]]
    assert sheet.formula_cells == ["B2"]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {2})


def test_a_small_xls_lies_in_small_pieces() -> None:
    sheet = read_workbook(
        an_xls(xls_stream(*(xls_text(row, 0, f"name {row}") for row in range(9))), small=True)
    ).sheets[0]

    assert sheet.rows == [[f"name {row}"] for row in range(9)]
