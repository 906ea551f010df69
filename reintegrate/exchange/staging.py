"""Preparing a list: reading it, saying what its columns mean, correcting rows, deciding on duplicates."""

import hashlib
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from reintegrate.accounts.models import Office, User
from reintegrate.audit.trail import Event, record
from reintegrate.columns import Base, utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus
from reintegrate.exchange.files.limits import SheetError
from reintegrate.exchange.judging import Judged, judge, judge_one, register
from reintegrate.exchange.meaning.parsed import Parsed, Row
from reintegrate.exchange.models import ColumnMemory, ImportRow, ListImport
from reintegrate.exchange.reading import Choices, Reading, facts_of, open_list

Progress = Callable[[int, int], None]
"""Hears how many rows are read, of how many."""

AT_ONCE = 1_000
"""Rows that are kept in one statement."""

MOST_ON_A_PAGE = 5_000
"""Rows that a page reads while somebody waits; the command takes as many as a sheet may have."""

LATEST_ZONE = timedelta(hours=14)
"""Where the day begins first: a date that is today somewhere does not lie in the future."""


def today_somewhere(now: datetime) -> Any:
    """The latest day that it is anywhere."""
    return (now + LATEST_ZONE).date()


def command_for(file_name: str, office: Office, day_first: bool | None) -> str:
    """What brings a list in that is too long for a page, with what was chosen for it."""
    order = {True: " --day-first", False: " --month-first", None: ""}[day_first]
    return f"reintegrate import returnees {shlex.quote(file_name)} --office {office.code}{order}"


def digest_of(data: bytes) -> str:
    """By which a file is known again."""
    return hashlib.sha256(data).hexdigest()


def stage_list(
    data: bytes,
    file_name: str,
    *,
    office: Office,
    staged_by: User | None,
    day_first: bool | None = None,
    most: int | None = None,
    on_progress: Progress | None = None,
) -> ListImport:
    """Read a file as a list of an office; the register stays as it is.

    The same file of the same office gives the import that there is. What was learnt of lists with
    these headings is used again. Raises RuleError where the file is no list, or has more than
    `most` rows.
    """
    digest = digest_of(data)
    queries.lock_office(office.id)
    if there := queries.same_file(office.id, digest):
        _read_otherwise(there, day_first)
        return there
    reading = _opened(data, file_name, Choices(day_first=day_first))
    if most is not None and len(reading.sheet.rows) > most:
        raise RuleError(
            _(
                "The list has %(n)s rows, a page reads at most %(most)s. Divide it, or ask whoever runs"
                " the service for: %(command)s",
                n=len(reading.sheet.rows),
                most=most,
                command=command_for(file_name, office, day_first),
            ),
            field="file",
        )
    memory = queries.memory_of(office.id, reading.fingerprint)
    staged = ListImport(
        office_id=office.id,
        file_name=file_name[:200],
        file_digest=digest,
        content=data,
        header_row=reading.options.header_row,
        columns=dict(memory.columns) if memory else _as_text(reading.mapping.columns),
        day_first=day_first if day_first is not None or memory is None else memory.day_first,
        defaults=dict(memory.defaults) if memory else {},
        facts={},
        staged_by_id=staged_by.id if staged_by else None,
    )
    staged.office = office
    try:
        with session.begin_nested():
            session.add(staged)
    except IntegrityError as error:
        raise RuleError(_("This file was brought in at the same moment"), field="file") from error
    _keep_rows(staged, reading if memory is None else reading_of(staged), on_progress)
    counts = queries.counts_of(staged)
    told = ", ".join(f"{counts[status]} {status.value}" for status in RowStatus if status in counts)
    _tell(staged, "stage", told)
    return staged


def _tell(staged: ListImport, what: str, reason: str | None = None) -> None:
    session.flush()
    record(session, Event(f"import.{what}", subject="list_import", subject_id=staged.id, reason=reason))


def _read_otherwise(there: ListImport, day_first: bool | None) -> None:
    """Whoever sends a file again with an answer about its dates means it."""
    if there.status == ImportStatus.STAGED and day_first not in (None, there.day_first):
        there.day_first = day_first
        session.flush()
        read_again(there)


def _as_text(columns: Mapping[int, str]) -> dict[str, str]:
    return {str(column): name for column, name in columns.items()}


def _opened(data: bytes, file_name: str, choices: Choices) -> Reading:
    try:
        return open_list(data, file_name, today=today_somewhere(utcnow()), choices=choices)
    except SheetError as error:
        raise RuleError(str(error), field="file") from error


def reading_of(staged: ListImport) -> Reading:
    """The list as it is read now, corrections included. Raises RuleError where it is no longer prepared."""
    _refuse_finished(staged)
    choices = Choices(
        header_row=staged.header_row,
        columns={int(column): name for column, name in staged.columns.items()},
        day_first=staged.day_first,
        defaults=staged.defaults,
        corrections=queries.corrections_of(staged),
    )
    return _opened(staged.content or b"", staged.file_name, choices)


def _refuse_finished(staged: ListImport) -> None:
    if staged.status != ImportStatus.STAGED:
        raise RuleError(_("This list is no longer being prepared"))


def read_again(staged: ListImport, on_progress: Progress | None = None) -> None:
    """Read every row anew; corrections and decisions stay with their rows."""
    _keep_rows(staged, reading_of(staged), on_progress)


def _keep_rows(staged: ListImport, reading: Reading, on_progress: Progress | None = None) -> None:
    kept = {row.number: row for row in queries.rows_of(staged)}
    parsed = reading.rows(on_progress)
    digests = {row.number: reading.digest(row) for row in parsed.rows}
    for number, row in kept.items():
        if row.corrections:
            digests[number] = row.digest
    done = queries.digests_done(staged.office_id, set(digests.values()))
    before = [number for number, digest in digests.items() if digest in done]
    judged = judge(parsed, register, before)
    for row in kept.values():
        session.expunge(row)
    session.execute(delete(ImportRow).where(ImportRow.import_id == staged.id))
    for start in range(0, len(judged), AT_ONCE):
        some = judged[start : start + AT_ONCE]
        rows = [_row(staged, reading, item, digests, kept.get(item.row.number)) for item in some]
        session.connection().execute(insert(Base.metadata.tables["import_row"]), rows)
    staged.facts = facts_of(reading, parsed)
    session.flush()


def _row(
    staged: ListImport,
    reading: Reading,
    item: Judged,
    digests: Mapping[int, str],
    kept: ImportRow | None,
) -> dict[str, Any]:
    content = _content(reading, item)
    return {
        "version": kept.version + 1 if kept else 1,
        "import_id": staged.id,
        "number": item.row.number,
        "digest": digests[item.row.number],
        "hidden": item.row.hidden,
        "corrections": kept.corrections if kept else {},
        **_decision(kept, content),
        **content,
    }


def _decision(kept: ImportRow | None, content: Mapping[str, Any]) -> dict[str, Any]:
    """A decision stays as long as it is about the same people."""
    holds = kept is not None and whom(kept.likes) == whom(content["likes"])
    return {
        "decision": kept.decision if kept and holds else None,
        "same_as": kept.same_as if kept and holds else None,
    }


def whom(likes: Sequence[Mapping[str, Any]]) -> set[tuple[Any, Any]]:
    """The people a row is like: rows of the list, and registered people."""
    return {(like.get("row"), like.get("person_id")) for like in likes}


def _content(reading: Reading, item: Judged) -> dict[str, Any]:
    row = item.row
    told = row.values | {"untaken": reading.untaken(row.number), "cells": reading.cells(row.number)}
    return {
        "status": item.status,
        "note": row.note,
        "values": told,
        "problems": [problem.as_dict() | {"kind": "error"} for problem in row.errors]
        + [problem.as_dict() | {"kind": "warning"} for problem in row.warnings],
        "likes": [like.as_dict() for like in item.likes],
    }


def choose_columns(
    staged: ListImport,
    *,
    header_row: int,
    columns: Mapping[int, str],
    day_first: bool | None,
    defaults: Mapping[str, str],
) -> None:
    """Say how a list is read, remember it for the next list of this source, and read it again.

    Raises RuleError where no column holds a name.
    """
    if not {"family_name", "given_names", "full_name"} & set(columns.values()):
        raise RuleError(_("Choose the column that holds the names"))
    staged.header_row = header_row
    staged.columns = _as_text(columns)
    staged.day_first = day_first
    staged.defaults = dict(defaults)
    session.flush()
    read_again(staged)
    remember(staged)
    _tell(staged, "columns")


def remember(staged: ListImport) -> None:
    """Keep how a list was read, for the next one with the same headings."""
    fingerprint = str(staged.facts.get("fingerprint", ""))
    memory = queries.memory_of(staged.office_id, fingerprint)
    if memory is None:
        memory = ColumnMemory(office_id=staged.office_id, fingerprint=fingerprint)
        session.add(memory)
    memory.columns = staged.columns
    memory.day_first = staged.day_first
    memory.defaults = {name: value for name, value in staged.defaults.items() if name != "arrived_on"}
    memory.used_at = utcnow()
    session.flush()


def correct_row(staged: ListImport, row: ImportRow, cells: Mapping[int, str]) -> None:
    """Say what some cells of a row should hold, and judge the row again, with all that are like it.

    What is typed stays with the row even where it is still not understood. Raises RuleError where
    the row names nobody, or was imported before.
    """
    _refuse_finished(staged)
    if row.status in (RowStatus.BLANK, RowStatus.KNOWN):
        raise RuleError(_("Row %(number)s cannot be corrected: correct the list itself", number=row.number))
    _move(staged)
    row.corrections = {**row.corrections, **_as_text(cells)}
    session.flush()
    reading = reading_of(staged)
    others = {other.number: other for other in _good_rows(staged) if other.number != row.number}
    judged, below = judge_one(
        reading.row(row.number), [_read_row(other) for other in others.values()], register
    )
    told = _content(reading, judged)
    row.status, row.note, row.decision, row.same_as = told["status"], told["note"], None, None
    row.values, row.problems, row.likes = told["values"], told["problems"], told["likes"]
    for number, like in below.items():
        _likes_too(others[number], like.as_dict(), row.number)
    _tell(staged, "correct", f"row {row.number}")


def _likes_too(other: ImportRow, like: dict[str, Any], number: int) -> None:
    """A row further down turns out to be like one that was corrected."""
    other.likes = [*(told for told in other.likes if told.get("row") != number), like]
    if like["high"]:
        other.status = RowStatus.DUPLICATE
    other.decision = other.same_as = None


def _good_rows(staged: ListImport) -> list[ImportRow]:
    return [row for row in queries.rows_of(staged) if row.status in (RowStatus.READY, RowStatus.DUPLICATE)]


def _read_row(row: ImportRow) -> Row:
    return Row(row.number, "ready", dict(row.values))


def _move(staged: ListImport) -> None:
    """Move the version of a list whose rows change: nobody imports it at the same moment."""
    flag_modified(staged, "status")


def look_again(staged: ListImport) -> int:
    """Compare the good rows with the register as it is now; how many wait for a decision.

    Since the list was read somebody may have been registered, by hand or from another list: a
    decision stays only where it is about the same people.
    """
    rows = _good_rows(staged)
    done = queries.digests_done(staged.office_id, {row.digest for row in rows})
    before = [row.number for row in rows if row.digest in done]
    judged = judge(Parsed([_read_row(row) for row in rows], [], [], [], []), register, before)
    for row, item in zip(rows, judged, strict=True):
        likes = [like.as_dict() for like in item.likes]
        if row.status != item.status or whom(row.likes) != whom(likes):
            row.status, row.likes, row.decision, row.same_as = item.status, likes, None, None
    session.flush()
    return queries.undecided(staged)


def decide_row(
    staged: ListImport,
    row: ImportRow,
    decision: RowDecision | None,
    *,
    same_as: Mapping[str, Any] | None = None,
) -> None:
    """Say what becomes of a row whose person may be registered already.

    `same_as` is the one of its likes on whom a new return is opened, the likeliest unless another is
    named. Raises RuleError where the row says nobody, or a new return is chosen and nobody is like her.
    """
    _refuse_finished(staged)
    if row.status not in (RowStatus.READY, RowStatus.DUPLICATE):
        raise RuleError(_("Row %(number)s cannot be decided on: correct it first", number=row.number))
    if decision == RowDecision.NEW_RETURN and not row.likes:
        raise RuleError(_("Nobody is like the person of row %(number)s", number=row.number))
    _move(staged)
    row.decision = decision
    row.same_as = dict(same_as or row.likes[0]) if decision == RowDecision.NEW_RETURN else None
    _tell(staged, "decide", f"row {row.number}: {decision.value if decision else '-'}")


def discard(staged: ListImport, *, by: User | None) -> None:
    """Give a list up: its rows and the file go. Raises RuleError where it is no longer prepared."""
    _refuse_finished(staged)
    session.execute(delete(ImportRow).where(ImportRow.import_id == staged.id))
    staged.finish(ImportStatus.DISCARDED, by=by)
    _tell(staged, "discard")
