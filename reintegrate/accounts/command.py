"""What the command line does about accounts: the first two administrators, and ways back in.

Whoever runs it reads the database anyway; the trail keeps what was done, without a name.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from reintegrate.accounts import letters, queries, services
from reintegrate.accounts.models import OFFICE_ROLES, Membership, Office, Role, User
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.errors import RuleError


@dataclass(frozen=True, slots=True)
class Invited:
    """A new user: the link that sets her password, and whether her role counts already."""

    link: str
    counts: bool


def invite(*, email: str, name: str, role: Role, office: str | None, country: str | None) -> Invited:
    """A new user with a role; the first two administrators need no second person.

    Raises RuleError for a known address, an office that is not there, or a role without its place.
    """
    place = _office(office) if role in OFFICE_ROLES else None
    user = services.invite_user(email=email, name=name, invited_by=None)
    membership = services.grant_role(user, role=role, office=place, country=country, granted_by=None)
    counts = _is_among_the_first(membership)
    if counts:
        membership.confirmed_at = utcnow()
    session.commit()
    return Invited(letters.password_link(user), counts)


def _office(code: str | None) -> Office:
    office = queries.office_by_code(code or "")
    if office is None:
        raise RuleError(_("This role belongs to an office: name its code with --office"))
    return office


def _is_among_the_first(membership: Membership) -> bool:
    return membership.role == Role.ADMINISTRATOR and queries.administrators() < services.FEWEST_ADMINISTRATORS


def new_link(email: str) -> str:
    """Another link that sets the password of a user; earlier ones and all her sessions end."""
    user = _user(email)
    services.sign_out_everywhere(user)
    session.commit()
    return letters.password_link(user)


def forget_second_factor(email: str) -> None:
    """Where no two other administrators are left to do it: a user sets up her second factor anew."""
    services.reset_second_factor(_user(email))
    session.commit()


def _user(email: str) -> User:
    user = queries.user_by_email(email)
    if user is None:
        raise RuleError(_("Nobody has the address %(email)s", email=email))
    if not user.active:
        raise RuleError(_("The account of %(email)s is closed", email=email))
    return user
