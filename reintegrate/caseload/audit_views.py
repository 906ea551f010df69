"""The trail, for those who watch over it."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reintegrate.accounts.access import may_ever
from reintegrate.accounts.guard import who
from reintegrate.audit import queries
from reintegrate.audit.verify import head_of, verify
from reintegrate.caseload import audit_reach, audit_words
from reintegrate.db import session
from reintegrate.web.access import performs

bp = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 100


@bp.get("/")
@performs("audit.read.team")
def index() -> ResponseReturnValue:
    """Events, newest first, as far as the user's reach goes.

    Numbers, whose gaps tell of what is hidden, are for those who read everything.
    """
    numbered = may_ever(who(), "audit.read.full")
    place = request.args.get("before" if numbered else "skipped", "")
    given = int(place[:18]) if place.isascii() and place.isdigit() else 0
    before, skipped = (given or None, 0) if numbered else (None, given)
    rows = queries.events(audit_reach.condition(), before=before, limit=PAGE + 1, skipped=skipped)
    older = {"before": rows[PAGE - 1].seq} if numbered and len(rows) > PAGE else {"skipped": skipped + PAGE}
    older_url = url_for(".index", **older) if len(rows) > PAGE else ""
    return render_template(
        "audit/index.html",
        rows=rows[:PAGE],
        numbered=numbered,
        older_url=older_url,
        words=audit_words,
        names=audit_words.names(rows),
        references=audit_words.references({row.case_id for row in rows if row.case_id}),
        verifies=may_ever(who(), "audit.verify"),
    )


@bp.get("/verify")
@performs("audit.verify")
def check() -> ResponseReturnValue:
    """Recompute the chain and say whether it is whole."""
    number, faults = verify(session._get_current_object())  # type: ignore[attr-defined]
    reads = may_ever(who(), "audit.read.team")
    return render_template(
        "audit/verify.html", number=number, faults=faults, head=head_of(session), reads=reads
    )
