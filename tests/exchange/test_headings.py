import pytest

from reintegrate.exchange.meaning.date_parts import date_part, in_parts
from reintegrate.exchange.meaning.headings import heading_field
from reintegrate.exchange.meaning.statements import statement

HEADINGS = {
    "family_name": "Nom de famille, Noms de famille, Surname, LASTNAME, Family name / Surname, Nom usuel",
    "given_names": "Prénom(s), Given Names (as in passport), Forename(s), First & middle names",
    "full_name": "Nom et prénoms du migrant, NOM ET PRENOM(S), Noms & Prénoms, Name of deportee",
    "sex": "Sexe (M/F), H/F, F/H, SEX (M/F), Sex/Gender, Genre",
    "birth_date": "Né(e) le, D.O.B, DOB or age, Date/Année de naissance, YoB, D. naissance, Date naiss.",
    "age": "Âge à l'arrivée, AGE (ans), Approx. age, Age at time of return, Âge déclaré",
    "nationality": "Nationalité(s), NAT, Nationality (ISO), Nationality claimed, Second nationality",
    "host_country": "Pays d'accueil, Country of embarkation, Pays quitté, Venant de, Host",
    "arrived_on": "Date d'arrivée au pays, Date landed, Arr. date, Date effective du retour, "
    "Date of deportation, Date de rapatriement, Date of readmission, Deported on, "
    "Reception date, Date et heure d'arrivée",
    "return_type": "Type de retour, Statut du retour, Voluntary/Forced, Kind of return, AVR/Forced",
    "document_number": "N° passeport, N° du titre de voyage, PP No, Pass. no, ETD/Passport No, N° pièce",
    "number": "#, N°, S/N, N° d'ordre, Code migrant",
    "family_ref": "N° famille, HH no, Dossier famille, Family file",
    "relation": "Lien de parenté, Relationship to HoH, Relation to head, Lien avec le chef de famille",
    "vulnerability": "Vulnérabilité, Vulnerable Y/N",
    "address": "Région d'origine, State of origin, Zone de retour",
}
STRANGE = (
    "Date of interview, Date d'entretien, Date d'enregistrement, Passport expiry, Date d'expiration, "
    "Issue date, Date de délivrance, Mother's name, Nom de la mère, Name of escort, Nom de l'agent, "
    "Transit country, Pays de transit, Age group, Airport of arrival, Heure d'arrivée, Marital status"
)


@pytest.mark.parametrize(
    ("heading", "name"), [(each, name) for name, listed in HEADINGS.items() for each in listed.split(", ")]
)
def test_a_heading_is_known_in_the_words_of_many_offices(heading: str, name: str) -> None:
    assert heading_field(heading)[0] == name


@pytest.mark.parametrize("heading", STRANGE.split(", "))
def test_a_heading_of_something_else_is_not_taken_for_one_that_looks_alike(heading: str) -> None:
    assert heading_field(heading)[0] is None


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Day", ("day", "")),
        ("Jour de naissance", ("day", "birth_date")),
        ("DOB (day)", ("day", "birth_date")),
        ("Mois Né(e) le", ("month", "birth_date")),
        ("Arrival month", ("month", "arrived_on")),
        ("Year of birth", ("year", "birth_date")),
        ("Day of the week", None),
        ("Surname", None),
    ],
)
def test_a_heading_may_name_a_part_of_a_date(heading: str, part: tuple[str, str] | None) -> None:
    assert date_part(heading) == part


def test_parts_of_a_date_stand_side_by_side_and_bare_ones_are_of_birth() -> None:
    headings = ["No", "Day", "Month", "Year", "Arrival day", "Arrival month", "Arrival year", "Year of birth"]

    assert {column: name for column, (name, _) in in_parts(headings).items()} == {
        1: "birth_date_day",
        2: "birth_date_month",
        3: "birth_date_year",
        4: "arrived_on_day",
        5: "arrived_on_month",
        6: "arrived_on_year",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GERMANY", ("country", "GERMANY")),
        ("LIBYA (2 persons)", ("country", "LIBYA")),
        ("II. Libye", ("country", "Libye")),
        ("Retour de Libye : 12", ("country", "Libye")),
        ("En provenance d'Algérie", ("country", "Algérie")),
        ("Returnees from Germany", ("country", "Germany")),
        ("Nationalité : Malienne", ("nationality", "Malienne")),
        ("Pays d'accueil Libye", ("host_country", "Libye")),
        ("Vol du 12/03/2025", ("arrived_on", "12/03/2025")),
        ("Arrivées du 12 mars 2025", ("arrived_on", "12 mars 2025")),
        ("12/03/2025", ("arrived_on", "12/03/2025")),
        ("RETOURS FORCÉS", ("return_type", "RETOURS FORCÉS")),
        ("Moussa Garba", None),
        ("Famille Diallo", None),
        ("Date : à préciser", None),
        ("", None),
    ],
)
def test_the_heading_of_a_section_says_something_of_its_rows(text: str, said: tuple[str, str] | None) -> None:
    assert statement(text) == said
