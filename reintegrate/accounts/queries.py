"""Who there is, and what each may do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased

from reintegrate.accounts.access import Post, Reach, Who
from reintegrate.accounts.models import (
    Membership,
    Office,
    Role,
    SecondFactorReset,
    SignIn,
    SignInFailure,
    User,
    UserState,
)
from reintegrate.db import session

AnyUsers: TypeAlias = "Select[User]"

AnySelect = TypeVar("AnySelect", bound=Select[Any])


def who_and_where(user: User, named: ColumnElement[bool]) -> tuple[Who, Office | None]:
    """The user as far as decisions need her, and the office where she registers by default.

    Only confirmed memberships count. One in an office is one in its country too: some actions reach
    further than the rest. The office is that of her first membership in a place, or the first one of
    its country. `named` tells whether some case has her on its list; cases live above accounts.
    """
    rows = session.execute(_posts_with(named), {"user_id": user.id}).all()
    posts = tuple(
        Post(role, office_id, country or (office.country if office else None))
        for role, office_id, country, _named, office in rows
    )
    placed = [office for post, (*_, office) in zip(posts, rows, strict=True) if _is_placed(post)]
    return Who(user.id, posts, is_named=any(row[3] for row in rows)), placed[0] if placed else None


def _is_placed(post: Post) -> bool:
    return post.office_id is not None or post.country is not None


@lru_cache
def _posts_with(named: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    others = aliased(Office)
    first = select(func.min(others.id)).where(
        others.country == Membership.country, Membership.office_id.is_(None)
    )
    return (
        select(Membership.role, Membership.office_id, Membership.country, named, Office)
        .outerjoin(Office, Office.id == func.coalesce(Membership.office_id, first.scalar_subquery()))
        .where(Membership.user_id == bindparam("user_id"), Membership.confirmed_at.is_not(None))
        .order_by(Membership.id)
    )


def offices(ids: frozenset[int] | None = None) -> Sequence[Office]:
    """All offices, or those named, by name."""
    statement = select(Office).order_by(Office.name, Office.id)
    if ids is not None:
        statement = statement.where(Office.id.in_(ids))
    return session.scalars(statement).all()


def office_ids_within(reached: Reach) -> frozenset[int]:
    """The offices that a reach covers: those named, and those in its countries."""
    return frozenset(session.scalars(offices_of(reached)))


def offices_within(reached: Reach) -> Sequence[Office]:
    """The offices that a reach covers, by name."""
    statement = select(Office).order_by(Office.name, Office.id)
    return session.scalars(_within(statement, reached)).all()


def offices_of(reached: Reach) -> Select[int]:
    """The ids of the offices that a reach covers, as a part of a statement."""
    return _within(select(Office.id), reached)


def _within(statement: AnySelect, reached: Reach) -> AnySelect:
    if reached.everything:
        return statement
    return statement.where(or_(Office.id.in_(reached.office_ids), Office.country.in_(reached.countries)))


def office_by_code(code: str) -> Office | None:
    """The office with that code, however it is written."""
    return session.scalar(select(Office).where(Office.code == code.strip().upper()))


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


def posted_in(country: str, roles: Collection[Role]) -> list[tuple[User, Who]]:
    """Active users who hold one of some roles in a country, in its offices or everywhere, by name.

    Each with what she is there: her posts elsewhere are left out.
    """
    rows = session.execute(
        select(User, Membership, Office.country)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Office, Office.id == Membership.office_id)
        .where(
            User.active,
            Membership.confirmed_at.is_not(None),
            Membership.role.in_(sorted(roles)),
            or_(
                Office.country == country,
                Membership.country == country,
                and_(Membership.office_id.is_(None), Membership.country.is_(None)),
            ),
        )
        .order_by(User.name, User.id, Membership.id)
    )
    posts: dict[User, list[Post]] = {}
    for user, membership, office_country in rows:
        post = Post(membership.role, membership.office_id, membership.country or office_country)
        posts.setdefault(user, []).append(post)
    return [(user, Who(user.id, tuple(held))) for user, held in posts.items()]


def caseworkers_within(reached: Reach) -> Sequence[User]:
    """Users who hold cases, or held some, in the offices of a reach, by name."""
    statement = select(User).where(holds_cases_within(reached)).order_by(User.name, User.id)
    return session.scalars(statement).all()


def holds_cases_within(reached: Reach) -> ColumnElement[bool]:
    """Whether a user holds cases, or held some, in the offices of a reach."""
    statement = select(Membership.user_id).where(Membership.role.in_([Role.CASEWORKER, Role.SUPERVISOR]))
    if not reached.everything:
        statement = statement.where(_membership_within(reached))
    return User.id.in_(statement)


def offices_worked_in(users: Sequence[User]) -> dict[int, set[int]]:
    """The offices in which each of some users may hold cases, by the user's id."""
    found: dict[int, set[int]] = {user.id: set() for user in users}
    rows = session.execute(
        select(Membership.user_id, Membership.office_id).where(
            Membership.user_id.in_(found),
            Membership.role.in_([Role.CASEWORKER, Role.SUPERVISOR]),
            Membership.confirmed_at.is_not(None),
        )
    )
    for user_id, office_id in rows:
        if office_id is not None:
            found[user_id].add(office_id)
    return found


def users_within(reached: Reach) -> Sequence[User]:
    """The users whose memberships lie within a reach, by name."""
    return session.scalars(select_users(reached).order_by(User.name, User.id)).all()


def select_users(reached: Reach) -> AnyUsers:
    """The users within a reach, as a statement to narrow further."""
    statement = select(User)
    if not reached.everything:
        within = select(Membership.user_id).where(_membership_within(reached))
        statement = statement.where(User.id.in_(within))
    return statement


def user_within(user_id: int, reached: Reach, *, wholly: bool = False) -> User | None:
    """A user, if a membership of hers lies within a reach; `wholly` if all of them do."""
    statement = select_users(reached).where(User.id == user_id)
    if wholly and not reached.everything:
        outside = func.coalesce(_membership_within(reached), false()).is_(false())
        beyond = select(Membership.user_id).where(Membership.confirmed_at.is_not(None), outside)
        statement = statement.where(User.id.not_in(beyond))
    return session.scalar(statement)


STATES: dict[str, ColumnElement[bool]] = {
    UserState.ACTIVE: User.active & User.password.is_not(None),
    UserState.INVITED: User.active & User.password.is_(None),
    UserState.CLOSED: ~User.active,
}


def matching_users(
    statement: AnyUsers, *, q: str = "", role: str = "", office: str = "", state: str = ""
) -> AnyUsers:
    """`statement` narrowed to those whose name or address holds `q`, with a role, office or state."""
    for word in q.split():
        text = func.lower(User.name + " " + User.email)
        statement = statement.where(text.contains(word.lower(), autoescape=True))
    held = select(Membership.user_id)
    if role in set(Role):
        statement = statement.where(User.id.in_(held.where(Membership.role == Role(role))))
    if office.isdecimal():
        statement = statement.where(User.id.in_(held.where(Membership.office_id == int(office[:18]))))
    return statement.where(STATES[state]) if state in STATES else statement


def _membership_within(reached: Reach) -> ColumnElement[bool]:
    return or_(Membership.office_id.in_(offices_of(reached)), Membership.country.in_(reached.countries))


def memberships_of(user_ids: Sequence[int]) -> dict[int, list[Membership]]:
    """The memberships of each user, confirmed or waiting."""
    found: dict[int, list[Membership]] = {user_id: [] for user_id in user_ids}
    for membership in session.scalars(
        select(Membership).where(Membership.user_id.in_(user_ids)).order_by(Membership.id)
    ):
        found[membership.user_id].append(membership)
    return found


def hold_administrators() -> None:
    """Keep from others, until the transaction ends, who is an administrator: whoever counts waits here."""
    statement = select(Membership.id).where(Membership.role == Role.ADMINISTRATOR).order_by(Membership.id)
    session.execute(statement.with_for_update(key_share=True))


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


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong passwords and codes for an account, from an address, and for the one from the other."""

    of_account: int
    of_address: int
    of_both: int


def failures_since(since: datetime, *, account: str, address: str) -> Tries:
    """The wrong tries since a moment that concern an account or an address."""
    rows = session.execute(
        select(SignInFailure.account, SignInFailure.address).where(
            SignInFailure.at > since,
            or_(SignInFailure.account == account, SignInFailure.address == address),
        )
    ).all()
    return Tries(
        of_account=sum(row.account == account for row in rows),
        of_address=sum(row.address == address for row in rows),
        of_both=sum((row.account, row.address) == (account, address) for row in rows),
    )


def has_signed_in_from(email: str, address: str | None) -> bool:
    """Whether the account was used from an address as long as sign-ins are kept."""
    statement = (
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(func.lower(User.email) == email.strip().lower(), SignIn.address == address)
        .limit(1)
    )
    return session.scalar(statement) is not None


def running_sign_ins(user: User, *, seen_after: datetime, begun_after: datetime) -> Sequence[SignIn]:
    """Where a user is signed in, last used first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.user_id == user.id,
            SignIn.ended_at.is_(None),
            SignIn.seen_at > seen_after,
            SignIn.started_at > begun_after,
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    ).all()


def open_reset(user: User) -> SecondFactorReset | None:
    """The request to reset a user's second factor that waits for a second person."""
    return session.scalar(
        select(SecondFactorReset)
        .where(SecondFactorReset.user_id == user.id, SecondFactorReset.decided_at.is_(None))
        .order_by(SecondFactorReset.id)
        .limit(1)
    )


def waiting_resets() -> Sequence[SecondFactorReset]:
    """Requests to reset a second factor that wait for a second person, oldest first."""
    return session.scalars(
        select(SecondFactorReset)
        .where(SecondFactorReset.decided_at.is_(None))
        .order_by(SecondFactorReset.requested_at, SecondFactorReset.id)
    ).all()


def waiting_roles(reached: Reach) -> Sequence[Membership]:
    """Roles within a reach that wait for a second person, oldest first."""
    statement = select(Membership).where(Membership.confirmed_at.is_(None))
    if not reached.everything:
        statement = statement.where(_membership_within(reached))
    return session.scalars(statement.order_by(Membership.granted_at, Membership.id)).all()


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
