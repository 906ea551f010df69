"""An installation as people really use it: second factor, limits and sessions on, without TLS."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from flask_mail import email_dispatched
from flask_security import hash_password
from passlib.totp import TOTP
from sqlalchemy import select

from reintegrate.accounts.models import User
from reintegrate.app import create_app
from reintegrate.config import base_config
from reintegrate.db import db, session

PASSWORD = "four plain words here"

SECRET = "a-secret-that-only-these-tests-know-0123456789"


def strict_config(database_url: str) -> dict[str, Any]:
    """What production has, on plain HTTP."""
    return base_config(database_url=database_url, secret_key=SECRET) | {
        "SECURITY_TOTP_SECRETS": {"1": SECRET[::-1]},
        "BASE_URL": "https://register.example.org",
        "MAIL_DEFAULT_SENDER": "no-reply@example.org",
        "MAIL_SUPPRESS_SEND": True,
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_SECURE": False,
        "WTF_CSRF_ENABLED": False,
    }


@contextmanager
def strict(site: Flask, **changes: Any) -> Iterator[Flask]:
    """Such an installation on the database of `site`."""
    url = site.config["SQLALCHEMY_ENGINES"]["default"]["url"]
    app = create_app(strict_config(str(url)) | changes)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def letters_of(app: Flask) -> Iterator[list[Any]]:
    """The letters that are sent meanwhile."""
    sent: list[Any] = []

    def keep(_app: Flask, message: Any) -> None:
        sent.append(message)

    email_dispatched.connect(keep, app)
    try:
        yield sent
    finally:
        email_dispatched.disconnect(keep, app)


def link_in(letter: Any) -> str:
    """The path of the link in a letter."""
    found = re.search(r"https://register\.example\.org(/\S+)", letter.body)
    assert found, letter.body
    return urlsplit(found.group(1)).path


def with_password(user: User) -> User:
    user.password = hash_password(PASSWORD)
    session.flush()
    return user


def with_factor(app: Flask, user: User) -> str:
    """Set up an authenticator for `user`; its key."""
    factory = app.extensions["security"].totp_factory
    secret: str = factory.generate_totp_secret()
    user.tf_totp_secret, user.tf_primary_method = secret, "authenticator"
    session.flush()
    return str(factory.get_totp_b32_key(secret))


def code_of(key: str) -> str:
    """What an authenticator with that key shows now."""
    return str(TOTP(key.replace("-", "").replace(" ", "")).generate().token)


def post(client: FlaskClient, path: str, **data: Any) -> Any:
    """Send a form and finish the answer, as a server does."""
    response = client.post(path, data=data)
    response.close()
    return response


def plain(text: str, email: str) -> str:
    """A page without its token and without the address that was typed."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text).replace(email, "X")


def sign_in(client: FlaskClient, email: str, key: str = "", password: str = PASSWORD) -> Any:
    """Sign in with password and, where there is a key, with its code; the last answer."""
    response = post(client, "/sign-in", email=email, password=password)
    if key and response.status_code == 302:
        response = post(client, response.location, code=code_of(key))
    return response


def is_signed_in(client: FlaskClient) -> bool:
    return bool(client.get("/account").status_code == 200)


def user_of(email: str) -> User:
    return session.scalars(select(User).where(User.email == email)).one()
