import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as OpenpyxlWorkbook

from reintegrate.exchange.sheets import SHEET_MESSAGES, Limits, SheetError, read_workbook

ROWS = [
    ["Nom", "Prénom", "Sexe"],
    ["Sène", "Aïssatou", "F"],
    ["Ndiaye", "Ousmane", "M"],
    ["Coulibaly", "Adama", "M"],
]


def an_xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book)
    return out.getvalue()


def a_csv(encoding: str, delimiter: str = ",", rows: list[list[str]] = ROWS) -> bytes:
    return "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)


def rezipped(data: bytes, change: Callable[[str, bytes], bytes], **extra: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in extra.items():
            new.writestr(name, content)
    return out.getvalue()


DAY = datetime(1990, 2, 28, 7, 30)  # noqa: DTZ001 -- sheets know no zones


def an_ods(rows: str, columns: str = "", encrypted: bool = False) -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{prefix}="{urn}:{prefix}:1.0"' for prefix in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Liste">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "<manifest><encryption-data/></manifest>" if encrypted else "<manifest/>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def ods_cell(text: str, attributes: str) -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_text(text: str, attributes: str = "") -> str:
    return ods_cell(text, f'office:value-type="string"{attributes}')


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def xls_stream(*cells: bytes, protected: bool = False) -> bytes:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    begin += record(0x002F, b"\1\0" + bytes(52)) if protected else b""
    name = b"Liste"
    sheet = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        + b"".join(cells)
        + record(0x000A, b"")
    )
    offset = len(begin) + 4 + 8 + len(name) + 4
    tab = record(0x0085, struct.pack("<IHBB", offset, 0, len(name), 0) + name)
    return begin + tab + record(0x000A, b"") + sheet


END, FAT, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def in_sectors(numbers: list[int]) -> bytes:
    return struct.pack("<128I", *numbers, *[FREE] * (128 - len(numbers)))


def an_xls(stream: bytes, name: str = "Workbook", small: bool = False) -> bytes:
    """The smallest container: sectors of allocation, directory and small allocation, then the stream.

    A small stream lies in pieces of 64 bytes inside that of the root.
    """
    size = len(stream) if small else max(len(stream), 4096)
    stream = stream.ljust(size, b"\0")
    stream += bytes(-len(stream) % 512)
    chain = [FAT, END, END, *range(4, 3 + len(stream) // 512), END]
    pieces = [*range(1, len(stream) // 64), END] if small else []

    def entry(title: str, kind: int, child: int, start: int, length: int) -> bytes:
        written = title.encode("utf-16-le") + b"\0\0"
        head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", start, length)

    root = entry("Root Entry", 5, 1, 3, len(stream)) if small else entry("Root Entry", 5, 1, END, 0)
    directory = root + entry(name, 2, FREE, 0 if small else 3, size) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2 if small else END, int(small), END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + in_sectors(chain) + directory + in_sectors(pieces) + stream


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught:
        read_workbook(data, "list.xlsx", limits)
    assert str(caught.value)
    return caught.value.code


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


def test_packed_numbers_of_an_xls_count_towards_its_limits() -> None:
    packed = record(0x00BD, struct.pack("<HHHIHIH", 0, 1, 0, 6, 0, 10, 2))

    data = an_xls(xls_stream(xls_text(0, 0, "x"), packed))

    assert read_workbook(data).sheets[0].rows == [["x", 1, 2]]
    assert code_of(data, Limits(columns=2)) == "too_many_columns"


def test_a_protected_file_is_said_to_be_protected() -> None:
    assert code_of(an_xls(xls_stream(protected=True))) == "encrypted"
    assert code_of(an_xls(bytes(4096), name="EncryptedPackage")) == "encrypted"
    assert code_of(an_ods("", encrypted=True)) == "encrypted"


def test_a_container_that_chains_in_circles_is_damaged() -> None:
    data = bytearray(an_xls(xls_stream(xls_text(0, 0, "x"))))
    struct.pack_into("<I", data, 512 + 4 * 5, 3)

    assert code_of(bytes(data)) == "damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b",,,\n,,,\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not_a_sheet"),
        (b"%PDF-1.7 ...", "not_a_sheet"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "not_a_sheet"),
        (b'{"a": 1}', "not_a_sheet"),
        (b"a,b\n\x01\x02,c\n", "not_a_sheet"),
        (bytes(range(256)) * 4, "not_a_sheet"),
        (b"PK\x03\x04 torn", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_another_kind_of_archive_is_no_sheet() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert code_of(out.getvalue()) == "not_a_sheet"


def test_too_much_is_refused_by_bytes_rows_columns_and_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for number in range(30):
            sheet.write_row(number, 0, ["x"] * 10)

    data = an_xlsx(fill)
    assert code_of(data, Limits(bytes=100)) == "too_large"
    assert code_of(data, Limits(rows=29)) == "too_many_rows"
    assert code_of(data, Limits(columns=9)) == "too_many_columns"
    assert code_of(data, Limits(cells=299)) == "too_many_cells"
    assert len(read_workbook(data, "", Limits(rows=30, columns=10, cells=300)).sheets[0].rows) == 30

    text = "\n".join(["a,b,c"] * 30).encode()
    assert code_of(text, Limits(rows=29)) == "too_many_rows"
    assert code_of(text, Limits(columns=2)) == "too_many_columns"
    assert code_of(text, Limits(cells=89)) == "too_many_cells"


def test_one_cell_in_the_far_corner_does_not_fill_the_memory() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "y")

    assert code_of(an_xlsx(fill)) == "too_many_rows"
    far = f'<table:table-row table:number-rows-repeated="1000000">{ods_text("x")}</table:table-row>'
    assert code_of(an_ods(far)) == "too_many_rows"


def test_a_bomb_is_counted_while_it_unpacks_whatever_its_header_says() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write(0, 0, "x")

    data = bytearray(
        rezipped(an_xlsx(fill), lambda _name, content: content, **{"xl/media/zeros.bin": bytes(30_000_000)})
    )
    assert code_of(bytes(data)) == "bomb"

    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    assert code_of(bytes(data)) == "bomb"
    assert code_of(an_xlsx(fill), Limits(uncompressed=1_000)) == "bomb"


def test_a_document_type_in_the_xml_is_refused() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write(0, 0, "x")

    def lol(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        declaration, _, rest = content.partition(b"?>")
        return declaration + b'?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rest

    assert code_of(rezipped(an_xlsx(fill), lol)) == "damaged"


def test_an_encoding_that_nobody_knows_is_damage() -> None:
    def unknown(name: str, content: bytes) -> bytes:
        return content.replace(b"UTF-8", b"UTF-x") if name == "xl/workbook.xml" else content

    assert code_of(rezipped(a_small_xlsx(), unknown)) == "damaged"


def test_every_code_has_its_message() -> None:
    for code, message in SHEET_MESSAGES.items():
        assert str(SheetError(code, size=1, limit=2))
        assert message.endswith(".")


def survives(data: bytes) -> bool:
    try:
        return bool(read_workbook(data).sheets)
    except SheetError as error:
        return error.code in SHEET_MESSAGES


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=3000),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes_give_a_workbook_or_a_sheet_error(noise: bytes, start: bytes) -> None:
    assert survives(start + noise)


def a_small_xlsx() -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for number in range(20):
            sheet.write_row(number, 0, [f"name {number}", number, 1.5])

    return an_xlsx(fill)


WHOLE = {
    "xlsx": a_small_xlsx(),
    "xls": an_xls(xls_stream(*(xls_text(row, 0, f"name {row}") for row in range(20)))),
    "ods": an_ods(f"<table:table-row>{ods_text('x')}{ods_text('y')}</table:table-row>"),
    "csv": a_csv("utf-16"),
}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_torn_or_scratched_file_never_raises_anything_else(kind: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    torn = bytes(whole[: data.draw(st.integers(0, len(whole)))])

    assert survives(torn)
