import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from reintegrate.audit.models import AuditDetail, AuditEvent, AuditHead
from reintegrate.audit.trail import Event, canonical, record
from reintegrate.audit.verify import verify
from reintegrate.db import session
from tests import make


def test_every_change_has_a_row_in_the_trail(app: Flask) -> None:
    case = make.case()
    session.commit()

    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"office.create", "person.create", "return_episode.create", "case_file.create"} <= actions
    assert (
        session.scalar(select(AuditEvent.case_id).where(AuditEvent.action == "case_file.create")) == case.id
    )


def test_nothing_is_remembered_of_what_was_rolled_back(app: Flask) -> None:
    make.case()
    session.rollback()
    session.commit()

    assert session.scalars(select(AuditEvent)).all() == []


def test_the_chain_of_an_untouched_trail_is_whole(app: Flask) -> None:
    make.case()
    session.commit()
    record(session, Event("case.read.c1", subject="case_file", subject_id=1))
    session.commit()

    number, faults = verify(session)
    assert number > 5
    assert faults == []


def test_the_database_refuses_to_change_an_event(app: Flask) -> None:
    make.case()
    session.commit()

    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(AuditEvent).values(action="nothing"))


def test_a_changed_detail_is_noticed(app: Flask) -> None:
    make.case()
    session.commit()
    session.execute(update(AuditDetail).values(body="{}"))
    session.commit()

    assert any("detail" in fault.what for fault in verify(session)[1])


def test_erased_details_are_reported_and_leave_the_chain_whole(app: Flask) -> None:
    make.case()
    session.commit()
    session.execute(text("DELETE FROM audit_detail"))
    session.commit()

    assert {fault.what for fault in verify(session)[1]} == {"the detail is missing"}


def test_a_cut_off_end_is_noticed(app: Flask) -> None:
    make.case()
    session.commit()
    session.execute(update(AuditHead).values(seq=AuditHead.seq + 1))
    session.commit()

    assert any("end of the chain" in fault.what for fault in verify(session)[1])


def test_values_have_one_spelling() -> None:
    assert canonical({"b": 1, "a": [None, "é"]}) == '{"a":[null,"é"],"b":1}'


def test_a_detail_that_was_taken_away_is_found(app: Flask) -> None:
    make.case()
    session.commit()
    seq = session.scalars(select(AuditDetail.seq)).first()
    session.execute(delete(AuditDetail).where(AuditDetail.seq == seq))
    session.commit()

    assert [(fault.seq, fault.what) for fault in verify(session)[1]] == [(seq, "the detail is missing")]
