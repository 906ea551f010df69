"""Settings from the environment, or from files named by `<NAME>_FILE`, checked before the start."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from reintegrate.errors import ConfigError

LANGUAGES = {"en": "English", "fr": "Français", "ar": "العربية"}

MIN_SECRET_LENGTH = 32

SETTINGS = {
    "DATABASE_URL": "",
    "SECRET_KEY": "",
    "TOTP_SECRET": "",
    "BASE_URL": "",
    "TRUSTED_PROXIES": "",
    "MAIL_SERVER": "localhost",
    "MAIL_PORT": "25",
    "MAIL_USE_TLS": "",
    "MAIL_USERNAME": "",
    "MAIL_PASSWORD": "",
    "MAIL_SENDER": "no-reply@localhost",
}
"""What production reads, and what holds where nothing is set."""


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


def has_database(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the environment names a database."""
    return bool(read_setting(os.environ if environ is None else environ, "DATABASE_URL"))


def demo_database(folder: Path | None = None) -> Path:
    """Where the demo keeps its database."""
    return (folder or Path(tempfile.gettempdir()) / "reintegrate-demo") / "demo.sqlite"


def command_config(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration of a command that answers nobody over the network: a database is enough.

    Where DATABASE_URL names none, it is the demo's, if there is one. Raises ConfigError.
    """
    environ = os.environ if environ is None else environ
    database_url = read_setting(environ, "DATABASE_URL")
    if not database_url and demo_database().exists():
        database_url = f"sqlite:///{demo_database()}"
    if not database_url:
        raise ConfigError("DATABASE_URL is missing; or name a database with --database")
    return demo_config(database_url)


def _database_problem(url: str) -> str | None:
    if not url:
        return "DATABASE_URL is missing"
    try:
        found = make_url(engine_url(url))
    except ArgumentError:
        return "DATABASE_URL is no address of a database, such as postgresql://user:password@host/name"
    if found.get_backend_name() not in ("postgresql", "sqlite"):
        return "DATABASE_URL has to start with postgresql:// or sqlite:///"
    if not found.database or found.database == ":memory:":
        return "DATABASE_URL names no database"
    return None


def _proxy_problem(proxies: list[str]) -> str | None:
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError:
            return f"TRUSTED_PROXIES holds {proxy}, which is no address or network"
    return None


def _problems(environ: Mapping[str, str], settings: dict[str, str], proxies: list[str]) -> list[str]:
    """What is wrong with the settings, all of it."""
    found = [_database_problem(settings["DATABASE_URL"])]
    found += [
        f"{name} needs at least {MIN_SECRET_LENGTH} characters"
        for name in ("SECRET_KEY", "TOTP_SECRET")
        if len(settings[name]) < MIN_SECRET_LENGTH
    ]
    if not settings["BASE_URL"].startswith("https://") or not urlsplit(settings["BASE_URL"]).hostname:
        found.append("BASE_URL has to start with https:// and name a host")
    if not settings["MAIL_PORT"].isdecimal():
        found.append("MAIL_PORT is no number")
    if environ.get("FLASK_DEBUG") not in (None, "", "0"):
        found.append("FLASK_DEBUG has to be off")
    return [problem for problem in (*found, _proxy_problem(proxies)) if problem]


def production_config(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration of `reintegrate serve`.

    Reads DATABASE_URL, SECRET_KEY, TOTP_SECRET, BASE_URL, TRUSTED_PROXIES and MAIL_* (each also as
    <NAME>_FILE). Raises ConfigError with everything that is wrong, so that one attempt shows it all.
    """
    environ = os.environ if environ is None else environ
    settings = {name: read_setting(environ, name, default) for name, default in SETTINGS.items()}
    proxies = [proxy.strip() for proxy in settings["TRUSTED_PROXIES"].split(",") if proxy.strip()]
    if wrong := _problems(environ, settings, proxies):
        raise ConfigError("; ".join(wrong))
    url, key = settings["DATABASE_URL"], settings["SECRET_KEY"]
    return base_config(database_url=url, secret_key=key) | {
        "SQLALCHEMY_ENGINES": {"default": {"url": engine_url(url), "hide_parameters": True}},
        "SECURITY_TOTP_SECRETS": {"1": settings["TOTP_SECRET"]},
        "BASE_URL": settings["BASE_URL"].rstrip("/"),
        "ALLOWED_HOSTS": [str(urlsplit(settings["BASE_URL"]).hostname), "localhost", "127.0.0.1"],
        "TRUSTED_PROXIES": proxies,
        "LOG_REQUESTS": True,
        "MAIL_SERVER": settings["MAIL_SERVER"],
        "MAIL_PORT": int(settings["MAIL_PORT"]),
        "MAIL_USE_TLS": settings["MAIL_USE_TLS"] == "1",
        "MAIL_USERNAME": settings["MAIL_USERNAME"] or None,
        "MAIL_PASSWORD": settings["MAIL_PASSWORD"] or None,
        "MAIL_DEFAULT_SENDER": settings["MAIL_SENDER"],
    }


def demo_config(database_url: str) -> dict[str, Any]:
    """The demo: plain HTTP on this machine, no second factor, secrets of this start only."""
    return base_config(database_url=database_url, secret_key=secrets.token_urlsafe(48), demo=True) | {
        "SECURITY_TOTP_SECRETS": {"1": secrets.token_urlsafe(48)},
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_SUPPRESS_SEND": True,
    }
