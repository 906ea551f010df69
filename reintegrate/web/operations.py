"""One effect for a form, however often it is sent: double clicks, retries, Back and send again."""

from flask import Flask, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from reintegrate.db import session
from reintegrate.web.fields import clean_line
from reintegrate.web.models import Operation

MAX_ID_LENGTH = 64


def _number() -> str:
    number = request.form.get("operation_id", "") if request.method == "POST" else ""
    return number if len(number) <= MAX_ID_LENGTH and number == clean_line(number) else ""


def is_repeatable() -> bool:
    """Whether the request has one effect however often it is done: it reads, or has a number."""
    return request.method in ("GET", "HEAD") or bool(_number())


def claim() -> ResponseReturnValue | None:
    """Take the form's number for this transaction, or answer with the result it already has.

    Two requests with one number meet on the primary key: the second waits for the first, then
    finds its result.
    """
    number = _number()
    if not number:
        return None
    user_id = current_user.id if current_user.is_authenticated else None
    row = {"id": number, "user_id": user_id, "path": request.path}
    try:
        session.execute(insert(Operation).values(row))
    except IntegrityError:
        session.rollback()
        done = session.execute(select(Operation).where(Operation.id == number)).scalar_one_or_none()
        if done is None or (done.user_id, done.path) != (user_id, request.path):
            return None
        return redirect(done.location or url_for("caseload.worklist"))
    g.operation_id = number
    return None


def commit_and_go(location: str, message: str = "", category: str = "ok") -> Response:
    """Make the change durable, remember its result for the form's number, and show it."""
    if number := g.pop("operation_id", None):
        session.execute(update(Operation).where(Operation.id == number).values(location=location))
    session.commit()
    if message:
        flash(message, category)
    return redirect(location)


def init_app(app: Flask) -> None:
    """Claim numbers after the guard has let the request in."""
    app.before_request(claim)
