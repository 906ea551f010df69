"""The rows of a made-up return and its case: opened as any case, and what became of it since."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Office
from reintegrate.cases.codes import (
    Answer,
    CaseStatus,
    ConsentChannel,
    ConsentPurpose,
    Dimension,
    FactorCategory,
    FactorDirection,
    FactorLevel,
    Intention,
    Modality,
    NeedPriority,
    NeedStatus,
    NoteKind,
    ReturnReason,
    ReturnType,
    Severity,
    StayStatus,
    TaskOrigin,
)
from reintegrate.cases.models import (
    AbroadSpell,
    Case,
    CaseProgramme,
    Consent,
    NamedAccess,
    Need,
    Note,
    ReturnEpisode,
    StatusChange,
    Task,
    VulnerabilityFactor,
)
from reintegrate.cases.opening import case_columns, status_columns
from reintegrate.cases.returns import return_columns
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.demo.codes import Row, code_of
from reintegrate.demo.records import CaseRecord, ReturnRecord

PRIORITIES = tuple(NeedPriority)


def return_rows(told: ReturnRecord, *, episode_id: int, person_id: int) -> Iterator[Row]:
    """A return of a person, and her times abroad before it."""
    columns = return_columns(
        type=code_of(ReturnType, told.return_type, ReturnType.OTHER),
        modality=Modality(told.modality),
        host_country=told.from_country,
        return_country=told.to_country,
        departed_on=told.departed_on,
        arrived=PartialDate(told.arrived_on, Precision.DAY) if told.arrived_on else NOT_KNOWN,
        reason=code_of(ReturnReason, told.reason, ReturnReason.OTHER),
        assisted_by=told.assisted_by,
        intention=code_of(Intention, told.intention, Intention.UNKNOWN),
    )
    yield ReturnEpisode, {"id": episode_id, "version": 1, "person_id": person_id, **columns}
    for spell in told.spells:
        row = {
            "episode_id": episode_id,
            "country": spell.country,
            "from_on": spell.from_on,
            "to_on": spell.to_on,
            "from_precision": Precision.MONTH,
            "to_precision": Precision.MONTH,
            "status": StayStatus(spell.status),
            "employed": Answer.YES if spell.employed else Answer.NO,
            "occupation": spell.occupation,
        }
        yield AbroadSpell, row


def case_rows(
    story: CaseRecord,
    *,
    case_id: int,
    number: int,
    person_id: int,
    episode_id: int,
    office: Office,
    staff: Sequence[int],
    programme_id: int,
) -> Iterator[Row]:
    """A case on a return, and all that is kept with it; `staff` are those who manage cases there."""
    status = CaseStatus(story.status)
    by_id = staff[story.index % len(staff)]
    works = status not in (CaseStatus.SUBMITTED, CaseStatus.REJECTED) or story.index % 3
    opened = case_columns(
        office=office,
        number=number,
        person_id=person_id,
        episode_id=episode_id,
        opened_at=_noon(story.opened_on),
        opened_by_id=by_id,
        case_manager_id=by_id if works else None,
    )
    yield Case, {"id": case_id, "version": 1, **opened, **_since(story, status, by_id, case_id)}
    if story.protected:
        named = {"user_id": by_id if works else staff[0], "granted_at": _noon(story.opened_on)}
        yield NamedAccess, {"case_id": case_id, **named}
    yield CaseProgramme, {"case_id": case_id, "programme_id": programme_id}
    for model, rows in (
        (StatusChange, _moves(story, case_id, by_id)),
        (Need, _needs(story)),
        (VulnerabilityFactor, _factors(story)),
        (Note, _notes(story, by_id)),
        (Consent, _consents(story, by_id)),
        (Task, _tasks(story, by_id)),
    ):
        for row in rows:
            yield model, {"case_id": case_id, **row}


def _since(story: CaseRecord, status: CaseStatus, by_id: int, case_id: int) -> dict[str, Any]:
    """What became of a case since it was opened."""
    stood_on = _status_day(story)
    last = max([stood_on, *(note.written_on for note in story.notes)])
    return {
        "status": status,
        "status_since": _noon(stood_on),
        "sensitivity": Sensitivity.PROTECTED if story.protected else Sensitivity.NORMAL,
        "submitted_by_id": by_id if story.submitted_on else None,
        "screened_on": story.screened_on,
        "next_due_on": min((task.due_on for task in story.tasks if task.done_on is None), default=None),
        "last_activity_at": _noon(last, case_id),
    }


def _status_day(story: CaseRecord) -> date:
    days = (
        story.opened_on,
        story.submitted_on,
        story.accepted_on,
        story.activated_on,
        story.returned_on,
        story.ended_on,
    )
    return max(day for day in days if day is not None)


def _moves(story: CaseRecord, case_id: int, by_id: int) -> Iterator[dict[str, Any]]:
    steps = [
        (CaseStatus.DRAFT, story.opened_on),
        (CaseStatus.SUBMITTED, story.submitted_on),
        (CaseStatus.RETURNED_FOR_INFO, story.returned_on),
        (CaseStatus.ACCEPTED, story.accepted_on),
        (CaseStatus.ACTIVE, story.activated_on),
        (CaseStatus(story.status), story.ended_on),
    ]
    before: CaseStatus | None = None
    for status, day in steps:
        if day is None:
            continue
        reason = story.status_reason if status == story.status else None
        yield status_columns(case_id, status, at=_noon(day), by_id=by_id, before=before, reason=reason)
        before = status


def _needs(story: CaseRecord) -> Iterator[dict[str, Any]]:
    for need in story.needs:
        yield {
            "version": 1,
            "dimension": Dimension(need.dimension),
            "text": need.text,
            "priority": PRIORITIES[need.priority - 1],
            "status": NeedStatus.OPEN,
            "recorded_on": story.opened_on,
            "updated_at": _noon(story.opened_on),
        }


def _factors(story: CaseRecord) -> Iterator[dict[str, Any]]:
    for factor in story.factors:
        yield {
            "version": 1,
            "category": code_of(FactorCategory, factor.category or "", FactorCategory.OTHER),
            "level": FactorLevel(factor.level),
            "direction": FactorDirection(factor.direction),
            "severity": Severity(factor.severity),
            "note": factor.text,
            "review_on": factor.review_on,
        }


def _notes(story: CaseRecord, by_id: int) -> Iterator[dict[str, Any]]:
    for note in story.notes:
        yield {
            "kind": code_of(NoteKind, note.kind, NoteKind.GENERAL),
            "happened_on": note.written_on,
            "text": note.text,
            "author_id": by_id,
            "written_at": _noon(note.written_on),
        }


def _consents(story: CaseRecord, by_id: int) -> Iterator[dict[str, Any]]:
    for position, consent in enumerate(story.consents):
        purpose = ConsentPurpose.CASE_MANAGEMENT if position == 0 else ConsentPurpose.REFERRAL
        yield {
            "purpose": code_of(ConsentPurpose, consent.purpose, purpose),
            "given": consent.decision != "refused",
            "channel": code_of(ConsentChannel, consent.channel, ConsentChannel.WRITTEN),
            "language": consent.language,
            "answered_on": consent.decided_on,
            "recorded_by_id": by_id,
            "withdrawn_on": consent.withdrawn_on,
        }


def _tasks(story: CaseRecord, by_id: int) -> Iterator[dict[str, Any]]:
    for task in story.tasks:
        yield {
            "version": 1,
            "title": f"{task.verb[:1].upper()}{task.verb[1:]}: {task.why}".removesuffix(": "),
            "due_on": task.due_on,
            "done_on": task.done_on,
            "done_by_id": by_id if task.done_on else None,
            "origin": TaskOrigin.BY_HAND,
        }


def _noon(day: date, offset: int = 0) -> datetime:
    return datetime.combine(day, time(12), UTC) + timedelta(seconds=offset % 3600)
