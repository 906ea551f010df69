"""Reading what belongs to a person. Who may read it is decided through the person's cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from reintegrate.dates import PartialDate
from reintegrate.db import session
from reintegrate.people.models import (
    Contact,
    HouseholdMember,
    IdentityDocument,
    Nationality,
    Person,
    SpokenLanguage,
)
from reintegrate.people.naming import Names, names_of

Part = TypeVar("Part", IdentityDocument, Contact, HouseholdMember)


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything about one person, read with a fixed number of statements."""

    person: Person
    names: Names
    nationalities: Sequence[str]
    languages: Sequence[str]
    documents: Sequence[IdentityDocument]
    contacts: Sequence[Contact]
    members: Sequence[HouseholdMember]

    @property
    def birth(self) -> PartialDate:
        """The birth date with its precision."""
        return PartialDate(self.person.birth_date, self.person.birth_precision)

    def facts(self) -> dict[str, Any]:
        """The values of the form that corrects the person."""
        person = self.person
        return {
            "given_names": self.names.given_names,
            "family_name": self.names.family_name,
            "script_name": self.names.script_name,
            "other_names": "\n".join(self.names.other_names),
            "sex": person.sex,
            "birth": self.birth,
            "birth_place": person.birth_place,
            "birth_country": person.birth_country,
            "marital_status": person.marital_status,
            "interpreter_need": person.interpreter_need,
            "interpreter": person.interpreter,
            "address": person.address,
            "address_hidden": person.address_hidden,
            "nationalities": list(self.nationalities),
            "languages": list(self.languages),
        }


def file_of(person: Person) -> PersonFile:
    """The whole file of a person."""
    return PersonFile(
        person=person,
        names=names_of(person.id),
        nationalities=session.scalars(
            select(Nationality.country)
            .where(Nationality.person_id == person.id)
            .order_by(Nationality.position, Nationality.id)
        ).all(),
        languages=session.scalars(
            select(SpokenLanguage.language)
            .where(SpokenLanguage.person_id == person.id)
            .order_by(SpokenLanguage.position, SpokenLanguage.id)
        ).all(),
        documents=parts_of(person, IdentityDocument),
        contacts=parts_of(person, Contact),
        members=parts_of(person, HouseholdMember),
    )


def parts_of(person: Person, model: type[Part]) -> Sequence[Part]:
    """The papers, contacts or household members of a person, in the order they were added."""
    return session.scalars(select(model).where(model.person_id == person.id).order_by(model.id)).all()


def part_of(person: Person, model: type[Part], part_id: int) -> Part | None:
    """One paper, contact or member, None where it belongs to somebody else."""
    return session.scalar(select(model).where(model.id == part_id, model.person_id == person.id))
