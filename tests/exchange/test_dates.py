from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.meaning.values import (
    DateOrder,
    Unreadable,
    date_order_evidence,
    parse_date,
    separator,
)

TODAY = date(2026, 6, 30)
ARRIVAL = date(2025, 11, 1)
DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
MIDNIGHT = datetime(1964, 9, 4)  # noqa: DTZ001 -- sheets know no zones


def read(value: object, order: DateOrder | None = None) -> tuple[str, str]:
    found = parse_date(value, order, today=TODAY, ages=True, as_of=ARRIVAL, not_after=ARRIVAL)
    return found.value, found.precision


def refusal(value: object, order: DateOrder | None = None, *, ages: bool = True) -> str:
    with pytest.raises(Unreadable) as caught:
        parse_date(value, order, today=TODAY, ages=ages, as_of=ARRIVAL)
    return caught.value.code


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(1964, 9, 4), "1964-09-04"),
        (MIDNIGHT, "1964-09-04"),
        ("1990-02-28", "1990-02-28"),
        ("1990/2/8", "1990-02-08"),
        ("1990-02-28T00:00:00", "1990-02-28"),
        ("28/02/1990 00:00", "1990-02-28"),
        ("28 - 02 - 1990", "1990-02-28"),
        ("28 02 1990", "1990-02-28"),
        ("2/28/1990", "1990-02-28"),
        ("05/05/1990", "1990-05-05"),
        ("21.04.70", "1970-04-21"),
        ("90-04-21", "1990-04-21"),
        ("19900228", "1990-02-28"),
        (19900228, "1990-02-28"),
        ("28021990", "1990-02-28"),
        (34567, "1994-08-21"),
        (34567.75, "1994-08-21"),
        ("34567", "1994-08-21"),
        ("07-Jul-2025", "2025-07-07"),
        ("7JUL2025", "2025-07-07"),
        ("July 7th, 2025", "2025-07-07"),
        ("3rd of March 1990", "1990-03-03"),
        ("lundi 3 mars 2025", "2025-03-03"),
        ("1er janvier 1990", "1990-01-01"),
        ("le 10 février 2001", "2001-02-10"),
        ("10 fév. 2001", "2001-02-10"),
        ("5-sept-90", "1990-09-05"),
        ("1990 July 7", "1990-07-07"),
        ("15 de marzo de 1990", "1990-03-15"),
        ("15 de março de 1990", "1990-03-15"),
        ("15. März 1990", "1990-03-15"),
        ("12 Şubat 1990", "1990-02-12"),
        ("5 мая 1980 г.", "1980-05-05"),
        ("24 серпня 1991 р.", "1991-08-24"),
        ("15 مارس 1990", "1990-03-15"),
        ("١٥ كانون الثاني ١٩٩٠", "1990-01-15"),
        ("١٣/٠٣/١٩٩٠", "1990-03-13"),
        ("۱۹۹۰/۰۳/۱۵", "1990-03-15"),
        ("né le 3 mars 1979", "1979-03-03"),
        ("DOB: 13-12-1990", "1990-12-13"),
        ("29.02.1992", "1992-02-29"),
        ("13.03.1990 г.", "1990-03-13"),
        ("25/12/1990 (34 ans)", "1990-12-25"),
        ("25-Dec-1990 / 34", "1990-12-25"),
        ("25/12//1990", "1990-12-25"),
        ("25-XII-1990", "1990-12-25"),
        ("25/12/1990 à 14h30", "1990-12-25"),
        ("25/12/1990, 14:30", "1990-12-25"),
        ("25/12/1990 PM", "1990-12-25"),
        ("mardi 25/12/1990", "1990-12-25"),
        ("25/12/1990*", "1990-12-25"),
        ("25-12-'90", "1990-12-25"),
    ],
)
def test_a_day_is_read_in_every_way_of_writing_it(value: object, day: str) -> None:
    assert read(value) == (day, "day")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1998, ("1998", "year")),
        (1998.0, ("1998", "year")),
        ("1998", ("1998", "year")),
        ("né en 1980", ("1980", "year")),
        ("'85", ("1985", "year")),
        ("00/00/1990", ("1990", "year")),
        ("xx/xx/1990", ("1990", "year")),
        ("--/--/1990", ("1990", "year")),
        ("1990-00-00", ("1990", "year")),
        ("??/05/1990", ("1990-05", "month")),
        ("00.05.1990", ("1990-05", "month")),
        ("05/00/1990", ("1990-05", "month")),
        ("05/1990", ("1990-05", "month")),
        ("1990-05", ("1990-05", "month")),
        ("mai 1990", ("1990-05", "month")),
        ("Jan-90", ("1990-01", "month")),
        ("c. 1987", ("1987", "estimated")),
        ("vers 1987", ("1987", "estimated")),
        ("né vers 1987", ("1987", "estimated")),
        ("1985?", ("1985", "estimated")),
        ("~1985", ("1985", "estimated")),
        ("1985 (est.)", ("1985", "estimated")),
        ("حوالي 1985", ("1985", "estimated")),
        ("1985-1990", ("1987", "estimated")),
        ("1987/88", ("1987", "estimated")),
        ("entre 1985 et 1990", ("1987", "estimated")),
        ("1987 (year only)", ("1987", "year")),
        ("1990 (34 ans)", ("1990", "year")),
        ("//1990", ("1990", "year")),
        ("1990-", ("1990", "year")),
    ],
)
def test_what_is_known_in_part_keeps_its_precision(value: object, expected: tuple[str, str]) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("27 yrs", "1998"),
        ("27 ans", "1998"),
        ("27 ans environ", "1998"),
        ("environ 27 ans", "1998"),
        ("27ans", "1998"),
        ("about 30", "1995"),
        ("27 y/o", "1998"),
        ("45 years old", "1980"),
        ("âgée de 27 ans", "1998"),
        ("35 años", "1990"),
        ("27 лет", "1998"),
        ("٢٧ سنة", "1998"),
        ("۲۷ ساله", "1998"),
        (27, "1998"),
        (27.0, "1998"),
        ("27", "1998"),
        ("8 months", "2025"),
        ("18 mois", "2024"),
        ("3 weeks", "2025"),
        ("25-30 ans", "1998"),
        ("35-40", "1988"),
        ("8 to 10 years", "2016"),
        ("35 ans et 2 mois", "1990"),
        ("35 ans (déclaré)", "1990"),
        ("nouveau-né", "2025"),
    ],
)
def test_an_age_counts_back_from_the_arrival(value: object, year: str) -> None:
    assert read(value) == (year, "estimated")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("31/02/1990", "no_such_day"),
        ("29/02/1990", "no_such_day"),
        ("31 avril 1990", "no_such_day"),
        ("32/01/1990", "no_such_day"),
        ("13/13/1990", "no_such_day"),
        ("1990-13-01", "no_such_day"),
        ("2199-01-01", "in_future"),
        (date(2199, 1, 1), "in_future"),
        ("01.01.1900", "too_old"),
        ("130 ans", "too_old"),
        ("1366/05/12", "other_calendar"),
        ("7 July", "no_year"),
        ("soon", "not_a_date"),
        ("bientôt", "not_a_date"),
        ("1985-2015", "not_a_date"),
        ("25-60 ans", "not_a_date"),
        ("10-12", "not_a_date"),
        ("18+", "not_a_date"),
        ("00/13/1990", "no_such_day"),
        ("0000-00-00", "not_a_date"),
        ("1990 (34 kg)", "not_a_date"),
        ("12 mars avril 1990", "not_a_date"),
        ("Dakar 12", "not_a_date"),
        (True, "not_a_date"),
        (time(7, 30), "not_a_date"),
        (None, "not_a_date"),
        (0, "not_a_date"),
        (1e300, "not_a_date"),
        (float("nan"), "not_a_date"),
    ],
)
def test_what_is_no_day_of_a_life_is_refused_with_its_reason(value: object, code: str) -> None:
    assert refusal(value) == code


def test_a_day_that_reads_both_ways_is_asked_about() -> None:
    assert refusal("03/04/1990") == "ambiguous_order"
    assert refusal("03.04.90") == "ambiguous_order"
    assert read("03/04/1990", DAY_FIRST) == ("1990-04-03", "day")
    assert read("03/04/1990", MONTH_FIRST) == ("1990-03-04", "day")


def test_an_age_is_no_date_where_ages_are_not_expected() -> None:
    assert refusal("27 ans", ages=False) == "not_a_date"
    assert refusal(27, ages=False) == "not_a_date"


def test_two_digits_of_a_year_never_lie_after_the_arrival() -> None:
    assert read("13/10/12") == ("2012-10-13", "day")
    assert read("13/10/88") == ("1988-10-13", "day")
    assert read("31/10/25") == ("2025-10-31", "day")
    assert read("13/12/25") == ("1925-12-13", "day")
    assert parse_date("13/12/25", today=TODAY, two_digit_pivot=99).value == "2025-12-13"
    assert parse_date("13/12/25", today=TODAY, two_digit_pivot=24).value == "1925-12-13"


def test_a_column_proves_its_order_or_leaves_it_open() -> None:
    def verdict(*values: object) -> str:
        return date_order_evidence(values).verdict

    assert verdict("03/04/1990", "31/12/1990") == "day_first"
    assert verdict("03/04/1990", "12/31/1990") == "month_first"
    assert verdict("31/12/1990", "12/31/1990") == "conflict"
    assert verdict("03/04/1990", "05/05/1990", "1990-12-31", date(1990, 1, 2)) == "ambiguous"
    assert verdict("05/05/1990", "1990-12-31", 1990, "12 mars 1990", None) == "none"
    assert verdict("31/02/1990") == "day_first"


def test_the_examples_of_an_open_order_are_the_texts_that_read_both_ways() -> None:
    evidence = date_order_evidence(["03/04/1990", "03/04/1990", "05/05/1990", "06/07/1991"])

    assert evidence.examples == ("03/04/1990", "06/07/1991")
    assert (evidence.ambiguous, evidence.order) == (3, None)


def test_the_separator_of_a_date_is_what_parts_day_and_month() -> None:
    assert [separator(value) for value in ("3/4/1990", "3.4.90", "1990-03-04", "3 mars 1990", 7)] == [
        "/",
        ".",
        None,
        None,
        None,
    ]


@settings(deadline=None)
@given(
    st.dates(date(1920, 1, 1), TODAY),
    st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%Y-%m-%d"]),
)
def test_every_day_written_day_first_comes_back(day: date, form: str) -> None:
    found = parse_date(day.strftime(form), DAY_FIRST, today=TODAY)

    assert (found.value, found.precision) == (day.isoformat(), "day")


@settings(deadline=None)
@given(st.dates(date(1920, 1, 1), TODAY))
def test_a_day_and_its_serial_number_are_the_same(day: date) -> None:
    assert parse_date((day - date(1899, 12, 30)).days, today=TODAY).value == day.isoformat()


@settings(deadline=None)
@given(st.dates(date(1927, 1, 1), ARRIVAL))
def test_two_digit_years_give_the_last_such_day_before_the_arrival(day: date) -> None:
    found = date.fromisoformat(
        parse_date(day.strftime("%d/%m/%y"), DAY_FIRST, today=TODAY, not_after=ARRIVAL).value
    )

    assert found == day or (found > day and found <= ARRIVAL and found.year == day.year + 100)


@settings(deadline=None)
@given(st.text(max_size=40) | st.floats() | st.integers())
def test_any_cell_is_a_date_or_unreadable(value: object) -> None:
    try:
        found = parse_date(value, DAY_FIRST, today=TODAY, ages=True, as_of=ARRIVAL)
    except Unreadable as problem:
        found = None
        code = problem.code
    assert found.precision in {"day", "month", "year", "estimated"} if found else code


@settings(deadline=None)
@given(st.dates(date(1907, 1, 1), ARRIVAL - timedelta(days=366)))
def test_an_age_gives_the_year_of_the_arrival_less_the_age(born: date) -> None:
    age = ARRIVAL.year - born.year

    assert read(f"{age} ans") == (str(born.year), "estimated")
