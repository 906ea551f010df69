"""What a new case consists of, in columns: the same by hand, from a list, and made up."""

from datetime import datetime
from typing import Any

from reintegrate.accounts.models import Office
from reintegrate.cases.codes import CaseStatus
from reintegrate.references import key_of, make_reference


def case_columns(
    *,
    office: Office,
    number: int,
    person_id: int,
    episode_id: int,
    opened_at: datetime,
    opened_by_id: int | None,
    case_manager_id: int | None = None,
) -> dict[str, Any]:
    """A case that begins; `number` is the one of its office and year. The rest begins as the model says."""
    reference = make_reference(office.code, opened_at.year, number)
    return {
        "reference": reference,
        "reference_key": key_of(reference),
        "person_id": person_id,
        "episode_id": episode_id,
        "office_id": office.id,
        "case_manager_id": case_manager_id,
        "assigned_at": opened_at if case_manager_id else None,
        "opened_on": opened_at.date(),
        "opened_by_id": opened_by_id,
    }


def status_columns(
    case_id: int | None,
    status: CaseStatus,
    *,
    at: datetime,
    by_id: int | None,
    before: CaseStatus | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """A step in the life of a case, whose key may still be unknown; the first has nothing before it."""
    return {
        "case_id": case_id,
        "from_status": before,
        "to_status": status,
        "at": at,
        "by_id": by_id,
        "reason": reason,
    }
