"""One's own account; users, roles and offices for those who keep them."""

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user
from flask_security.recoverable import send_reset_password_instructions

from reintegrate.accounts import forms, queries, services
from reintegrate.accounts.access import Reach, Thing, decide, may_ever, reach
from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import PRIVILEGED_ROLES, Membership, Office, Role, User
from reintegrate.audit.trail import Event, record
from reintegrate.db import session
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go

bp = Blueprint("accounts", __name__)


@bp.get("/account")
@performs(SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Who one is here, and how to sign out, change the password and see one's roles."""
    user = signed_in_user()
    return render_template(
        "accounts/profile.html",
        user=user,
        memberships=queries.memberships_of([user.id])[user.id],
        form=forms.Button(),
    )


@bp.post("/account/sign-out-everywhere")
@performs("session.revoke.self")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session but this one."""
    user = signed_in_user()
    services.sign_out_everywhere(user)
    login_user(user)
    return commit_and_go(url_for(".profile"), _("Signed out on all other devices"))


def _within(user_id: int, action: str) -> bool:
    """Whether an action on users reaches one of them."""
    return any(found.id == user_id for found in queries.users_within(reach(who(), action)))


def _user(user_id: int, action: str) -> User:
    user = session.get(User, user_id)
    if user is None or not _within(user_id, action):
        abort(404)
    return user


@bp.get("/users")
@performs("user.list")
def users() -> ResponseReturnValue:
    """Users with their roles, and the roles that wait for a second person."""
    found = queries.users_within(reach(who(), "user.list"))
    memberships = queries.memberships_of([user.id for user in found])
    return render_template(
        "accounts/users.html",
        users=found,
        memberships=memberships,
        me=signed_in_user(),
        may_invite=may_ever(who(), "user.create"),
        may_disable={u.id for u in queries.users_within(_reach("user.disable"))},
        may_confirm=may_ever(who(), "role.confirm") or may_ever(who(), "role.grant.basic"),
        may_reset=may_ever(who(), "mfa.reset"),
        form=forms.Button(),
    )


def _reach(action: str) -> Reach:
    return reach(who(), action)


def _offer_offices(form: Any) -> Any:
    pairs = [("", _("None")), *((str(office.id), office.name) for office in queries.offices())]
    form.office.offer(pairs)
    return form


def _office(form: Any) -> Office | None:
    return session.get(Office, int(form.office.data)) if form.office.data else None


@bp.get("/users/new")
@performs("user.create")
def new_user() -> ResponseReturnValue:
    """Invite somebody."""
    form = _offer_offices(forms.InviteForm())
    return render_template("accounts/form.html", form=form, title=_("Invite a user"), button=_("Invite"))


@bp.post("/users/new")
@performs("user.create")
def invite() -> ResponseReturnValue:
    """Make the account, propose the role, and send the link with which a password is set."""
    form = _offer_offices(forms.InviteForm())
    if form.submitted():
        with showing_errors(form):
            me = signed_in_user()
            user = services.invite_user(email=form.email.data, name=form.name.data, invited_by=me)
            _grant(user, form)
            response = commit_and_go(
                url_for(".users"),
                _("Invited. The role counts once somebody else has confirmed it."),
            )
            send_reset_password_instructions(user)  # type: ignore[no-untyped-call]
            return response
    return render_template("accounts/form.html", form=form, title=_("Invite a user"), button=_("Invite"))


def _grant(user: User, form: Any) -> None:
    role: Role = form.role.data
    action = "role.grant.privileged" if role in PRIVILEGED_ROLES else "role.grant.basic"
    if not decide(who(), action, Thing()).allowed:
        abort(403)
    services.grant_role(
        user, role=role, office=_office(form), country=form.country.data, granted_by=signed_in_user()
    )


@bp.get("/users/<int:user_id>/roles/new")
@performs("role.grant.basic")
def new_role(user_id: int) -> ResponseReturnValue:
    """Another role for a user."""
    user = _user(user_id, "user.list")
    form = _offer_offices(forms.RoleForm())
    title = _("Another role for %(name)s", name=user.name)
    return render_template("accounts/form.html", form=form, title=title, button=_("Propose the role"))


@bp.post("/users/<int:user_id>/roles/new")
@performs("role.grant.basic")
def grant(user_id: int) -> ResponseReturnValue:
    """Propose another role; a second person confirms it."""
    user = _user(user_id, "user.list")
    form = _offer_offices(forms.RoleForm())
    if form.submitted():
        with showing_errors(form):
            _grant(user, form)
            return commit_and_go(url_for(".users"), _("Proposed. Somebody else has to confirm it."))
    title = _("Another role for %(name)s", name=user.name)
    return render_template("accounts/form.html", form=form, title=title, button=_("Propose the role"))


def _membership(membership_id: int) -> Membership:
    found = session.get(Membership, membership_id)
    if found is None or not _within(found.user_id, "user.list"):
        abort(404)
    return found


@bp.post("/roles/<int:membership_id>/confirm")
@performs("user.list")
def confirm(membership_id: int) -> ResponseReturnValue:
    """The second person's yes."""
    membership = _membership(membership_id)
    if not (may_ever(who(), "role.confirm") or may_ever(who(), "role.grant.basic")):
        abort(403)
    form = forms.Button()
    with showing_errors(form):
        services.confirm_role(membership, confirmed_by=signed_in_user())
        return commit_and_go(url_for(".users"), _("Role confirmed"))
    return commit_and_go(url_for(".users"), form.form_errors[0], "bad")


@bp.post("/roles/<int:membership_id>/revoke")
@performs("role.grant.basic")
def revoke(membership_id: int) -> ResponseReturnValue:
    """Take a role away."""
    form = forms.Button()
    with showing_errors(form):
        services.revoke_role(_membership(membership_id))
        return commit_and_go(url_for(".users"), _("Role taken away"))
    return commit_and_go(url_for(".users"), form.form_errors[0], "bad")


@bp.post("/users/<int:user_id>/disable")
@performs("user.disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    user = _user(user_id, "user.disable")
    form = forms.Button()
    with showing_errors(form):
        services.disable_user(user, disabled_by=signed_in_user())
        return commit_and_go(url_for(".users"), _("%(name)s can no longer sign in", name=user.name))
    return commit_and_go(url_for(".users"), form.form_errors[0], "bad")


@bp.post("/users/<int:user_id>/enable")
@performs("user.create")
def enable(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    user = _user(user_id, "user.create")
    services.enable_user(user)
    return commit_and_go(url_for(".users"), _("%(name)s can sign in again", name=user.name))


@bp.post("/users/<int:user_id>/sign-out")
@performs("session.revoke.other")
def sign_out_user(user_id: int) -> ResponseReturnValue:
    """End all sessions of somebody, for instance after a lost laptop."""
    user = _user(user_id, "session.revoke.other")
    services.sign_out_everywhere(user)
    record(session, Event("session.revoke.other", subject="app_user", subject_id=user.id))
    return commit_and_go(url_for(".users"), _("%(name)s is signed out everywhere", name=user.name))


@bp.get("/offices")
@performs("office.change")
def offices() -> ResponseReturnValue:
    """The offices."""
    return render_template("accounts/offices.html", offices=queries.offices())


@bp.get("/offices/new")
@performs("office.change")
def new_office() -> ResponseReturnValue:
    """Another office."""
    form = forms.OfficeForm()
    return render_template("accounts/form.html", form=form, title=_("New office"), button=_("Add the office"))


@bp.post("/offices/new")
@performs("office.change")
def add_office() -> ResponseReturnValue:
    """Keep another office."""
    form = forms.OfficeForm()
    if form.submitted():
        with showing_errors(form):
            services.add_office(**form.facts())
            return commit_and_go(url_for(".offices"), _("Office added"))
    return render_template("accounts/form.html", form=form, title=_("New office"), button=_("Add the office"))
