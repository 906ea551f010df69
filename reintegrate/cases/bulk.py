"""Opening cases on many returns at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reintegrate.accounts.models import Office, User
from reintegrate.audit.bulk import insert_rows
from reintegrate.cases.codes import CaseStatus, Modality, NoteKind, ReturnType
from reintegrate.cases.models import Case, Note, ReturnEpisode, StatusChange
from reintegrate.cases.opening import case_columns, status_columns
from reintegrate.cases.returns import return_columns
from reintegrate.cases.services import next_numbers
from reintegrate.columns import utcnow
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session


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
    steps = [status_columns(case_id, CaseStatus.DRAFT, at=now, by_id=by_id) for case_id in cases]
    insert_rows(session, StatusChange, steps)
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
            }
            for case_id, told in zip(cases, returns, strict=True)
            if told.note
        ],
    )
    return cases


def _episode(told: NewReturn) -> dict[str, Any]:
    columns = return_columns(
        type=told.type,
        modality=told.modality,
        host_country=told.host_country,
        return_country=told.return_country,
        departed_on=told.departed_on,
        arrived=PartialDate(told.arrived_on, Precision.DAY) if told.arrived_on else NOT_KNOWN,
    )
    return {"person_id": told.person_id, **columns}


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
    return [
        case_columns(
            office=office,
            number=number,
            person_id=person_id,
            episode_id=episode_id,
            opened_at=now,
            opened_by_id=opened_by.id if opened_by else None,
            case_manager_id=case_manager.id if case_manager else None,
        )
        for number, person_id, episode_id in zip(numbers, people, episodes, strict=True)
    ]
