"""Protecting a case, naming who may open it, and opening it in an emergency.

What opens a case to more people takes two; what closes it takes one. The case manager is on the
list as long as she manages the case, so a protected case always has somebody who works on it.
"""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from reintegrate.accounts.access import Sensitivity, Who
from reintegrate.accounts.models import User
from reintegrate.audit.trail import Event, record
from reintegrate.cases import queries, shielding_queries
from reintegrate.cases.models import Case, NamedAccess, SensitivityGround
from reintegrate.cases.services import touch
from reintegrate.cases.shielding_models import BrokenGlass, Finding, Outcome, ProposalKind, ShieldProposal
from reintegrate.columns import utcnow
from reintegrate.db import hold, session
from reintegrate.errors import RuleError

GLASS_LASTS = timedelta(minutes=60)

SHORTEST_REASON = 20

WRONG_TRIES = 5
"""So many references an hour may be tried in vain: an emergency has one, and guessing has many."""

STRICTNESS = {Sensitivity.NORMAL: 0, Sensitivity.PROTECTED: 1, Sensitivity.SEALED: 2}


def protect_case(
    case: Case, *, sensitivity: Sensitivity, reason: str, people: Sequence[User], by: User
) -> None:
    """Let a case exist for `people` and its case manager alone.

    A case that is protected already keeps its list. Raises RuleError where it is no stricter than
    before, somebody could not open the case until now, or nobody would be left who works on it.
    """
    if STRICTNESS[sensitivity] <= STRICTNESS[case.sensitivity]:
        raise RuleError(_("The case is protected like that already"), field="sensitivity")
    if not reason:
        raise RuleError(_("Write the reason: it is kept with the case"), field="reason")
    if case.sensitivity == Sensitivity.NORMAL:
        _begin_list(case, people, by)
    case.sensitivity = sensitivity
    ground = shielding_queries.ground_of(case)
    if ground is None:
        session.add(SensitivityGround(case_id=case.id, reason=reason))
    else:
        ground.reason = reason
    _end_glasses(case, by)
    touch(case)


def protect_alike(case: Case, like: Case, *, by: User) -> None:
    """Protect a new case of somebody as the one that it follows, for the same people and its own.

    What is known of a person stands on each of her cases: the next must not open the last.
    """
    if like.sensitivity == Sensitivity.NORMAL:
        return
    people = {*queries.thing_of(like).named_ids, by.id, case.case_manager_id} - {None}
    session.add_all(NamedAccess(case_id=case.id, user_id=user_id) for user_id in sorted(people, key=str))
    ground = shielding_queries.ground_of(like)
    if ground is not None:
        session.add(SensitivityGround(case_id=case.id, reason=ground.reason))
    case.sensitivity = like.sensitivity
    touch(case)


def _begin_list(case: Case, people: Sequence[User], by: User) -> None:
    wanted = {user.id for user in people}
    if by.id in wanted and by.id != case.case_manager_id:
        raise RuleError(_("Nobody puts themselves on the list"), field="people")
    if case.case_manager_id is not None:
        wanted.add(case.case_manager_id)
    able = {found.user.id: found for found in shielding_queries.nameable(case)}
    if any(user_id not in able or not able[user_id].opens_now for user_id in wanted):
        raise RuleError(_("Choose people who can open the case now"), field="people")
    if not any(able[user_id].works for user_id in wanted):
        raise RuleError(_("Assign a case manager first: somebody has to be left who works on the case"))
    _clear_list(case)
    session.add_all(NamedAccess(case_id=case.id, user_id=user_id) for user_id in sorted(wanted))


def _clear_list(case: Case) -> None:
    for access in session.scalars(select(NamedAccess).where(NamedAccess.case_id == case.id)):
        session.delete(access)
    session.flush()


def _end_glasses(case: Case, by: User) -> None:
    """What was opened under the old protection closes with it."""
    now = utcnow()
    for glass in shielding_queries.glasses_of(case):
        if glass.runs(now):
            glass.ended_at, glass.ended_by_id = now, by.id


def _need_protection(case: Case) -> None:
    if case.sensitivity == Sensitivity.NORMAL:
        raise RuleError(_("The case is not protected"))


def propose_lift(case: Case, *, target: Sensitivity, reason: str, by: User) -> ShieldProposal:
    """Propose that a case is protected less, or no longer.

    Raises RuleError where that is no less than now, or has been proposed.
    """
    hold(case)
    _need_protection(case)
    _less_strict(case, target)
    return _propose(case, ProposalKind.LIFT, reason, by, target=target)


def propose_name(case: Case, *, user: User, reason: str, by: User) -> ShieldProposal:
    """Propose that somebody may open a case.

    Raises RuleError for oneself, for those who could not work on it, and where that has been proposed.
    """
    hold(case)
    _need_protection(case)
    _may_be_named(case, user)
    if user.id == by.id:
        raise RuleError(_("Nobody puts themselves on the list"), field="user")
    return _propose(case, ProposalKind.NAME, reason, by, user=user)


def _may_be_named(case: Case, user: User) -> None:
    if user.id in queries.thing_of(case).named_ids:
        raise RuleError(_("%(name)s is on the list already", name=user.name), field="user")
    if user.id not in {found.user.id for found in shielding_queries.nameable(case)}:
        raise RuleError(_("%(name)s could not open this case", name=user.name), field="user")


def _propose(
    case: Case,
    kind: ProposalKind,
    reason: str,
    by: User,
    *,
    user: User | None = None,
    target: Sensitivity | None = None,
) -> ShieldProposal:
    user_id = user.id if user else None
    if any(p.kind == kind and p.user_id == user_id for p in shielding_queries.open_proposals(case)):
        raise RuleError(_("That waits for a second person already"))
    proposal = ShieldProposal(
        case_id=case.id, kind=kind, user_id=user_id, target=target, reason=reason, proposed_by_id=by.id
    )
    session.add(proposal)
    session.flush()
    return proposal


def confirm_proposal(case: Case, proposal: ShieldProposal, *, by: User) -> None:
    """The second person: what was proposed happens.

    Raises RuleError for whoever proposed it or would be named by it, where it no longer fits, and
    where somebody decided on it first.
    """
    _need_open(case, proposal)
    if by.id in (proposal.proposed_by_id, proposal.user_id):
        raise RuleError(_("Somebody else has to confirm this"))
    _need_protection(case)
    if proposal.user is not None:
        _may_be_named(case, proposal.user)
        session.add(NamedAccess(case_id=case.id, user_id=proposal.user.id))
    if proposal.target is not None:
        _less_strict(case, proposal.target)
        _lift(case, proposal.target, by)
    _decide(proposal, Outcome.CONFIRMED, by)
    touch(case)


def _less_strict(case: Case, target: Sensitivity) -> None:
    if STRICTNESS[target] >= STRICTNESS[case.sensitivity]:
        raise RuleError(_("That does not lift the protection"), field="target")


def _lift(case: Case, target: Sensitivity, by: User) -> None:
    case.sensitivity = target
    _end_glasses(case, by)
    if target != Sensitivity.NORMAL:
        return
    _clear_list(case)
    if ground := shielding_queries.ground_of(case):
        session.delete(ground)
    for waiting in shielding_queries.open_proposals(case):
        _decide(waiting, Outcome.REFUSED, by)


def refuse_proposal(case: Case, proposal: ShieldProposal, *, by: User) -> None:
    """Say no, or as its proposer take it back. Raises RuleError where it is decided."""
    _need_open(case, proposal)
    _decide(proposal, Outcome.REFUSED, by)
    session.flush()


def _need_open(case: Case, proposal: ShieldProposal) -> None:
    """Whoever decides on something about a case holds the case: one decision may end others."""
    hold(case)
    hold(proposal)
    if proposal.outcome is not None:
        raise RuleError(_("This was decided before: it was %(outcome)s", outcome=proposal.outcome.label))


def _decide(proposal: ShieldProposal, outcome: Outcome, by: User) -> None:
    proposal.outcome = outcome
    proposal.decided_by_id = by.id
    proposal.decided_at = utcnow()


def revoke_name(case: Case, access: NamedAccess) -> None:
    """Take somebody off the list of a case.

    Raises RuleError for the case manager, and where nobody would be left who works on the case.
    """
    if access.user_id == case.case_manager_id:
        raise RuleError(_("The case manager stays on the list: assign the case to somebody else first"))
    left = [named for named in shielding_queries.named_on(case) if named.access_id != access.id]
    if case.sensitivity != Sensitivity.NORMAL and not any(named.works for named in left):
        raise RuleError(_("Somebody has to be left who works on the case"))
    session.delete(access)
    touch(case)


def break_glass(reference: str, who: Who, *, by: User, reason: str) -> Case:
    """Let a user read one case for an hour, whose work does not open it to her; nothing where it does.

    Raises RuleError for a short reason, after too many tries in vain, and, in the same words, for a
    case that is sealed, out of her reach or not there.
    """
    if len(reason) < SHORTEST_REASON:
        raise RuleError(
            _("Write at least %(n)s characters: it will be reviewed", n=SHORTEST_REASON), field="reason"
        )
    if shielding_queries.wrong_tries(by.id, utcnow() - timedelta(hours=1)) >= WRONG_TRIES:
        raise RuleError(_("Too many references were tried. Ask the data protection officer."))
    case = queries.case_by_reference(reference)
    looking = queries.looking_at(case, who) if case else None
    if case and looking and looking.may("case.read.c1"):
        return case
    if case is None or looking is None or not looking.may("case.break_glass"):
        raise RuleError(_("No case with this reference can be opened by you"), field="reference")
    now = utcnow()
    session.add(
        BrokenGlass(case_id=case.id, user_id=by.id, reason=reason, opened_at=now, until_at=now + GLASS_LASTS)
    )
    record(
        session,
        Event(
            "case.break_glass",
            subject="case_file",
            subject_id=case.id,
            case_id=case.id,
            person_id=case.person_id,
            reason=reason,
        ),
    )
    session.flush()
    return case


def end_glass(glass: BrokenGlass, *, by: User) -> None:
    """Close a case again before the hour is over. Raises RuleError where that has happened."""
    hold(glass)
    now = utcnow()
    if not glass.runs(now):
        raise RuleError(_("The case is closed again already"))
    glass.ended_at, glass.ended_by_id = now, by.id
    session.flush()


def review_glass(glass: BrokenGlass, *, finding: Finding, note: str | None, by: User) -> None:
    """Say whether it was an emergency; the case closes at once.

    Raises RuleError for one's own, and where it was reviewed before.
    """
    if by.id == glass.user_id:
        raise RuleError(_("Somebody else has to review this"))
    hold(glass)
    if glass.reviewed_at is not None:
        raise RuleError(_("This was reviewed before"))
    if finding == Finding.NOT_JUSTIFIED and not note:
        raise RuleError(_("Write what is done about it"), field="note")
    now = utcnow()
    if glass.runs(now):
        glass.ended_at, glass.ended_by_id = now, by.id
    glass.finding = finding
    glass.review_note = note
    glass.reviewed_at, glass.reviewed_by_id = now, by.id
    session.flush()
