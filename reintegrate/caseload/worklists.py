"""The first page: late first, then due, then what waits for the user, by her roles."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Who, may_ever, reach
from reintegrate.accounts.models import Role
from reintegrate.caseload import queries
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.models import Case
from reintegrate.cases.queries import counts_by_status, visible
from reintegrate.columns import utcnow
from reintegrate.exchange.queries import waiting as waiting_lists
from reintegrate.web import formats

SHOWN = 10

NEW_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of the worklist, one click from the work."""

    what: str
    why: str
    name: str
    url: str
    reference: str
    native_name: str | None
    native_lang: str | None
    late: str
    when: str
    tone: str
    action: str
    action_url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the worklist; `more` where not everything is shown."""

    key: str
    title: str
    items: list[WorkItem]
    more_url: str = ""
    empty: str = ""

    @property
    def more(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.items) > SHOWN

    @property
    def shown(self) -> list[WorkItem]:
        """The first lines."""
        return self.items[:SHOWN]

    @property
    def count(self) -> str:
        """How many there are, as far as was counted."""
        return f"{SHOWN}+" if self.more else str(len(self.items))


def worklist_of(who: Who, today: date) -> dict[str, Any]:
    """The sections, the user's caseload and the counts of a manager."""
    roles = {post.role for post in who.posts}
    works = bool(roles & {Role.CASEWORKER, Role.SUPERVISOR})
    sections = _own_work(who, today) if works else []
    sections += _waiting(who, today) + _lists(who, today)
    return {
        "lead": _lead(sections) if works else _("What is late, due and waiting for you"),
        "sections": sorted(sections, key=lambda section: not section.items),
        "caseload": _caseload(who) if works else [],
        "funnel": _funnel(who) if roles & {Role.PROGRAMME_MANAGER, Role.SUPERVISOR} else [],
        "loads": queries.loads(who, today=today) if may_ever(who, "case.assign") else [],
        "to_confirm": _to_confirm(who),
        "may_register": may_ever(who, "person.register"),
        "is_empty": not works and not sections,
    }


def _lead(sections: list[Section]) -> str:
    """How much is late and how much is due, in a sentence."""
    counts = {section.key: section for section in sections}
    late, soon = counts["overdue"], counts["week"]
    if not late.items and not soon.items:
        return _("No task of yours is late or due within seven days.")
    return _("Tasks: %(late)s overdue, %(soon)s due within seven days.", late=late.count, soon=soon.count)


def _own_work(who: Who, today: date) -> list[Section]:
    late = queries.tasks_due(who, after=None, until=today - timedelta(days=1), limit=SHOWN + 1)
    soon = queries.tasks_due(
        who, after=today - timedelta(days=1), until=today + timedelta(days=7), limit=SHOWN + 1
    )
    mine: dict[str, Any] = {"worker": "me"}
    return [
        Section(
            "overdue",
            _("Overdue"),
            [_task(row, today) for row in late],
            more_url=url_for("caseload.index", due="overdue", **mine),
            empty=_("Nothing is late."),
        ),
        Section(
            "week",
            _("Due within seven days"),
            [_task(row, today) for row in soon],
            more_url=url_for("caseload.index", due="week", **mine),
            empty=_("Nothing is due. Plan the next step on a case with “New task”."),
        ),
    ]


def _task(row: Any, today: date) -> WorkItem:
    late = formats.overdue(row.due_on, today)
    return WorkItem(
        what=row.title,
        why="",
        name=row.display_name,
        url=url_for("caseload.overview", reference=row.reference),
        reference=row.reference,
        native_name=row.native_name,
        native_lang=row.native_language,
        late=late,
        when=_("due %(day)s", day=formats.day(row.due_on)),
        tone="bad" if row.due_on < today else "warn",
        action=_("Mark as done"),
        action_url=url_for("cases.ask_done", reference=row.reference, task_id=row.task_id),
    )


def _waiting(who: Who, today: date) -> list[Section]:
    new_since = utcnow() - NEW_FOR
    fresh = and_(Case.case_manager_id == who.user_id, Case.assigned_at > new_since)
    parts = [
        ("decide", _("Waiting for your decision"), queries.to_decide(who), _("Decide"), "case.decide"),
        ("unassigned", _("Without a case manager"), queries.unassigned(who), _("Assign"), "case.assign"),
        (
            "returned",
            _("Returned to you for information"),
            queries.mine_in(who, CaseStatus.RETURNED_FOR_INFO),
            _("Complete"),
            "case.submit",
        ),
        (
            "accepted",
            _("Accepted: start the work"),
            queries.mine_in(who, CaseStatus.ACCEPTED),
            _("Open the case"),
            "case.activate",
        ),
        ("new", _("New for you this week"), fresh, _("Open the case"), "note.add"),
    ]
    found = [
        Section(
            key,
            title,
            [
                _case(row, action, today, assign=key == "unassigned")
                for row in queries.cases_where(who, condition, limit=SHOWN + 1)
            ],
        )
        for key, title, condition, action, allowed in parts
        if may_ever(who, allowed)
    ]
    return [section for section in found if section.items]


def _case(row: Any, action: str, today: date, *, assign: bool) -> WorkItem:
    since = row.status_since.date()
    days = (today - since).days
    url = url_for("caseload.overview", reference=row.reference)
    return WorkItem(
        what=str(row.status.label),
        why=formats.country(row.return_country),
        name=row.display_name if row.named else _("Name not shown"),
        url=url,
        reference=row.reference,
        native_name=row.native_name if row.named else None,
        native_lang=row.native_language if row.named else None,
        late=ngettext("%(num)s day", "%(num)s days", days) if days > 2 else "",
        when=_("since %(day)s", day=formats.day(since)),
        tone="warn",
        action=action,
        action_url=url_for("cases.ask_assign", reference=row.reference) if assign else url,
    )


def _lists(who: Who, today: date) -> list[Section]:
    """Lists that somebody else prepared and that this user may import."""
    if not may_ever(who, "import.commit"):
        return []
    items = [
        WorkItem(
            what=_("List of %(office)s", office=found.office.name),
            why=_("brought by %(name)s", name=found.staged_by.name) if found.staged_by else "",
            name=found.file_name,
            url=url_for("imports.show", import_id=found.id),
            reference="",
            native_name=None,
            native_lang=None,
            late="",
            when=formats.days_ago(found.staged_at.date(), today),
            tone="",
            action=_("Look and import"),
            action_url=url_for("imports.show", import_id=found.id),
        )
        for found in waiting_lists(who)
    ]
    return [Section("lists", _("Lists waiting to be imported"), items)] if items else []


IN_ORDER = sorted(CaseStatus, key=lambda status: status in (CaseStatus.REJECTED, CaseStatus.WITHDRAWN))
"""The statuses as work goes on, those in which it ended last."""


def _caseload(who: Who) -> list[tuple[str, int, str]]:
    counts = counts_by_status(and_(Case.case_manager_id == who.user_id, visible(who)))
    return [
        (str(status.label), counts[status], url_for("caseload.index", worker="me", status=status.value))
        for status in IN_ORDER
        if counts.get(status)
    ]


def _funnel(who: Who) -> list[tuple[str, int, str]]:
    counts = counts_by_status(visible(who))
    return [
        (str(status.label), counts[status], url_for("caseload.index", status=status.value))
        for status in IN_ORDER
        if counts.get(status)
    ]


def _to_confirm(who: Who) -> int:
    """Roles that wait for a second person, for those who may confirm them."""
    if not may_ever(who, "role.confirm"):
        return 0
    return accounts.waiting_memberships(reach(who, "role.confirm"), not_by=who.user_id)
