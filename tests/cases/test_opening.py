"""What a case consists of, and what changes hands with it, however many there are."""

import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from reintegrate.accounts.models import Role
from reintegrate.audit.models import AuditDetail, AuditEvent
from reintegrate.cases import services
from reintegrate.cases.assigning import assign_cases
from reintegrate.cases.bulk import NewReturn, open_cases
from reintegrate.cases.codes import CaseStatus, ConsentChannel, Modality, ReturnType
from reintegrate.cases.intake import Agreed, Coming, Newcomer, open_on, register
from reintegrate.cases.models import Case, StatusChange, Task
from reintegrate.cases.returns import register_return
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.people.bulk import NewPerson, register_people
from reintegrate.people.codes import Channel, Sex
from reintegrate.people.models import Contact, Person
from reintegrate.people.naming import Names
from reintegrate.people.services import register_person
from tests import make

AWA = Names("Awa", "Diop", "عوا ديوب", ("Aoua Diop",))
BORN = PartialDate(date(1994, 3, 1), Precision.MONTH)
ARRIVED = date(2024, 1, 9)

OWN = re.compile(r"(^|_)(id|at|since)$|^reference")
"""Columns that differ from row to row."""


def told(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row but for what is its own, and what the trail tells of its making."""
    mapper = inspect(type(thing))
    row = {
        column.key: getattr(thing, column.key) for column in mapper.column_attrs if not OWN.search(column.key)
    }
    body = session.scalar(
        select(AuditDetail.body)
        .join(AuditEvent, AuditEvent.seq == AuditDetail.seq)
        .where(AuditEvent.action == f"{type(thing).__tablename__}.create", AuditEvent.subject_id == thing.id)
    )
    changes = json.loads(body or "{}")
    return row, {name: values for name, values in changes.items() if not OWN.search(name)}


@pytest.mark.parametrize(
    ("modality", "arrived_on"),
    [(Modality.PERMANENT, ARRIVED), (Modality.PERMANENT, None), (Modality.VIRTUAL, None)],
)
def test_by_hand_and_from_a_list_the_same_is_written_and_told(
    app: Flask, modality: Modality, arrived_on: date | None
) -> None:
    office = make.office("SN")
    worker = make.user(Role.CASEWORKER, office)
    arrived = PartialDate(arrived_on, Precision.DAY) if arrived_on else NOT_KNOWN
    person = register_person(AWA, sex=Sex.FEMALE, birth=BORN, address="Rue 10", created_by_id=worker.id)
    episode = register_return(
        person,
        type=ReturnType.AVRR,
        modality=modality,
        return_country="SN",
        host_country="DE",
        arrived=arrived,
    )
    by_hand = services.open_case(episode, office=office, opened_by=worker, case_manager=worker)
    session.commit()

    same = NewPerson(AWA, sex=Sex.FEMALE, birth=BORN, address="Rue 10")
    (person_id,) = register_people([same], created_by_id=worker.id)
    new = NewReturn(person_id, "SN", ReturnType.AVRR, modality, "DE", arrived_on=arrived_on)
    (case_id,) = open_cases([new], office=office, opened_by=worker, case_manager=worker)
    session.commit()
    from_list = session.get_one(Case, case_id)

    assert told(by_hand.person) == told(session.get_one(Person, person_id))
    assert told(by_hand.episode) == told(from_list.episode)
    assert told(by_hand) == told(from_list)
    first, second = (
        session.scalars(select(StatusChange).where(StatusChange.case_id == case.id)).all()
        for case in (by_hand, from_list)
    )
    assert [told(step) for step in first] == [told(step) for step in second]
    assert (by_hand.case_manager_id, by_hand.opened_by_id) == (
        from_list.case_manager_id,
        from_list.opened_by_id,
    )


@pytest.mark.parametrize("many", [False, True])
def test_the_tasks_of_whoever_had_the_case_go_along_with_it(app: Flask, many: bool) -> None:
    office = make.office()
    before, after, third = (make.user(Role.CASEWORKER, office) for _ in range(3))
    case = make.case(office, before)
    for assignee in (before, third):
        services.add_task(case, title="Call", due_on=date(2026, 1, 1), assignee=assignee)

    if many:
        assign_cases([case], after)
    else:
        services.assign_case(case, after)
    session.commit()

    tasks = session.scalars(select(Task.assignee_id).order_by(Task.id)).all()
    assert list(tasks) == [None, third.id]
    assert (case.case_manager, case.next_due_on) == (after, date(2026, 1, 1))
    assert case.assigned_at == case.last_activity_at


def test_a_case_given_to_nobody_keeps_what_somebody_was_to_do(app: Flask) -> None:
    office = make.office()
    worker = make.user(Role.CASEWORKER, office)
    case = make.case(office, worker)
    task = services.add_task(case, title="Call", due_on=date(2026, 1, 1), assignee=worker)

    services.assign_case(case, None)

    assert (case.case_manager_id, case.assigned_at, task.assignee_id) == (None, None, worker.id)


def test_nobody_is_registered_where_a_case_is_to_be_submitted_without_consent(app: Flask) -> None:
    office, worker = make.office("SN"), make.user()
    coming = Coming(office=office, return_country="SN")

    with pytest.raises(RuleError, match="only with consent"):
        register(Newcomer(AWA), coming, by=worker, submit=True)
    assert session.scalars(select(Person)).all() == []

    case = register(
        Newcomer(AWA, contact={"channel": Channel.EMAIL, "value": "Awa@Example.org"}), coming, by=worker
    )
    assert (case.status, case.person.display_name, case.case_manager_id) == (
        CaseStatus.DRAFT,
        "Awa Diop",
        None,
    )
    assert session.scalars(select(Contact.value_key)).all() == ["awa@example.org"]


def test_a_case_is_submitted_with_the_consent_that_somebody_brings(app: Flask) -> None:
    office, worker = make.office("SN"), make.user()
    agreed = Agreed(ConsentChannel.WRITTEN, "fr", date(2024, 1, 1))

    case = register(
        Newcomer(AWA), Coming(office=office, return_country="SN", agreed=agreed), by=worker, submit=True
    )

    assert (case.status, case.submitted_by_id) == (CaseStatus.SUBMITTED, worker.id)
    again = Coming(office=office, return_country="SN", agreed=agreed)
    assert open_on(case.person, again, by=worker, like=case).person_id == case.person_id
