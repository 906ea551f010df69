"""What the columns of a case and its person are called in the history: as in their forms.

A new column whose form has a field of its name needs nothing here. Any other needs a line in OWN, or
in UNTOLD where it only follows from others; a test names the columns that were forgotten.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

from reintegrate.accounts.access import Sensitivity
from reintegrate.cases import forms as case_forms
from reintegrate.people import forms as people_forms

TABLES: dict[str, Any] = {
    "abroad_spell": _l("Time abroad"),
    "broken_glass": _l("Emergency"),
    "case_file": _l("Case"),
    "case_programme": _l("Programme"),
    "consent": _l("Consent"),
    "contact": _l("Contact"),
    "household_member": _l("Household member"),
    "identity_document": _l("Document"),
    "named_access": _l("Named access"),
    "nationality": _l("Nationality"),
    "need": _l("Need"),
    "note": _l("Note"),
    "person": _l("Person"),
    "person_name": _l("Name"),
    "return_episode": _l("Return"),
    "sensitivity_ground": _l("Protection"),
    "shield_proposal": _l("Step that two people take"),
    "spoken_language": _l("Language"),
    "task": _l("Task"),
    "vulnerability_factor": _l("Vulnerability"),
}
"""The tables whose changes are filed with a case or person."""

FORMS: dict[str, type] = {
    "abroad_spell": case_forms.SpellForm,
    "consent": case_forms.ConsentForm,
    "contact": people_forms.ContactForm,
    "household_member": people_forms.MemberForm,
    "identity_document": people_forms.DocumentForm,
    "need": case_forms.NeedForm,
    "note": case_forms.NoteForm,
    "person": people_forms.PersonForm,
    "return_episode": case_forms.ReturnForm,
    "task": case_forms.TaskForm,
    "vulnerability_factor": case_forms.FactorForm,
}
"""The form in which each table is filled in."""

OWN: dict[str, Any] = {
    "abroad_spell.from_on": _l("From"),
    "abroad_spell.to_on": _l("Until"),
    "broken_glass.ended_at": _l("Ended"),
    "broken_glass.ended_by_id": _l("Ended by"),
    "broken_glass.finding": _l("What the review found"),
    "broken_glass.opened_at": _l("Opened"),
    "broken_glass.reason": _l("Reason"),
    "broken_glass.review_note": _l("Note of the review"),
    "broken_glass.reviewed_at": _l("Reviewed"),
    "broken_glass.reviewed_by_id": _l("Reviewed by"),
    "broken_glass.until_at": _l("Until"),
    "broken_glass.user_id": _l("Who"),
    "case_file.assigned_at": _l("Assigned"),
    "case_file.case_manager_id": _l("Case manager"),
    "case_file.office_id": _l("Office"),
    "case_file.opened_by_id": _l("Opened by"),
    "case_file.opened_on": _l("Opened"),
    "case_file.reference": _l("Reference"),
    "case_file.screened_on": _l("Day of the screening"),
    "case_file.sensitivity": _l("Protection"),
    "case_file.status": _l("Status"),
    "case_file.submitted_by_id": _l("Submitted by"),
    "case_programme.programme_id": _l("Programme"),
    "consent.recorded_by_id": _l("Recorded by"),
    "consent.withdrawn_on": _l("Day of the withdrawal"),
    "household_member.birth_date": _l("Date of birth"),
    "named_access.user_id": _l("Who"),
    "nationality.country": _l("Nationality"),
    "need.recorded_on": _l("Recorded"),
    "note.author_id": _l("Written by"),
    "person.birth_date": _l("Date of birth"),
    "person.native_language": _l("Language of the name"),
    "person_name.family_name": _l("Family name"),
    "person_name.given_names": _l("Name"),
    "person_name.kind": _l("Kind"),
    "person_name.language": _l("Language of the name"),
    "return_episode.arrived_on": _l("Arrival"),
    "sensitivity_ground.reason": _l("Reason"),
    "shield_proposal.decided_by_id": _l("Decided by"),
    "shield_proposal.proposed_by_id": _l("Proposed by"),
    "shield_proposal.reason": _l("Reason"),
    "shield_proposal.user_id": _l("Who"),
    "spoken_language.language": _l("Language"),
    "task.assignee_id": _l("Given to"),
    "task.done_by_id": _l("Done by"),
    "task.done_on": _l("Done on"),
    "task.origin": _l("Comes from"),
}
"""Columns that no form has under their name, and links to people and places that are worth telling."""

UNTOLD = frozenset(
    {
        "case_file.last_activity_at",
        "case_file.next_due_on",
        "case_file.reference_key",
        "case_file.status_since",
        "contact.value_key",
        "identity_document.number_key",
        "need.updated_at",
        "note.written_at",
        "person.display_name",
        "person.native_name",
        "person.search_names",
        "person.sort_name",
    }
)
"""Columns that only follow from others which are told."""

PRECISIONS = {
    "abroad_spell.from_on": "from_precision",
    "abroad_spell.to_on": "to_precision",
    "household_member.birth_date": "birth_precision",
    "person.birth_date": "birth_precision",
    "return_episode.arrived_on": "arrived_precision",
}
"""Days with the column that says how exact they are: both make one line."""

EXACTNESS = frozenset(f"{day.partition('.')[0]}.{precision}" for day, precision in PRECISIONS.items())


SENSITIVITIES = {
    Sensitivity.NORMAL: _l("Not protected"),
    Sensitivity.PROTECTED: _l("Protected: only named people"),
    Sensitivity.SEALED: _l("Sealed: only named people"),
}


def label_of(table: str, column: str) -> Any:
    """What a column is called; None where it is not told, or nobody has said what it is called."""
    name = f"{table}.{column}"
    if name in UNTOLD:
        return None
    if name in EXACTNESS:
        return _l("How exact")
    if name in OWN:
        return OWN[name]
    unbound = getattr(FORMS.get(table), column, None)
    return unbound.args[0] if unbound is not None and getattr(unbound, "args", None) else None
