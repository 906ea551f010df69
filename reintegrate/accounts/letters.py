"""Letters about accounts, in the reader's language: plain text, and nothing about any returnee."""

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, Response, after_this_request, current_app
from flask_babel import force_locale, format_timedelta, get_locale
from flask_babel import gettext as _
from flask_mail import Message
from flask_security import MailUtil
from flask_security.recoverable import generate_reset_password_token

from reintegrate.accounts.models import User
from reintegrate.config import LANGUAGES

log = structlog.get_logger(__name__)

OF_THE_LIBRARY = {
    "security/email/reset_instructions": "reset",
    "security/email/reset_notice": "password_changed",
    "security/email/change_notice": "password_changed",
}
"""Which of our letters goes out where the security library sends one of its own."""


def address_of(endpoint: str, **values: Any) -> str:
    """A whole address on this site: from the configuration, for a request can name any host."""
    base: str = current_app.config["BASE_URL"]
    return base + current_app.url_map.bind("here").build(endpoint, values)


def password_link(user: User) -> str:
    """Where `user` sets her password; it works once, for a time, and until her sessions are ended."""
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    return address_of("security.reset_password", token=token)


def link_life() -> timedelta:
    """How long a link to set a password works."""
    life: timedelta = current_app.config["SECURITY_RESET_PASSWORD_WITHIN"]
    return life


def _subject(letter: str, inviter: str) -> str:
    subjects = {
        "invitation": _("%(name)s invites you to reintegrate", name=inviter),
        "reset": _("Set a new password for reintegrate"),
        "password_changed": _("Your password for reintegrate was changed"),
        "factor_reset": _("Set up your second factor for reintegrate anew"),
    }
    return subjects[letter]


def write(letter: str, to: User, *, inviter: User | None = None, **facts: Any) -> Message:
    """A letter of accounts/letters in the language of its reader, else of this request."""
    with force_locale(to.language if to.language in LANGUAGES else _language_of(inviter)):
        body = current_app.jinja_env.get_template(f"accounts/letters/{letter}.txt").render(
            user=to,
            inviter=inviter,
            site=current_app.config["BASE_URL"],
            life=format_timedelta(link_life(), granularity="day", threshold=1),
            **facts,
        )
        subject = _subject(letter, inviter.name if inviter else "")
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    headers = {"Auto-Submitted": "auto-generated"}
    return Message(subject, sender=sender, recipients=[to.email], body=body, extra_headers=headers)


def _language_of(inviter: User | None) -> str:
    own = inviter.language if inviter else None
    return own if own in LANGUAGES else str(get_locale() or "en")


def invitation(user: User, inviter: User) -> Message:
    """Who invites, what this is, where to set a password, and until when."""
    return write("invitation", user, inviter=inviter, link=password_link(user))


def send(letter: Message) -> bool:
    """Send a letter now; whether the mail server took it. What went wrong is in the log."""
    try:
        current_app.extensions["mail"].send(letter)
    except OSError as error:  # also what smtplib raises
        log.warning("mail.failed", error=type(error).__name__, code=getattr(error, "smtp_code", None))
        return False
    return True


def send_later(letter: Message) -> None:
    """Send a letter when the answer is out, so that its time tells nobody who has an account."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def post() -> None:
        with app.app_context():
            send(letter)

    @after_this_request
    def arrange(response: Response) -> Response:
        response.call_on_close(post)
        return response


class Post(MailUtil):
    """Sends our letters in place of the library's, and asks no name server about addresses."""

    def validate(self, email: str) -> str:
        """The address as it is kept; it may well be known to no server outside the organisation."""
        return self.normalize(email)

    def send_mail(self, template: str, *_library: Any, **context: Any) -> None:
        """Write the letter that stands for the library's `template`, to be sent after the answer."""
        user: User = context["user"]
        link = password_link(user) if "reset_token" in context else ""
        send_later(write(OF_THE_LIBRARY[template], user, link=link))
