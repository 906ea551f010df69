from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegrate.exchange.values import (
    DateOrder,
    Unreadable,
    clean,
    date_order_evidence,
    is_empty,
    parse_date,
    parse_document_type,
    parse_email,
    parse_name,
    parse_phone,
    parse_return_modality,
    parse_return_type,
    parse_sex,
    separator,
    split_full_name,
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


@given(
    st.dates(date(1920, 1, 1), TODAY),
    st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%Y-%m-%d"]),
)
def test_every_day_written_day_first_comes_back(day: date, form: str) -> None:
    found = parse_date(day.strftime(form), DAY_FIRST, today=TODAY)

    assert (found.value, found.precision) == (day.isoformat(), "day")


@given(st.dates(date(1920, 1, 1), TODAY))
def test_a_day_and_its_serial_number_are_the_same(day: date) -> None:
    assert parse_date((day - date(1899, 12, 30)).days, today=TODAY).value == day.isoformat()


@given(st.dates(date(1927, 1, 1), ARRIVAL))
def test_two_digit_years_give_the_last_such_day_before_the_arrival(day: date) -> None:
    found = date.fromisoformat(
        parse_date(day.strftime("%d/%m/%y"), DAY_FIRST, today=TODAY, not_after=ARRIVAL).value
    )

    assert found == day or (found > day and found <= ARRIVAL and found.year == day.year + 100)


@given(st.text(max_size=40) | st.floats() | st.integers())
def test_any_cell_is_a_date_or_unreadable(value: object) -> None:
    try:
        found = parse_date(value, DAY_FIRST, today=TODAY, ages=True, as_of=ARRIVAL)
    except Unreadable as problem:
        found = None
        code = problem.code
    assert found.precision in {"day", "month", "year", "estimated"} if found else code


@given(st.dates(date(1907, 1, 1), ARRIVAL - timedelta(days=366)))
def test_an_age_gives_the_year_of_the_arrival_less_the_age(born: date) -> None:
    age = ARRIVAL.year - born.year

    assert read(f"{age} ans") == (str(born.year), "estimated")


@pytest.mark.parametrize(
    "value", ["-", "--", "n/a", "N.A.", "NA", "unknown", "Inconnu", "néant", "", "?", "غير معروف", None]
)
def test_a_placeholder_is_nothing(value: object) -> None:
    assert is_empty(value)
    assert parse_name(value) == ""


def test_short_capitalised_words_are_names_all_the_same() -> None:
    assert [parse_name(name) for name in ("Na", "Nil", "Nan")] == ["Na", "Nil", "Nan"]
    assert [parse_name(name) for name in ("nil", "NIL", "Unknown")] == ["", "", ""]


def test_a_name_keeps_its_letters_and_loses_its_stray_spaces_and_marks() -> None:
    assert parse_name("  Оксана \n") == "Оксана"
    assert parse_name("\u202bکریمی\u202c") == "کریمی"
    assert parse_name("Ai\u0308ssatou  Ba") == "Aïssatou Ba"
    assert parse_name("N'Diaye") == "N'Diaye"


@pytest.mark.parametrize(
    ("value", "code"), [("12345", "not_a_name"), ("A1", "not_a_name"), ("…!", ""), ("x" * 301, "too_long")]
)
def test_what_is_no_name_is_refused(value: str, code: str) -> None:
    if not code:
        assert parse_name(value) == ""
        return
    with pytest.raises(Unreadable) as caught:
        parse_name(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "family", "given"),
    [
        ("NDIAYE Fatou", "NDIAYE", "Fatou"),
        ("Fatou NDIAYE", "NDIAYE", "Fatou"),
        ("DELA CRUZ Maria Ana", "DELA CRUZ", "Maria Ana"),
        ("Diallo, Mamadou", "Diallo", "Mamadou"),
        ("A. NDIAYE", "NDIAYE", "A."),
        ("Abebe Bikila", "", "Abebe Bikila"),
        ("NDIAYE FATOU", "", "NDIAYE FATOU"),
        ("Fatou NDIAYE Ba", "", "Fatou NDIAYE Ba"),
        ("محمد علي حسن", "", "محمد علي حسن"),
        ("Suharto", "", "Suharto"),
    ],
)
def test_a_full_name_is_split_only_where_it_says_how(text: str, family: str, given: str) -> None:
    found = split_full_name(text)

    assert (found.family, found.given) == (family, given)


@pytest.mark.parametrize(
    ("text", "family_first", "nationality", "family"),
    [
        ("Diallo Mamadou", True, "GN", "Diallo"),
        ("Mamadou Diallo", False, "GN", "Diallo"),
        ("Habimana Jean Bosco", True, "RW", "Habimana"),
        ("Jean Bosco Habimana", False, "RW", "Habimana"),
        ("Ould Ahmed Sidi Mohamed", True, "MR", "Ould Ahmed"),
        ("Khadija El Idrissi", False, "MA", "El Idrissi"),
        ("Analyn Dela Cruz", False, "PH", "Dela Cruz"),
        ("Ben Ali", True, "TN", ""),
        ("García López María", True, "VE", ""),
        ("López María", True, "VE", "López"),
        ("Abebe Bikila", False, "ET", ""),
        ("Bekele Hana Alemu", True, "ET", ""),
        ("Suharto", True, "ML", ""),
    ],
)
def test_the_heading_splits_a_name_where_one_word_and_its_particles_are_the_familys(
    text: str, family_first: bool, nationality: str, family: str
) -> None:
    found = split_full_name(text, family_first=family_first, nationality=nationality)

    assert found.family == family
    assert sorted(f"{found.family} {found.given}".split()) == sorted(text.split())


@given(st.text(max_size=60).map(clean))
def test_splitting_a_name_loses_no_letter(text: str) -> None:
    found = split_full_name(text)

    assert sorted(letter for letter in found.family + found.given if letter.isalpha()) == sorted(
        letter for letter in text if letter.isalpha()
    )


@pytest.mark.parametrize(
    ("words", "sex"),
    [
        (
            [
                "m",
                "M",
                "Male",
                "homme",
                "H",
                "Masculin",
                "ذكر",
                "мужской",
                "Hombre",
                "masculino",
                "erkek",
                "مرد",
            ],
            "male",
        ),
        (["f", "F", "Female", "Femme", "féminin", "أنثى", "женский", "mujer", "kadın", "زن", "W"], "female"),
        (["unknown", "?", "inconnu"], "unknown"),
        (["declined", "refuse de répondre"], "declined"),
        (["x", "autre", "non-binary"], "other"),
    ],
)
def test_sexes_are_read_in_several_languages(words: list[str], sex: str) -> None:
    assert {parse_sex(word) for word in words} == {sex}


def test_m_means_mujer_beside_h() -> None:
    assert parse_sex("M", m_is_female=True) == "female"
    assert parse_sex("H", m_is_female=True) == "male"


def test_another_word_is_no_sex() -> None:
    with pytest.raises(Unreadable, match="not_a_sex"):
        parse_sex("3")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            [
                "AVRR",
                "RVA",
                "retour volontaire assisté",
                "Assisted Voluntary Return (AVRR)",
                "العودة الطوعية المدعومة",
            ],
            "avrr",
        ),
        (
            ["forced", "deported", "expulsé", "Éloignement", "ترحيل", "forced - charter", "deportado"],
            "forced",
        ),
        (["spontaneous", "spontané", "own means", "retour spontané"], "spontaneous_unassisted"),
        (["VHR", "RHV", "retour humanitaire volontaire", "Voluntary Humanitarian Return"], "vhr"),
        (["voluntary", "Retour volontaire"], "voluntary_other"),
        (["end of contract", "fin de contrat"], "end_of_contract"),
        (["évacué", "evacuation"], "evacuation"),
        (["readmission", "réadmission"], "readmission"),
        (["OQTF", "compulsory voluntary departure"], "compulsory_voluntary_departure"),
        (["voluntary repatriation", "rapatrié"], "refugee_repatriation"),
        (["autre"], "other"),
    ],
)
def test_kinds_of_return_are_read_in_several_languages(words: list[str], code: str) -> None:
    assert {parse_return_type(word) for word in words} == {code}


@pytest.mark.parametrize("text", ["xyz", "forced or voluntary", "not forced", "12"])
def test_a_kind_of_return_is_not_guessed(text: str) -> None:
    with pytest.raises(Unreadable, match="not_understood"):
        parse_return_type(text)


def test_modalities_and_documents_have_their_codes() -> None:
    assert [parse_return_modality(word) for word in ("Permanent", "temporaire", "circular", "virtuel")] == [
        "permanent",
        "temporary",
        "circular",
        "virtual",
    ]
    assert [parse_document_type(word) for word in ("Passeport", "CNI", "Laissez-passer", "جواز سفر")] == [
        "passport",
        "national_id",
        "travel_document",
        "passport",
    ]


@pytest.mark.parametrize(
    ("value", "regions", "number"),
    [
        ("+221 77 123 45 67", (), "+221771234567"),
        ("00221 77 123 45 67", (), "+221771234567"),
        ("77 123 45 67", ("SN",), "+221771234567"),
        (221771234567, (), "+221771234567"),
        (771234567.0, ("SN",), "+221771234567"),
        ("٠٧٧٠١٢٣٤٥٦٧", ("IQ",), "+9647701234567"),
        ("+221771234567 / +221761234567", (), "+221771234567"),
        ("+8 986787301", (), None),
        ("call the brother", (), None),
    ],
)
def test_a_phone_is_kept_raw_and_given_in_one_form_where_valid(
    value: object, regions: tuple[str, ...], number: str | None
) -> None:
    found = parse_phone(value, regions)

    assert found.number == number
    assert found.raw == clean(value)


def test_several_phones_in_a_cell_are_all_found() -> None:
    assert parse_phone("77 123 45 67 ou 76 123 45 67", ("SN",)).numbers == ("+221771234567", "+221761234567")


def test_an_address_without_an_at_sign_is_no_email() -> None:
    assert parse_email(" fatou@example.org ") == "fatou@example.org"
    with pytest.raises(Unreadable, match="not_an_email"):
        parse_email("fatou at example.org")


def test_clean_text_holds_no_control_characters_and_no_guard_mark() -> None:
    assert clean("a\x00b\r\nc\u200b\ud800") == "a b c"
    assert clean("'+221 77") == "+221 77"
    assert clean(3.0) == "3"
    assert clean(None) == ""


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)

    assert once == clean(once) or once.startswith("'")
