"""Rows of many tables from made-up people, gathered and written batch by batch."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

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
    Programme,
    ReferenceCounter,
    ReturnEpisode,
    StatusChange,
    Task,
    VulnerabilityFactor,
)
from reintegrate.columns import Base, utcnow
from reintegrate.dates import Precision
from reintegrate.db import session, write_rows
from reintegrate.demo.records import CaseRecord, PersonRecord, ReturnRecord
from reintegrate.people.codes import Channel, DocumentType, MaritalStatus, Relation, Sex
from reintegrate.people.models import (
    Contact,
    HouseholdMember,
    IdentityDocument,
    NameKey,
    NameVariant,
    Nationality,
    Person,
    PersonName,
    SpokenLanguage,
)
from reintegrate.people.names import neighbours
from reintegrate.people.naming import Names
from reintegrate.people.services import number_key
from reintegrate.references import key_of, make_reference

PRIORITIES = tuple(NeedPriority)


class Writer:
    """Rows of many tables, gathered and written batch by batch, with keys given out here."""

    def __init__(self, offices: dict[str, Office], managers: dict[str, list[int]], today: date) -> None:
        self.offices, self.managers, self.today = offices, managers, today
        self.rows: dict[type[Base], list[dict[str, Any]]] = {}
        self.numbers: dict[tuple[str, int], int] = {}
        self.keys: set[str] = set()
        self.person_id = session.scalar(select(func.max(Person.id))) or 0
        self.episode_id = session.scalar(select(func.max(ReturnEpisode.id))) or 0
        self.case_id = session.scalar(select(func.max(Case.id))) or 0
        self.programmes = list(session.scalars(select(Programme.id).order_by(Programme.id)))

    def add(self, model: type[Base], **row: Any) -> None:
        """Gather a row."""
        self.rows.setdefault(model, []).append(row)

    def write(self, batch: list[tuple[PersonRecord, CaseRecord]]) -> None:
        """Gather the rows of a batch and insert them."""
        for person, story in batch:
            self._person(person)
            self._case(person, story)
        keys = {row["key"] for row in self.rows.get(NameKey, [])} - self.keys
        self.keys |= keys
        for model in ORDER:
            if rows := self.rows.pop(model, None):
                write_rows(model, rows)
        write_rows(
            NameVariant,
            [{"variant": v, "key": k} for k in sorted(keys) for v in sorted(neighbours(k) | {k})],
        )

    def finish(self) -> None:
        """Leave the counters where the next case begins."""
        for (code, year), last in self.numbers.items():
            session.execute(insert(ReferenceCounter).values(office_code=code, year=year, last=last))
        if session.get_bind().dialect.name == "postgresql":
            for model in (Person, ReturnEpisode, Case):
                table = model.__tablename__
                session.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
                        f"(SELECT max(id) FROM {table}))"
                    )
                )

    def _person(self, person: PersonRecord) -> None:
        self.person_id += 1
        names = Names(
            person.given_names, person.family_name, person.native_name or "", tuple(person.other_names)
        )
        missing = Precision(person.birth_missing or "unknown")
        self.add(
            Person,
            id=self.person_id,
            version=1,
            **names.columns(),
            sex=Sex(person.sex),
            birth_date=person.birth_date,
            birth_precision=Precision(person.birth_precision) if person.birth_precision else missing,
            birth_place=person.birth_place,
            birth_country=person.country,
            marital_status=_code(MaritalStatus, person.marital_status, MaritalStatus.UNKNOWN),
            interpreter=None,
            address=person.address,
            address_hidden=person.contact.hidden_address,
            created_at=utcnow(),
            updated_at=utcnow(),
        )
        for row in names.rows():
            self.add(PersonName, person_id=self.person_id, **row)
        for row in names.key_rows():
            self.add(NameKey, person_id=self.person_id, **row)
        for position, code in enumerate(dict.fromkeys(person.nationalities)):
            self.add(Nationality, person_id=self.person_id, country=code, position=position)
        for position, code in enumerate(dict.fromkeys(spoken.code for spoken in person.languages)):
            self.add(SpokenLanguage, person_id=self.person_id, language=code, position=position)
        self._papers(person)

    def _papers(self, person: PersonRecord) -> None:
        for paper in person.documents:
            self.add(
                IdentityDocument,
                person_id=self.person_id,
                type=_code(DocumentType, paper.document_type, DocumentType.OTHER),
                number=paper.number,
                number_key=number_key(paper.number),
                country=paper.country,
                expires_on=paper.expires_on,
            )
        rules = person.contact
        for phone in person.phones:
            self.add(
                Contact,
                person_id=self.person_id,
                channel=Channel.PHONE,
                value=phone,
                value_key=phone,
                from_time=time(rules.hours_from % 24) if rules.hours_from is not None else None,
                to_time=time((rules.hours_to or 0) % 24) if rules.hours_from is not None else None,
                no_messages=rules.no_messages,
            )
        for member in person.household:
            self.add(
                HouseholdMember,
                person_id=self.person_id,
                name=member.name,
                relation=_code(Relation, member.relation, Relation.OTHER_RELATIVE),
                sex=Sex(member.sex),
                birth_date=date(member.birth_year, 1, 1),
                birth_precision=Precision.YEAR,
                travelled_together=member.travelling_together,
            )

    def _episode(self, told: ReturnRecord) -> int:
        self.episode_id += 1
        arrived = told.arrived_on
        virtual = told.modality == "virtual"
        self.add(
            ReturnEpisode,
            id=self.episode_id,
            version=1,
            person_id=self.person_id,
            type=_code(ReturnType, told.return_type, ReturnType.OTHER),
            modality=Modality(told.modality),
            host_country=told.from_country,
            return_country=told.to_country,
            departed_on=told.departed_on,
            arrived_on=arrived,
            arrived_precision=Precision.DAY
            if arrived
            else (Precision.NOT_APPLICABLE if virtual else Precision.UNKNOWN),
            reason=_code(ReturnReason, told.reason, ReturnReason.OTHER),
            assisted_by=told.assisted_by,
            intention=_code(Intention, told.intention, Intention.UNKNOWN),
            updated_at=utcnow(),
        )
        for spell in told.spells:
            self.add(
                AbroadSpell,
                episode_id=self.episode_id,
                country=spell.country,
                from_on=spell.from_on,
                to_on=spell.to_on,
                from_precision=Precision.MONTH,
                to_precision=Precision.MONTH,
                status=StayStatus(spell.status),
                employed=Answer.YES if spell.employed else Answer.NO,
                occupation=spell.occupation,
            )
        return self.episode_id

    def _case(self, person: PersonRecord, story: CaseRecord) -> None:
        self.case_id += 1
        episode_id = [self._episode(told) for told in story.returns][:1].pop()
        office = self.offices[story.office]
        status = CaseStatus(story.status)
        reference = self._reference(office.code, story.opened_on)
        staff = self.managers[office.code]
        works = status not in (CaseStatus.SUBMITTED, CaseStatus.REJECTED) or person.index % 3
        manager = staff[person.index % len(staff)] if works else None
        due = min((task.due_on for task in story.tasks if task.done_on is None), default=None)
        last = max(self._days(story))
        self.add(
            Case,
            id=self.case_id,
            version=1,
            reference=reference,
            reference_key=key_of(reference),
            person_id=self.person_id,
            episode_id=episode_id,
            office_id=office.id,
            case_manager_id=manager,
            assigned_at=_noon(story.opened_on) if manager else None,
            status=status,
            status_since=_noon(self._status_day(story)),
            sensitivity=Sensitivity.PROTECTED if story.protected else Sensitivity.NORMAL,
            opened_on=story.opened_on,
            opened_by_id=staff[person.index % len(staff)],
            submitted_by_id=staff[person.index % len(staff)] if story.submitted_on else None,
            screened_on=story.screened_on,
            next_due_on=due,
            last_activity_at=_noon(last, self.case_id),
        )
        if story.protected:
            for user_id in {manager or staff[0]}:
                self.add(
                    NamedAccess, case_id=self.case_id, user_id=user_id, granted_at=_noon(story.opened_on)
                )
        self.add(CaseProgramme, case_id=self.case_id, programme_id=self.programmes[person.index % 2])
        self._moves(story, staff[person.index % len(staff)])
        self._contents(story, staff[person.index % len(staff)])

    def _reference(self, code: str, opened_on: date) -> str:
        key = (code, opened_on.year)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        return make_reference(code, opened_on.year, self.numbers[key])

    @staticmethod
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

    def _days(self, story: CaseRecord) -> Iterator[date]:
        yield self._status_day(story)
        yield from (note.written_on for note in story.notes)

    def _moves(self, story: CaseRecord, by_id: int) -> None:
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
            self.add(
                StatusChange,
                case_id=self.case_id,
                from_status=before,
                to_status=status,
                at=_noon(day),
                by_id=by_id,
                reason=story.status_reason if status == story.status else None,
            )
            before = status

    def _contents(self, story: CaseRecord, by_id: int) -> None:
        self._judgements(story)
        for note in story.notes:
            self.add(
                Note,
                case_id=self.case_id,
                kind=_code(NoteKind, note.kind, NoteKind.GENERAL),
                happened_on=note.written_on,
                text=note.text,
                author_id=by_id,
                written_at=_noon(note.written_on),
            )
        for position, consent in enumerate(story.consents):
            purpose = ConsentPurpose.CASE_MANAGEMENT if position == 0 else ConsentPurpose.REFERRAL
            self.add(
                Consent,
                case_id=self.case_id,
                purpose=_code(ConsentPurpose, consent.purpose, purpose),
                given=consent.decision != "refused",
                channel=_code(ConsentChannel, consent.channel, ConsentChannel.WRITTEN),
                language=consent.language,
                answered_on=consent.decided_on,
                recorded_by_id=by_id,
                withdrawn_on=consent.withdrawn_on,
            )
        for task in story.tasks:
            self.add(
                Task,
                version=1,
                case_id=self.case_id,
                title=f"{task.verb[:1].upper()}{task.verb[1:]}: {task.why}".removesuffix(": "),
                due_on=task.due_on,
                done_on=task.done_on,
                done_by_id=by_id if task.done_on else None,
                origin=TaskOrigin.BY_HAND,
            )

    def _judgements(self, story: CaseRecord) -> None:
        for need in story.needs:
            self.add(
                Need,
                version=1,
                case_id=self.case_id,
                dimension=Dimension(need.dimension),
                text=need.text,
                priority=PRIORITIES[need.priority - 1],
                status=NeedStatus.OPEN,
                recorded_on=story.opened_on,
                updated_at=_noon(story.opened_on),
            )
        for factor in story.factors:
            self.add(
                VulnerabilityFactor,
                version=1,
                case_id=self.case_id,
                category=_code(FactorCategory, factor.category or "", FactorCategory.OTHER),
                level=FactorLevel(factor.level),
                direction=FactorDirection(factor.direction),
                severity=Severity(factor.severity),
                note=factor.text,
                review_on=factor.review_on,
            )


ORDER: tuple[type[Base], ...] = (
    Person,
    PersonName,
    NameKey,
    Nationality,
    SpokenLanguage,
    IdentityDocument,
    Contact,
    HouseholdMember,
    ReturnEpisode,
    AbroadSpell,
    Case,
    CaseProgramme,
    NamedAccess,
    StatusChange,
    Need,
    VulnerabilityFactor,
    Note,
    Consent,
    Task,
)
"""The tables in an order that their references allow."""


def _code(codes: Any, value: str, otherwise: Any) -> Any:
    """The member with that code, or another where the made-up story knows more than the list."""
    try:
        return codes(value)
    except ValueError:
        return otherwise


def _noon(day: date, offset: int = 0) -> datetime:
    return datetime.combine(day, time(12), UTC) + timedelta(seconds=offset % 3600)
