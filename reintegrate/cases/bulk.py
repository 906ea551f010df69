"""Opening cases on many returns at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office, User
from reintegrate.audit.bulk import insert_rows
from reintegrate.cases.codes import CaseStatus, Intention, Modality, NoteKind, ReturnReason, ReturnType
from reintegrate.cases.models import Case, Note, ReturnEpisode, StatusChange
from reintegrate.cases.services import next_numbers
from reintegrate.columns import utcnow
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.references import key_of, make_reference


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return of a registered person on which a case is opened; `note` is written on the case."""

    person_id: int
    return_country: str
    type: ReturnType = ReturnType.UNKNOWN
    modality: Modality = Modality.PERMANENT
    host_country: str | None = None
    departed_on: date | None = None
    arrived_on: date | None = None
    note: str = ""


def open_cases(
    returns: Sequence[NewReturn], *, office: Office, opened_by: User | None, case_manager: User | None
) -> list[int]:
    """A case in draft on each return; their keys, in order."""
    episodes = insert_rows(session, ReturnEpisode, [_episode(told) for told in returns])
    people = [told.person_id for told in returns]
    cases = insert_rows(session, Case, _cases(people, episodes, office, opened_by, case_manager))
    by_id = opened_by.id if opened_by else None
    now = utcnow()
    insert_rows(
        session,
        StatusChange,
        [{"case_id": case_id, "to_status": CaseStatus.DRAFT, "at": now, "by_id": by_id} for case_id in cases],
    )
    insert_rows(
        session,
        Note,
        [
            {
                "case_id": case_id,
                "kind": NoteKind.GENERAL,
                "happened_on": now.date(),
                "text": told.note,
                "author_id": by_id,
                "written_at": now,
            }
            for case_id, told in zip(cases, returns, strict=True)
            if told.note
        ],
    )
    return cases


def _episode(told: NewReturn) -> dict[str, Any]:
    virtual = told.modality == Modality.VIRTUAL
    arrived_on = None if virtual else told.arrived_on
    without = Precision.NOT_APPLICABLE if virtual else Precision.UNKNOWN
    return {
        "version": 1,
        "person_id": told.person_id,
        "type": told.type,
        "modality": told.modality,
        "host_country": told.host_country,
        "return_country": told.return_country,
        "departed_on": told.departed_on,
        "arrived_on": arrived_on,
        "arrived_precision": Precision.DAY if arrived_on else without,
        "reason": ReturnReason.UNKNOWN,
        "intention": Intention.UNKNOWN,
        "updated_at": utcnow(),
    }


def _cases(
    people: Sequence[int],
    episodes: Sequence[int],
    office: Office,
    opened_by: User | None,
    case_manager: User | None,
) -> list[dict[str, Any]]:
    if not episodes:
        return []
    now = utcnow()
    numbers = next_numbers(office.code, now.year, len(episodes))
    references = [make_reference(office.code, now.year, number) for number in numbers]
    return [
        {
            "version": 1,
            "reference": reference,
            "reference_key": key_of(reference),
            "person_id": person_id,
            "episode_id": episode_id,
            "office_id": office.id,
            "case_manager_id": case_manager.id if case_manager else None,
            "assigned_at": now if case_manager else None,
            "status": CaseStatus.DRAFT,
            "status_since": now,
            "sensitivity": Sensitivity.NORMAL,
            "opened_on": now.date(),
            "opened_by_id": opened_by.id if opened_by else None,
            "last_activity_at": now,
        }
        for reference, person_id, episode_id in zip(references, people, episodes, strict=True)
    ]
