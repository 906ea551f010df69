"""The trail of a case in words: which field changed from what to what."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from reintegrate.audit.queries import Change
from reintegrate.cases.loading import Opened
from reintegrate.columns import Base, DataClass
from reintegrate.web import formats

READ_WITH = {
    DataClass.C1: "case.read.c1",
    DataClass.C2: "case.read.c2",
    DataClass.C3: "case.read.c3",
    DataClass.C4: "case.read.c4",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An event of the trail."""

    when: str
    iso: str
    who: str
    what: str
    changes: list[FieldChange]
    reason: str


def rows_of(changes: Iterable[Change], opened: Opened) -> list[HistoryRow]:
    """The events, with the fields that this user may read."""
    zone = opened.case.office.timezone
    readable = {kind for kind, action in READ_WITH.items() if opened.sees(action)}
    return [
        HistoryRow(
            when=formats.moment(change.at, zone),
            iso=change.at.isoformat(),
            who=change.who or _("the system"),
            what=_what(change.action),
            changes=_fields(change, readable),
            reason=change.reason or "",
        )
        for change in changes
    ]


def _what(action: str) -> str:
    table, _dot, verb = action.rpartition(".")
    verbs = {"create": _("added"), "update": _("changed"), "delete": _("removed")}
    tables = {
        "case_file": _("Case"),
        "person": _("Person"),
        "person_name": _("Name"),
        "nationality": _("Nationality"),
        "spoken_language": _("Language"),
        "identity_document": _("Document"),
        "contact": _("Contact"),
        "household_member": _("Household member"),
        "return_episode": _("Return"),
        "abroad_spell": _("Time abroad"),
        "consent": _("Consent"),
        "vulnerability_factor": _("Vulnerability"),
        "need": _("Need"),
        "note": _("Note"),
        "task": _("Task"),
        "case_programme": _("Programme"),
        "named_access": _("Named access"),
        "sensitivity_ground": _("Protection"),
        "shield_proposal": _("Step that two people take"),
        "broken_glass": _("Emergency"),
    }
    if verb not in verbs or table not in tables:
        return action
    return f"{tables[table]}: {verbs[verb]}"


def _fields(change: Change, readable: set[DataClass]) -> list[FieldChange]:
    table = Base.metadata.tables.get(change.action.rpartition(".")[0])
    if table is None or not change.detail:
        return []
    told: dict[str, list[Any]] = json.loads(change.detail)
    return [
        FieldChange(_label(name), _text(before), _text(after))
        for name, (before, after) in told.items()
        if name in table.columns and table.columns[name].info.get("data_class") in readable
    ]


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
