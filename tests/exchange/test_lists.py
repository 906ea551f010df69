import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reintegrate.exchange.command import in_words, outcome_of, read_list
from reintegrate.exchange.files.limits import SheetError
from tests.exchange import messy
from tests.exchange.messy import Truth

TODAY = date(2026, 11, 25)
LISTS = {name: messy.read(name) for name in messy.lists()}


def differences(row: dict[str, Any], truth: Truth) -> list[str]:
    """What the command says of a row otherwise than its truth."""
    found = []
    doubles = [double["row"] for double in row["duplicates"]]
    if row["status"] not in truth.statuses:
        found.append(f"{row['status']}, {row['errors']}, {doubles}")
    if truth.errors is not None and sorted({error["field"] for error in row["errors"]}) != truth.errors:
        found.append(f"errors {row['errors']}")
    if truth.doubles and doubles[:1] != [truth.doubles]:
        found.append(f"doubles {doubles}")
    if truth.like and doubles[:1] != ([] if truth.like == "-" else [truth.like]):
        found.append(f"is like {doubles}")
    found += [
        f"{name} {row['values'].get(name)!r}, not {value!r}"
        for name, value in truth.values.items()
        if row["values"].get(name) != value
    ]
    return found


@pytest.mark.parametrize("name", LISTS)
def test_an_offices_list_is_read_as_a_careful_reader_would(name: str) -> None:
    listed = LISTS[name]
    reading, parsed = read_list(listed.data, listed.name, day_first=listed.day_first, today=TODAY)
    outcome = outcome_of(reading, parsed)
    rows = {row["row"]: row for row in outcome["rows"]}
    people = {number for number, row in rows.items() if row["status"] != "blank"}

    assert outcome["header_row"] == listed.header_row
    assert people <= set(listed.truths)
    assert {
        number: wrong
        for number, truth in listed.truths.items()
        if (wrong := differences(rows[number], truth))
    } == {}
    assert json.loads(json.dumps(outcome)) == outcome
    assert in_words(outcome).startswith(f"{outcome['summary']['ready']} ready")


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(LISTS)), data=st.data())
def test_a_damaged_list_is_read_or_refused_and_never_breaks(name: str, data: st.DataObject) -> None:
    listed = LISTS[name]
    content = bytearray(listed.data)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))

    try:
        reading, parsed = read_list(
            bytes(content),
            listed.name,
            day_first=data.draw(st.sampled_from([None, True, False])),
            today=TODAY,
        )
    except SheetError:
        return
    assert json.dumps(outcome_of(reading, parsed))
