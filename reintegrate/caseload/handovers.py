"""Giving many cases away: the chosen ones, or all that a list holds, up to a limit."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import reach
from reintegrate.accounts.guard import who
from reintegrate.accounts.models import User
from reintegrate.caseload import listing, queries
from reintegrate.caseload.asking import Reading, today_here
from reintegrate.caseload.forms import AssignManyForm
from reintegrate.caseload.views import bp
from reintegrate.cases.assigning import Outcome, assign_cases, outcomes_of
from reintegrate.cases.views import takers
from reintegrate.web.access import performs
from reintegrate.web.fields import clean_line
from reintegrate.web.operations import commit_and_go

MOST = 200
"""Cases that change hands at once: as many as somebody can look through before."""


def _chosen() -> list[str]:
    """The references that were sent, each once."""
    sent = request.form if request.method == "POST" else request.args
    return list(dict.fromkeys(clean_line(text)[:20] for text in sent.getlist("case")))[: MOST + 1]


def _form(offices: set[int]) -> AssignManyForm:
    """Whoever may hold cases in one of these offices, with how much each already has."""
    form = AssignManyForm()
    reached = reach(who(), "case.assign")
    colleagues = [user for user in accounts.caseworkers_within(reached) if user.active]
    worked_in = accounts.offices_worked_in(colleagues)
    found = [user for user in colleagues if worked_in[user.id] & offices]
    form.case_manager.offer(takers(found, nobody=_("Choose somebody")))
    return form


def _colleague(user_id: str) -> User | None:
    colleagues = accounts.caseworkers_within(reach(who(), "case.assign"))
    return next((user for user in colleagues if str(user.id) == user_id), None)


def _preview(form: AssignManyForm, references: Sequence[str], back: str) -> str:
    more, references = len(references) > MOST, references[:MOST]
    return render_template(
        "caseload/assign_many.html",
        form=form,
        rows=listing.rows_of(queries.rows_to_assign(who(), references), today_here()),
        more=more,
        most=MOST,
        asked_for=len(references),
        back=back,
    )


@bp.get("/cases/assign")
@performs("case.assign")
def ask_assign_many() -> ResponseReturnValue:
    """The cases that would change hands, and who could take them."""
    reading = Reading(request.args, who())
    references: Sequence[str] = _chosen()
    if request.args.get("all"):
        asked = reading.asked
        references = queries.references_where(
            who(), asked.filters, asked.order, today=today_here(), limit=MOST + 1
        )
    cases = queries.assignable(who(), references)
    return _preview(_form({case.office_id for case in cases}), references, reading.asked.url())


@bp.post("/cases/assign")
@performs("case.assign")
def assign_many() -> ResponseReturnValue:
    """Give the cases away, as far as each can be."""
    references = _chosen()[:MOST]
    cases = queries.assignable(who(), references)
    form = _form({case.office_id for case in cases})
    if form.submitted() and (user := _colleague(form.case_manager.data)):
        assign_cases(cases, user)
        return commit_and_go(url_for(".assigned_many", to=user.id, case=references))
    return _preview(form, references, url_for(".index", view="all"))


@bp.get("/cases/assigned")
@performs("case.assign")
def assigned_many() -> ResponseReturnValue:
    """What came of each case: whom it has now, or why it stayed."""
    references = _chosen()[:MOST]
    user = _colleague(request.args.get("to", ""))
    if user is None:
        return redirect(url_for(".index", view="all"))
    cases = queries.assignable(who(), references)
    by_id = outcomes_of(cases, user)
    outcomes = {case.reference: by_id[case.id] for case in cases}
    rows = listing.rows_of(queries.rows_to_assign(who(), references), today_here())
    done = sum(outcome == Outcome.ALREADY for outcome in outcomes.values())
    lead = ngettext(
        "%(num)d case is with %(name)s now", "%(num)d cases are with %(name)s now", done, name=user.name
    )
    return render_template(
        "caseload/assigned_many.html",
        rows=[(row, *_result(outcomes[row.reference], user)) for row in rows if row.reference in outcomes],
        user=user,
        lead=lead,
        gone=len(references) - len(outcomes),
    )


def _result(outcome: Outcome, user: User) -> tuple[str, str]:
    """A result in words, with its tone."""
    return {
        Outcome.ALREADY: (_("Assigned"), "ok"),
        Outcome.OTHER_OFFICE: (_("Stayed: %(name)s does not work in this office", name=user.name), "warn"),
        Outcome.NOT_ACTIVE: (_("Stayed: the account of %(name)s is closed", name=user.name), "warn"),
        Outcome.NOT_NAMED: (_("Stayed: protected, and %(name)s is not on its list", name=user.name), "warn"),
        Outcome.ASSIGNED: (_("Stayed: it was given to somebody else since"), "warn"),
    }[outcome]


@bp.get("/workers")
@performs("case.assign")
def workers() -> ResponseReturnValue:
    """Open cases by case manager; every number leads to exactly its list."""
    return render_template("caseload/workers.html", loads=queries.loads(who(), today=today_here()))
