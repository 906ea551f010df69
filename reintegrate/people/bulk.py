"""Registering many people at once, with a handful of statements for each few hundred."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from reintegrate.audit.bulk import insert_rows
from reintegrate.columns import Base
from reintegrate.dates import NOT_KNOWN, PartialDate
from reintegrate.db import session
from reintegrate.people.codes import Channel, DocumentType, Sex
from reintegrate.people.models import Contact, IdentityDocument, Nationality, Person, PersonName
from reintegrate.people.naming import Names, file_variants
from reintegrate.people.services import check_birth, contact_key, in_order, number_key, person_columns


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be registered: `documents` are (type, number, country), `contacts` (channel, value)."""

    names: Names
    sex: Sex = Sex.UNKNOWN
    birth: PartialDate = NOT_KNOWN
    birth_place: str | None = None
    nationalities: tuple[str, ...] = ()
    address: str | None = None
    documents: tuple[tuple[DocumentType, str, str | None], ...] = ()
    contacts: tuple[tuple[Channel, str], ...] = field(default=())
    country: str | None = None


def register_people(people: Sequence[NewPerson], *, created_by_id: int | None) -> list[int]:
    """Register everybody; their keys, in order.

    `country` of each completes local phone numbers. Raises RuleError for an impossible birth date.
    """
    for person in people:
        check_birth(person.birth)
    ids = insert_rows(session, Person, [_row(person, created_by_id) for person in people])
    known = list(zip(ids, people, strict=True))
    _name(known)
    _add(Nationality, known, lambda person: in_order("country", person.nationalities))
    _add(IdentityDocument, known, _documents)
    _add(Contact, known, _contacts)
    return ids


def _row(person: NewPerson, created_by_id: int | None) -> dict[str, Any]:
    columns = person_columns(
        person.names,
        sex=person.sex,
        birth=person.birth,
        birth_place=person.birth_place,
        address=person.address,
    )
    return {"created_by_id": created_by_id, **columns}


def _name(known: Sequence[tuple[int, NewPerson]]) -> None:
    _add(PersonName, known, lambda person: person.names.rows())
    keys = [row | {"person_id": number} for number, person in known for row in person.names.key_rows()]
    if keys:
        session.connection().execute(insert(Base.metadata.tables["name_key"]), keys)
    file_variants({str(row["key"]) for row in keys})


def _add(model: Any, known: Sequence[tuple[int, NewPerson]], rows_of: Any) -> None:
    insert_rows(
        session, model, [row | {"person_id": number} for number, person in known for row in rows_of(person)]
    )


def _documents(person: NewPerson) -> list[dict[str, Any]]:
    return [
        {"type": kind, "number": number, "number_key": number_key(number), "country": country}
        for kind, number, country in person.documents
        if number_key(number)
    ]


def _contacts(person: NewPerson) -> list[dict[str, Any]]:
    return [
        {
            "channel": channel,
            "value": value,
            "value_key": contact_key(channel, value, person.country),
            "no_messages": False,
        }
        for channel, value in person.contacts
    ]
