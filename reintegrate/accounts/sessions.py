"""Running sessions: kept here, so that signing out, idling and a long day really end them.

The browser's cookie holds a key; without its row here the cookie opens nothing, even where it
was copied before its owner signed out.
"""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, current_app, flash, g, request
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import logout_user
from sqlalchemy import delete, select, update

from reintegrate.accounts.models import SignIn, User
from reintegrate.columns import utcnow
from reintegrate.db import session

KEY = "sign_in"
HALF_WAY = "half_way_at"
HALF_WAY_MINUTES = 15
KEPT_DAYS = 30
SEEN_SECONDS = 60


def kept(key: str) -> str:
    """What is kept here of the key in a cookie."""
    return hashlib.sha256(key.encode()).hexdigest()


def begin(user: User) -> str:
    """Remember that `user` signed in with this request; the key for her cookie."""
    key = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.seen_at < utcnow() - timedelta(days=KEPT_DAYS)))
    g.sign_in = SignIn(
        user_id=user.id,
        key=kept(key),
        address=request.remote_addr,
        browser=browser_name(request.user_agent.string),
    )
    session.add(g.sign_in)
    session.flush()
    return key


def browser_name(agent: str) -> str | None:
    """Browser and system in two words, as far as people recognise their devices by them."""
    browsers = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Mac OS": "macOS"}
    found = [next((n for n in kinds if n in agent), None) for kinds in (browsers, systems)]
    return ", ".join(names.get(name, name) for name in found if name) or None


def here() -> SignIn | None:
    """The running session of this request."""
    found: SignIn | None = g.get("sign_in")
    return found


def idle_time() -> timedelta:
    """How long a session lasts without work."""
    return timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])


def longest_time() -> timedelta:
    """How long a session lasts at most."""
    return timedelta(hours=current_app.config["SESSION_HOURS"])


def _named() -> SignIn | None:
    """The session that the cookie names, if it is this user's."""
    key = cookie.get(KEY)
    if not isinstance(key, str):
        return None
    return session.scalar(select(SignIn).where(SignIn.key == kept(key), SignIn.user_id == current_user.id))


def is_over(sign_in: SignIn) -> bool:
    """Whether a session was ended, idled too long or lasted too long."""
    now = utcnow()
    return (
        sign_in.ended_at is not None
        or sign_in.seen_at <= now - idle_time()
        or sign_in.started_at <= now - longest_time()
    )


def check() -> None:
    """End the session of this request where its time is over; otherwise note that it is in use."""
    if request.endpoint == "asset":
        return
    _forget_half_way()
    if not current_user.is_authenticated:
        return
    named = _named()
    if named is None or is_over(named):
        logout_user()
        flash(_why_over(named), "info")
        return
    g.sign_in = named
    if utcnow() - named.seen_at > timedelta(seconds=SEEN_SECONDS):
        session.execute(update(SignIn).where(SignIn.id == named.id).values(seen_at=utcnow()))
        session.commit()


def _why_over(named: SignIn | None) -> str:
    if named is None or named.ended_at is not None:
        return _("You were signed out here from another device. Sign in again to go on.")
    return _(
        "You were signed out, as after every %(minutes)s minutes without work and every %(hours)s hours."
        " What you typed is kept in this browser and offered when you are back.",
        minutes=current_app.config["SESSION_IDLE_MINUTES"],
        hours=current_app.config["SESSION_HOURS"],
    )


def _forget_half_way() -> None:
    """A right password without its code counts for fifteen minutes."""
    if "tf_user_id" not in cookie or (request.endpoint == "security.login" and request.method == "POST"):
        cookie.pop(HALF_WAY, None)
        return
    since = cookie.setdefault(HALF_WAY, utcnow().timestamp())
    if utcnow().timestamp() - since > HALF_WAY_MINUTES * 60:
        for name in [name for name in cookie if name.startswith("tf_") or name == HALF_WAY]:
            cookie.pop(name)


def init_app(app: Flask) -> None:
    """Check the session of every request, before anybody decides on it."""
    app.before_request(check)
