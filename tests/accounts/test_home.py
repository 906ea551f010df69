"""Where a user works first, and what her memberships say of her."""

from flask import Flask

from reintegrate.accounts.access import Post
from reintegrate.accounts.models import Membership, Role
from reintegrate.accounts.queries import who_and_where
from reintegrate.cases.queries import IS_NAMED
from reintegrate.columns import utcnow
from reintegrate.db import session
from tests import make


def test_a_user_is_at_home_in_the_office_of_her_first_membership(app: Flask) -> None:
    elsewhere, here = make.office("GM"), make.office("SN")
    user = make.user(Role.CASEWORKER, here)
    session.add(
        Membership(user_id=user.id, role=Role.SUPERVISOR, office_id=elsewhere.id, confirmed_at=utcnow())
    )
    session.flush()

    who, home = who_and_where(user, IS_NAMED)

    assert home is here
    assert who.posts == (
        Post(Role.CASEWORKER, here.id, "SN"),
        Post(Role.SUPERVISOR, elsewhere.id, "GM"),
    )


def test_who_works_in_a_country_is_at_home_in_its_first_office(app: Flask) -> None:
    make.office("GM")
    first, _second = make.office("SN"), make.office("SN")
    user = make.user()
    session.add(Membership(user_id=user.id, role=Role.PROGRAMME_MANAGER, country="SN", confirmed_at=utcnow()))
    session.flush()

    who, home = who_and_where(user, IS_NAMED)

    assert home is first
    assert who.posts == (Post(Role.PROGRAMME_MANAGER, None, "SN"),)


def test_a_membership_without_a_place_gives_no_home(app: Flask) -> None:
    make.office("SN")
    user = make.user(Role.AUDITOR)

    assert who_and_where(user, IS_NAMED)[1] is None
