"""Inserting many rows at once, each with its event in the trail."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reintegrate.audit.trail import UNTOLD, Event, record


def insert_rows(session: Session, model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows with the same columns; their keys, in the order of the rows.

    The defaults of the model fill the rest, untold. The events are those of rows that were added one
    by one, so `concerns` may only ask for what is given.
    """
    if not rows:
        return []
    table = model.__table__
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    first = {"version": 1} if "version" in table.c else {}
    keys = session.connection().execute(statement, [first | row for row in rows]).scalars().all()
    if getattr(model, "audited", True):
        for number, row in zip(keys, rows, strict=True):
            record(session, _created(model, number, row))
    return list(keys)


def _created(model: Any, number: int, row: dict[str, Any]) -> Event:
    table = model.__tablename__
    concerns = model.concerns(SimpleNamespace(id=number, **row)) if hasattr(model, "concerns") else {}
    changes = {name: [None, value] for name, value in row.items() if value is not None and name not in UNTOLD}
    return Event(f"{table}.create", subject=table, subject_id=number, changes=changes, **concerns)
