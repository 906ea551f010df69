"""A whole import taken back, as long as nobody has worked on it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from reintegrate.audit.verify import verify
from reintegrate.cases import services as case_services
from reintegrate.cases.codes import NoteKind
from reintegrate.cases.models import Case
from reintegrate.columns import Base
from reintegrate.db import db, session
from reintegrate.errors import RuleError
from reintegrate.exchange import queries, staging, writing
from reintegrate.exchange.codes import ImportStatus, RowDecision, RowStatus
from tests import make
from tests.exchange.lists import AWA, AWA_AGAIN, OMAR, as_csv
from tests.exchange.staged import stage, statuses


def everything() -> dict[str, int]:
    """How many rows each table has, but for the trail and the list itself."""
    own = {"audit_event", "audit_detail", "audit_head", "list_import", "import_row", "column_memory"}
    own |= {"reference_counter", "name_variant"}
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name not in own
    }


def test_an_import_that_nobody_touched_is_taken_back_whole(app: Flask) -> None:
    make.case(given_names="Issa", family_name="Fall")
    staged = stage(as_csv([AWA, OMAR, AWA_AGAIN]))
    (row,) = queries.rows_of(staged, RowStatus.DUPLICATE)
    staging.decide_row(staged, row, RowDecision.NEW_RETURN)
    session.commit()
    before = everything()
    writing.commit_import(staged, by=None)
    session.commit()
    assert everything() != before

    assert writing.undo_import(staged) == 3
    session.commit()

    assert everything() == before
    assert staged.status == ImportStatus.UNDONE
    assert verify(db.session)[1] == []


def test_an_import_somebody_has_worked_on_stays(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    writing.commit_import(staged, by=None)
    session.commit()
    case = session.scalars(select(Case).order_by(Case.id)).first()
    assert case is not None
    case_services.add_note(
        case, kind=NoteKind.CALL, happened_on=date(2025, 4, 1), text="She called.", author=None
    )
    session.commit()

    with pytest.raises(RuleError, match="worked"):
        writing.undo_import(staged)


def test_after_taking_back_the_same_file_may_come_again(app: Flask) -> None:
    office = make.office("SN")
    staged = stage(as_csv([AWA]), office)
    writing.commit_import(staged, by=None)
    session.commit()
    writing.undo_import(staged)
    session.commit()

    again = stage(as_csv([AWA]), office)

    assert again.id != staged.id
    assert statuses(again) == ["ready"]
