"""Writing down who somebody is. Every change of a part moves the version of the person."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any, TypeAlias

import phonenumbers
from flask_babel import gettext as _
from sqlalchemy import select

from reintegrate.columns import utcnow
from reintegrate.dates import NOT_KNOWN, PartialDate
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.people.codes import Channel, DocumentType, InterpreterNeed, MaritalStatus, Relation, Sex
from reintegrate.people.models import (
    Contact,
    HouseholdMember,
    IdentityDocument,
    Nationality,
    Person,
    SpokenLanguage,
)
from reintegrate.people.naming import Names, file_names

OLDEST = 120

ListModel: TypeAlias = type[Nationality] | type[SpokenLanguage]


def person_columns(
    names: Names,
    *,
    sex: Sex = Sex.UNKNOWN,
    birth: PartialDate = NOT_KNOWN,
    birth_place: str | None = None,
    birth_country: str | None = None,
    marital_status: MaritalStatus = MaritalStatus.UNKNOWN,
    interpreter_need: InterpreterNeed = InterpreterNeed.UNKNOWN,
    interpreter: str | None = None,
    address: str | None = None,
    address_hidden: bool = False,
) -> dict[str, Any]:
    """What is kept of a person in her own row, by hand, from a list and made up.

    `interpreter` is the language; naming one means that it is needed.
    """
    return {
        **names.columns(),
        "sex": sex,
        "birth_date": birth.value,
        "birth_precision": birth.precision,
        "birth_place": birth_place,
        "birth_country": birth_country,
        "marital_status": marital_status,
        "interpreter_need": InterpreterNeed.NEEDED if interpreter else interpreter_need,
        "interpreter": interpreter,
        "address": address,
        "address_hidden": address_hidden,
    }


def register_person(names: Names, *, created_by_id: int | None = None, **facts: Any) -> Person:
    """A new person; `facts` as in `update_person`. Raises RuleError as that does."""
    person = Person(created_by_id=created_by_id)
    _set_facts(person, names, facts)
    session.add(person)
    session.flush()
    file_names(person.id, names, is_new=True)
    for model, column, codes in _lists(facts):
        session.add_all(_rows(person, model, column, codes))
    session.flush()
    return person


def update_person(person: Person, names: Names, **facts: Any) -> None:
    """Correct who somebody is.

    `facts` as in `person_columns`, and nationalities and languages (lists of codes).
    Raises RuleError without any name, or with an impossible birth date.
    """
    _set_facts(person, names, facts)
    file_names(person.id, names)
    _set_lists(person, facts)
    touch(person)


def touch(person: Person) -> None:
    """Move the version of a person, whose parts changed."""
    person.updated_at = utcnow()
    session.flush()


def _set_facts(person: Person, names: Names, facts: dict[str, Any]) -> None:
    own = {name: value for name, value in facts.items() if name not in _LISTS}
    if not names.main:
        raise RuleError(_("Write the name the person uses"), field="given_names")
    check_birth(own.get("birth", NOT_KNOWN))
    if own.get("interpreter") and own.get("interpreter_need") == InterpreterNeed.NOT_NEEDED:
        raise RuleError(_("No interpreter is needed: empty the language"), field="interpreter")
    for column, value in person_columns(names, **own).items():
        setattr(person, column, value)


def check_birth(birth: PartialDate, *, field: str = "birth") -> None:
    """Refuse a birth in the future or more than 120 years ago, which is always a slip."""
    today = utcnow().date()
    if birth.value is None:
        return
    if birth.value > today:
        raise RuleError(_("The birth date is in the future"), field=field)
    if today.year - birth.value.year > OLDEST:
        raise RuleError(_("The birth date is more than 120 years ago"), field=field)


_LISTS: dict[str, tuple[ListModel, str]] = {
    "nationalities": (Nationality, "country"),
    "languages": (SpokenLanguage, "language"),
}


def _lists(facts: dict[str, Any]) -> Iterator[tuple[ListModel, str, Sequence[str]]]:
    """The lists among some facts: the model of their rows, the column of a code, the codes."""
    for name, (model, column) in _LISTS.items():
        if facts.get(name) is not None:
            yield model, column, facts[name]


def in_order(column: str, codes: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a list of codes, each once, without the person: `in_order("country", ["SN", "FR"])`."""
    return [{column: code, "position": position} for position, code in enumerate(dict.fromkeys(codes))]


def _rows(
    person: Person, model: ListModel, column: str, codes: Sequence[str]
) -> list[Nationality | SpokenLanguage]:
    return [model(person_id=person.id, **row) for row in in_order(column, codes)]


def _set_lists(person: Person, facts: dict[str, Any]) -> None:
    for model, column, codes in _lists(facts):
        _set_list(person, model, column, codes)


def _set_list(person: Person, model: ListModel, column: str, codes: Sequence[str]) -> None:
    current: dict[str, Any] = {
        getattr(row, column): row
        for row in session.scalars(select(model).where(model.person_id == person.id))
    }
    for code in current.keys() - set(codes):
        session.delete(current[code])
    for row in _rows(person, model, column, codes):
        if same := current.get(getattr(row, column)):
            same.position = row.position
        else:
            session.add(row)
    session.flush()


def number_key(number: str) -> str:
    """A document number as it is compared: letters and digits alone, in capitals."""
    return "".join(c for c in number.upper() if c.isalnum())


def contact_key(channel: Channel, value: str, country: str | None) -> str:
    """A contact as it is compared: phones in international form, mail in small letters."""
    if channel == Channel.EMAIL:
        return value.lower()
    try:
        parsed = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return "".join(c for c in value if c.isalnum()).lower()
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_phone(value: str, country: str | None) -> bool:
    """Whether a number can be one as far as its length tells; a local one is of `country`."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, country))
    except phonenumbers.NumberParseException:
        return False


def save_document(
    person: Person,
    document: IdentityDocument | None,
    *,
    type: DocumentType,
    number: str,
    country: str | None = None,
    expires_on: date | None = None,
) -> IdentityDocument:
    """Add a paper, or correct `document`. Raises RuleError for a number without letters or digits."""
    if not number_key(number):
        raise RuleError(_("Write the number as it stands in the document"), field="number")
    document = document or IdentityDocument(person_id=person.id)
    document.type = type
    document.number = number
    document.number_key = number_key(number)
    document.country = country
    document.expires_on = expires_on
    session.add(document)
    touch(person)
    return document


def save_contact(
    person: Person,
    contact: Contact | None,
    *,
    channel: Channel,
    value: str,
    through: str | None = None,
    from_time: time | None = None,
    to_time: time | None = None,
    no_messages: bool = False,
    note: str | None = None,
    country: str | None = None,
) -> Contact:
    """Add a way to reach the person, or correct `contact`; `country` completes local phone numbers.

    Raises RuleError where a relative is meant but not named, or the hours do not make a span.
    """
    if channel == Channel.RELATIVE and not through:
        raise RuleError(_("Write through whom"), field="through")
    if (from_time is None) != (to_time is None):
        raise RuleError(_("Give both hours, or none"), field="to_time")
    contact = contact or Contact(person_id=person.id)
    contact.channel = channel
    contact.value = value
    contact.value_key = contact_key(channel, value, country)
    contact.through = through
    contact.from_time = from_time
    contact.to_time = to_time
    contact.no_messages = no_messages
    contact.note = note
    session.add(contact)
    touch(person)
    return contact


def save_member(
    person: Person,
    member: HouseholdMember | None,
    *,
    name: str,
    relation: Relation,
    sex: Sex = Sex.UNKNOWN,
    birth: PartialDate = NOT_KNOWN,
    travelled_together: bool = False,
    note: str | None = None,
) -> HouseholdMember:
    """Add a member of the household, or correct `member`. Raises RuleError for an impossible birth."""
    check_birth(birth)
    member = member or HouseholdMember(person_id=person.id)
    member.name = name
    member.relation = relation
    member.sex = sex
    member.birth_date, member.birth_precision = birth
    member.travelled_together = travelled_together
    member.note = note
    session.add(member)
    touch(person)
    return member


def remove_part(person: Person, part: IdentityDocument | Contact | HouseholdMember) -> None:
    """Take a paper, contact or member away; the history keeps it."""
    session.delete(part)
    touch(person)
