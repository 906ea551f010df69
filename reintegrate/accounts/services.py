"""Inviting, granting, confirming, disabling; nobody grants themselves anything."""

import secrets

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import select, update

from reintegrate.accounts import queries
from reintegrate.accounts.models import (
    OFFICE_ROLES,
    Membership,
    Office,
    Role,
    SecondFactorReset,
    SignIn,
    Theme,
    User,
)
from reintegrate.columns import utcnow
from reintegrate.config import LANGUAGES
from reintegrate.db import hold, session
from reintegrate.errors import RuleError
from reintegrate.references import ALPHABET

FEWEST_ADMINISTRATORS = 2


def new_uniquifier() -> str:
    """A fresh name for a user's sessions: a new one ends all of them."""
    return secrets.token_hex(32)


def invite_user(*, email: str, name: str, invited_by: User | None, language: str | None = None) -> User:
    """A user without a password yet; she sets one through the link that is sent to her.

    The letter and her first pages are in `language`.

    Raises RuleError where it cannot be an address, or has an account.
    """
    try:
        email = validate_email(email.strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise RuleError(_("Write a whole address, as name@office.org"), field="email") from None
    if queries.user_by_email(email):
        raise RuleError(_("This address already has an account"), field="email")
    user = User(
        email=email,
        name=name,
        fs_uniquifier=new_uniquifier(),
        language=language,
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

    Raises RuleError where the same person granted it, would confirm her own, or comes too late.
    """
    _hold_role(membership)
    if membership.confirmed_at is not None:
        raise RuleError(_("This role is already confirmed"))
    if confirmed_by.id in (membership.granted_by_id, membership.user_id):
        raise RuleError(_("Somebody else has to confirm this role"))
    membership.confirmed_by_id = confirmed_by.id
    membership.confirmed_at = utcnow()
    session.flush()


def revoke_role(membership: Membership) -> None:
    """Take a membership away.

    Raises RuleError for one of the last two administrators, and where somebody did it before.
    """
    _hold_role(membership)
    _keep_administrators({membership.role} if membership.confirmed_at else set())
    session.delete(membership)
    session.flush()


def _hold_role(membership: Membership) -> None:
    if not hold(membership):
        raise RuleError(_("Somebody has taken this role away already"))


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


def enable_user(user: User, *, enabled_by: User) -> None:
    """Let a disabled account sign in again; somebody else has to confirm its roles anew.

    Does nothing where the account is open.
    """
    if user.active:
        return
    user.active = True
    for membership in queries.memberships_of([user.id])[user.id]:
        membership.granted_by_id = enabled_by.id
        membership.confirmed_by_id = membership.confirmed_at = None
    session.flush()


def _keep_administrators(roles: set[Role]) -> None:
    if Role.ADMINISTRATOR not in roles:
        return
    queries.hold_administrators()
    if queries.administrators() <= FEWEST_ADMINISTRATORS:
        raise RuleError(_("At least two administrators have to remain"))


def sign_out_everywhere(user: User) -> None:
    """End every session of a user, on all devices; links sent to her before no longer work."""
    user.fs_uniquifier = new_uniquifier()
    end_sign_ins(user)


def end_sign_ins(user: User, *, but: SignIn | None = None) -> None:
    """The running sessions of a user are over, except perhaps one."""
    statement = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if but is not None:
        statement = statement.where(SignIn.id != but.id)
    session.flush()
    session.execute(statement.values(ended_at=utcnow()))


def end_sign_in(user: User, sign_in_id: int) -> bool:
    """End one session of a user; False where it is not hers."""
    found = session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user.id))
    if found is None:
        return False
    found.ended_at = found.ended_at or utcnow()
    session.flush()
    return True


def request_reset(user: User, *, reason: str, requested_by: User) -> SecondFactorReset:
    """Ask that a lost second factor be set up anew; it waits for a second person.

    Raises RuleError for oneself, where nothing is set up, and where a request waits already.
    """
    if user.id == requested_by.id:
        raise RuleError(_("Nobody resets their own second factor this way: use “Your account”"))
    if not user.tf_primary_method:
        raise RuleError(_("No second factor is set up: it is asked for at the next sign-in"))
    hold(user)
    if queries.open_reset(user) is not None:
        raise RuleError(_("This is asked for already and waits for somebody else"))
    made = SecondFactorReset(user_id=user.id, reason=reason, requested_by_id=requested_by.id, done=False)
    session.add(made)
    session.flush()
    return made


def decide_reset(asked: SecondFactorReset, *, decided_by: User, agrees: bool) -> None:
    """The second person: the factor is gone and all sessions end, or everything stays as it was.

    Raises RuleError for a decided request, and where whoever asked or is concerned would agree.
    """
    hold(asked)
    if asked.decided_at is not None:
        raise RuleError(_("Somebody has decided on this already"))
    if agrees and decided_by.id in (asked.requested_by_id, asked.user_id):
        raise RuleError(_("Somebody else has to agree to this"))
    asked.decided_by_id, asked.decided_at, asked.done = decided_by.id, utcnow(), agrees
    session.flush()
    if agrees:
        reset_second_factor(asked.user)


def reset_second_factor(user: User) -> None:
    """Let a user who lost her device set up a new second factor at the next sign-in."""
    user.tf_primary_method = None
    user.tf_totp_secret = None
    user.tf_last_counter = None
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
    code = (code or "").strip().upper()
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


def change_office(office: Office, *, name: str, timezone: str) -> None:
    """Correct an office. Code and country stay: references bear the one, access follows the other."""
    office.name, office.timezone = name, timezone
    session.flush()
