import json
import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.files.sheets import Value
from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.layout import propose_mapping
from reintegrate.exchange.meaning.problems import FIELD_WORDS, MESSAGES, Problem, placeholders
from reintegrate.exchange.meaning.rows import Options, describe, parse_rows
from tests.exchange.grids import HEADINGS, PERSON, TODAY, a_sheet, one, parse, problems


def test_a_good_row_has_its_values_in_their_codes() -> None:
    row = one(
        Phone="+221 77 123 45 67", Type_of_return="RVA", Passport_no="A123", Remarks="-", Trade="  tailor\n"
    )

    assert (row.number, row.status, row.errors, row.warnings) == (2, "ready", [], [])
    wanted = {
        "number": "1",
        "family_name": "Ba",
        "given_names": "Awa",
        "sex": "female",
        "birth_date": {"value": "1990-03-13", "precision": "day"},
        "nationality": "SN",
        "nationalities": ["SN"],
        "host_country": "LY",
        "return_country": None,
        "arrived_on": "2025-03-14",
        "return_type": "avrr",
        "return_type_text": "RVA",
        "document_number": "A123",
        "document_type": "passport",
        "phone": "+221771234567",
        "phone_raw": "+221 77 123 45 67",
        "occupation": "tailor",
        "remarks": None,
    }
    assert {name: row.values[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"Surname": None, "Given_names": None}, ("name", "missing")),
        ({"Surname": "-", "Given_names": "n/a"}, ("name", "missing")),
        ({"Surname": "1234"}, ("name", "not_a_name")),
        ({"DOB": "31/02/1990"}, ("birth_date", "no_such_day")),
        ({"DOB": "2199-01-01"}, ("birth_date", "in_future")),
        ({"DOB": "soon"}, ("birth_date", "not_a_date")),
        ({"DOB": "01/01/1890"}, ("birth_date", "too_old")),
        ({"Sex": "3"}, ("sex", "not_a_sex")),
        ({"Nationality": "Atlantis"}, ("nationality", "unknown_country")),
        ({"Nationality": "Congo"}, ("nationality", "ambiguous_country")),
        ({"Nationality": "NA"}, ("nationality", "ambiguous_country")),
        ({"Host_country": "Atlantis"}, ("host_country", "unknown_country")),
        ({"Arrival_date": None}, ("arrival", "missing")),
        ({"Arrival_date": "soon"}, ("arrival", "not_a_date")),
        ({"Arrival_date": "31/06/2025"}, ("arrival", "no_such_day")),
        ({"Arrival_date": date(2026, 7, 1)}, ("arrival", "in_future")),
        ({"Arrival_date": "03/2025"}, ("arrival", "day_needed")),
        ({"Arrival_date": date(1990, 3, 12)}, ("arrival", "before_birth")),
        ({"DOB": 1990, "Arrival_date": date(1989, 3, 12)}, ("arrival", "before_birth")),
    ],
)
def test_what_keeps_a_row_out_is_said_by_field_and_code(
    changed: dict[str, Value], problem: tuple[str, str]
) -> None:
    row = one(**changed)

    assert row.status == "error"
    assert problems(row.errors) == [problem]
    assert describe(row.errors[0]).endswith(".")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"Phone": "+8 986787301"}, ("phone", "not_a_phone")),
        ({"E-mail": "fatou at home"}, ("email", "not_an_email")),
        ({"Type_of_return": "zzz"}, ("return_type", "not_understood")),
        ({"Nationality": None}, ("nationality", "missing")),
        ({"Host_country": "unknown"}, ("host_country", "missing")),
        ({"Departure_date": "31/02/2019"}, ("departed_on", "no_such_day")),
        ({"Nationality": "stateless"}, ("nationality", "stateless")),
        ({"Country_of_return": "Atlantis"}, ("return_country", "unknown_country")),
    ],
)
def test_what_is_only_told_does_not_keep_a_row_out(
    changed: dict[str, Value], problem: tuple[str, str]
) -> None:
    row = one(**changed)

    assert row.status == "ready"
    assert problems(row.warnings) == [problem]


def test_an_empty_birth_date_is_no_error_and_an_age_column_fills_it() -> None:
    assert one(DOB=None).values["birth_date"] is None
    assert one(DOB="-", Age="35 ans").values["birth_date"] == {"value": "1990", "precision": "estimated"}
    assert one(DOB="13/03/1990", Age=20).values["birth_date"] == {"value": "1990-03-13", "precision": "day"}
    assert problems(one(DOB=None, Age_years="old").warnings) == [("age", "not_understood")]


def test_an_age_is_counted_from_the_arrival_not_from_today() -> None:
    assert one(DOB="27 yrs", Arrival_date=date(2020, 1, 5)).values["birth_date"]["value"] == "1993"


def test_a_date_and_a_place_in_one_column_are_parted() -> None:
    row = parse(
        a_sheet(
            ["Ba", "12 mars 1990 à Thiès", "3/3/2025"],
            headings=["Nom", "Date et lieu de naissance", "Date de retour"],
        )
    ).rows[0]

    assert row.values["birth_date"] == {"value": "1990-03-12", "precision": "day"}
    assert row.values["birth_place"] == "Thiès"


def test_a_formula_is_an_error_where_the_row_needs_the_cell_and_a_warning_elsewhere() -> None:
    cells: list[Value] = [*PERSON.values(), None]
    cells[4] = None
    sheet = a_sheet(cells, headings=[*HEADINGS, "Trade"], formulas=frozenset({(2, 4), (2, 8), (2, 0)}))

    row = parse(sheet).rows[0]

    assert problems(row.errors) == [("birth_date", "formula")]
    assert problems(row.warnings) == [("occupation", "formula")]
    assert describe(row.errors[0]) == "Cell E2 holds a formula, which is not read: put its value there."
    assert parse(sheet).formula_cells == ["A2", "E2", "I2"]


def test_a_row_of_formulas_alone_is_not_taken_for_blank() -> None:
    sheet = a_sheet([None], formulas=frozenset({(2, 1), (2, 2)}))

    assert ("name", "formula") in problems(parse(sheet).rows[0].errors)


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ([None], ""),
        (["-", "n/a", None, "  "], ""),
        (["TOTAL", 303], "total"),
        ([None, "Total général :", None, 12], "total"),
        ([None, "المجموع", 5], "total"),
        (HEADINGS, "header"),
        (["N°", "Nom", "Prénom", "Sexe", "Né(e) le"], "header"),
        (["(1)", "(2)", "(3)", "(4)", "(5)"], "header"),
        ([304], "number_only"),
        (["Prepared by: the field office"], "footer"),
        ([None, "Fait à Dakar, le 3 mars 2025"], "footer"),
    ],
)
def test_rows_without_a_person_are_blank_and_say_what_they_are(cells: list[Value], note: str) -> None:
    row = parse(a_sheet(PERSON.values(), cells)).rows[1]

    assert (row.status, row.note) == ("blank", note)


def test_a_row_with_a_name_alone_is_an_error_not_a_blank() -> None:
    row = parse(a_sheet(PERSON.values(), [None, "Diallo"])).rows[1]

    assert row.status == "error"
    assert ("arrival", "missing") in problems(row.errors)


def test_dates_that_prove_nothing_are_asked_about() -> None:
    sheet = a_sheet([1, "Ba", "Awa", "F", "03/04/1990", "SN", "LY", "05/06/2025"])

    asked = parse(sheet)
    assert asked.needs_date_order
    assert asked.date_examples == ["03/04/1990", "05/06/2025"]
    assert problems(asked.rows[0].errors) == [
        ("arrival", "ambiguous_order"),
        ("birth_date", "ambiguous_order"),
    ]

    answered = parse(sheet, date_order=DateOrder.MONTH_FIRST)
    assert not answered.needs_date_order
    assert answered.rows[0].values["birth_date"]["value"] == "1990-03-04"
    assert answered.rows[0].values["arrived_on"] == "2025-05-06"


def test_one_date_that_can_be_read_only_one_way_settles_its_column_and_then_the_others() -> None:
    sheet = a_sheet(
        [1, "Ba", "Awa", "F", "03/04/1990", "SN", "LY", "05/06/2025"],
        [2, "Ba", "Ali", "M", "03/31/1990", "SN", "LY", "07/06/2025"],
    )

    parsed = parse(sheet)

    assert not parsed.needs_date_order
    assert [row.values["birth_date"]["value"] for row in parsed.rows] == ["1990-03-04", "1990-03-31"]
    assert [row.values["arrived_on"] for row in parsed.rows] == ["2025-05-06", "2025-07-06"]


def test_a_column_that_proves_both_orders_is_asked_about_and_its_plain_dates_are_read() -> None:
    sheet = a_sheet(
        [1, "Ba", "Awa", "F", "31/12/1990", "SN", "LY", date(2025, 6, 5)],
        [2, "Ba", "Ali", "M", "12/31/1991", "SN", "LY", date(2025, 6, 5)],
        [3, "Ba", "Ada", "F", "03/04/1990", "SN", "LY", date(2025, 6, 5)],
    )

    parsed = parse(sheet)

    assert [row.status for row in parsed.rows] == ["ready", "ready", "error"]
    assert parsed.date_columns[0].evidence.verdict == "conflict"
    assert parsed.date_examples == ["03/04/1990"]


def test_dots_and_strokes_are_two_habits() -> None:
    sheet = a_sheet(
        [1, "Ba", "Awa", "F", "03/04/1990", "SN", "LY", date(2025, 6, 5)],
        [2, "Ba", "Ali", "M", "12/31/1991", "SN", "LY", date(2025, 6, 5)],
        [3, "Ba", "Ada", "F", "03.04.1990", "SN", "LY", date(2025, 6, 5)],
        [4, "Ba", "Ami", "F", "31.12.1990", "SN", "LY", date(2025, 6, 5)],
    )

    values = [row.values["birth_date"]["value"] for row in parse(sheet).rows]

    assert values == ["1990-03-04", "1991-12-31", "1990-04-03", "1990-12-31"]


def test_dotted_dates_do_not_learn_month_first_from_strokes() -> None:
    sheet = a_sheet(
        [1, "Ba", "Ali", "M", "12/31/1991", "SN", "LY", date(2025, 6, 5)],
        [2, "Ba", "Ada", "F", "03.04.1990", "SN", "LY", date(2025, 6, 5)],
    )

    assert parse(sheet).date_examples == ["03.04.1990"]


def test_a_heading_that_states_the_order_is_believed() -> None:
    headings: list[Value] = [*HEADINGS[:4], "DOB (MM/DD/YYYY)", *HEADINGS[5:]]
    sheet = a_sheet([1, "Ba", "Awa", "F", "03/04/1990", "SN", "LY", "2025-06-05"], headings=headings)

    assert parse(sheet).rows[0].values["birth_date"]["value"] == "1990-03-04"


def test_defaults_fill_what_a_list_leaves_out() -> None:
    sheet = a_sheet(["Awa Ba", "F"], headings=["Name", "Sex"])

    row = parse(
        sheet,
        defaults={
            "arrived_on": "2025-03-14",
            "nationality": "SN",
            "host_country": "LY",
            "return_type": "vhr",
        },
    ).rows[0]

    assert (row.status, problems(row.warnings)) == ("ready", [("name", "left_whole")])
    assert [row.values[name] for name in ("arrived_on", "nationality", "host_country", "return_type")] == [
        "2025-03-14",
        "SN",
        "LY",
        "vhr",
    ]


def test_a_full_name_goes_whole_into_the_given_names_unless_it_says_how_to_split() -> None:
    headings: list[Value] = ["Full name", "Arrival date"]
    rows = parse(
        a_sheet(["NDIAYE Fatou", "13/3/2025"], ["Abebe Bikila", "13/3/2025"], headings=headings)
    ).rows

    assert [(row.values["family_name"], row.values["given_names"]) for row in rows] == [
        ("NDIAYE", "Fatou"),
        (None, "Abebe Bikila"),
    ]


def test_a_spanish_column_of_h_and_m_has_women_in_it() -> None:
    headings: list[Value] = ["Nombre completo", "Sexo", "Fecha de llegada"]
    spanish = parse(a_sheet(["Ana", "M", "13/3/2025"], ["Luis", "H", "13/3/2025"], headings=headings)).rows
    french = parse(a_sheet(["Ana", "F", "13/3/2025"], ["Luis", "H", "13/3/2025"], headings=headings)).rows

    assert [row.values["sex"] for row in spanish] == ["female", "male"]
    assert [row.values["sex"] for row in french] == ["female", "male"]


def test_several_columns_of_one_field_are_put_together() -> None:
    row = one(Phone_1="+8 1", Phone_2="+221 77 123 45 67", Remarks="tall", Comments="shy")

    assert row.values["phone"] == "+221771234567"
    assert row.values["remarks"] == "tall; shy"


def test_two_nationalities_are_kept_in_their_order() -> None:
    assert one(Nationality="Sénégalaise / Française").values["nationalities"] == ["SN", "FR"]


def test_numbers_in_other_digits_are_the_same_numbers() -> None:
    assert one(No="١٢").values["number"] == "12"


def test_an_unknown_country_is_told_with_what_is_near() -> None:
    assert "(ML" in describe(one(Nationality="Malii").errors[0])


def test_progress_is_heard_every_five_hundred_rows() -> None:
    sheet = a_sheet(*[PERSON.values()] * 1_100)
    mapping = propose_mapping(sheet.rows[0], sheet.rows[1:])
    heard: list[tuple[int, int]] = []

    parse_rows(sheet, mapping, Options(1, TODAY), lambda done, last: heard.append((done, last)))

    assert heard == [(500, 1101), (1000, 1101)]


def test_every_message_can_be_filled() -> None:
    for code in MESSAGES:
        for field_name in FIELD_WORDS:
            problem = Problem(field_name, code, "x")
            assert "%(" not in describe(problem)
            assert set(placeholders(problem)) >= {"field", "value", "hint", "limit", "year", "birth", "cell"}
    assert Problem("sex", "not_a_sex", "3").as_dict() == {"field": "sex", "code": "not_a_sex", "value": "3"}


CELLS = (
    st.none() | st.text(max_size=25) | st.integers() | st.floats() | st.booleans() | st.dates() | st.times()
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=4))
def test_any_cells_give_rows_that_are_ready_error_or_blank(rows: list[list[Value]]) -> None:
    parsed = parse(a_sheet(*rows))

    assert len(parsed.rows) == len(rows)
    for row in parsed.rows:
        assert (row.status == "error") == bool(row.errors)
        assert (row.status == "blank") == (not row.values)
        json.dumps(row.values)
        for problem in [*row.errors, *row.warnings]:
            assert describe(problem)
            json.dumps(problem.as_dict())


def test_ten_thousand_rows_take_a_few_seconds() -> None:
    rows = [
        [
            number,
            f"Ba{number % 97:b}",
            "Awa",
            "F",
            date(1990, 1, 1) + timedelta(days=number % 9_000),
            "SN",
            "Libye",
            "14/03/2025",
        ]
        for number in range(10_000)
    ]
    sheet = a_sheet(*rows)
    begun = time.process_time()

    parsed = parse(sheet)

    assert time.process_time() - begun < 6
    assert len(parsed.rows) == 10_000
