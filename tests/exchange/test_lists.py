import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reintegrate.exchange.command import in_words, outcome_of, read_list
from tests.exchange import messy
from tests.exchange.messy import Truth

TODAY = date(2026, 11, 25)


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


@pytest.mark.parametrize("name", messy.lists())
def test_an_offices_list_is_read_as_a_careful_reader_would(name: str, tmp_path: Path) -> None:
    listed = messy.read(name)
    file = tmp_path / listed.name
    file.write_bytes(listed.data)

    header_row, parsed = read_list(file, day_first=listed.day_first, today=TODAY)
    outcome = outcome_of(header_row, parsed)
    rows = {row["row"]: row for row in outcome["rows"]}
    people = {number for number, row in rows.items() if row["status"] != "blank"}

    assert header_row == listed.header_row
    assert people <= set(listed.truths)
    assert {
        number: wrong
        for number, truth in listed.truths.items()
        if (wrong := differences(rows[number], truth))
    } == {}
    assert json.loads(json.dumps(outcome)) == outcome
    assert in_words(outcome).startswith(f"{outcome['summary']['ready']} ready")
