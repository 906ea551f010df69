"""What is done and looked at, in words, for the page of the trail; what has none stays its code."""

from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reintegrate.accounts.guard import who
from reintegrate.caseload.field_labels import TABLES
from reintegrate.caseload.queries import names_by_id
from reintegrate.cases.models import Case
from reintegrate.cases.queries import visible
from reintegrate.db import session

ACTIONS: dict[str, Any] = {
    "audit.read.team": _l("Read the audit trail"),
    "audit.verify": _l("Checked the chain"),
    "case.assign": _l("Opened the form: assign the case"),
    "case.break_glass": _l("Opened in an emergency"),
    "case.break_glass.review": _l("Opened the form: review an emergency"),
    "case.activate": _l("Opened the form: start work"),
    "case.decide": _l("Opened the form: decide on the case"),
    "case.history.read": _l("Read the history"),
    "case.list": _l("Read a list of cases"),
    "case.named.grant": _l("Opened the form: put somebody on the list"),
    "case.named.revoke": _l("Opened the form: take somebody off the list"),
    "case.protect.clear": _l("Opened the form: lift the protection"),
    "case.protect.set": _l("Opened the form: protect the case"),
    "case.read.c1": _l("Opened the case"),
    "case.read.c2": _l("Read who the person is"),
    "case.read.c3": _l("Read vulnerability or notes"),
    "case.read.c4": _l("Read what is secret"),
    "case.reason": _l("Gave a reason"),
    "case.search": _l("Searched for cases"),
    "case.submit": _l("Opened the form: submit the case"),
    "case.update.c1": _l("Opened the form: return or programme"),
    "case.update.c2": _l("Opened the form: person or need"),
    "case.update.c3": _l("Opened the form: vulnerability"),
    "case.withdraw": _l("Opened the form: record the withdrawal"),
    "consent.record": _l("Opened the form: record consent"),
    "consent.withdraw": _l("Opened the form: withdraw consent"),
    "import.commit": _l("Imported a list"),
    "import.leftovers": _l("Took the wrong rows of a list home"),
    "import.read": _l("Read a list that was brought in"),
    "import.stage": _l("Brought in a list"),
    "import.undo": _l("Took an import back"),
    "mfa.reset": _l("Reset a second factor"),
    "note.add": _l("Wrote a note"),
    "office.change": _l("Opened the form: office"),
    "person.likely": _l("Looked for the same person"),
    "person.register": _l("Registered a return"),
    "role.grant.basic": _l("Gave a role"),
    "session.revoke.other": _l("Signed somebody else out"),
    "session.revoke.self": _l("Signed out elsewhere"),
    "sign_in": _l("Signed in"),
    "sign_out": _l("Signed out"),
    "task.manage": _l("Opened the form: task"),
    "user.create": _l("Invited a user"),
    "user.disable": _l("Closed an account"),
    "user.list": _l("Read the list of users"),
}
"""Deeds and readings by their code. What was written is told by what it changed, a form by its opening."""

SUBJECTS: dict[str, Any] = {
    "account": _l("Account"),
    "app_user": _l("User"),
    "consent_text": _l("Consent text"),
    "list_import": _l("List"),
    "membership": _l("Role"),
    "office": _l("Office"),
    "page": _l("Page"),
    "programme": _l("Programme"),
    "search": _l("Search"),
    "second_factor_reset": _l("Reset of a second factor"),
}
"""What stands in the trail beside the tables of the history of a case."""

CHANGES: dict[str, Any] = {"create": _l("Added"), "update": _l("Changed"), "delete": _l("Removed")}

NAMED = frozenset({"app_user", "office", "programme"})

OUTCOMES: dict[str, Any] = {"done": _l("Done"), "denied": _l("Refused"), "failed": _l("Failed")}


def action(code: str) -> str:
    """What was done: a deed by its name, a change of a table by what changed."""
    if code in ACTIONS:
        return str(ACTIONS[code])
    table, _dot, verb = code.rpartition(".")
    if verb in CHANGES and table in TABLES | SUBJECTS:
        return _("%(what)s: %(change)s", what=subject(table), change=str(CHANGES[verb]).lower())
    return code


def subject(code: str | None) -> str:
    """What it was done to."""
    return str((TABLES | SUBJECTS).get(code or "", code or "–"))


def outcome(code: str) -> str:
    """What became of it."""
    return str(OUTCOMES.get(code, code))


def names(rows: Iterable[Any]) -> dict[tuple[str, int], str]:
    """What the users, offices and programmes that some events are about are called, by table and key."""
    named = (row for row in rows if row.subject in NAMED and row.subject_id)
    return names_by_id({(row.subject, row.subject_id) for row in named})


def references(case_ids: Collection[int]) -> dict[int, str]:
    """The references of those of some cases that the user may find in her list."""
    rows = session.execute(
        select(Case.id, Case.reference).where(Case.id.in_(sorted(case_ids)), visible(who(), "case.list"))
    )
    return {key: reference for key, reference in rows}  # noqa: C416 -- typed rows are no pairs to dict
