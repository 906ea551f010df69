"""Which events of the trail a user may read: those of the cases and people within her reach."""

from sqlalchemy import ColumnElement, false, or_, select, true

from reintegrate.accounts.access import may_ever, reach
from reintegrate.accounts.guard import who
from reintegrate.accounts.queries import users_within
from reintegrate.audit.models import AuditEvent
from reintegrate.cases.models import Case
from reintegrate.cases.queries import visible


def condition() -> ColumnElement[bool]:
    """For auditors everything; for others what concerns their cases, or was done by their staff."""
    if may_ever(who(), "audit.read.full"):
        return true()
    if not may_ever(who(), "audit.read.team"):
        return false()
    staff = [user.id for user in users_within(reach(who(), "audit.read.team"))]
    cases = select(Case.id).where(visible(who(), "case.list"))
    about_cases = AuditEvent.case_id.in_(cases)
    by_staff = AuditEvent.actor_id.in_(staff) & AuditEvent.case_id.is_(None) & AuditEvent.person_id.is_(None)
    return or_(about_cases, by_staff)
