"""One's own account, and the offices."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from reintegrate.accounts import forms, queries, services, sessions
from reintegrate.accounts.access import Reach, Thing, decide, reach
from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import Office
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.forms import Form, showing_errors
from reintegrate.web.operations import commit_and_go

bp = Blueprint("accounts", __name__)


@bp.get("/signed-in")
@performs(SIGNED_IN)
def arrive() -> ResponseReturnValue:
    """Where signing in leads: to the first page, or to recovery codes where there are none yet."""
    user = signed_in_user()
    if user.tf_primary_method and not user.mf_recovery_codes:
        return redirect(url_for("security.mf_recovery_codes"))
    return redirect(url_for("web.home"))


@bp.get("/account")
@performs(SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Who one is here, one's roles, and where one is signed in."""
    user = signed_in_user()
    now = utcnow()
    return render_template(
        "accounts/profile.html",
        user=user,
        memberships=queries.memberships_of([user.id])[user.id],
        sign_ins=queries.running_sign_ins(
            user, seen_after=now - sessions.idle_time(), begun_after=now - sessions.longest_time()
        ),
        here=sessions.here(),
        codes_left=len(user.mf_recovery_codes or []),
    )


@bp.post("/account/sign-out-everywhere")
@performs("session.revoke.self")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session but this one."""
    user = signed_in_user()
    services.sign_out_everywhere(user)
    login_user(user)
    return commit_and_go(url_for(".profile"), _("Signed out on all other devices"))


@bp.post("/account/sessions/<int:sign_in_id>/end")
@performs("session.revoke.self")
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """End one session on another device."""
    if not services.end_sign_in(signed_in_user(), sign_in_id):
        abort(404)
    return commit_and_go(url_for(".profile"), _("Signed out there"))


@bp.get("/offices")
@performs("office.change")
def offices() -> ResponseReturnValue:
    """The offices that one may change."""
    found = queries.offices(queries.office_ids_within(_reach()))
    return render_template("accounts/offices.html", offices=found)


def _reach() -> Reach:
    return reach(who(), "office.change")


@bp.get("/offices/new")
@performs("office.change")
def new_office() -> ResponseReturnValue:
    """Another office."""
    return _office_page(forms.OfficeForm(), _("New office"), _("Add the office"))


@bp.post("/offices/new")
@performs("office.change")
def add_office() -> ResponseReturnValue:
    """Keep another office."""
    form = forms.OfficeForm()
    if form.submitted():
        with showing_errors(form):
            if not decide(who(), "office.change", Thing(country=form.country.data)).allowed:
                abort(403)
            services.add_office(**form.facts())
            return commit_and_go(url_for(".offices"), _("Office added"))
    return _office_page(form, _("New office"), _("Add the office"))


def _office(office_id: int) -> Office:
    if office_id not in queries.office_ids_within(_reach()):
        abort(404)
    return session.get_one(Office, office_id)


def _edit_form(office: Office) -> forms.OfficeEditForm:
    facts = {"name": office.name, "timezone": office.timezone}
    return forms.OfficeEditForm(facts, record_version=office.version, edits=office)


@bp.get("/offices/<int:office_id>/edit")
@performs("office.change")
def edit_office(office_id: int) -> ResponseReturnValue:
    """Correct an office."""
    office = _office(office_id)
    return _office_page(_edit_form(office), office.name, _("Save the office"), office)


@bp.post("/offices/<int:office_id>/edit")
@performs("office.change")
def change_office(office_id: int) -> ResponseReturnValue:
    """Keep the corrected office."""
    office = _office(office_id)
    form = _edit_form(office)
    if form.submitted():
        services.change_office(office, **form.facts())
        return commit_and_go(url_for(".offices"), _("Office saved"))
    return _office_page(form, office.name, _("Save the office"), office)


def _office_page(form: Form, title: str, button: str, office: Office | None = None) -> ResponseReturnValue:
    cancel = url_for(".offices")
    return render_template(
        "accounts/form.html", form=form, title=title, button=button, office=office, cancel_url=cancel
    )
