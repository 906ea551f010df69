"""Pages that belong to nobody's domain: the first page, preferences, help, health."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from reintegrate import db
from reintegrate.config import LANGUAGES
from reintegrate.web import pages
from reintegrate.web.access import PUBLIC, SIGNED_IN, performs

bp = Blueprint("web", __name__)


@bp.get("/")
@performs(SIGNED_IN)
def home() -> ResponseReturnValue:
    """The first page of every role is the worklist."""
    return redirect(url_for("caseload.worklist"))


@bp.get("/health")
@performs(PUBLIC)
def health() -> dict[str, Any]:
    """Whether the service answers and reaches its database."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}


@bp.get("/help")
@performs(PUBLIC)
def help_pages() -> str:
    """How things are done here."""
    return render_template("web/help.html")


@bp.get("/privacy")
@performs(PUBLIC)
def privacy() -> str:
    """Who sees which data, and what is recorded."""
    return render_template("web/privacy.html")


@bp.post("/preferences")
@performs(PUBLIC)
def preferences() -> ResponseReturnValue:
    """Keep language and theme in this browser; a signed-in user keeps them in the account as well."""
    language = request.form.get("language", "")[:10]
    theme = request.form.get("theme", "")[:10]
    current_app.extensions["keep_preferences"](language, theme)
    there = safe_path(request.form.get("next", "")) or url_for("web.home")
    response = make_response(redirect(there))
    return pages.keep_choices(
        response,
        language=language if language in LANGUAGES else "",
        theme=theme if theme in pages.THEMES else "",
    )


def safe_path(target: str) -> str:
    """A path on this site, or nothing: an address elsewhere is not followed."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if inside and target.isprintable() else ""
