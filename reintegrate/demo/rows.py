"""Rows of many tables from made-up people, gathered and written batch by batch."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, insert, select, text

from reintegrate.accounts.models import Office
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
from reintegrate.columns import Base
from reintegrate.db import session, write_rows
from reintegrate.demo.case_rows import case_rows, return_rows
from reintegrate.demo.codes import Row
from reintegrate.demo.person_rows import person_rows
from reintegrate.demo.records import CaseRecord, PersonRecord
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


class Writer:
    """Rows of many tables, gathered and written batch by batch, with keys given out here."""

    def __init__(self, offices: dict[str, Office], managers: dict[str, list[int]]) -> None:
        self.offices, self.managers = offices, managers
        self.rows: dict[type[Base], list[dict[str, Any]]] = {model: [] for model in ORDER}
        self.numbers: Counter[tuple[str, int]] = Counter()
        self.keys: set[str] = set()
        self.person_id = session.scalar(select(func.max(Person.id))) or 0
        self.episode_id = session.scalar(select(func.max(ReturnEpisode.id))) or 0
        self.case_id = session.scalar(select(func.max(Case.id))) or 0
        self.programmes = list(session.scalars(select(Programme.id).order_by(Programme.id)))

    def write(self, batch: list[tuple[PersonRecord, CaseRecord]]) -> None:
        """Gather the rows of a batch and insert them."""
        for person, story in batch:
            self.person_id += 1
            self._gather(person_rows(person, self.person_id))
            self._tell(story)
        keys = {row["key"] for row in self.rows[NameKey]} - self.keys
        self.keys |= keys
        for model, rows in self.rows.items():
            write_rows(model, rows)
            rows.clear()
        write_rows(
            NameVariant,
            [{"variant": v, "key": k} for k in sorted(keys) for v in sorted(neighbours(k) | {k})],
        )

    def _gather(self, rows: Iterable[Row]) -> None:
        for model, row in rows:
            self.rows[model].append(row)

    def _tell(self, story: CaseRecord) -> None:
        """Gather the returns of the last person, and her case on the first of them, the latest."""
        latest = self.episode_id + 1
        for told in story.returns:
            self.episode_id += 1
            self._gather(return_rows(told, episode_id=self.episode_id, person_id=self.person_id))
        self.case_id += 1
        office = self.offices[story.office]
        counted = (office.code, story.opened_on.year)
        self.numbers[counted] += 1
        self._gather(
            case_rows(
                story,
                case_id=self.case_id,
                number=self.numbers[counted],
                person_id=self.person_id,
                episode_id=latest,
                office=office,
                staff=self.managers[office.code],
                programme_id=self.programmes[story.index % 2],
            )
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
