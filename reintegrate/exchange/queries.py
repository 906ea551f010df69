"""Reading lists on their way into the register, as far as the user's offices reach."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from reintegrate.accounts.access import Decision, Reach, Thing, Who, decide, reach
from reintegrate.accounts.models import Office
from reintegrate.accounts.queries import office_ids_within
from reintegrate.audit.models import AuditEvent
from reintegrate.db import session
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus
from reintegrate.exchange.models import ColumnMemory, ImportRow, ListImport

ROWS_AT_ONCE = 50

LISTS_AT_ONCE = 50

PREPARING = ("stage", "columns", "correct", "decide")
"""What people do to a list before it is imported, as the trail calls it."""

DIGESTS_AT_ONCE = 500


def imports(who: Who, *, before: int = 0, limit: int) -> Sequence[ListImport]:
    """The latest lists of the offices that the user reaches, or those older than one of them."""
    older = [ListImport.id < before] if before else []
    return session.scalars(
        select(ListImport)
        .where(_within(reach(who, "import.stage")), *older)
        .options(joinedload(ListImport.office), joinedload(ListImport.staged_by))
        .order_by(ListImport.id.desc())
        .limit(limit)
    ).all()


def _within(reached: Reach) -> ColumnElement[bool]:
    return ListImport.office_id.in_(sorted(office_ids_within(reached)))


def get_import(import_id: int, who: Who, action: str) -> tuple[ListImport, Decision] | None:
    """A list and the decision on an action, None where it is of an office that the user does not reach."""
    found = session.get(ListImport, import_id)
    if found is None or not decide(who, "import.stage", _place(found)).allowed:
        return None
    return found, decide(who, action, thing_of(found))


def _place(found: ListImport) -> Thing:
    return Thing(office_id=found.office_id, country=found.office.country)


def thing_of(found: ListImport) -> Thing:
    """A list as the access table sees it: whoever brought or ever changed it has had a hand in it."""
    hands = session.scalars(
        select(AuditEvent.actor_id)
        .where(
            AuditEvent.subject == "list_import",
            AuditEvent.subject_id == found.id,
            AuditEvent.action.in_([f"import.{what}" for what in PREPARING]),
        )
        .distinct()
    )
    touched = {found.staged_by_id, *hands}
    place = _place(found)
    return Thing(
        office_id=place.office_id,
        country=place.country,
        touched_by=frozenset(i for i in touched if i is not None),
    )


def waiting(who: Who) -> Sequence[ListImport]:
    """Lists that are ready to be imported by this user: others prepared them, nothing is open."""
    open_ones = select(ImportRow.import_id).where(
        ImportRow.status == RowStatus.DUPLICATE, ImportRow.decision.is_(None)
    )
    found = session.scalars(
        select(ListImport)
        .where(
            ListImport.status == ImportStatus.STAGED,
            _within(reach(who, "import.commit")),
            ListImport.id.not_in(open_ones),
        )
        .options(joinedload(ListImport.office), joinedload(ListImport.staged_by))
        .order_by(ListImport.id)
    ).all()
    return [item for item in found if decide(who, "import.commit", thing_of(item)).allowed]


def lock_office(office_id: int) -> None:
    """Let nobody else stage or import a list of an office until this transaction ends."""
    session.execute(select(Office.id).where(Office.id == office_id).with_for_update())


def same_file(office_id: int, digest: str) -> ListImport | None:
    """The same file of the same office, being prepared or done."""
    return session.scalar(
        select(ListImport)
        .where(
            ListImport.office_id == office_id,
            ListImport.file_digest == digest,
            ListImport.status.in_([ImportStatus.STAGED, ImportStatus.DONE]),
        )
        .order_by(ListImport.id.desc())
        .limit(1)
    )


def memory_of(office_id: int, fingerprint: str) -> ColumnMemory | None:
    """How the office's lists with these headings were read the last time."""
    return session.scalar(
        select(ColumnMemory).where(
            ColumnMemory.office_id == office_id, ColumnMemory.fingerprint == fingerprint
        )
    )


def digests_done(office_id: int, digests: Collection[str]) -> set[str]:
    """Those of some rows that stand in the register from an earlier list of the office."""
    found: set[str] = set()
    wanted = sorted(digests)
    for start in range(0, len(wanted), DIGESTS_AT_ONCE):
        found |= set(
            session.scalars(
                select(ImportRow.digest)
                .join(ListImport, ListImport.id == ImportRow.import_id)
                .where(
                    ListImport.office_id == office_id,
                    ListImport.status == ImportStatus.DONE,
                    ImportRow.case_id.is_not(None),
                    ImportRow.digest.in_(wanted[start : start + DIGESTS_AT_ONCE]),
                )
            )
        )
    return found


def rows_of(
    found: ListImport, status: RowStatus | None = None, *, after: int = 0, limit: int | None = None
) -> Sequence[ImportRow]:
    """The rows of a list in their order, from behind a row number on."""
    statement = select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number > after)
    if status is not None:
        statement = statement.where(ImportRow.status == status)
    return session.scalars(statement.order_by(ImportRow.number).limit(limit)).all()


def batches_of(found: ListImport, size: int) -> Iterator[Sequence[ImportRow]]:
    """All rows of a list in their order, some at a time; a row that changes is no longer followed."""
    after = 0
    while rows := rows_of(found, after=after, limit=size):
        for row in rows:
            session.expunge(row)
        after = rows[-1].number
        yield rows


def filled_rows_of(found: ListImport, *, after: int, limit: int) -> Sequence[ImportRow]:
    """The rows that say something, from behind a row number on."""
    return session.scalars(
        select(ImportRow)
        .where(
            ImportRow.import_id == found.id,
            ImportRow.number > after,
            or_(ImportRow.status != RowStatus.BLANK, ImportRow.note != ""),
        )
        .order_by(ImportRow.number)
        .limit(limit)
    ).all()


def corrections_of(found: ListImport) -> dict[int, dict[int, str]]:
    """What was corrected, by row and column."""
    rows = session.execute(
        select(ImportRow.number, ImportRow.corrections).where(ImportRow.import_id == found.id)
    )
    return {number: {int(column): text for column, text in cells.items()} for number, cells in rows if cells}


def row_of(found: ListImport, number: int) -> ImportRow | None:
    """One row of a list."""
    return session.scalar(
        select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number == number)
    )


def rows_called(found: ListImport, numbers: Collection[int]) -> Sequence[ImportRow]:
    """The rows of a list with these numbers."""
    return session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == found.id, ImportRow.number.in_(sorted(numbers)))
        .order_by(ImportRow.number)
    ).all()


def counts_of(found: ListImport) -> dict[RowStatus, int]:
    """How many rows stand where."""
    rows = session.execute(
        select(ImportRow.status, func.count())
        .where(ImportRow.import_id == found.id)
        .group_by(ImportRow.status)
    )
    return {key: number for key, number in rows}  # noqa: C416 -- typed rows are no pairs to dict


def undecided(found: ListImport) -> int:
    """How many rows wait for a decision."""
    return _count(found, ImportRow.status == RowStatus.DUPLICATE, ImportRow.decision.is_(None))


def to_write(found: ListImport) -> int:
    """How many cases the import would open."""
    decided = ImportRow.decision.in_([RowDecision.OTHER_PERSON, RowDecision.NEW_RETURN])
    ready = (ImportRow.status == RowStatus.READY) & or_(
        ImportRow.decision.is_(None), ImportRow.decision != RowDecision.LEAVE_OUT
    )
    return _count(found, or_(ready, (ImportRow.status == RowStatus.DUPLICATE) & decided))


def left(found: ListImport) -> int:
    """How many rows with somebody in them stay behind, now or after the import."""
    if found.status not in (ImportStatus.STAGED, ImportStatus.DONE):
        return 0
    people = _count(found, ImportRow.status.in_([RowStatus.READY, RowStatus.DUPLICATE, RowStatus.ERROR]))
    return people - (to_write(found) if found.status == ImportStatus.STAGED else written(found))


def written(found: ListImport) -> int:
    """How many cases the import opened."""
    return _count(found, ImportRow.case_id.is_not(None))


def _count(found: ListImport, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count(ImportRow.id)).where(ImportRow.import_id == found.id, *conditions)
    return session.scalar(statement) or 0
