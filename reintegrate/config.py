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
    """What every way of running shares; `demo` leaves out the second factor, TLS and limits."""
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
        "PROXIES": 0,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "session" if demo else "__Host-session",
        "SESSION_COOKIE_SECURE": not demo,
        "SESSION_IDLE_MINUTES": 30,
        "SESSION_HOURS": 12,
        "RATELIMIT_ENABLED": not demo,
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
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


NUMBERS = {
    "SESSION_IDLE_MINUTES": (30, 5, 240),
    "SESSION_HOURS": (12, 1, 24),
    "MAIL_PORT": (25, 1, 65535),
}
"""Settings that are whole numbers: the default, the least and the greatest."""

NEEDED = ("DATABASE_URL", "SECRET_KEY", "TOTP_SECRET", "BASE_URL")

LEAST_DIFFERENT = 8
"""A secret of fewer different characters was typed, not drawn."""


def production_config(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration of `reintegrate serve`.

    Reads DATABASE_URL, SECRET_KEY, TOTP_SECRET, BASE_URL, TRUSTED_PROXIES, SESSION_IDLE_MINUTES,
    SESSION_HOURS, RATELIMIT_STORAGE_URI and MAIL_* (each also as <NAME>_FILE). Raises ConfigError
    with everything that is wrong, so that one attempt shows it all.
    """
    environ = os.environ if environ is None else environ
    needed = {name: read_setting(environ, name) for name in NEEDED}
    numbers, wrong = _numbers(environ)
    typed = read_setting(environ, "TRUSTED_PROXIES").split(",")
    proxies = [proxy.strip() for proxy in typed if proxy.strip()]
    problems = [*_faults(needed, environ), *wrong, _proxy_problem(proxies)]
    if found := [problem for problem in problems if problem]:
        raise ConfigError("; ".join(found))
    url, base = needed["DATABASE_URL"], needed["BASE_URL"].rstrip("/")
    return (
        base_config(database_url=url, secret_key=needed["SECRET_KEY"])
        | numbers
        | {
            "SQLALCHEMY_ENGINES": {"default": {"url": engine_url(url), "hide_parameters": True}},
            "SECURITY_TOTP_SECRETS": {"1": needed["TOTP_SECRET"]},
            "BASE_URL": base,
            "ALLOWED_HOSTS": [str(urlsplit(base).hostname), "localhost", "127.0.0.1"],
            "TRUSTED_PROXIES": proxies,
            "LOG_REQUESTS": True,
            "RATELIMIT_STORAGE_URI": read_setting(environ, "RATELIMIT_STORAGE_URI", "memory://"),
            "MAIL_SERVER": read_setting(environ, "MAIL_SERVER", "localhost"),
            "MAIL_USE_TLS": read_setting(environ, "MAIL_USE_TLS") == "1",
            "MAIL_USERNAME": read_setting(environ, "MAIL_USERNAME") or None,
            "MAIL_PASSWORD": read_setting(environ, "MAIL_PASSWORD") or None,
            "MAIL_DEFAULT_SENDER": read_setting(environ, "MAIL_SENDER", "no-reply@localhost"),
        }
    )


def _faults(needed: Mapping[str, str], environ: Mapping[str, str]) -> list[str | None]:
    """What is wrong with the settings that every installation has to give."""
    wrong = [_database_problem(needed["DATABASE_URL"])]
    for name in ("SECRET_KEY", "TOTP_SECRET"):
        if len(needed[name]) < MIN_SECRET_LENGTH:
            wrong.append(f"{name} needs at least {MIN_SECRET_LENGTH} characters")
        elif len(set(needed[name])) < LEAST_DIFFERENT:
            wrong.append(f"{name} is too simple: let a machine draw it")
    if needed["SECRET_KEY"] and needed["SECRET_KEY"] == needed["TOTP_SECRET"]:
        wrong.append("SECRET_KEY and TOTP_SECRET have to differ")
    if not needed["BASE_URL"].startswith("https://") or not urlsplit(needed["BASE_URL"]).hostname:
        wrong.append("BASE_URL has to start with https:// and name a host")
    if environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        wrong.append("FLASK_DEBUG has to be off")
    return wrong


def _numbers(environ: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """The settings that are numbers, and what is wrong with them."""
    found, wrong = {}, []
    for name, (default, least, greatest) in NUMBERS.items():
        typed = read_setting(environ, name) or str(default)
        if typed.isdecimal() and least <= int(typed) <= greatest:
            found[name] = int(typed)
        else:
            wrong.append(f"{name} has to be a number from {least} to {greatest}")
    return found, wrong


def demo_config(database_url: str) -> dict[str, Any]:
    """The demo: plain HTTP on this machine, no second factor, secrets of this start only."""
    return base_config(database_url=database_url, secret_key=secrets.token_urlsafe(48), demo=True) | {
        "SECURITY_TOTP_SECRETS": {"1": secrets.token_urlsafe(48)},
        "BASE_URL": "http://127.0.0.1:8000",
        "MAIL_DEFAULT_SENDER": "no-reply@localhost",
        "MAIL_SUPPRESS_SEND": True,
    }
