"""What a row of a list means for the register: who is compared, who is registered, which return."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegrate.cases.bulk import NewReturn
from reintegrate.cases.codes import Modality, ReturnType
from reintegrate.cases.likely import Facts
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.exchange.meaning.duplicates import birth_in
from reintegrate.people.bulk import NewPerson
from reintegrate.people.codes import Channel, DocumentType, Sex
from reintegrate.people.naming import Names
from reintegrate.people.services import number_key

Values = Mapping[str, Any]


def names_of(values: Values) -> Names:
    """The names of a row; the father's name makes another name, as many people are called by it."""
    given, family = values.get("given_names") or "", values.get("family_name") or ""
    father = values.get("father_name") or ""
    others = [part.strip() for part in (values.get("other_names") or "").split(";") if part.strip()]
    if father and father.casefold() not in f"{given} {family}".casefold():
        others.append(f"{given} {father}".strip())
    return Names(given_names=given, family_name=family, other_names=tuple(dict.fromkeys(others)))


def birth_of(values: Values) -> PartialDate:
    """The birth date of a row with its precision."""
    value, precision = birth_in(dict(values))
    return PartialDate(value, Precision(precision)) if value and precision else NOT_KNOWN


def sex_of(values: Values) -> Sex:
    """The sex of a row; nothing is not known."""
    return Sex(values["sex"]) if values.get("sex") else Sex.UNKNOWN


def facts_of(values: Values) -> Facts:
    """A row as it is compared with registered people."""
    countries = {*(values.get("nationalities") or ()), values.get("return_country") or ""} - {""}
    number = number_key(values.get("document_number") or "")
    return Facts(
        names=names_of(values),
        sex=sex_of(values),
        birth=birth_of(values),
        countries=frozenset(countries),
        documents=frozenset({number} - {""}),
        phones=frozenset(values.get("phones") or ()),
    )


def person_of(values: Values, *, country: str) -> NewPerson:
    """Somebody to be registered from a row; `country` completes local phone numbers."""
    nationalities = tuple(values.get("nationalities") or ())
    kind = DocumentType(values["document_type"]) if values.get("document_type") else DocumentType.OTHER
    number = values.get("document_number")
    return NewPerson(
        names=names_of(values),
        sex=sex_of(values),
        birth=birth_of(values),
        birth_place=values.get("birth_place"),
        nationalities=nationalities,
        address=values.get("address"),
        documents=((kind, number, None),) if number else (),
        contacts=_contacts(values),
        country=values.get("return_country") or country,
    )


def _contacts(values: Values) -> tuple[tuple[Channel, str], ...]:
    """The phones that can be dialled; where there are none, what was written."""
    phones = values.get("phones") or ([values["phone_raw"]] if values.get("phone_raw") else [])
    found = [(Channel.PHONE, str(phone)) for phone in phones]
    return (*found, *([(Channel.EMAIL, values["email"])] if values.get("email") else []))


def return_of(values: Values, person_id: int, *, country: str, note: str) -> NewReturn:
    """The return of a row; where the list does not say where to, it is the office's country."""
    return NewReturn(
        person_id=person_id,
        return_country=values.get("return_country") or country,
        type=ReturnType(values["return_type"]) if values.get("return_type") else ReturnType.UNKNOWN,
        modality=Modality(values["return_modality"]) if values.get("return_modality") else Modality.PERMANENT,
        host_country=values.get("host_country"),
        departed_on=None if _departs_late(values) else _day(values.get("departed_on")),
        arrived_on=_day(values.get("arrived_on")),
        note=note,
    )


def _departs_late(values: Values) -> bool:
    """Whether the departure is after the arrival: one of the two is wrong, nobody knows which."""
    arrived, departed = values.get("arrived_on"), values.get("departed_on")
    return bool(arrived and departed and departed > arrived)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and len(text) == 10 else None


KEPT_ELSEWHERE = frozenset({"missing", "stateless", "left_whole", "formula", "not_a_phone", "taken_from"})
"""Warnings whose cell is empty or stands in the register all the same."""


NOTED = {
    "family_ref": _l("Family"),
    "relation": _l("Relation to the head of the family"),
    "vulnerability": _l("Vulnerability"),
    "occupation": _l("Occupation"),
    "languages": _l("Languages"),
    "time_abroad": _l("Time abroad"),
    "remarks": _l("Remarks"),
}
"""What a list says that no field of the register takes."""


def note_of(values: Values, problems: Iterable[Values], *, file_name: str, number: int) -> str:
    """Everything that a row says and no field takes, for a note on the case."""
    lines = [f"{label}: {values[name]}" for name, label in NOTED.items() if values.get(name)]
    lines += [f"{heading}: {text}" for heading, text in (values.get("untaken") or {}).items()]
    lines += [
        _("Place: %(text)s", text=problem["value"])
        if problem["code"] == "city"
        else _("Not understood: %(text)s", text=problem["value"])
        for problem in problems
        if problem.get("value") and problem["code"] not in KEPT_ELSEWHERE
    ]
    if values.get("return_modality") == Modality.VIRTUAL and values.get("arrived_on"):
        lines.append(_("Arrival in the list, of a virtual return: %(day)s", day=values["arrived_on"]))
    if _departs_late(values):
        lines.append(_("Departure after the arrival: %(day)s", day=values["departed_on"]))
    if values.get("stateless"):
        lines.append(_("The list says: without a nationality"))
    if not lines:
        return ""
    return "\n".join([_("From row %(number)s of %(file)s", number=number, file=file_name), *lines])
