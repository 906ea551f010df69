"""Worklist, list and search: where the day begins."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import reach
from reintegrate.accounts.guard import who
from reintegrate.audit.trail import Event, record
from reintegrate.caseload import listing, queries, worklists
from reintegrate.db import session
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.fields import clean_line
from reintegrate.web.formats import today
from reintegrate.web.tables import asked, page_of, place_from

bp = Blueprint("caseload", __name__)

WEEK = timedelta(days=7)

FILTERS = ("status", "office", "worker", "due", "country")


@bp.get("/worklist")
@performs(SIGNED_IN)
def worklist() -> ResponseReturnValue:
    """What is late, due and waiting, for whatever roles the user has."""
    home = accounts.home_office(who())
    here = today(home.timezone) if home else today()
    return render_template("caseload/worklist.html", **worklists.worklist_of(who(), here))


@bp.get("/cases")
@performs("case.list")
def index() -> ResponseReturnValue:
    """The cases that the user may see, by the filters of the address."""
    given = asked(*FILTERS)
    sort = request.args.get("sort", "activity")
    sort = sort if sort in queries.SORTS else "activity"
    place = place_from(request.args.get("place"))
    offices = accounts.offices_within(reach(who(), "case.list"))
    rows = queries.cases(who(), queries.Filters(**given), queries.SORTS[sort], place, today=today())
    column = queries.SORTS[sort].column.key
    page = page_of(
        rows,
        lambda row: (getattr(row, column), row.id),
        place,
        endpoint="caseload.index",
        arguments=given | ({"sort": sort} if sort != "activity" else {}),
    )
    return render_template(
        "caseload/index.html", **listing.view_of(page, given=given, sort=sort, offices=offices)
    )


@bp.get("/search")
@performs("case.list")
def search() -> ResponseReturnValue:
    """Straight to a reference or document; else the people whose names fit."""
    text = clean_line(request.args.get("q", ""))[:200]
    found: list[Any] = []
    if text:
        record(session, Event("case.search", subject="search", changes={"text": [None, text]}))
        if reference := queries.jump(text, who()):
            return redirect(url_for("caseload.overview", reference=reference))
        found = queries.find(text, who())
    return render_template("caseload/search.html", text=text, rows=listing.rows_of(found, today()))
