"""A prepared list becomes people, returns and cases: all of it, or nothing; and all of it back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, select, update

from reintegrate.accounts.models import User
from reintegrate.audit.models import AuditEvent
from reintegrate.audit.queries import VERBS
from reintegrate.audit.trail import Event, record
from reintegrate.cases.bulk import open_cases
from reintegrate.cases.models import Case
from reintegrate.cases.returns import check_is_new
from reintegrate.columns import Base, utcnow
from reintegrate.dates import PartialDate, Precision
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries
from reintegrate.exchange.codes import ImportStatus, RowDecision
from reintegrate.exchange.entries import note_of, person_of, return_of
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.exchange.staging import Progress, remember
from reintegrate.people.bulk import register_people
from reintegrate.people.models import Person

AT_ONCE = 500


def commit_import(
    staged: ListImport,
    *,
    by: User | None,
    case_manager: User | None = None,
    on_progress: Progress | None = None,
) -> int:
    """Register everybody who is to be registered; how many cases were opened.

    `staging.look_again` comes first, in the same transaction. Rows with errors and those left out
    stay behind, for the sheet of rows to correct. Raises RuleError where the list is not being
    prepared, a decision is open, a return is registered already, or nothing is to be written.
    """
    if staged.status != ImportStatus.STAGED:
        raise RuleError(_("This list is no longer being prepared"))
    if undecided := queries.undecided(staged):
        raise RuleError(_("%(n)s rows may be registered already: decide on them first", n=undecided))
    count = queries.to_write(staged)
    if not count:
        raise RuleError(_("No row of this list is ready"))
    remember(staged)
    staged.finish(ImportStatus.DONE, by=by)
    staged.case_manager_id = case_manager.id if case_manager else None
    session.flush()  # whoever else imports this list meets here
    done = 0
    for batch in queries.batches_of(staged, AT_ONCE):
        rows = [row for row in batch if row.is_written]
        _write(staged, rows, by, case_manager)
        done += len(rows)
        if on_progress:
            on_progress(done, count)
    told = f"{count} cases"
    record(session, Event("import.commit", subject="list_import", subject_id=staged.id, reason=told))
    session.flush()
    return count


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _write(staged: ListImport, rows: Sequence[ImportRow], by: User | None, case_manager: User | None) -> None:
    country = staged.office.country
    new = [row for row in rows if row.decision != RowDecision.NEW_RETURN]
    people = [person_of(row.values, country=country) for row in new]
    for row, person_id in zip(new, register_people(people, created_by_id=by.id if by else None), strict=True):
        row.person_id, row.made_person = person_id, True
    known = {row.number: row.person_id for row in new}
    for row in rows:
        if row.decision == RowDecision.NEW_RETURN:
            row.person_id = known[row.number] = _same_person(staged, row, known)
            _check_is_new(row, country)
    returns = [
        return_of(
            row.values,
            row.person_id or 0,
            country=country,
            note=note_of(row.values, row.problems, file_name=staged.file_name, number=row.number),
        )
        for row in rows
    ]
    cases = open_cases(returns, office=staged.office, opened_by=by, case_manager=case_manager)
    for row, case_id in zip(rows, cases, strict=True):
        row.case_id = case_id
    _keep(rows)


def _keep(rows: Sequence[ImportRow]) -> None:
    """What became of each row; what it held stands in the register now."""
    told = [
        {"row": row.id, "person": row.person_id, "case": row.case_id, "made": row.made_person} for row in rows
    ]
    if told:
        table = Base.metadata.tables["import_row"]
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(
                version=table.c.version + 1,
                person_id=bindparam("person"),
                case_id=bindparam("case"),
                made_person=bindparam("made"),
                values={},
                problems=[],
                likes=[],
                corrections={},
                same_as=None,
            ),
            told,
        )


def _check_is_new(row: ImportRow, country: str) -> None:
    told = return_of(row.values, row.person_id or 0, country=country, note="")
    if told.arrived_on is None:
        return
    person = session.get_one(Person, told.person_id)
    try:
        check_is_new(person, told.return_country, PartialDate(told.arrived_on, Precision.DAY))
    except RuleError as error:
        raise RuleError(
            _("Row %(number)s: this return is registered already, leave the row out", number=row.number)
        ) from error


def _same_person(staged: ListImport, row: ImportRow, known: Mapping[int, int | None]) -> int:
    """The person on whom a row opens another case: the one that was chosen.

    `known` are the people of the rows that are being written.
    """
    like = row.same_as or row.likes[0]
    if like.get("person_id"):
        return int(like["person_id"])
    number = int(like["row"])
    earlier = queries.row_of(staged, number)
    person_id = known.get(number) or (earlier.person_id if earlier else None)
    if person_id is None:
        raise RuleError(
            _(
                "Row %(number)s is to follow row %(earlier)s, which is not imported: decide otherwise",
                number=row.number,
                earlier=like["row"],
            )
        )
    return person_id


def is_touched(done: ListImport) -> bool:
    """Whether anybody has changed something of what a list brought since it was imported."""
    last = session.scalar(
        select(AuditEvent.seq)
        .where(AuditEvent.action == "import.commit", AuditEvent.subject_id == done.id)
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )
    for batch in _batches(_made(done)):
        cases = [row.case_id for row in batch]
        people = [row.person_id for row in batch if row.made_person]
        changed = select(AuditEvent.seq).where(
            AuditEvent.case_id.in_(cases) | AuditEvent.person_id.in_(people),
            AuditEvent.seq > last,
            AuditEvent.action.endswith(VERBS[0])
            | AuditEvent.action.endswith(VERBS[1])
            | AuditEvent.action.endswith(VERBS[2]),
        )
        if session.scalar(changed.limit(1)) is not None:
            return True
    return False


def _made(done: ListImport) -> list[ImportRow]:
    return [row for row in queries.rows_of(done) if row.case_id is not None]


def undo_import(done: ListImport) -> int:
    """Take a whole import back; how many cases are gone.

    Raises RuleError where it is not done, or anything of it was changed since.
    """
    if done.status != ImportStatus.DONE:
        raise RuleError(_("This list is not imported"))
    rows = _made(done)
    _hold([row.case_id for row in rows], [row.person_id for row in rows if row.made_person])
    if is_touched(done):
        raise RuleError(_("Somebody has worked on these cases since: the import can no longer be taken back"))
    done.status = ImportStatus.UNDONE
    done.undone_at = utcnow()
    session.flush()
    _take_back(rows)
    told = f"{len(rows)} cases"
    record(session, Event("import.undo", subject="list_import", subject_id=done.id, reason=told))
    session.flush()
    return len(rows)


def _hold(cases: Sequence[int | None], people: Sequence[int | None]) -> None:
    """Let nobody change what is about to go."""
    for model, keys in ((Case, cases), (Person, people)):
        for batch in _batches(keys):
            session.execute(select(model.id).where(model.id.in_(batch)).with_for_update())


def _take_back(rows: Sequence[ImportRow]) -> None:
    cases = [row.case_id for row in rows if row.case_id is not None]
    people = [row.person_id for row in rows if row.made_person and row.person_id is not None]
    episodes: list[int] = []
    for batch in _batches(cases):
        episodes += session.scalars(select(Case.episode_id).where(Case.id.in_(batch)).order_by(Case.id))
    for row in rows:
        _tell_gone("case_file", row.case_id, row)
        if row.made_person:
            _tell_gone("person", row.person_id, row)
    for batch in _batches([row.id for row in rows]):
        session.execute(
            update(ImportRow)
            .where(ImportRow.id.in_(batch))
            .values(case_id=None, person_id=None, made_person=False)
        )
    _delete_with_children("case_file", cases)
    _delete_with_children("return_episode", episodes)
    _delete_with_children("person", people)


def _tell_gone(table: str, key: int | None, row: ImportRow) -> None:
    gone = Event(
        f"{table}.delete", subject=table, subject_id=key, case_id=row.case_id, person_id=row.person_id
    )
    record(session, gone)


def _delete_with_children(name: str, ids: Sequence[int]) -> None:
    """Delete rows and, first, whatever other tables hold of them: nobody has touched it."""
    target = Base.metadata.tables[name]
    for batch in _batches(ids):
        for table in reversed(Base.metadata.sorted_tables):
            for column in table.columns:
                if any(key.column.table is target for key in column.foreign_keys):
                    session.execute(delete(table).where(column.in_(batch)))
        session.execute(delete(target).where(target.c.id.in_(batch)))
