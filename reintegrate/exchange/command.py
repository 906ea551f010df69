"""Lists from the command line: what every row says, what is wrong, and writing the good rows."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office
from reintegrate.cases.models import Case
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries, staging, writing
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus
from reintegrate.exchange.judging import Judged, Register, judge, register
from reintegrate.exchange.meaning.parsed import Parsed
from reintegrate.exchange.meaning.problems import Problem, describe, problem_from
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.exchange.reading import Choices, Reading, facts_of, open_list

LISTED = 500
"""Registered people in one look-up of references."""


TOLD_AT_ONCE = 1_000
"""Rows whose outcome is told in one go."""


class Duplicates(StrEnum):
    """What the command does with rows whose people are likely registered already."""

    LEAVE_OUT = "leave-out"
    NEW_RETURN = "same-person"
    OTHER_PERSON = "different"

    @property
    def decision(self) -> RowDecision:
        """The decision that is kept with each such row."""
        return RowDecision[self.name]


def read_list(data: bytes, file_name: str, *, day_first: bool | None, today: date) -> tuple[Reading, Parsed]:
    """A list and its rows. Raises SheetError where the file is none."""
    reading = open_list(data, file_name, today=today, choices=Choices(day_first=day_first))
    return reading, reading.rows()


def outcome_of(reading: Reading, parsed: Parsed, ask: Register | None = None) -> dict[str, Any]:
    """What a list says, as the command prints it with --json; `ask` looks into the register."""
    judged = judge(parsed, ask)
    people = sorted({like.person_id for item in judged for like in item.likes if like.person_id is not None})
    references = _references(people)
    rows = [_row(item, references) for item in judged]
    counts = Counter(row["status"] for row in rows)
    return _outcome(reading.options.header_row, rows, facts_of(reading, parsed), counts)


def _outcome(
    header_row: int, rows: list[dict[str, Any]], facts: dict[str, Any], counts: Counter[str]
) -> dict[str, Any]:
    summary: dict[str, Any] = {status.value: counts[status.value] for status in RowStatus}
    told = ("formulas", "hidden_rows", "hidden_columns", "date_examples")
    summary |= {name: facts.get(name, []) for name in told}
    return {"header_row": header_row, "rows": rows, "summary": summary}


def _row(item: Judged, references: dict[int, str]) -> dict[str, Any]:
    row = item.row
    likes = [
        {"row": like.row} if like.row is not None else {"reference": references.get(like.person_id or 0, "")}
        for like in item.likes
    ]
    return {
        "row": row.number,
        "status": item.status.value,
        "values": row.values,
        "errors": [_problem(problem) for problem in row.errors],
        "warnings": [_problem(problem) for problem in row.warnings],
        "duplicates": likes,
        "note": row.note,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "reason": describe(problem)}


def _references(people: Sequence[int]) -> dict[int, str]:
    """The reference of an unprotected case of each person."""
    found: dict[int, str] = {}
    for start in range(0, len(people), LISTED):
        rows = session.execute(
            select(Case.person_id, Case.reference)
            .where(Case.person_id.in_(people[start : start + LISTED]), Case.sensitivity == Sensitivity.NORMAL)
            .order_by(Case.id)
        )
        for person_id, reference in rows:
            found.setdefault(person_id, reference)
    return found


def look(file: Path, *, day_first: bool | None, with_register: bool) -> dict[str, Any]:
    """What importing a file would do, with nothing written. Raises SheetError."""
    today = staging.today_somewhere(utcnow())
    reading, parsed = read_list(file.read_bytes(), file.name, day_first=day_first, today=today)
    return outcome_of(reading, parsed, register if with_register else None)


def office_called(code: str | None) -> Office:
    """The office with a code, or the only one there is. Raises RuleError."""
    offices = accounts.offices()
    codes = ", ".join(office.code for office in offices)
    if code is None:
        if len(offices) == 1:
            return offices[0]
        raise RuleError(_("Name the office with --office: %(codes)s", codes=codes or "-"))
    office = accounts.office_by_code(code)
    if office is None:
        raise RuleError(_("There is no office %(code)s; there are %(codes)s", code=code, codes=codes or "-"))
    return office


def bring_in(
    file: Path,
    *,
    office: Office,
    day_first: bool | None,
    duplicates: Duplicates,
    whole: bool = True,
    on_reading: staging.Progress | None = None,
    on_writing: staging.Progress | None = None,
) -> tuple[dict[str, Any], int]:
    """Write the good rows of a file, in one transaction that the caller commits.

    The outcome of every row, and how many cases were opened: none for a file that was imported
    before. Without `whole` the outcome leaves out the rows that are ready. Raises RuleError.
    """
    data = file.read_bytes()
    was_there = queries.same_file(office.id, staging.digest_of(data)) is not None
    staged = staging.stage_list(
        data,
        file.name,
        office=office,
        staged_by=None,
        day_first=day_first,
        on_progress=on_reading,
    )
    outcome = _told(staged, whole=whole)
    if staged.status == ImportStatus.DONE:
        return outcome, 0
    if was_there:
        staging.look_again(staged)
    for row in queries.rows_of(staged, RowStatus.DUPLICATE):
        if row.decision is None:
            staging.decide_row(staged, row, duplicates.decision)
    written = 0
    if queries.to_write(staged):
        written = writing.commit_import(staged, by=None, on_progress=on_writing)
    return outcome, written


def _told(staged: ListImport, *, whole: bool) -> dict[str, Any]:
    told: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    for batch in queries.batches_of(staged, TOLD_AT_ONCE):
        people = sorted(
            {int(like["person_id"]) for row in batch for like in row.likes if like.get("person_id")}
        )
        references = _references(people)
        rows = [_told_row(row, references) for row in batch]
        counts.update(row["status"] for row in rows)
        told += [row for row in rows if whole or row["status"] != RowStatus.READY]
    return _outcome(staged.header_row, told, staged.facts, counts)


def _told_row(row: ImportRow, references: dict[int, str]) -> dict[str, Any]:
    problems = [(told["kind"], _problem(problem_from(told))) for told in row.problems]
    return {
        "row": row.number,
        "status": (row.status if row.case_id is None else RowStatus.KNOWN).value,
        "values": {name: value for name, value in row.values.items() if name not in ("cells", "untaken")},
        "errors": [told for kind, told in problems if kind == "error"],
        "warnings": [told for kind, told in problems if kind == "warning"],
        "duplicates": [
            {"row": like["row"]}
            if like.get("row") is not None
            else {"reference": references.get(int(like["person_id"]), "")}
            for like in row.likes
        ],
        "note": row.note,
    }


def in_words(outcome: dict[str, Any]) -> str:
    """The result for people: counts, then every row that is not ready, with its reason."""
    summary = outcome["summary"]
    lines = [
        f"{summary['ready']} ready, {summary['error']} with errors, {summary['duplicate']} duplicates,"
        f" {summary['blank']} blank"
    ]
    if summary["known"]:
        lines.append(f"{summary['known']} imported before")
    for row in outcome["rows"]:
        lines += [f"row {row['row']}: {problem['reason']}" for problem in row["errors"]]
        if row["status"] == "duplicate":
            lines.append(f"row {row['row']}: very likely the same person as {_whom(row['duplicates'][0])}")
    for name, words in (
        ("formulas", "formulas, left empty"),
        ("hidden_rows", "hidden rows"),
        ("hidden_columns", "hidden columns"),
        ("date_examples", "dates that read both ways (say --day-first or --month-first)"),
    ):
        if summary[name]:
            lines.append(f"{words}: {', '.join(map(str, summary[name]))}")
    return "\n".join(lines)


def _whom(like: dict[str, Any]) -> str:
    return f"row {like['row']}" if "row" in like else str(like["reference"])
