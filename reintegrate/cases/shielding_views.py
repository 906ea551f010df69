"""Who may open a case: protecting it, naming people, lifting the protection."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts.access import Sensitivity, table
from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import User
from reintegrate.cases import queries, shielding, shielding_queries
from reintegrate.cases.loading import Opened, nothing_here, open_case
from reintegrate.cases.models import Case
from reintegrate.cases.shielding_forms import LiftForm, NameForm, ProtectForm, Shield
from reintegrate.cases.shielding_models import ShieldProposal
from reintegrate.cases.shielding_queries import ACTION_OF
from reintegrate.cases.views import form_page, page
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.forms import Button, showing_errors
from reintegrate.web.operations import commit_and_go

bp = Blueprint("shielding", __name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """A role that opens a case which is not protected, and which of its holders do."""

    role: str
    which: str


def readers_of(case: Case) -> list[Reader]:
    """Who opens a case by role, in the order of the access table."""
    which = {
        "own": _("the case manager"),
        "office": _("of %(place)s", place=case.office.name),
        "country": _("of the country"),
        "all": _("everywhere"),
    }
    return [Reader(str(role.label), which[grant.scope]) for role, grant in table()["case.read.c1"].items()]


@bp.get("/cases/<reference>/access")
@performs(SIGNED_IN)
def show(reference: str) -> ResponseReturnValue:
    """Who may open the case, why, what waits for a second person, and the emergencies."""
    opened = open_case(reference, "case.read.c1", "case.named.revoke")
    if opened.glass is not None:
        nothing_here("case.named.revoke")
    case = opened.case
    protected = case.sensitivity != Sensitivity.NORMAL
    return page(
        "cases/access.html",
        opened,
        protected=protected,
        sealed=case.sensitivity == Sensitivity.SEALED,
        ground=shielding_queries.ground_of(case) if opened.sees("case.read.c4") else None,
        readers=[] if protected else readers_of(case),
        named=shielding_queries.named_on(case) if protected else [],
        proposals=[(p, _may_confirm(case, p)) for p in shielding_queries.open_proposals(case)],
        glasses=[(g, _may_review(case, g.user_id)) for g in shielding_queries.glasses_of(case)],
        form=Button(),
    )


def _may_confirm(case: Case, proposal: ShieldProposal) -> bool:
    hands = (proposal.proposed_by_id, proposal.user_id)
    return queries.looking_at(case, who(), touched_by=hands).decision(ACTION_OF[proposal.kind]).allowed


def _may_review(case: Case, user_id: int) -> bool:
    return queries.looking_at(case, who(), touched_by=(user_id,)).may("case.break_glass.review")


def _done(case: Case, message: str) -> ResponseReturnValue:
    """Back to where one may still go: whoever protects a case may have shut herself out."""
    session.flush()
    looking = queries.looking_at(case, who())
    stays = looking.may("case.read.c1") or looking.may("case.named.revoke")
    place = url_for("shielding.show", reference=case.reference) if stays else url_for("caseload.worklist")
    return commit_and_go(place, message)


def _access_of(opened: Opened) -> str:
    return url_for("shielding.show", reference=opened.case.reference)


def _protect_form(opened: Opened) -> ProtectForm:
    case = opened.case
    form = ProtectForm()
    if case.sensitivity != Sensitivity.NORMAL:
        form.sensitivity.choices = [c for c in form.sensitivity.choices if c.value == Shield.SEALED]
        del form.people
        return form
    form.people.offer(
        (str(found.user.id), f"{found.user.name}, {', '.join(str(role.label) for role in found.roles)}")
        for found in shielding_queries.nameable(case)
        if found.opens_now and found.user.id not in (case.case_manager_id, who().user_id)
    )
    return form


def _protect_page(opened: Opened, form: ProtectForm) -> str:
    others = [c for c in queries.cases_of_person(opened.case.person_id, who()) if c.id != opened.case.id]
    lead = _("For everybody else it will be as if the case did not exist.")
    if any(other.sensitivity == Sensitivity.NORMAL for other in others):
        lead += " " + _("The person has another case that is not protected: it stays as it is.")
    return form_page(
        opened,
        form,
        title=_("Protect the case"),
        lead=lead,
        button=_("Protect the case"),
        back=_access_of(opened),
    )


@bp.get("/cases/<reference>/access/protect")
@performs("case.protect.set")
def ask_protect(reference: str) -> ResponseReturnValue:
    """How, why, and for whom the case still exists."""
    opened = open_case(reference, "case.protect.set")
    return _protect_page(opened, _protect_form(opened))


@bp.post("/cases/<reference>/access/protect")
@performs("case.protect.set")
def protect(reference: str) -> ResponseReturnValue:
    """Protect the case at once."""
    opened = open_case(reference, "case.protect.set")
    form = _protect_form(opened)
    if form.submitted():
        with showing_errors(form):
            chosen = form.people.data if "people" in form else []
            shielding.protect_case(
                opened.case,
                sensitivity=form.sensitivity.data.sensitivity,
                reason=form.reason.data or "",
                people=[session.get_one(User, int(key)) for key in chosen or ()],
                by=signed_in_user(),
            )
            return _done(opened.case, _("The case is protected"))
    return _protect_page(opened, form)


def _lift_form(opened: Opened) -> LiftForm:
    form = LiftForm()
    now = shielding.STRICTNESS[opened.case.sensitivity]
    form.target.offer(
        (shield.value, str(shield.label))
        for shield in Shield
        if shielding.STRICTNESS[shield.sensitivity] < now
    )
    return form


def _two_people_page(opened: Opened, form: Any, title: str) -> str:
    return form_page(
        opened,
        form,
        title=title,
        lead=_("It counts once a second person confirms it."),
        button=_("Propose"),
        back=_access_of(opened),
    )


@bp.get("/cases/<reference>/access/lift")
@performs("case.protect.clear")
def ask_lift(reference: str) -> ResponseReturnValue:
    """How much less the case is to be protected, and why."""
    opened = open_case(reference, "case.protect.clear", two_people=True, touched_by=())
    return _two_people_page(opened, _lift_form(opened), _("Lift the protection"))


@bp.post("/cases/<reference>/access/lift")
@performs("case.protect.clear")
def lift(reference: str) -> ResponseReturnValue:
    """Propose it to a second person."""
    opened = open_case(reference, "case.protect.clear", two_people=True, touched_by=())
    form = _lift_form(opened)
    if form.submitted():
        with showing_errors(form):
            shielding.propose_lift(
                opened.case,
                target=Sensitivity(form.target.data),
                reason=form.reason.data or "",
                by=signed_in_user(),
            )
            return commit_and_go(_access_of(opened), _("Proposed. Somebody else has to confirm it."))
    return _two_people_page(opened, form, _("Lift the protection"))


def _name_form(opened: Opened) -> NameForm:
    form = NameForm()
    there = opened.looking.thing.named_ids | {who().user_id}
    form.user.offer(
        (str(found.user.id), f"{found.user.name}, {', '.join(str(role.label) for role in found.roles)}")
        for found in shielding_queries.nameable(opened.case)
        if found.user.id not in there
    )
    return form


@bp.get("/cases/<reference>/access/people/new")
@performs("case.named.grant")
def ask_name(reference: str) -> ResponseReturnValue:
    """Who else is to be able to open the case."""
    opened = open_case(reference, "case.named.grant", two_people=True, touched_by=())
    return _two_people_page(opened, _name_form(opened), _("Put somebody on the list"))


@bp.post("/cases/<reference>/access/people/new")
@performs("case.named.grant")
def name(reference: str) -> ResponseReturnValue:
    """Propose it to a second person."""
    opened = open_case(reference, "case.named.grant", two_people=True, touched_by=())
    form = _name_form(opened)
    if form.submitted():
        with showing_errors(form):
            shielding.propose_name(
                opened.case,
                user=session.get_one(User, int(form.user.data)),
                reason=form.reason.data or "",
                by=signed_in_user(),
            )
            return commit_and_go(_access_of(opened), _("Proposed. Somebody else has to confirm it."))
    return _two_people_page(opened, form, _("Put somebody on the list"))


@bp.post("/cases/<reference>/access/people/<int:access_id>/revoke")
@performs("case.named.revoke")
def revoke(reference: str, access_id: int) -> ResponseReturnValue:
    """Take somebody off the list at once."""
    opened = open_case(reference, "case.named.revoke")
    access = shielding_queries.named_access(opened.case, access_id) or abort(404)
    try:
        shielding.revoke_name(opened.case, access)
    except RuleError as error:
        session.rollback()
        return commit_and_go(_access_of(opened), error.message, "bad")
    return _done(opened.case, _("Taken off the list"))


def _proposal(reference: str, proposal_id: int) -> tuple[Opened, ShieldProposal]:
    proposal = shielding_queries.proposal_of(reference, proposal_id)
    if proposal is None:
        nothing_here("case.named.grant")
    hands = (proposal.proposed_by_id, proposal.user_id)
    opened = open_case(reference, ACTION_OF[proposal.kind], two_people=True, touched_by=hands)
    return opened, proposal


@bp.post("/cases/<reference>/access/proposals/<int:proposal_id>/confirm")
@performs("case.named.grant")
def confirm(reference: str, proposal_id: int) -> ResponseReturnValue:
    """The second person's yes."""
    opened, proposal = _proposal(reference, proposal_id)
    try:
        shielding.confirm_proposal(opened.case, proposal, by=signed_in_user())
    except RuleError as error:
        session.rollback()
        return commit_and_go(_access_of(opened), error.message, "bad")
    return _done(opened.case, _("Confirmed"))


@bp.post("/cases/<reference>/access/proposals/<int:proposal_id>/refuse")
@performs("case.named.grant")
def refuse(reference: str, proposal_id: int) -> ResponseReturnValue:
    """The second person's no, or the proposer's own."""
    proposal = shielding_queries.proposal_of(reference, proposal_id)
    if proposal is None:
        nothing_here("case.named.grant")
    opened = open_case(reference, ACTION_OF[proposal.kind], two_people=True, touched_by=())
    try:
        shielding.refuse_proposal(opened.case, proposal, by=signed_in_user())
    except RuleError as error:
        session.rollback()
        return commit_and_go(_access_of(opened), error.message, "bad")
    return commit_and_go(_access_of(opened), _("Refused"))
