"""Things that tests need, made with as few words as possible."""

import hashlib
import secrets
from contextlib import nullcontext
from datetime import date
from itertools import count
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import select

from reintegrate.accounts.models import Membership, Office, Role, SignIn, User
from reintegrate.accounts.services import new_uniquifier
from reintegrate.cases import services
from reintegrate.cases.codes import ConsentChannel, ConsentPurpose, ReturnType
from reintegrate.cases.models import Case, ConsentText
from reintegrate.cases.returns import register_return
from reintegrate.columns import utcnow
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.people.naming import Names
from reintegrate.people.services import register_person

_numbers = count(1)

CODES = [a + b for a in "ABCDEFGH" for b in "JKLMNPQRSTUVWXYZ"]


def office(country: str = "SN", **facts: Any) -> Office:
    number = next(_numbers)
    made = Office(
        code=facts.get("code", CODES[number % len(CODES)]),
        name=facts.get("name", f"Office {number}"),
        country=country,
        timezone="UTC",
    )
    session.add(made)
    session.flush()
    return made


def user(role: Role | None = None, at: Office | None = None, **facts: Any) -> User:
    number = next(_numbers)
    made = User(
        email=facts.get("email", f"user{number}@example.org"),
        name=facts.get("name", f"User {number}"),
        fs_uniquifier=new_uniquifier(),
        password=facts.get("password"),
        active=True,
    )
    session.add(made)
    session.flush()
    if role is not None:
        is_country = role == Role.PROGRAMME_MANAGER
        session.add(
            Membership(
                user_id=made.id,
                role=role,
                office_id=at.id if at and not is_country else None,
                country=at.country if at and is_country else None,
                confirmed_at=utcnow(),
            )
        )
        session.flush()
    return made


def case(at: Office | None = None, manager: User | None = None, **facts: Any) -> Case:
    at = at or office()
    person = register_person(
        Names(given_names=facts.get("given_names", "Mariama"), family_name=facts.get("family_name", "Ba")),
        birth=facts.get("birth", PartialDate(date(1990, 5, 2), Precision.DAY)),
        nationalities=["SN"],
    )
    episode = register_return(
        person, type=ReturnType.AVRR, return_country="SN", host_country="DE", arrived=NOT_KNOWN
    )
    made = services.open_case(
        episode, office=at, opened_by=facts.get("opened_by", manager), case_manager=manager
    )
    if facts.get("consent"):
        consent(made)
    return made


def consent(of: Case) -> None:
    services.record_consent(
        of,
        purpose=ConsentPurpose.CASE_MANAGEMENT,
        given=True,
        channel=ConsentChannel.WRITTEN,
        language="fr",
        answered_on=date(2024, 1, 1),
        recorded_by=None,
    )


def consent_text(language: str, text: str = "I agree that this office keeps what I tell") -> ConsentText:
    made = ConsentText(
        purpose=ConsentPurpose.CASE_MANAGEMENT,
        language=language,
        version=1,
        text=text,
        published_on=date(2024, 1, 1),
    )
    session.add(made)
    session.flush()
    return made


def signed_in(site: Flask, uniquifier: str) -> FlaskClient:
    """A browser in which the user with that name for her sessions has signed in."""
    key = secrets.token_hex()
    with nullcontext() if has_app_context() else site.app_context():
        user_id = session.scalar(select(User.id).where(User.fs_uniquifier == uniquifier))
        session.add(SignIn(user_id=user_id, key=hashlib.sha256(key.encode()).hexdigest()))
        session.commit()
    client = site.test_client()
    with client.session_transaction() as browser_session:
        browser_session["_user_id"] = uniquifier
        browser_session["_fresh"] = True
        browser_session["sign_in"] = key
    return client
