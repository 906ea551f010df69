"""Somebody who is registered already is found while she is registered again."""

from datetime import date

import pytest
from flask import Flask

from reintegrate.cases import likely
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.people.naming import Names
from tests import make

BORN = PartialDate(date(1990, 5, 2), Precision.DAY)

ANOTHER_DAY = PartialDate(date(1971, 1, 9), Precision.DAY)


def found(given: str, family: str = "", *, birth: PartialDate = BORN, **facts: frozenset[str]) -> list[bool]:
    matches = likely.same_people(likely.Facts(Names(given, family), birth=birth, **facts))
    return [match.high for match in matches]


@pytest.mark.parametrize(
    ("given", "family", "birth", "high"),
    [
        ("Mariama Aissatou", "Ba", BORN, True),
        ("Aissatou Mariama", "Bah", BORN, True),
        ("Mariama", "Ba", BORN, False),
        ("Mariama", "Ba", NOT_KNOWN, False),
        ("Mariama Aissatou", "Ba", NOT_KNOWN, False),
        ("Mariana Aissato", "Ba", BORN, False),
    ],
)
def test_she_is_found_by_other_spellings_and_parts_of_her_name(
    app: Flask, given: str, family: str, birth: PartialDate, high: bool
) -> None:
    make.case(given_names="Mariama Aissatou", family_name="Ba", birth=BORN)
    make.case(given_names="Kwame", family_name="Mensah", birth=BORN)

    assert found(given, family, birth=birth) == [high]


def test_somebody_of_the_same_name_born_on_another_day_is_somebody_else(app: Flask) -> None:
    make.case(given_names="Mariama Aissatou", family_name="Ba", birth=BORN)

    assert found("Mariama Aissatou", "Ba", birth=ANOTHER_DAY) == []


def test_the_birth_date_finds_her_among_many_of_the_same_name(app: Flask) -> None:
    for day in range(1, 29):
        for month in (1, 3, 7):
            make.case(
                given_names="Mamadou",
                family_name="Diallo",
                birth=PartialDate(date(1988, month, day), Precision.DAY),
            )

    matches = found("Mamadou", "Diallo", birth=PartialDate(date(1988, 7, 28), Precision.DAY))

    assert matches == [True]
