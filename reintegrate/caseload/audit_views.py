"""The trail, for those who watch over it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from reintegrate.audit import queries
from reintegrate.audit.verify import head_of, verify
from reintegrate.caseload import audit_reach
from reintegrate.db import session
from reintegrate.web.access import performs

bp = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 100


@bp.get("/")
@performs("audit.read.team")
def index() -> ResponseReturnValue:
    """Events, newest first, as far as the user's reach goes."""
    before = request.args.get("before", "")
    condition = audit_reach.condition()
    rows = queries.events(condition, before=int(before) if before.isdigit() else None, limit=PAGE + 1)
    return render_template("audit/index.html", rows=rows[:PAGE], more=len(rows) > PAGE)


@bp.get("/verify")
@performs("audit.verify")
def check() -> ResponseReturnValue:
    """Recompute the chain and say whether it is whole."""
    number, faults = verify(session._get_current_object())  # type: ignore[attr-defined]
    return render_template("audit/verify.html", number=number, faults=faults, head=head_of(session))
