import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from reintegrate.exchange.files.sheets import Sheet, Value, Workbook, read_workbook
from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.layout import find_list, header_cells, propose_mapping
from reintegrate.exchange.meaning.rows import Options, Row, parse_rows
from tests.exchange.grids import TODAY, a_sheet

SHARED = Path(os.environ.get("REINTEGRATE_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
LIST, TRUTH = SHARED / "returnees-charter.xlsx", SHARED / "returnees-charter.truth.json"
needs_list = pytest.mark.skipif(
    not LIST.exists(), reason=f"NOT CHECKED against the office's list: {LIST} is absent"
)

KINDS = {"forced": "forced", "AVRR": "avrr", "VHR": "vhr", "spontaneous": "spontaneous_unassisted"}
SEXES = {"M": "male", "F": "female"}
ERRORS = {"name": "name", "birth": "birth_date", "arrival": "arrival"}


def of_truth(truth: dict[str, Any]) -> dict[str, Any]:
    birth = truth["birth"]
    return {
        "family_name": truth["surname"],
        "given_names": truth["given"],
        "sex": SEXES[truth["sex"]],
        "birth_date": birth and {"value": birth["date"], "precision": birth["precision"]},
        "nationality": truth["nationality"],
        "host_country": truth["host"],
        "arrived_on": truth["arrival"],
        "return_type": KINDS[truth["type"]],
    }


def differences(row: Row, truth: dict[str, Any]) -> dict[str, Any]:
    """What a row says otherwise than the truth, leaving out what its error makes unknowable."""
    unknowable = {"name": {"family_name", "given_names"}, "birth": {"birth_date"}, "arrival": {"arrived_on"}}
    wanted = of_truth(truth)
    found = {name: row.values.get(name) for name in wanted}
    ignored = unknowable.get(truth["error"], set()) | (
        {"birth_date"} if truth["error"] == "arrival" else set()
    )
    wrong = {
        name: (found[name], wanted[name])
        for name in wanted
        if found[name] != wanted[name] and name not in ignored
    }
    errors = [problem.field for problem in row.errors]
    if errors != ([ERRORS[truth["error"]]] if truth["error"] else []):
        wrong["errors"] = errors
    return wrong


@needs_list
def test_the_offices_list_reads_as_its_truth_says_row_by_row() -> None:
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    sheet, header = find_list(read_workbook(LIST.read_bytes(), LIST.name))
    mapping = propose_mapping(header_cells(sheet, header), sheet.rows[header:])

    parsed = parse_rows(sheet, mapping, Options(header, TODAY))
    people = [row for row in parsed.rows if row.status != "blank"]

    assert header == truth["header_row"]
    assert len(people) == truth["people"]
    assert {
        row.number: wrong
        for row, each in zip(people, truth["rows"], strict=True)
        if (wrong := differences(row, each))
    } == {}
    # The truth counts a person who follows an empty row as on that row; the sheet's own number is one more.
    for row, each in zip(people, truth["rows"], strict=True):
        stands = each["row"] + (not any(sheet.row(each["row"])))
        assert row.number == stands
    assert [(row.number, row.note) for row in parsed.rows if row.status == "blank"] == [
        (94, ""),
        (185, ""),
        (309, "total"),
    ]
    assert (parsed.hidden_rows, len(parsed.formula_cells), parsed.needs_date_order) == ([8], 38, False)
    assert next(row for row in people if row.number == 8).hidden
    assert parsed.counts == {"ready": 287, "error": 16, "blank": 3}


MONTHS = list(Locale.parse("fr").months["format"]["wide"].values())
ARABIC_MONTHS = list(Locale.parse("ar").months["format"]["wide"].values())
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
NATIONALITIES = {
    "ET": ["éthiopienne", "Ethiopian", "ETH"],
    "GE": ["Géorgien", "georgienne"],
    "UA": ["ukrainien", "Ukrainian"],
    "SN": ["sénégalaise", "SENEGALAIS"],
    "NG": ["Nigériane", "Nigerian"],
    "BD": ["bangladaise", "Bangladeshi"],
    "IQ": ["Irakien", "عراقية"],
    "PH": ["philippine", "Filipina"],
    "AF": ["Afghane", "afghan"],
}
HOSTS = {
    "MY": ["Malaisie", "MYS"],
    "LY": ["Lybie", "ليبيا"],
    "SA": ["Arabie Séoudite", "K.S.A."],
    "NL": ["Pays Bas", "Hollande"],
    "FR": ["FRANCE", "fra"],
    "DE": ["Allemagne", "Germany"],
}
RETURNS = {
    "forced": ["expulsé(e)", "éloignement", "Retour forcé"],
    "AVRR": ["RVA", "Retour volontaire assisté"],
    "VHR": ["RHV", "retour volontaire humanitaire"],
    "spontaneous": ["spontané", "Retour spontané"],
}


def a_way_to_write(day: date, order: DateOrder, chance: random.Random) -> Value:
    first, second = (day.day, day.month) if order is DateOrder.DAY_FIRST else (day.month, day.day)
    slashed = f"{first:02}/{second:02}/{day.year}"
    ways: list[Value] = [
        day,
        (day - date(1899, 12, 30)).days,
        day.isoformat(),
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day:02}-{MONTHS[day.month - 1][:3]}-{day.year}".replace("jui", MONTHS[day.month - 1][:4]),
        f"{day.day} {ARABIC_MONTHS[day.month - 1]} {day.year}",
        f"{day.day:02}.{day.month:02}.{day.year % 100:02}",
        slashed.translate(EASTERN),
    ]
    return chance.choice([*ways, *[slashed] * 8])


def a_way_to_write_birth(truth: dict[str, Any], order: DateOrder, chance: random.Random) -> Value:
    if not truth["birth"]:
        return chance.choice([None, "-", "inconnue", "N/A"])
    text, precision = truth["birth"]["date"], truth["birth"]["precision"]
    if precision == "day":
        return a_way_to_write(date.fromisoformat(text), order, chance)
    if precision == "year":
        return chance.choice([int(text), text, f"00/00/{text}", f"--/--/{text}", f"né en {text}"])
    age = int(truth["arrival"][:4]) - int(text)
    return chance.choice(
        [age, f"{age} ans", f"environ {age} ans", f"about {age}", f"vers {text}", f"{text}?", f"c. {text}"]
    )


def written_anew(truths: list[dict[str, Any]], order: DateOrder, seed: int) -> Workbook:
    """The same people as another office would list them: in French, on a second sheet, under titles."""
    chance = random.Random(seed)  # noqa: S311 -- a choice of spellings, not a secret
    headings: list[Value] = [
        *["Date du retour", "Prénom(s)", "Nom", "Nationalité", "Pays de provenance"],
        *["Date de naissance / âge", "Sexe", "Catégorie de retour", "Obs."],
    ]
    rows: list[list[Value]] = [
        ["LISTE DES PASSAGERS"],
        [None],
        ["Établie par le bureau", None, "page 1"],
        headings,
    ]
    for truth in truths:
        rows.append(
            [
                a_way_to_write(date.fromisoformat(truth["arrival"]), order, chance),
                truth["given"],
                f" {truth['surname']} ",
                chance.choice(NATIONALITIES[truth["nationality"]]),
                chance.choice(HOSTS[truth["host"]]),
                a_way_to_write_birth(truth, order, chance),
                chance.choice(
                    {"M": ["H", "Homme", "masculin"], "F": ["F", "Femme", "féminin"]}[truth["sex"]]
                ),
                chance.choice(RETURNS[truth["type"]]),
                chance.choice([None, "RAS", "voir dossier"]),
            ]
        )
    rows += [["Total :", len(truths)], ["Fait à Dakar, le 3 mars"]]
    readme = a_sheet(headings=["Mode d'emploi", "Ne pas modifier"])
    return Workbook("xlsx", [readme, Sheet("Passagers", [[*row, *[None] * (9 - len(row))] for row in rows])])


@needs_list
@pytest.mark.parametrize("order", list(DateOrder))
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_people_listed_otherwise_read_the_same(order: DateOrder, seed: int) -> None:
    truths = [{**row, "error": None} for row in json.loads(TRUTH.read_text(encoding="utf-8"))["rows"]]
    sheet, header = find_list(written_anew(truths, order, seed))
    mapping = propose_mapping(header_cells(sheet, header), sheet.rows[header:])

    parsed = parse_rows(sheet, mapping, Options(header, TODAY))
    people = [row for row in parsed.rows if row.status != "blank"]

    assert (sheet.name, header) == ("Passagers", 4)
    assert [row.note for row in parsed.rows if row.status == "blank"] == ["total", "footer"]
    assert {
        row.number: wrong
        for row, each in zip(people, truths, strict=True)
        if (wrong := differences(row, each))
    } == {}
