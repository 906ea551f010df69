"""Opening a case in an emergency, and reviewing that afterwards."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts.guard import denied, signed_in_user, who
from reintegrate.audit.trail import record
from reintegrate.cases import shielding, shielding_queries
from reintegrate.cases.loading import Opened, nothing_here, open_case
from reintegrate.cases.shielding_forms import BreakGlassForm, ReviewForm
from reintegrate.cases.shielding_models import BrokenGlass
from reintegrate.cases.shielding_views import bp
from reintegrate.cases.views import page
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.web.access import performs
from reintegrate.web.forms import put_error, showing_errors
from reintegrate.web.operations import commit_and_go

ACTION = "case.break_glass"


@bp.get("/break-glass")
@performs(ACTION)
def ask_glass() -> ResponseReturnValue:
    """Which case, and what the emergency is."""
    return render_template("cases/break_glass.html", form=BreakGlassForm())


@bp.post("/break-glass")
@performs(ACTION)
def break_glass() -> ResponseReturnValue:
    """Open one case for an hour; a try in vain is remembered with what was typed."""
    form = BreakGlassForm()
    if form.submitted():
        reference, reason = form.reference.data or "", form.reason.data or ""
        try:
            case = shielding.break_glass(reference, who(), by=signed_in_user(), reason=reason)
        except RuleError as error:
            session.rollback()
            put_error(form, error)
            _remember_try(reference, error)
        else:
            place = url_for("caseload.overview", reference=case.reference)
            return commit_and_go(place, _("Everything you open is remembered and will be reviewed"), "warn")
    return render_template("cases/break_glass.html", form=form)


def _remember_try(reference: str, error: RuleError) -> None:
    if error.field == "reference":
        record(session, denied(ACTION, what=reference))
        session.commit()


def _opened(glass_id: int) -> tuple[Opened, BrokenGlass]:
    glass = session.get(BrokenGlass, glass_id)
    if glass is None:
        nothing_here("case.break_glass.review")
    opened = open_case(glass.case.reference, "case.break_glass.review", touched_by=(glass.user_id,))
    return opened, glass


def _review_page(opened: Opened, glass: BrokenGlass, form: ReviewForm) -> str:
    return page(
        "cases/glass.html",
        opened,
        glass=glass,
        runs=glass.runs(utcnow()),
        seen=shielding_queries.read_through(glass),
        form=form,
    )


@bp.get("/break-glass/<int:glass_id>")
@performs("case.break_glass.review")
def ask_review(glass_id: int) -> ResponseReturnValue:
    """Who opened the case, why, and what was read."""
    opened, glass = _opened(glass_id)
    return _review_page(opened, glass, ReviewForm())


@bp.post("/break-glass/<int:glass_id>")
@performs("case.break_glass.review")
def review(glass_id: int) -> ResponseReturnValue:
    """Say whether it was an emergency."""
    opened, glass = _opened(glass_id)
    form = ReviewForm()
    if form.submitted():
        with showing_errors(form):
            shielding.review_glass(glass, **form.facts(), by=signed_in_user())
            return commit_and_go(url_for("caseload.worklist"), _("Reviewed"))
    return _review_page(opened, glass, form)


@bp.post("/break-glass/<int:glass_id>/end")
@performs("case.break_glass.review")
def end_glass(glass_id: int) -> ResponseReturnValue:
    """Close the case again at once."""
    _opened_case, glass = _opened(glass_id)
    place = url_for("shielding.ask_review", glass_id=glass.id)
    try:
        shielding.end_glass(glass, by=signed_in_user())
    except RuleError as error:
        session.rollback()
        return commit_and_go(place, error.message, "bad")
    return commit_and_go(place, _("The case is closed again"))
