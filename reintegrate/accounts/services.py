"""Inviting, granting, confirming, disabling; nobody grants themselves anything."""

import secrets

from flask_babel import gettext as _
from sqlalchemy import select

from reintegrate.accounts import queries
from reintegrate.accounts.models import OFFICE_ROLES, Membership, Office, Role, Theme, User
from reintegrate.columns import utcnow
from reintegrate.config import LANGUAGES
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.references import ALPHABET

FEWEST_ADMINISTRATORS = 2


def new_uniquifier() -> str:
    """A fresh name for a user's sessions: a new one ends all of them."""
    return secrets.token_hex(32)


def invite_user(*, email: str, name: str, invited_by: User | None) -> User:
    """A user without a password yet; she sets one through the link that is sent to her.

    Raises RuleError where the address has an account.
    """
    if queries.user_by_email(email):
        raise RuleError(_("This address already has an account"), field="email")
    user = User(
        email=email.strip().lower(),
        name=name,
        fs_uniquifier=new_uniquifier(),
        invited_by_id=invited_by.id if invited_by else None,
    )
    session.add(user)
    session.flush()
    return user


def grant_role(
    user: User, *, role: Role, office: Office | None, country: str | None, granted_by: User | None
) -> Membership:
    """A membership that waits for a second person.

    Raises RuleError for a grant to oneself, a place that does not fit the role, or a repetition.
    """
    if granted_by is not None and granted_by.id == user.id:
        raise RuleError(_("Nobody grants a role to themselves"), field="role")
    if role in OFFICE_ROLES and office is None:
        raise RuleError(_("This role belongs to an office: choose one"), field="office")
    if role == Role.PROGRAMME_MANAGER and not country:
        raise RuleError(_("A programme manager belongs to a country: choose one"), field="country")
    membership = Membership(
        user_id=user.id,
        role=role,
        office_id=office.id if office and role in OFFICE_ROLES else None,
        country=country if role == Role.PROGRAMME_MANAGER else None,
        granted_by_id=granted_by.id if granted_by else None,
    )
    _refuse_repetition(membership)
    session.add(membership)
    session.flush()
    return membership


def _refuse_repetition(membership: Membership) -> None:
    same = select(Membership.id).where(
        Membership.user_id == membership.user_id,
        Membership.role == membership.role,
        Membership.office_id.is_not_distinct_from(membership.office_id),
        Membership.country.is_not_distinct_from(membership.country),
    )
    if session.scalar(same) is not None:
        raise RuleError(_("The user already has this role there"), field="role")


def confirm_role(membership: Membership, *, confirmed_by: User) -> None:
    """The second person: from now on the membership counts.

    Raises RuleError where the same person granted it, or would confirm her own.
    """
    if membership.confirmed_at is not None:
        raise RuleError(_("This role is already confirmed"))
    if confirmed_by.id in (membership.granted_by_id, membership.user_id):
        raise RuleError(_("Somebody else has to confirm this role"))
    membership.confirmed_by_id = confirmed_by.id
    membership.confirmed_at = utcnow()
    session.flush()


def revoke_role(membership: Membership) -> None:
    """Take a membership away. Raises RuleError for one of the last two administrators."""
    _keep_administrators({membership.role} if membership.confirmed_at else set())
    session.delete(membership)
    session.flush()


def disable_user(user: User, *, disabled_by: User) -> None:
    """Nobody signs in with this account any more; running sessions end at once.

    Raises RuleError for oneself and for one of the last two administrators.
    """
    if user.id == disabled_by.id:
        raise RuleError(_("Nobody disables their own account"))
    held = queries.memberships_of([user.id])[user.id]
    _keep_administrators({membership.role for membership in held if membership.confirmed_at})
    user.active = False
    sign_out_everywhere(user)


def enable_user(user: User) -> None:
    """Let a disabled account sign in again."""
    user.active = True
    session.flush()


def _keep_administrators(roles: set[Role]) -> None:
    if Role.ADMINISTRATOR in roles and queries.administrators() <= FEWEST_ADMINISTRATORS:
        raise RuleError(_("At least two administrators have to remain"))


def sign_out_everywhere(user: User) -> None:
    """End every session of a user, on all devices."""
    user.fs_uniquifier = new_uniquifier()
    session.flush()


def reset_second_factor(user: User) -> None:
    """Let a user who lost her device set up a new second factor at the next sign-in."""
    user.tf_primary_method = None
    user.tf_totp_secret = None
    user.mf_recovery_codes = None
    sign_out_everywhere(user)


def set_preferences(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep how a user wants to see the pages."""
    if language in LANGUAGES:
        user.language = language
    if theme in set(Theme):
        user.theme = Theme(theme)
    session.flush()


def add_office(*, code: str, name: str, country: str, timezone: str) -> Office:
    """An office; its code opens its references. Raises RuleError where the code is taken or unfit."""
    code = code.strip().upper()
    if not (2 <= len(code) <= 4 and set(code) <= set(ALPHABET)):
        raise RuleError(
            _("Use two to four letters or digits without I, O, 0 and 1, which people mistake"), field="code"
        )
    if queries.office_by_code(code):
        raise RuleError(_("Another office has this code"), field="code")
    office = Office(code=code, name=name, country=country, timezone=timezone)
    session.add(office)
    session.flush()
    return office
