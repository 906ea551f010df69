"""The rows of a made-up person, as registration would leave them."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from reintegrate.dates import PartialDate, Precision
from reintegrate.demo.codes import Row, code_of
from reintegrate.demo.records import PersonRecord
from reintegrate.people.codes import Channel, DocumentType, MaritalStatus, Relation, Sex
from reintegrate.people.models import (
    Contact,
    HouseholdMember,
    IdentityDocument,
    NameKey,
    Nationality,
    Person,
    PersonName,
    SpokenLanguage,
)
from reintegrate.people.naming import Names
from reintegrate.people.services import in_order, number_key, person_columns


def person_rows(person: PersonRecord, person_id: int) -> Iterator[Row]:
    """Everything of a person, under the key `person_id`."""
    names = Names(person.given_names, person.family_name, person.native_name or "", tuple(person.other_names))
    yield Person, {"id": person_id, "version": 1, **_who(person, names)}
    for model, rows in (
        (PersonName, names.rows()),
        (NameKey, names.key_rows()),
        (Nationality, in_order("country", person.nationalities)),
        (SpokenLanguage, in_order("language", (spoken.code for spoken in person.languages))),
        (IdentityDocument, _papers(person)),
        (Contact, _contacts(person)),
        (HouseholdMember, _members(person)),
    ):
        for row in rows:
            yield model, {"person_id": person_id, **row}


def _who(person: PersonRecord, names: Names) -> dict[str, Any]:
    precision = person.birth_precision or person.birth_missing or "unknown"
    return person_columns(
        names,
        sex=Sex(person.sex),
        birth=PartialDate(person.birth_date, Precision(precision)),
        birth_place=person.birth_place,
        birth_country=person.country,
        marital_status=code_of(MaritalStatus, person.marital_status, MaritalStatus.UNKNOWN),
        address=person.address,
        address_hidden=person.contact.hidden_address,
    )


def _papers(person: PersonRecord) -> Iterator[dict[str, Any]]:
    for paper in person.documents:
        yield {
            "type": code_of(DocumentType, paper.document_type, DocumentType.OTHER),
            "number": paper.number,
            "number_key": number_key(paper.number),
            "country": paper.country,
            "expires_on": paper.expires_on,
        }


def _contacts(person: PersonRecord) -> Iterator[dict[str, Any]]:
    rules = person.contact
    for phone in person.phones:
        yield {
            "channel": Channel.PHONE,
            "value": phone,
            "value_key": phone,
            "from_time": time(rules.hours_from % 24) if rules.hours_from is not None else None,
            "to_time": time((rules.hours_to or 0) % 24) if rules.hours_from is not None else None,
            "no_messages": rules.no_messages,
        }


def _members(person: PersonRecord) -> Iterator[dict[str, Any]]:
    for member in person.household:
        yield {
            "name": member.name,
            "relation": code_of(Relation, member.relation, Relation.OTHER_RELATIVE),
            "sex": Sex(member.sex),
            "birth_date": date(member.birth_year, 1, 1),
            "birth_precision": Precision.YEAR,
            "travelled_together": member.travelling_together,
        }
