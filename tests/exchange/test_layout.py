import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.files.sheets import Sheet, Value, Workbook
from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.headings import heading_field
from reintegrate.exchange.meaning.layout import (
    find_header,
    find_list,
    fingerprint,
    header_cells,
    propose_mapping,
)


def fields(headings: list[str], *rows: list[Value]) -> list[str | None]:
    mapping = propose_mapping(headings, rows)
    return [mapping.columns.get(column) for column in range(len(headings))]


ENGLISH = [
    ("No", "number"),
    ("Surname", "family_name"),
    ("Given names", "given_names"),
    ("Father's name", "father_name"),
    ("Sex", "sex"),
    ("Date of birth", "birth_date"),
    ("Place of birth", "birth_place"),
    ("Nationality", "nationality"),
    ("Passport no.", "document_number"),
    ("Host country", "host_country"),
    ("Arrival date", "arrived_on"),
    ("Departure date", "departed_on"),
    ("Phone", "phone"),
    ("E-mail", "email"),
    ("Type of return", "return_type"),
    ("Family ref", "family_ref"),
    ("Vulnerability", "vulnerability"),
    ("Trade / occupation", "occupation"),
    ("Remarks", "remarks"),
    ("Years abroad", "time_abroad"),
    ("Languages spoken", "languages"),
    ("Village", "address"),
]
FRENCH = [
    ("N° d'ordre", "number"),
    ("NOM", "family_name"),
    ("Prénom(s)", "given_names"),
    ("Nom du père", "father_name"),
    ("Sexe (H/F)", "sex"),
    ("Né(e) le", "birth_date"),
    ("Lieu de naissance", "birth_place"),
    ("Nationalité", "nationality"),
    ("N° passeport", "document_number"),
    ("Pays de provenance", "host_country"),
    ("Date d’arrivée", "arrived_on"),
    ("Date de départ", "departed_on"),
    ("Tél.", "phone"),
    ("Courriel", "email"),
    ("Catégorie de retour", "return_type"),
    ("N° de famille", "family_ref"),
    ("Vulnérabilité(s)", "vulnerability"),
    ("Métier", "occupation"),
    ("Observations", "remarks"),
    ("Durée du séjour", "time_abroad"),
    ("Langues parlées", "languages"),
    ("Localité", "address"),
]
ARABIC = [
    ("م", "number"),
    ("الاسم الكامل", "full_name"),
    ("اسم الأب", "father_name"),
    ("الجنس", "sex"),
    ("تاريخ الميلاد", "birth_date"),
    ("الجنسية", "nationality"),
    ("رقم جواز السفر", "document_number"),
    ("البلد المضيف", "host_country"),
    ("تاريخ الوصول", "arrived_on"),
    ("رقم الهاتف", "phone"),
    ("نوع العودة", "return_type"),
    ("المهنة", "occupation"),
    ("ملاحظات", "remarks"),
]
SPANISH = [
    ("Nº", "number"),
    ("Apellidos", "family_name"),
    ("Nombres", "given_names"),
    ("Sexo", "sex"),
    ("Fecha de nacimiento", "birth_date"),
    ("Nacionalidad", "nationality"),
    ("País de procedencia", "host_country"),
    ("Fecha de retorno", "arrived_on"),
    ("Tipo de retorno", "return_type"),
    ("Teléfono", "phone"),
    ("Observaciones", "remarks"),
]
PORTUGUESE = [
    ("Nome completo", "full_name"),
    ("Sexo", "sex"),
    ("Data de nascimento", "birth_date"),
    ("Nacionalidade", "nationality"),
    ("País de acolhimento", "host_country"),
    ("Data de chegada", "arrived_on"),
    ("Telemóvel", "phone"),
]


@pytest.mark.parametrize("listed", [ENGLISH, FRENCH, ARABIC, SPANISH, PORTUGUESE])
def test_headings_are_understood_in_any_order(listed: list[tuple[str, str]]) -> None:
    assert fields([heading for heading, _ in listed]) == [name for _, name in listed]
    assert fields([heading for heading, _ in reversed(listed)]) == [name for _, name in reversed(listed)]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Nom", "Prénom"], ["family_name", "given_names"]),
        (["Nom", "Sexe"], ["full_name", "sex"]),
        (["Name", "Surname"], ["given_names", "family_name"]),
        (["First name", "Name"], ["given_names", "family_name"]),
        (["Nom et prénoms", "Sexe"], ["full_name", "sex"]),
        (["Nombre", "Sexo"], ["full_name", "sex"]),
        (["Country of origin", "Sex"], ["nationality", "sex"]),
        (["Nationality", "Country of origin"], ["nationality", "return_country"]),
        (["Phone 1", "Phone 2"], ["phone", "phone"]),
        (["Date", "Arrival date"], [None, "arrived_on"]),
        (["Date", "Name"], ["arrived_on", "full_name"]),
        (["Passport expiry date", "Passport no"], [None, "document_number"]),
        (["Date of issue", "Blood group"], [None, None]),
        (["Surname / Nom", "First name / Prénom"], ["family_name", "given_names"]),
        (["SURNAME (as in passport)", "Date of birth (dd/mm/yyyy)"], ["family_name", "birth_date"]),
        (["Natonality", "Birht date"], ["nationality", "birth_date"]),
    ],
)
def test_a_heading_takes_its_meaning_from_its_neighbours(
    headings: list[str], expected: list[str | None]
) -> None:
    assert fields(headings) == expected


def test_no_field_has_two_columns_unless_it_may() -> None:
    mapping = propose_mapping(["Arrival date", "Date of arrival", "Remarks", "Comments", "Tel", "Mobile"], [])

    assert mapping.of("arrived_on") == [0]
    assert mapping.of("remarks") == [2, 3]
    assert mapping.of("phone") == [4, 5]
    assert [(left.column, left.reason) for left in mapping.left_out] == [(1, "repeated")]


def test_contents_refuse_a_heading_that_promises_something_else() -> None:
    rows: list[list[Value]] = [["Dakar airport"], ["Blaise Diagne"], ["Thiès"]]

    mapping = propose_mapping(["Arrival"], rows)

    assert mapping.columns == {}
    assert mapping.left_out[0].reason == "contents"


def test_columns_without_a_heading_are_known_by_what_they_hold() -> None:
    rows: list[list[Value]] = [
        ["a@example.org", "F", "+221771234567", "AVRR", "x"],
        ["b@example.org", "M", "+221771234568", "forced", "y"],
        ["c@example.org", "F", "+221771234569", "VHR", "z"],
    ]

    mapping = propose_mapping(["", "Col B", "", "", ""], rows)

    assert mapping.columns == {0: "email", 1: "sex", 2: "phone", 3: "return_type"}
    assert [left.column for left in mapping.left_out] == [4]


def test_a_heading_may_state_the_order_of_dates_and_of_names() -> None:
    mapping = propose_mapping(["DOB (MM/DD/YYYY)", "Date d'arrivée (jj/mm/aaaa)", "Nom et prénom"], [])

    assert mapping.orders == {0: DateOrder.MONTH_FIRST, 1: DateOrder.DAY_FIRST}
    assert mapping.family_first is True
    assert propose_mapping(["First and last name"], []).family_first is False
    assert propose_mapping(["Full name"], []).family_first is None


def a_sheet(*rows: list[Value], name: str = "Liste", visible: bool = True) -> Sheet:
    width = max(len(row) for row in rows)
    return Sheet(name, [[*row, *[None] * (width - len(row))] for row in rows], visible)


PERSON: list[Value] = ["Ba", "Awa", "F", "12/03/1990"]
HEADINGS: list[Value] = ["Nom", "Prénom", "Sexe", "Date de naissance"]


def test_the_headings_are_found_below_titles_and_blank_rows() -> None:
    sheet = a_sheet(
        ["RETURNEES ARRIVED", None, None, "prepared by field office"],
        [None],
        ["Vol du 3 mars"],
        HEADINGS,
        PERSON,
    )

    assert find_header(sheet) == 4


def test_a_list_without_headings_says_so_and_unknown_headings_are_still_headings() -> None:
    assert find_header(a_sheet(PERSON, PERSON)) == 0
    assert find_header(a_sheet(["Zorp", "Blip", "Quux"], PERSON)) == 1


def test_headings_of_two_rows_are_read_as_one() -> None:
    sheet = a_sheet(
        ["N°", "Identité", None, "Naissance", None, "Arrivée", None],
        [None, "Nom", "Prénom", "Date", "Lieu", "Date", "Pays de provenance"],
        [1, "Ba", "Awa", "12/03/1990", "Thiès", "13/03/2025", "Libye"],
    )

    header = find_header(sheet)

    assert header == 2
    assert fields(header_cells(sheet, header), *sheet.rows[2:]) == [
        "number",
        "family_name",
        "given_names",
        "birth_date",
        "birth_place",
        "arrived_on",
        "host_country",
    ]


def test_the_list_is_found_on_whatever_sheet_it_is() -> None:
    readme = a_sheet(["How to use this file"], ["Fill in the second sheet"], name="Read me")
    people = a_sheet(HEADINGS, PERSON)
    old = a_sheet([None], HEADINGS, PERSON, PERSON, name="Old", visible=False)

    assert find_list(Workbook("xlsx", [readme, old, people])) == (people, 1)
    assert find_list(Workbook("xlsx", [readme, old])) == (old, 2)


def test_a_fingerprint_forgives_spelling_but_not_order() -> None:
    first = fingerprint(["Nom", "Prénom(s)", "Né le"])

    assert first == fingerprint(["NOM ", "prenom s", "ne le", None, ""])
    assert first != fingerprint(["Prénom(s)", "Nom", "Né le"])
    assert len(first) == 32


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=40), max_size=12),
    st.lists(st.lists(st.text(max_size=20), max_size=12), max_size=5),
)
def test_any_headings_give_a_mapping_in_which_no_column_is_lost(
    headings: list[str], rows: list[list[str]]
) -> None:
    mapping = propose_mapping(headings, rows)

    left = {column.column for column in mapping.left_out}
    assert not left & set(mapping.columns)
    assert all(
        column in left | set(mapping.columns)
        for column, text in enumerate(headings)
        if text.strip() and text.isalnum()
    )


def test_a_sentence_is_no_heading() -> None:
    assert heading_field(
        "Please write the surname and the given names of each person in block letters, one a line"
    ) == (None, 0)
