"""What is done and looked at, in words, for the page of the trail; what has none stays its code."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from reintegrate.accounts.guard import who
from reintegrate.caseload.field_labels import TABLES
from reintegrate.cases.models import Case
from reintegrate.cases.queries import visible
from reintegrate.db import session

ACTIONS: dict[str, Any] = {
    "case.break_glass": _l("Opened in an emergency"),
    "case.history.read": _l("Read the history"),
    "case.list": _l("Read a list of cases"),
    "case.read.c1": _l("Opened the case"),
    "case.read.c2": _l("Read who the person is"),
    "case.read.c3": _l("Read vulnerability or notes"),
    "case.read.c4": _l("Read what is secret"),
    "case.reason": _l("Gave a reason"),
    "case.search": _l("Searched for cases"),
    "import.commit": _l("Imported a list"),
    "import.leftovers": _l("Took the wrong rows of a list home"),
    "import.read": _l("Read a list that was brought in"),
    "import.undo": _l("Took an import back"),
    "session.revoke.other": _l("Signed somebody else out"),
    "sign_in": _l("Signed in"),
    "sign_out": _l("Signed out"),
}

CHANGES: dict[str, Any] = {"create": _l("Added"), "update": _l("Changed"), "delete": _l("Removed")}

OUTCOMES: dict[str, Any] = {"done": _l("Done"), "denied": _l("Refused"), "failed": _l("Failed")}


def action(code: str) -> str:
    """What was done: a deed by its name, a change of a table by what changed."""
    if code in ACTIONS:
        return str(ACTIONS[code])
    table, _dot, verb = code.rpartition(".")
    if table in TABLES and verb in CHANGES:
        return _("%(what)s: %(change)s", what=TABLES[table], change=str(CHANGES[verb]).lower())
    return code


def subject(code: str | None) -> str:
    """What it was done to."""
    return str(TABLES.get(code or "", code or "–"))


def outcome(code: str) -> str:
    """What became of it."""
    return str(OUTCOMES.get(code, code))


def references(case_ids: Collection[int]) -> dict[int, str]:
    """The references of those of some cases that the user may find in her list."""
    rows = session.execute(
        select(Case.id, Case.reference).where(Case.id.in_(sorted(case_ids)), visible(who(), "case.list"))
    )
    return {key: reference for key, reference in rows}  # noqa: C416 -- typed rows are no pairs to dict
