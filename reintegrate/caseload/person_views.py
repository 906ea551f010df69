"""Correcting who somebody is, part by part; every part carries the version of the person."""

from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegrate.audit.trail import because
from reintegrate.caseload.views import bp
from reintegrate.cases.loading import Opened, open_case
from reintegrate.cases.views import ask_why, form_page
from reintegrate.dates import PartialDate
from reintegrate.db import session
from reintegrate.people import services
from reintegrate.people.forms import ContactForm, DocumentForm, MemberForm, PersonForm
from reintegrate.people.models import Contact, HouseholdMember, IdentityDocument
from reintegrate.people.naming import Names
from reintegrate.people.queries import file_of, part_of
from reintegrate.web.access import performs
from reintegrate.web.forms import Form, showing_errors
from reintegrate.web.operations import commit_and_go


def names_from(facts: dict[str, Any]) -> Names:
    """Take the names out of a form's facts."""
    others = facts.pop("other_names", None) or ""
    return Names(
        given_names=facts.pop("given_names") or "",
        family_name=facts.pop("family_name") or "",
        script_name=facts.pop("script_name") or "",
        other_names=tuple(line.strip() for line in others.split("\n") if line.strip()),
    )


def _back(opened: Opened) -> str:
    return url_for(".person", reference=opened.case.reference)


def _person_form(opened: Opened) -> PersonForm:
    """The form of the person, without a secret address for those who may not read it."""
    person = opened.case.person
    form = PersonForm(file_of(person).facts(), record_version=person.version, edits=person)
    if person.address_hidden and not opened.sees("case.read.c4"):
        del form.address, form.address_hidden
    return ask_why(form, opened)


def _person_page(opened: Opened, form: Form) -> str:
    return form_page(opened, form, title=_("Person"), button=_("Save the person"), back=_back(opened))


@bp.get("/cases/<reference>/person/edit")
@performs("case.update.c2")
def edit_person(reference: str) -> ResponseReturnValue:
    """Correct who somebody is."""
    opened = open_case(reference, "case.update.c2")
    return _person_page(opened, _person_form(opened))


@bp.post("/cases/<reference>/person/edit")
@performs("case.update.c2")
def save_person(reference: str) -> ResponseReturnValue:
    """Keep the corrected person."""
    opened = open_case(reference, "case.update.c2")
    person = opened.case.person
    form = _person_form(opened)
    if form.submitted():
        secret = {"address": person.address, "address_hidden": person.address_hidden}
        facts = secret | form.facts()
        with showing_errors(form):
            because(session, facts.pop("why", None))
            services.update_person(person, names_from(facts), **facts)
            return commit_and_go(_back(opened), _("Person saved"))
    return _person_page(opened, form)


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of row that belongs to a person: its form, and how it is written down."""

    model: Any
    form: type[Form]
    save: Any
    title: Any
    names: tuple[str, ...]


PARTS = {
    "documents": Part(
        IdentityDocument,
        DocumentForm,
        services.save_document,
        _l("Document"),
        ("type", "number", "country", "expires_on"),
    ),
    "contacts": Part(
        Contact,
        ContactForm,
        services.save_contact,
        _l("Contact"),
        ("channel", "value", "through", "from_time", "to_time", "no_messages", "note"),
    ),
    "household": Part(
        HouseholdMember,
        MemberForm,
        services.save_member,
        _l("Member of the household"),
        ("name", "relation", "sex", "travelled_together", "note"),
    ),
}


def _row(opened: Opened, kind: str, part_id: int) -> tuple[Part, Any]:
    part = PARTS.get(kind) or abort(404)
    row = (part_of(opened.case.person, part.model, part_id) or abort(404)) if part_id else None
    return part, row


def _part_form(opened: Opened, part: Part, row: Any) -> Form:
    facts: dict[str, Any] = {}
    if row is not None:
        facts = {name: getattr(row, name) for name in part.names}
        if hasattr(row, "birth_date"):
            facts["birth"] = PartialDate(row.birth_date, row.birth_precision)
    return part.form(facts, record_version=opened.case.person.version, edits=row)


def _part_page(opened: Opened, form: Form, part: Part, kind: str, part_id: int) -> str:
    remove = url_for(".remove_part", reference=opened.case.reference, kind=kind, part_id=part_id)
    return form_page(
        opened,
        form,
        title=str(part.title),
        button=_("Save"),
        back=_back(opened),
        remove_url=remove if part_id else "",
    )


@bp.get("/cases/<reference>/person/<kind>/<int:part_id>")
@performs("case.update.c2")
def edit_part(reference: str, kind: str, part_id: int) -> ResponseReturnValue:
    """A document, contact or member to correct, or with number 0 a new one."""
    opened = open_case(reference, "case.update.c2")
    part, row = _row(opened, kind, part_id)
    return _part_page(opened, _part_form(opened, part, row), part, kind, part_id)


@bp.post("/cases/<reference>/person/<kind>/<int:part_id>")
@performs("case.update.c2")
def save_part(reference: str, kind: str, part_id: int) -> ResponseReturnValue:
    """Keep a document, contact or member."""
    opened = open_case(reference, "case.update.c2")
    part, row = _row(opened, kind, part_id)
    form = _part_form(opened, part, row)
    if form.submitted():
        facts = form.facts()
        if kind == "contacts":
            facts["country"] = opened.case.episode.return_country
        with showing_errors(form):
            part.save(opened.case.person, row, **facts)
            return commit_and_go(_back(opened), _("%(what)s saved", what=part.title))
    return _part_page(opened, form, part, kind, part_id)


@bp.post("/cases/<reference>/person/<kind>/<int:part_id>/remove")
@performs("case.update.c2")
def remove_part(reference: str, kind: str, part_id: int) -> ResponseReturnValue:
    """Take a document, contact or member away; the history keeps it."""
    opened = open_case(reference, "case.update.c2")
    part, row = _row(opened, kind, part_id)
    if row is None:
        abort(404)
    services.remove_part(opened.case.person, row)
    return commit_and_go(_back(opened), _("%(what)s removed; the history keeps it", what=part.title))
