"""Who there is, and what each may do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select

from reintegrate.accounts.access import Post, Reach, Who
from reintegrate.accounts.models import Membership, Office, Role, SignInFailure, User
from reintegrate.columns import utcnow
from reintegrate.db import session

AnySelect = TypeVar("AnySelect", bound=Select[Any])


def who_is(user: User, named: ColumnElement[bool]) -> Who:
    """The user as far as decisions need her: only confirmed memberships count.

    `named` tells whether some case has her on its list; cases live above accounts.
    """
    rows = session.execute(
        select(Membership.role, Membership.office_id, Membership.country, named)
        .where(Membership.user_id == user.id, Membership.confirmed_at.is_not(None))
        .order_by(Membership.id)
    ).all()
    posts = tuple(Post(role, office_id, country) for role, office_id, country, _named in rows)
    return Who(user.id, posts, is_named=any(row[3] for row in rows))


def offices(ids: frozenset[int] | None = None) -> Sequence[Office]:
    """All offices, or those named, by name."""
    statement = select(Office).order_by(Office.name, Office.id)
    if ids is not None:
        statement = statement.where(Office.id.in_(ids))
    return session.scalars(statement).all()


def office_ids_within(reached: Reach) -> frozenset[int]:
    """The offices that a reach covers: those named, and those in its countries."""
    return frozenset(session.scalars(_within(select(Office.id), reached)))


def offices_within(reached: Reach) -> Sequence[Office]:
    """The offices that a reach covers, by name."""
    statement = select(Office).order_by(Office.name, Office.id)
    return session.scalars(_within(statement, reached)).all()


def _within(statement: AnySelect, reached: Reach) -> AnySelect:
    if reached.everything:
        return statement
    return statement.where(or_(Office.id.in_(reached.office_ids), Office.country.in_(reached.countries)))


def office_by_code(code: str) -> Office | None:
    """The office with that code, however it is written."""
    return session.scalar(select(Office).where(Office.code == code.strip().upper()))


def home_office(who: Who) -> Office | None:
    """The office where a user registers by default: that of the first membership that has one."""
    for post in who.posts:
        if post.office_id is not None:
            return session.get(Office, post.office_id)
        if post.country is not None:
            return session.scalar(
                select(Office).where(Office.country == post.country).order_by(Office.id).limit(1)
            )
    return None


def user_by_email(email: str) -> User | None:
    """The user with that address, whatever its case."""
    return session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def caseworkers_of(office_id: int) -> Sequence[User]:
    """Active users who can hold cases in an office, by name."""
    return session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.office_id == office_id,
            Membership.role.in_([Role.CASEWORKER, Role.SUPERVISOR]),
            Membership.confirmed_at.is_not(None),
            User.active,
        )
        .distinct()
        .order_by(User.name, User.id)
    ).all()


def users_within(reached: Reach) -> Sequence[User]:
    """The users whose memberships lie within a reach, by name."""
    statement = select(User).order_by(User.name, User.id)
    if not reached.everything:
        within = select(Membership.user_id).where(_membership_within(reached))
        statement = statement.where(User.id.in_(within))
    return session.scalars(statement).all()


def _membership_within(reached: Reach) -> ColumnElement[bool]:
    return or_(
        Membership.office_id.in_(office_ids_within(reached)), Membership.country.in_(reached.countries)
    )


def memberships_of(user_ids: Sequence[int]) -> dict[int, list[Membership]]:
    """The memberships of each user, confirmed or waiting."""
    found: dict[int, list[Membership]] = {user_id: [] for user_id in user_ids}
    for membership in session.scalars(
        select(Membership).where(Membership.user_id.in_(user_ids)).order_by(Membership.id)
    ):
        found[membership.user_id].append(membership)
    return found


def administrators() -> int:
    """How many active administrators there are."""
    return (
        session.scalar(
            select(func.count(User.id.distinct()))
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.role == Role.ADMINISTRATOR, Membership.confirmed_at.is_not(None), User.active)
        )
        or 0
    )


def failures_since(account: str, since: datetime) -> int:
    """Wrong passwords and codes for an account since a moment."""
    return (
        session.scalar(
            select(func.count(SignInFailure.id)).where(
                SignInFailure.account == account, SignInFailure.at > since
            )
        )
        or 0
    )


def must_wait(account: str, *, tries: int, minutes: int) -> bool:
    """Whether the account has failed so often that it has to wait."""
    return failures_since(account, utcnow() - timedelta(minutes=minutes)) >= tries


def waiting_memberships(reached: Reach, *, not_by: int) -> int:
    """Roles granted by others that wait for a second person."""
    statement = select(func.count(Membership.id)).where(
        Membership.confirmed_at.is_(None),
        Membership.granted_by_id.is_distinct_from(not_by),
        Membership.user_id != not_by,
    )
    if not reached.everything:
        statement = statement.where(_membership_within(reached))
    return session.scalar(statement) or 0
