"""What the worklist says about protected cases and emergencies: told at once, to whoever answers for it."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reintegrate.accounts.access import Who
from reintegrate.caseload.worklists import SHOWN, Section, WorkItem
from reintegrate.cases import shielding_queries
from reintegrate.cases.models import Case
from reintegrate.cases.queries import looking_at
from reintegrate.cases.shielding_models import BrokenGlass
from reintegrate.columns import utcnow
from reintegrate.web import formats


def sections_of(who: Who) -> list[Section]:
    """The parts of the worklist that come before all others; those without a line are left out."""
    review = shielding_queries.glasses_to_review(who, limit=SHOWN + 1)
    told = {glass.id for glass in review}
    own = [g for g in shielding_queries.glasses_on_own_cases(who, limit=SHOWN + 1) if g.id not in told]
    waiting = shielding_queries.waiting_proposals(who, limit=SHOWN + 1)
    lost = shielding_queries.lost_cases(who, limit=SHOWN + 1)
    sections = [
        Section(
            "glass", _("Opened in an emergency: to review"), [_glass(g, who, _("Review")) for g in review]
        ),
        Section("mine", _("Your cases that were opened in an emergency"), [_glass(g, who) for g in own]),
        Section(
            "shield",
            _("Waiting for you as the second person"),
            [_item(p.case, who, str(p.kind.label), p.proposed_at, by=p.proposed_by.name) for p in waiting],
        ),
        Section(
            "lost",
            _("Protected, with nobody left who works on it"),
            [_item(case, who, _("Put somebody on the list"), case.last_activity_at) for case in lost],
        ),
    ]
    return [section for section in sections if section.items]


def _glass(glass: BrokenGlass, who: Who, action: str = "") -> WorkItem:
    runs = glass.runs(utcnow())
    more: dict[str, Any] = {"tone": "bad"}
    if action:
        more |= {"action": action, "action_url": url_for("shielding.ask_review", glass_id=glass.id)}
    late = _("open now") if runs else ""
    return _item(glass.case, who, glass.user.name, glass.opened_at, by=glass.reason, late=late, **more)


def _item(case: Case, who: Who, what: str, at: datetime, *, by: str = "", **more: str) -> WorkItem:
    looking = looking_at(case, who)
    reads = looking.decision("case.read.c2")
    named = reads.allowed and not reads.needs_reason and not reads.needs_second
    address = url_for("shielding.show", reference=case.reference)
    facts = {"late": "", "tone": "warn", "action": _("Open"), "action_url": address} | more
    return WorkItem(
        what=what,
        why=by,
        name=case.person.display_name if named else _("Name not shown"),
        url=address,
        reference=case.reference,
        native_name=case.person.native_name if named else None,
        native_lang=case.person.native_language if named else None,
        when=formats.moment(at, case.office.timezone),
        **facts,
    )
