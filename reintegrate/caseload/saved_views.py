"""Keeping a list of cases by name, renaming, sharing and forgetting it."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts.guard import who
from reintegrate.caseload import list_page, saved
from reintegrate.caseload.asking import Asked, Reading, asked_by, sort_words
from reintegrate.caseload.forms import SavedViewForm
from reintegrate.caseload.models import SavedView
from reintegrate.caseload.views import bp
from reintegrate.web.access import performs
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go


def _words(asked: Asked, reading: Reading) -> list[str]:
    """What a list holds, in words."""
    found = [f"{field.label}: {field.word}" for field in reading.fields if field.name in asked.given]
    return [*(found or [_("All cases")]), sort_words()[asked.sort]]


def _get(view_id: int, *, to_change: bool) -> SavedView:
    view = saved.view_of(view_id, who()) or abort(404)
    if to_change and not saved.may_change(view, who()):
        abort(404)
    return view


def _form(view: SavedView | None) -> SavedViewForm:
    first = saved.first_view(who())
    facts: dict[str, Any] = {"first": first is not None and first is view}
    if view is not None:
        facts |= {"name": view.name, "office": str(view.office_id or "")}
    form = SavedViewForm(facts)
    offices = saved.offices_to_share_with(who())
    form.office.offer([("", _("Nobody: only me")), *((str(office.id), office.name) for office in offices)])
    return form


def _page(form: SavedViewForm, query: str, view: SavedView | None) -> str:
    reading = Reading(asked_by(query), who())
    return render_template(
        "caseload/view.html",
        form=form,
        view=view,
        words=_words(reading.asked, reading),
        back=url_for(".views") if view else reading.asked.url(),
    )


@bp.get("/cases/views")
@performs("case.list")
def views() -> ResponseReturnValue:
    """One's own views and those shared with one's offices."""
    first = saved.first_view(who())
    rows = [
        (view, list_page.url_of(view), view is first, saved.may_change(view, who()))
        for view in saved.views_for(who())
    ]
    return render_template("caseload/views.html", rows=rows, me=who().user_id)


@bp.get("/cases/views/new")
@performs("case.list")
def new_view() -> ResponseReturnValue:
    """A name for the list of the address."""
    return _page(_form(None), Reading(request.args, who()).asked.query(), None)


@bp.post("/cases/views/new")
@performs("case.list")
def create_view() -> ResponseReturnValue:
    """Keep the list of the address."""
    form, query = _form(None), Reading(request.args, who()).asked.query()
    return _save(form, None, query) or _page(form, query, None)


def _save(form: SavedViewForm, view: SavedView | None, query: str) -> ResponseReturnValue | None:
    if not form.submitted():
        return None
    chosen = [office for office in saved.offices_to_share_with(who()) if str(office.id) == form.office.data]
    with showing_errors(form):
        kept = saved.save_view(
            view,
            who=who(),
            name=str(form.name.data),
            query=query,
            office=chosen[0] if chosen else None,
            first=bool(form.first.data),
        )
        return commit_and_go(list_page.url_of(kept), _("Saved as “%(name)s”", name=kept.name))
    return None


@bp.get("/cases/views/<int:view_id>")
@performs("case.list")
def edit_view(view_id: int) -> ResponseReturnValue:
    """A view to rename, share or open first."""
    view = _get(view_id, to_change=True)
    return _page(_form(view), view.query, view)


@bp.post("/cases/views/<int:view_id>")
@performs("case.list")
def save_view(view_id: int) -> ResponseReturnValue:
    """Keep what was changed about a view."""
    view = _get(view_id, to_change=True)
    form, query = _form(view), view.query
    return _save(form, view, query) or _page(form, query, view)


@bp.post("/cases/views/<int:view_id>/first")
@performs("case.list")
def open_first(view_id: int) -> ResponseReturnValue:
    """Open the list with a view from now on, or no longer."""
    view = _get(view_id, to_change=False)
    wanted = request.form.get("wanted") == "1"
    saved.choose_first(view, who(), wanted=wanted)
    message = (
        _("Your list opens with “%(name)s”", name=view.name) if wanted else _("Your list opens with all")
    )
    return commit_and_go(url_for(".views"), message)


@bp.post("/cases/views/<int:view_id>/remove")
@performs("case.list")
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    view = _get(view_id, to_change=True)
    name = view.name
    saved.remove_view(view)
    return commit_and_go(url_for(".views"), _("Removed: %(name)s. The cases are as they were.", name=name))
