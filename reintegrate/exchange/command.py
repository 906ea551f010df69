"""Reading a list from the command line: what every row says, what is wrong, who stands in it twice."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from reintegrate.exchange import duplicates
from reintegrate.exchange.dates import DateOrder
from reintegrate.exchange.layout import find_list, header_cells, propose_mapping
from reintegrate.exchange.problems import Problem, describe
from reintegrate.exchange.rows import Options, Parsed, Row, parse_rows
from reintegrate.exchange.sheets import read_workbook
from reintegrate.people.names import Likeness

SAMPLE = 50


def read_list(file: Path, *, day_first: bool | None, today: date) -> tuple[int, Parsed]:
    """The header row and the rows of a file. Raises SheetError where it is no list."""
    workbook = read_workbook(file.read_bytes(), file.name)
    sheet, header_row = find_list(workbook)
    headings = header_cells(sheet, header_row)
    mapping = propose_mapping(headings, sheet.rows[header_row : header_row + SAMPLE])
    order = None
    if day_first is not None:
        order = DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    return header_row, parse_rows(sheet, mapping, Options(header_row, today, date_order=order))


def outcome_of(header_row: int, parsed: Parsed) -> dict[str, Any]:
    """The result as the command prints it with --json."""
    ready = [row for row in parsed.rows if row.status == "ready"]
    likes = duplicates.within(ready)
    rows = [_row(row, likes.get(row.number, [])) for row in parsed.rows]
    counts = Counter(row["status"] for row in rows)
    return {
        "header_row": header_row,
        "rows": rows,
        "summary": {
            "ready": counts["ready"],
            "error": counts["error"],
            "duplicate": counts["duplicate"],
            "blank": counts["blank"],
            "formulas": parsed.formula_cells,
            "hidden_rows": parsed.hidden_rows,
            "hidden_columns": parsed.hidden_columns,
        },
    }


def _row(row: Row, likes: list[tuple[int, Any]]) -> dict[str, Any]:
    sure = any(comparison.likeness == Likeness.HIGH for _number, comparison in likes)
    return {
        "row": row.number,
        "status": "duplicate" if sure else row.status,
        "values": row.values,
        "errors": [_problem(problem) for problem in row.errors],
        "warnings": [_problem(problem) for problem in row.warnings],
        "duplicates": [{"row": number} for number, _comparison in likes],
        "note": row.note,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "reason": describe(problem)}


def in_words(outcome: dict[str, Any]) -> str:
    """The result for people: counts, then every row that is not ready, with its reason."""
    summary = outcome["summary"]
    lines = [
        f"{summary['ready']} ready, {summary['error']} with errors, {summary['duplicate']} duplicates,"
        f" {summary['blank']} blank"
    ]
    for row in outcome["rows"]:
        lines += [f"row {row['row']}: {problem['reason']}" for problem in row["errors"]]
        if row["status"] == "duplicate":
            lines.append(f"row {row['row']}: the same person as row {row['duplicates'][0]['row']}")
    if summary["formulas"]:
        lines.append(f"formulas, left empty: {', '.join(summary['formulas'])}")
    if summary["hidden_rows"]:
        lines.append(f"hidden rows: {', '.join(map(str, summary['hidden_rows']))}")
    return "\n".join(lines)
