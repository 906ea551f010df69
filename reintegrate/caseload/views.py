"""Worklist, list and search: where the day begins."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reintegrate.accounts.access import may_ever
from reintegrate.accounts.guard import who
from reintegrate.audit.trail import Event, record
from reintegrate.caseload import list_page, listing, queries, safeguards, worklists
from reintegrate.caseload.asking import EVERYTHING, Reading, today_here
from reintegrate.db import session
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.fields import clean_line
from reintegrate.web.tables import page_of, place_from

bp = Blueprint("caseload", __name__)


@bp.get("/worklist")
@performs(SIGNED_IN)
def worklist() -> ResponseReturnValue:
    """What is late, due and waiting, for whatever roles the user has."""
    work = worklists.worklist_of(who(), today_here())
    work["sections"] = safeguards.sections_of(who()) + work["sections"]
    return render_template("caseload/worklist.html", **work)


@bp.get("/cases")
@performs("case.list")
def index() -> ResponseReturnValue:
    """The cases that the user may see, by the filters of the address."""
    reading = Reading(request.args, who())
    if not request.args and (first := reading.offered.first):
        return redirect(list_page.url_of(first))
    asked = reading.asked
    order = f"cases {asked.sort}"
    place = place_from(request.args.get("place"), order)
    rows = queries.cases(who(), asked.filters, asked.order, place, today=today_here())
    if place and not rows:
        place, rows = None, queries.cases(who(), asked.filters, asked.order, None, today=today_here())
    page = page_of(
        rows,
        order,
        place,
        endpoint="caseload.index",
        arguments=asked.arguments() or {"view": EVERYTHING},
    )
    exactly = request.args.get("count") == "exactly"
    return render_template("caseload/index.html", **list_page.show(page, reading, who=who(), exactly=exactly))


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
    return render_template(
        "caseload/search.html",
        text=text,
        rows=listing.rows_of(found, today_here()),
        may_break_glass=may_ever(who(), "case.break_glass"),
    )
