from datetime import date, timedelta
from typing import Any

import pytest

from reintegrate.exchange.meaning import duplicates
from reintegrate.exchange.meaning.duplicates import within
from reintegrate.exchange.meaning.parsed import Row
from reintegrate.people.names import Comparison, Identity, Likeness, compare


def person(number: int, name: str, born: str | None = None, **told: Any) -> Row:
    """A ready row; `name` is given and family name, `born` a date with a wave behind it if estimated."""
    given, _, family = name.partition(" ")
    text = (born or "").rstrip("~")
    precision = "estimated" if born != text else {10: "day", 7: "month", 4: "year"}.get(len(text), "day")
    birth = {"value": text, "precision": precision} if born else None
    values = {"given_names": given, "family_name": family, "birth_date": birth, "sex": "male", **told}
    return Row(number, values=values)


def likeness(one: Row, other: Row) -> Likeness:
    found = within([one, other]).get(other.number)
    return found[0][1].likeness if found else Likeness.NONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person(1, "Mohamed Alhassan", "1990-02-28"), person(2, "Muhammad Al-Hasan", "1990-02-28")),
        (person(1, "Musa Bello", "1990-02-28"), person(2, "Bello Moussa", "1990-02-28")),
        (person(1, "Abdul Hossain", "1990-02-28"), person(2, "Hossain Abdul", "1990-02-28")),
        (person(1, "محمد العبيدي", "1990-02-28"), person(2, "Mohammed Al-Obeidi", "1990-02-28")),
        (
            person(1, "Awa Sow", "1990-02-28", document_number="A 123"),
            person(2, "Awa Sow", "1991~", document_number="a123"),
        ),
    ],
)
def test_one_person_in_two_spellings_or_orders_is_surely_the_same(one: Row, other: Row) -> None:
    assert likeness(one, other) is Likeness.HIGH


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (person(1, "Ali Sow", "1990-02-28"), person(2, "Ali Sow", "1960-02-28"), Likeness.NONE),
        (person(1, "Ali Sow", "1990"), person(2, "Ali Sow", "1991~"), Likeness.POSSIBLE),
        (person(1, "Ali Sow", "1990~"), person(2, "Ali Sow", "1993~"), Likeness.NONE),
        (person(1, "Ali Sow"), person(2, "Ali Sow", "1993-04-05"), Likeness.POSSIBLE),
        (person(1, "Ali Sow"), person(2, "Ali Sow"), Likeness.POSSIBLE),
        (
            person(1, "Ali Sow", "1990-02-28", document_number="A1"),
            person(2, "Ali Sow", "1990-02-28", document_number="B2"),
            Likeness.POSSIBLE,
        ),
        (
            person(1, "Ali Sow", "1990-02-28"),
            person(2, "Ali Sow", "1990-02-28", sex="female"),
            Likeness.POSSIBLE,
        ),
    ],
)
def test_namesakes_are_at_most_possibly_the_same(one: Row, other: Row, expected: Likeness) -> None:
    assert likeness(one, other) is expected


def test_the_later_row_carries_its_likenesses_the_surest_first() -> None:
    rows = [
        person(4, "Ali Sow"),
        person(7, "Ali Sow", "1990-02-28"),
        person(9, "Ali Sow", "1990-02-28"),
    ]

    found = within(rows)

    assert [number for number, _ in found[9]] == [7, 4]
    assert [number for number, _ in found[7]] == [4]
    assert 4 not in found


def test_a_common_name_does_not_compare_everybody_with_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(one: Identity, other: Identity) -> Comparison:
        nonlocal compared
        compared += 1
        return compare(one, other)

    monkeypatch.setattr(duplicates, "compare", counted)
    first = date(1960, 1, 1)
    rows = [
        person(number, "Mamadou Diallo", (first + timedelta(days=13 * number)).isoformat())
        for number in range(1200)
    ]
    rows.append(person(2000, "Mamadou Diallo", (first + timedelta(days=13 * 77)).isoformat()))

    found = within(rows)

    assert found[2000][0][0] == 77
    assert compared < 30 * len(rows)
