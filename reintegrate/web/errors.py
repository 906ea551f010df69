"""What people see when something goes wrong: what happened, what is lost (nothing), what to do."""

import sys
from contextlib import suppress
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException

from reintegrate.audit import queries as audit
from reintegrate.db import session
from reintegrate.web.formats import moment
from reintegrate.web.forms import EditConflictError
from reintegrate.web.pages import page_before

RETRY_SECONDS = 300

NOTHING_MORE: dict[str, Any] = {"back": "", "again": [], "action": ""}
"""A page about an error that leads back nowhere and sends nothing again."""


def _page(status: int, title: str, text: str, **extra: Any) -> tuple[str, int]:
    session.rollback()
    given = NOTHING_MORE | extra
    return render_template("web/error.html", heading=title, text=text, status=status, **given), status


def not_found(_error: HTTPException) -> ResponseReturnValue:
    """The same page for what is not there and for what is not for this user."""
    return _page(
        404,
        _("There is nothing here for you"),
        _("The address may be wrong, or what it names is not yours to see."),
    )


def forbidden(_error: HTTPException) -> ResponseReturnValue:
    """A page that the user's role does not open."""
    return _page(
        403, _("Your role does not open this page"), _("If your work needs it, ask an administrator.")
    )


def form_expired(_error: CSRFError) -> ResponseReturnValue:
    """The form's token is old, for instance since a sign-out elsewhere: what was typed is sent again.

    Only what came from a page of this site is offered again, so that nobody can prepare a form
    elsewhere and have it confirmed here; secrets and files are typed anew.
    """
    before = page_before()
    typed = [] if _has_secrets() or not before else list(request.form.items(multi=True))
    return _page(
        400,
        _("This form has expired"),
        _("It was open since before you signed in. Nothing was saved yet, and nothing you typed is lost."),
        back=before,
        again=[(name, value) for name, value in typed if name != "csrf_token"],
        action=request.full_path.rstrip("?"),
    )


def _has_secrets() -> bool:
    names = [*request.form, *request.files]
    return bool(request.files) or any("password" in name or name == "code" for name in names)


def too_large(_error: HTTPException) -> ResponseReturnValue:
    """The request holds more than is accepted."""
    return _page(413, _("That is too large"), _("Files may have up to 20 MB."), back=page_before())


def too_many(_error: HTTPException) -> ResponseReturnValue:
    """Too many requests in a short time."""
    text = _("Wait a few minutes, then try again. What you typed is still in the form: go back to it.")
    if request.files:
        text = _("Wait a few minutes, then send the file again. It was not read, and nothing of it is saved.")
    page, status = _page(
        429,
        _("Too many requests"),
        text,
        back=page_before(),
    )
    return page, status, {"Retry-After": str(RETRY_SECONDS)}


def other(error: HTTPException) -> ResponseReturnValue:
    """Any other refusal of the web server."""
    return _page(error.code or 400, _("That did not work"), _("The request could not be understood."))


def broken(_error: Exception) -> ResponseReturnValue:
    """A mistake of ours."""
    return _page(
        500,
        _("Something went wrong here"),
        _("Nothing was saved. What you typed is still in the form: go back and try again."),
        back=page_before(),
    )


def unavailable(_error: Exception) -> ResponseReturnValue:
    """The database is away or too busy; the page is made without it."""
    current_app.log_exception(sys.exc_info())
    with suppress(SQLAlchemyError):
        session.rollback()
    g._login_user = AnonymousUserMixin()
    page = render_template(
        "web/error.html",
        heading=_("The register does not answer just now"),
        text=_(
            "Go back and send it again in a minute. What you typed is still in the form, and nothing"
            " is saved twice."
        ),
        status=503,
        **NOTHING_MORE,
    )
    return page, 503, {"Retry-After": "30"}


def conflict(error: EditConflictError) -> ResponseReturnValue:
    """Somebody saved first: choose, field by field."""
    saved = _last_save(error.form.edits)
    session.rollback()
    filed = g.get("filed_under")
    shown = {"form": error.form, "merge": error.merge, "reference": filed.reference if filed else "", **saved}
    return render_template("web/merge.html", action=request.path, **shown), 409


def _last_save(record: Any) -> dict[str, Any]:
    """Who saved the edited record last, whether she is the user herself, and when; as far as known."""
    found = audit.last_change(record.__tablename__, record.id) if record is not None else None
    if found is None:
        return {"editor": "", "own": False, "saved_when": ""}
    filed = g.get("filed_under")
    when = moment(found.at, filed.timezone) if filed else moment(found.at)
    return {"editor": found.who or "", "own": found.who_id == current_user.id, "saved_when": when}


def init_app(app: Flask) -> None:
    """Install the pages."""
    app.register_error_handler(404, not_found)
    app.register_error_handler(405, not_found)
    app.register_error_handler(403, forbidden)
    app.register_error_handler(413, too_large)
    app.register_error_handler(429, too_many)
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(HTTPException, other)
    app.register_error_handler(500, broken)
    for kind in (OperationalError, InterfaceError, NoConnectionLeft):
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(EditConflictError, conflict)
