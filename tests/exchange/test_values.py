import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.meaning.values import (
    Unreadable,
    clean,
    is_empty,
    parse_document_type,
    parse_email,
    parse_name,
    parse_phone,
    parse_return_modality,
    parse_return_type,
    parse_sex,
    split_full_name,
)


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


@settings(deadline=None)
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


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)

    assert once == clean(once) or once.startswith("'")
