"""Users and their roles, for those who keep them."""

from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts import directory, forms, letters, queries, services
from reintegrate.accounts.access import Thing, decide, may_ever, reach
from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import Membership, Office, SecondFactorReset, User
from reintegrate.accounts.views import bp
from reintegrate.audit.trail import Event, record
from reintegrate.config import LANGUAGES
from reintegrate.db import session
from reintegrate.web.access import performs
from reintegrate.web.forms import Button, showing_errors
from reintegrate.web.operations import commit_and_go


def _user(user_id: int, action: str, *, wholly: bool = False) -> User:
    user = queries.user_within(user_id, reach(who(), action), wholly=wholly)
    return user or abort(404)


def _reaches(user: User, action: str, *, wholly: bool = False) -> bool:
    return queries.user_within(user.id, reach(who(), action), wholly=wholly) is not None


@bp.get("/users")
@performs("user.list")
def users() -> ResponseReturnValue:
    """Users with their roles, and what waits for a second person."""
    may_invite = may_ever(who(), "user.create")
    return render_template("accounts/users.html", may_invite=may_invite, **directory.view_of(who()))


@bp.get("/users/<int:user_id>")
@performs("user.list")
def user(user_id: int) -> ResponseReturnValue:
    """One user: her roles, her state, and what can be done about her account."""
    user = _user(user_id, "user.list")
    return render_template(
        "accounts/user.html",
        user=user,
        memberships=queries.memberships_of([user.id])[user.id],
        confirmable={
            m.id
            for m in queries.memberships_of([user.id])[user.id]
            if not m.confirmed_at and directory.may_confirm(who(), m)
        },
        asked=queries.open_reset(user),
        invited_by=session.get(User, user.invited_by_id) if user.invited_by_id else None,
        is_me=user.id == who().user_id,
        may_grant=_reaches(user, "role.grant.basic"),
        may_invite=_reaches(user, "user.create"),
        may_disable=_reaches(user, "user.disable", wholly=True),
        may_sign_out=_reaches(user, "session.revoke.other"),
        may_reset=_reaches(user, "mfa.reset"),
    )


def _offer_offices(form: Any) -> Any:
    pairs = [("", _("None")), *((str(office.id), office.name) for office in queries.offices())]
    form.office.offer(pairs)
    return form


def _office(form: Any) -> Office | None:
    return session.get(Office, int(form.office.data)) if form.office.data else None


def _invite_form() -> forms.InviteForm:
    form: forms.InviteForm = _offer_offices(forms.InviteForm({"language": signed_in_user().language or "en"}))
    form.language.offer(LANGUAGES.items())
    return form


def _invite_page(form: forms.InviteForm) -> ResponseReturnValue:
    title, cancel = _("Invite a user"), url_for(".users")
    return render_template(
        "accounts/form.html", form=form, title=title, button=_("Send the invitation"), cancel_url=cancel
    )


@bp.get("/users/new")
@performs("user.create")
def new_user() -> ResponseReturnValue:
    """Invite somebody."""
    return _invite_page(_invite_form())


@bp.post("/users/new")
@performs("user.create")
def invite() -> ResponseReturnValue:
    """Make the account, propose the role, and send the link with which a password is set."""
    form = _invite_form()
    if form.submitted():
        with showing_errors(form):
            made = services.invite_user(
                email=str(form.email.data),
                name=str(form.name.data),
                invited_by=signed_in_user(),
                language=form.language.data,
            )
            _grant(made, form)
            session.commit()
            return _send_invitation(made, _("Invited. The role counts once somebody else has confirmed it."))
    return _invite_page(form)


def _send_invitation(to: User, done: str) -> ResponseReturnValue:
    there = url_for(".user", user_id=to.id)
    if letters.send(letters.invitation(to, signed_in_user())):
        return commit_and_go(there, done)
    return commit_and_go(there, _("The account is there, but the e-mail could not be sent: try again"), "bad")


@bp.post("/users/<int:user_id>/invite")
@performs("user.create")
def invite_again(user_id: int) -> ResponseReturnValue:
    """Send another link to somebody who has not set a password yet."""
    user = _user(user_id, "user.create")
    if user.password or not user.active:
        abort(404)
    services.sign_out_everywhere(user)
    session.commit()
    return _send_invitation(user, _("Sent again. The earlier link no longer works."))


def _grant(user: User, form: Any) -> None:
    if not decide(who(), directory.grant_action(form.role.data), Thing()).allowed:
        abort(403)
    services.grant_role(
        user,
        role=form.role.data,
        office=_office(form),
        country=form.country.data,
        granted_by=signed_in_user(),
    )


@bp.get("/users/<int:user_id>/roles/new")
@performs("role.grant.basic")
def new_role(user_id: int) -> ResponseReturnValue:
    """Another role for a user."""
    return _role_page(_user(user_id, "role.grant.basic"), _offer_offices(forms.RoleForm()))


def _role_page(user: User, form: Any) -> ResponseReturnValue:
    title, back = _("Another role for %(name)s", name=user.name), url_for(".user", user_id=user.id)
    return render_template(
        "accounts/form.html", form=form, title=title, button=_("Propose the role"), cancel_url=back
    )


@bp.post("/users/<int:user_id>/roles/new")
@performs("role.grant.basic")
def grant(user_id: int) -> ResponseReturnValue:
    """Propose another role; a second person confirms it."""
    user = _user(user_id, "role.grant.basic")
    form = _offer_offices(forms.RoleForm())
    if form.submitted():
        with showing_errors(form):
            _grant(user, form)
            there = url_for(".user", user_id=user.id)
            return commit_and_go(there, _("Proposed. Somebody else has to confirm it."))
    return _role_page(user, form)


def _membership(membership_id: int) -> Membership:
    found = session.get(Membership, membership_id)
    if found is None or not _reaches(found.user, "user.list"):
        abort(404)
    return found


@bp.post("/roles/<int:membership_id>/confirm")
@performs("user.list")
def confirm(membership_id: int) -> ResponseReturnValue:
    """The second person's yes."""
    membership = _membership(membership_id)
    touched = who().user_id in directory.thing_of(membership).touched_by
    if not (touched or directory.may_confirm(who(), membership)):
        abort(403)
    form = Button()
    with showing_errors(form):
        services.confirm_role(membership, confirmed_by=signed_in_user())
        return commit_and_go(url_for(".users"), _("Role confirmed"))
    return commit_and_go(url_for(".users"), form.form_errors[0], "bad")


@bp.post("/roles/<int:membership_id>/revoke")
@performs("role.grant.basic")
def revoke(membership_id: int) -> ResponseReturnValue:
    """Take a role away."""
    form, membership = Button(), _membership(membership_id)
    there = url_for(".user", user_id=membership.user_id)
    with showing_errors(form):
        services.revoke_role(membership)
        return commit_and_go(there, _("Role taken away"))
    return commit_and_go(there, form.form_errors[0], "bad")


@bp.get("/users/<int:user_id>/disable")
@performs("user.disable")
def closing(user_id: int) -> ResponseReturnValue:
    """Ask before an account is closed."""
    user = _user(user_id, "user.disable", wholly=True)
    return render_template("accounts/close.html", user=user, form=Button())


@bp.post("/users/<int:user_id>/disable")
@performs("user.disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    user = _user(user_id, "user.disable", wholly=True)
    form, there = Button(), url_for(".user", user_id=user.id)
    with showing_errors(form):
        services.disable_user(user, disabled_by=signed_in_user())
        return commit_and_go(there, _("%(name)s can no longer sign in", name=user.name))
    return commit_and_go(there, form.form_errors[0], "bad")


@bp.post("/users/<int:user_id>/enable")
@performs("user.create")
def enable(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    user = _user(user_id, "user.create")
    services.enable_user(user, enabled_by=signed_in_user())
    there = url_for(".user", user_id=user.id)
    return commit_and_go(there, _("%(name)s can sign in again", name=user.name))


@bp.post("/users/<int:user_id>/sign-out")
@performs("session.revoke.other")
def sign_out_user(user_id: int) -> ResponseReturnValue:
    """End all sessions of somebody, for instance after a lost laptop."""
    user = _user(user_id, "session.revoke.other")
    services.sign_out_everywhere(user)
    record(session, Event("session.revoke.other", subject="app_user", subject_id=user.id))
    there = url_for(".user", user_id=user.id)
    return commit_and_go(there, _("%(name)s is signed out everywhere", name=user.name))


@bp.get("/users/<int:user_id>/second-factor")
@performs("mfa.reset")
def lost_factor(user_id: int) -> ResponseReturnValue:
    """Ask that somebody's lost second factor be set up anew."""
    return _lost_factor_page(_user(user_id, "mfa.reset"), forms.LostFactorForm())


def _lost_factor_page(user: User, form: forms.LostFactorForm) -> ResponseReturnValue:
    return render_template(
        "accounts/form.html",
        form=form,
        title=_("Reset the second factor of %(name)s", name=user.name),
        lead=_("Another administrator has to agree. Then all sessions end and a new factor is set up."),
        button=_("Ask for the reset"),
        cancel_url=url_for(".user", user_id=user.id),
    )


@bp.post("/users/<int:user_id>/second-factor")
@performs("mfa.reset")
def ask_reset(user_id: int) -> ResponseReturnValue:
    """Keep the request for the second person."""
    user, form = _user(user_id, "mfa.reset"), forms.LostFactorForm()
    if form.submitted():
        with showing_errors(form):
            services.request_reset(user, reason=str(form.reason.data), requested_by=signed_in_user())
            there = url_for(".user", user_id=user.id)
            return commit_and_go(there, _("Asked for. Another administrator has to agree."))
    return _lost_factor_page(user, form)


@bp.post("/second-factor-resets/<int:reset_id>/<any(agree,refuse):answer>")
@performs("mfa.reset")
def decide_reset(reset_id: int, answer: str) -> ResponseReturnValue:
    """The second person's yes or no."""
    asked = session.get(SecondFactorReset, reset_id) or abort(404)
    form, agrees = Button(), answer == "agree"
    with showing_errors(form):
        services.decide_reset(asked, decided_by=signed_in_user(), agrees=agrees)
        said = _("The second factor is reset") if agrees else _("Nothing was changed")
        shown = commit_and_go(url_for(".users"), said)
        if agrees:
            letters.send(letters.write("factor_reset", asked.user))
        return shown
    return commit_and_go(url_for(".users"), form.form_errors[0], "bad")
