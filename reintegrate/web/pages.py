"""What surrounds every page: assets, headers, language and light."""

import gzip
import hashlib
import mimetypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, has_request_context, request, url_for
from flask_babel import Babel
from flask_login import current_user

from reintegrate.config import LANGUAGES
from reintegrate.web import words
from reintegrate.web.access import PUBLIC, performs
from reintegrate.web.formats import RIGHT_TO_LEFT, language

POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

THEMES = ("auto", "light", "dark")

YEAR = 365 * 24 * 60 * 60


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(name)
    return Path(next(iter(spec.submodule_search_locations)))


@cache
def assets() -> dict[str, tuple[Path, ...]]:
    """The files that pages load, by name, each with what it is put together from.

    Our style sheet is written in parts by subject and sent as one; most others come from packages.
    """
    own = Path(__file__).parent.parent / "static"
    bootstrap = _package("bootstrap") / "css"
    htmx = _package("js_lib_htmx") / "static" / "htmx"
    return {path.name: (path,) for path in own.iterdir() if path.is_file()} | {
        "reintegrate.css": tuple(sorted((own / "look").glob("*.css"))),
        "bootstrap.min.css": (bootstrap / "bootstrap.min.css",),
        "bootstrap.rtl.min.css": (bootstrap / "bootstrap.rtl.min.css",),
        "htmx.min.js": (htmx / "htmx.min.js",),
    }


@cache
def _content(name: str) -> bytes:
    return b"\n".join(path.read_bytes() for path in assets()[name])


@cache
def _packed(name: str) -> bytes:
    """The content as gzip sends it; nothing secret is in it that its size could tell."""
    return gzip.compress(_content(name), mtime=0)


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]


def first_on_page(name: str) -> bool:
    """Whether what is called `name` is not yet on the page of this request: shared lists stand there once."""
    shown: set[str] = g.setdefault("shown", set())
    if name in shown:
        return False
    shown.add(name)
    return True


def asset(name: str) -> str:
    """The address of a file that changes with its content, so that it may be kept for a year."""
    return url_for("asset", version=_fingerprint(name), name=name)


@performs(PUBLIC)
def send_asset(version: str, name: str) -> Response:
    """A file that pages load."""
    if name not in assets() or version != _fingerprint(name):
        abort(404)
    packed = request.accept_encodings["gzip"] > 0
    response = Response(_packed(name) if packed else _content(name), mimetype=mimetypes.guess_type(name)[0])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.max_age = YEAR
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def page_before() -> str:
    """The path of the page of this site that the request came from; empty where it came from elsewhere."""
    before = urlsplit(request.referrer or "")
    if (before.scheme, before.netloc) != (request.scheme, request.host):
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def here() -> str:
    """Where this page can be opened again: its own address, or for a sent form the page it was on."""
    return request.full_path.rstrip("?") if request.method == "GET" else page_before() or "/"


def _choices_cookie() -> str:
    """The name of the cookie that keeps language and light; as strict as the session's."""
    return "__Host-look" if current_app.config["SESSION_COOKIE_SECURE"] else "look"


def kept_choices() -> tuple[str, str]:
    """The language and the light that were chosen in this browser, empty where none was."""
    kept = request.cookies.get(_choices_cookie(), "")
    lang, _, theme = kept.partition(".")
    return (lang if lang in LANGUAGES else "", theme if theme in THEMES else "")


def keep_choices(response: Response, *, language: str, theme: str) -> Response:
    """Remember language and light in this browser for a year, signed in or not."""
    old_language, old_theme = kept_choices()
    response.set_cookie(
        _choices_cookie(),
        f"{language or old_language}.{theme or old_theme}",
        max_age=YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def choose_language() -> str:
    """The user's own language, else the one chosen in this browser, else what the browser asks for.

    English outside a request, as for commands.
    """
    if not has_request_context():
        return "en"
    own = getattr(current_user, "language", None) if current_user else None
    chosen = own or kept_choices()[0]
    if chosen in LANGUAGES:
        return str(chosen)
    asked = (tag.lower().partition("-")[0] for tag, quality in request.accept_languages if quality)
    return next((code for code in asked if code in LANGUAGES), "en")


def _theme() -> str:
    own = getattr(current_user, "theme", None)
    return str(own if own and own != "auto" else kept_choices()[1] or "auto")


def surroundings() -> dict[str, Any]:
    """What every template may use."""
    lang = language()
    return {
        "lang": lang,
        "rtl": lang in RIGHT_TO_LEFT,
        "theme": _theme(),
        "languages": list(LANGUAGES.items()),
        "current_user": current_user,
        "here_address": here(),
    }


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "asset":
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response


def init_app(app: Flask) -> None:
    """Serve assets, set headers and know the language."""
    Babel(app, locale_selector=choose_language)
    words.init_app(app)
    app.add_url_rule("/assets/<version>/<name>", "asset", send_asset)
    app.jinja_env.globals.update(asset=asset, first_on_page=first_on_page)
    app.context_processor(surroundings)
    app.after_request(_finish)
