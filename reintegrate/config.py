"""Settings from the environment, or from files named by `<NAME>_FILE`, checked before the start."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reintegrate.errors import ConfigError

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}

MIN_SECRET_LENGTH = 32


def read_setting(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file that `<name>_FILE` names.

    Raises ConfigError where the file cannot be read.
    """
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE: {error}") from error
    return environ.get(name, default)


def engine_url(url: str) -> str:
    """A database address with our drivers, from the spellings that hosting services hand out."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def base_config(*, database_url: str, secret_key: str, demo: bool = False) -> dict[str, Any]:
    """What every way of running shares; `demo` leaves out the second factor and TLS."""
    return {
        "SQLALCHEMY_ENGINES": {"default": {"url": engine_url(database_url)}},
        "SECRET_KEY": secret_key,
        "SECURITY_PASSWORD_SALT": secret_key,
        "DEMO": demo,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).with_name("translations")),
        "LANGUAGES": LANGUAGES,
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "session" if demo else "__Host-session",
        "SESSION_COOKIE_SECURE": not demo,
        "PERMANENT_SESSION_LIFETIME": 12 * 60 * 60,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def production_config(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration of `reintegrate serve`.

    Reads DATABASE_URL, SECRET_KEY, TOTP_SECRET, BASE_URL and MAIL_* (each also as <NAME>_FILE).
    Raises ConfigError with everything that is wrong, so that one attempt shows it all.
    """
    environ = os.environ if environ is None else environ
    database_url = read_setting(environ, "DATABASE_URL")
    secret_key = read_setting(environ, "SECRET_KEY")
    totp_secret = read_setting(environ, "TOTP_SECRET")
    base_url = read_setting(environ, "BASE_URL")
    wrong = []
    if not database_url:
        wrong.append("DATABASE_URL is missing")
    for name, value in {"SECRET_KEY": secret_key, "TOTP_SECRET": totp_secret}.items():
        if len(value) < MIN_SECRET_LENGTH:
            wrong.append(f"{name} needs at least {MIN_SECRET_LENGTH} characters")
    if not base_url.startswith("https://"):
        wrong.append("BASE_URL has to start with https://")
    if environ.get("FLASK_DEBUG") not in (None, "", "0"):
        wrong.append("FLASK_DEBUG has to be off")
    if wrong:
        raise ConfigError("; ".join(wrong))
    return base_config(database_url=database_url, secret_key=secret_key) | {
        "SECURITY_TOTP_SECRETS": {"1": totp_secret},
        "BASE_URL": base_url.rstrip("/"),
        "MAIL_SERVER": read_setting(environ, "MAIL_SERVER", "localhost"),
        "MAIL_PORT": int(read_setting(environ, "MAIL_PORT", "25")),
        "MAIL_USE_TLS": read_setting(environ, "MAIL_USE_TLS") == "1",
        "MAIL_USERNAME": read_setting(environ, "MAIL_USERNAME") or None,
        "MAIL_PASSWORD": read_setting(environ, "MAIL_PASSWORD") or None,
        "MAIL_DEFAULT_SENDER": read_setting(environ, "MAIL_SENDER", "no-reply@localhost"),
    }


def demo_config(database_url: str) -> dict[str, Any]:
    """The demo: plain HTTP on this machine, no second factor, secrets of this start only."""
    return base_config(database_url=database_url, secret_key=secrets.token_urlsafe(48), demo=True) | {
        "SECURITY_TOTP_SECRETS": {"1": secrets.token_urlsafe(48)},
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_SUPPRESS_SEND": True,
    }
