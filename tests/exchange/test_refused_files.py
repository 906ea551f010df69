import io
import struct
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.files.sheets import SHEET_MESSAGES, Limits, SheetError, read_workbook
from tests.exchange.files import (
    a_csv,
    an_ods,
    an_xls,
    an_xlsx,
    ods_text,
    record,
    rezipped,
    xls_stream,
    xls_text,
)


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught:
        read_workbook(data, "list.xlsx", limits)
    assert str(caught.value)
    return caught.value.code


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
