"""Working on one case: moving it on, assigning, writing down."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import User
from reintegrate.cases import forms, queries, services, workflow
from reintegrate.cases.codes import CaseStatus, NoteKind
from reintegrate.cases.head import head_of
from reintegrate.cases.loading import Opened, ReasonNeededError, keep_reason, nothing_here, open_case
from reintegrate.cases.models import Case, Need, Task
from reintegrate.db import session
from reintegrate.web.access import SIGNED_IN, performs
from reintegrate.web.addresses import place_in_address
from reintegrate.web.formats import today
from reintegrate.web.forms import Form, showing_errors
from reintegrate.web.operations import commit_and_go

NOTES_AT_ONCE = 100

bp = Blueprint("cases", __name__, url_prefix="/cases")


def page(template: str, opened: Opened, **more: Any) -> str:
    """A page under the identity bar of a case."""
    return render_template(template, opened=opened, case=opened.case, head=head_of(opened), **more)


def form_page(opened: Opened, form: Form, *, title: str, button: str, lead: str = "", **more: Any) -> str:
    """A page with one form under the identity bar."""
    back = more.pop("back", None) or url_for("caseload.overview", reference=opened.case.reference)
    return page(
        "cases/form.html", opened, form=form, title=title, button=button, lead=lead, back=back, **more
    )


FormOf = TypeVar("FormOf", bound=Form)


def ask_why(form: FormOf, opened: Opened) -> FormOf:
    """`form`, asking why something is corrected once others have relied on it: not on a draft."""
    if opened.case.status == CaseStatus.DRAFT:
        del form.why
    return form


def overview_of(opened: Opened) -> str:
    """The address of the case's first tab."""
    return url_for("caseload.overview", reference=opened.case.reference)


@bp.app_errorhandler(ReasonNeededError)
def ask_reason(error: ReasonNeededError) -> ResponseReturnValue:
    """Ask why, where the access table wants a reason."""
    form = forms.WhyForm(fresh=True)
    action = url_for("cases.give_reason", reference=error.case.reference, next=request.path)
    return render_template("cases/why.html", form=form, case=error.case, action=action)


@bp.post("/<reference>/why")
@performs(SIGNED_IN)
def give_reason(reference: str) -> ResponseReturnValue:
    """Keep the reason, and go on to where it was asked for."""
    case = queries.case_by_reference(reference)
    if case is None or not queries.looking_at(case, who()).may("case.read.c1"):
        nothing_here("case.read.c1")
    form = forms.WhyForm()
    if form.submitted():
        keep_reason(case, str(form.reason.data))
        target = request.args.get("next", "")
        prefix = url_for("caseload.overview", reference=case.reference)
        return commit_and_go(target if target.startswith(prefix) else prefix)
    return render_template("cases/why.html", form=form, case=case, action=request.full_path)


@bp.get("/<reference>/move/<name>")
@performs(SIGNED_IN)
def ask_move(reference: str, name: str) -> ResponseReturnValue:
    """What a move means, and its reason where one is needed."""
    move = workflow.MOVES.get(name) or abort(404)
    opened = open_case(reference, move.action)
    return _move_page(opened, move, _move_form(move))


def _move_form(move: workflow.Move) -> forms.MoveForm:
    form = forms.MoveForm()
    form.reason.flags.required = move.needs_reason
    return form


def _move_page(opened: Opened, move: workflow.Move, form: forms.MoveForm) -> ResponseReturnValue:
    """The form of a move, or what happened where the case has left the place that it begins at."""
    case = opened.case
    if case.status not in move.sources:
        typed = form.reason.data
        facts = {"kind": NoteKind.DECISION, "happened_on": today(case.office.timezone), "text": typed}
        note = forms.NoteForm(facts, fresh=True)
        last = queries.last_move_of(case)
        return page("cases/moved_on.html", opened, move=move, last=last, typed=typed, note=note), 409
    missing = workflow.missing_for(move, queries.facts_of(case))
    return page("cases/move.html", opened, form=form, move=move, missing=missing)


@bp.post("/<reference>/move/<name>")
@performs(SIGNED_IN)
def move(reference: str, name: str) -> ResponseReturnValue:
    """Move a case on; the access table has an action for every move."""
    move = workflow.MOVES.get(name) or abort(404)
    opened = open_case(reference, move.action)
    form = _move_form(move)
    if form.submitted():
        with showing_errors(form):
            services.move_case(opened.case, name, by=signed_in_user(), reason=form.reason.data)
            status = opened.case.status.label
            return commit_and_go(overview_of(opened), _("The case is now: %(status)s", status=status))
    return _move_page(opened, move, form)


def takers(people: Sequence[User], *, nobody: str) -> list[tuple[str, str]]:
    """To whom cases can be given, with how much each already has; `nobody` stands first, without a key."""
    load = queries.caseload([user.id for user in people], who())
    named = [(str(u.id), _("%(name)s, %(n)s open cases", name=u.name, n=load.get(u.id, 0))) for u in people]
    return [("", nobody), *named]


def _assign_form(opened: Opened) -> forms.AssignForm:
    case = opened.case
    form = forms.AssignForm(
        {"case_manager": str(case.case_manager_id or "")}, record_version=case.version, edits=case
    )
    form.case_manager.offer(takers(accounts.caseworkers_of(case.office_id), nobody=_("Nobody")))
    return form


@bp.get("/<reference>/assign")
@performs("case.assign")
def ask_assign(reference: str) -> ResponseReturnValue:
    """Who may take the case, with how much each already has."""
    opened = open_case(reference, "case.assign")
    return form_page(opened, _assign_form(opened), title=_("Assign the case"), button=_("Assign"))


@bp.post("/<reference>/assign")
@performs("case.assign")
def assign(reference: str) -> ResponseReturnValue:
    """Give the case to a case manager."""
    opened = open_case(reference, "case.assign")
    form = _assign_form(opened)
    if form.submitted():
        with showing_errors(form):
            chosen = session.get(User, int(form.case_manager.data)) if form.case_manager.data else None
            services.assign_case(opened.case, chosen)
            name = chosen.name if chosen else _("nobody")
            return commit_and_go(overview_of(opened), _("Assigned to %(name)s", name=name))
    return form_page(opened, form, title=_("Assign the case"), button=_("Assign"))


def _programmes_form(opened: Opened) -> forms.ProgrammesForm:
    current = [str(p.id) for p in queries.programmes_of(opened.case)] + ["", ""]
    facts = {"programme": current[0], "second_programme": current[1]}
    form = forms.ProgrammesForm(facts, record_version=opened.case.version, edits=opened.case)
    pairs = [("", _("None")), *((str(p.id), p.name) for p in queries.programmes())]
    form.programme.offer(pairs)
    form.second_programme.offer(pairs)
    return form


@bp.get("/<reference>/programmes")
@performs("case.update.c1")
def edit_programmes(reference: str) -> ResponseReturnValue:
    """Under which programmes the case is kept."""
    opened = open_case(reference, "case.update.c1")
    return form_page(opened, _programmes_form(opened), title=_("Programmes"), button=_("Save"))


@bp.post("/<reference>/programmes")
@performs("case.update.c1")
def save_programmes(reference: str) -> ResponseReturnValue:
    """Keep the case under the chosen programmes."""
    opened = open_case(reference, "case.update.c1")
    form = _programmes_form(opened)
    if form.submitted():
        wanted = {form.programme.data, form.second_programme.data}
        chosen = [p for p in queries.programmes() if str(p.id) in wanted]
        services.set_programmes(opened.case, chosen)
        return commit_and_go(overview_of(opened), _("Programmes saved"))
    return form_page(opened, form, title=_("Programmes"), button=_("Save"))


@bp.get("/<reference>/needs")
@performs("case.read.c2")
def needs(reference: str) -> ResponseReturnValue:
    """The needs by dimension."""
    opened = open_case(reference, "case.read.c2")
    return page("cases/needs.html", opened, needs=queries.needs_of(opened.case))


def _need_form(need: Need | None) -> forms.NeedForm:
    if need is None:
        return forms.NeedForm()
    facts = {name: getattr(need, name) for name in ("dimension", "text", "priority", "status")}
    return forms.NeedForm(facts, record_version=need.version, edits=need)


def _need(opened: Opened, need_id: int) -> Need | None:
    return (queries.part_of(opened.case, Need, need_id) or abort(404)) if need_id else None


@bp.get("/<reference>/needs/<int:need_id>")
@performs("case.update.c2")
def edit_need(reference: str, need_id: int) -> ResponseReturnValue:
    """A need to correct, or with number 0 a new one."""
    opened = open_case(reference, "case.update.c2")
    form = _need_form(_need(opened, need_id))
    return form_page(opened, form, title=_("Need"), button=_("Save the need"))


@bp.post("/<reference>/needs/<int:need_id>")
@performs("case.update.c2")
def save_need(reference: str, need_id: int) -> ResponseReturnValue:
    """Write down a need, or what became of it."""
    opened = open_case(reference, "case.update.c2")
    need = _need(opened, need_id)
    form = _need_form(need)
    if form.submitted():
        services.save_need(opened.case, need, **form.facts())
        return commit_and_go(url_for(".needs", reference=opened.case.reference), _("Need saved"))
    return form_page(opened, form, title=_("Need"), button=_("Save the need"))


def _notes_page(case: Case) -> dict[str, Any]:
    found = queries.notes_of(case, before=place_in_address("before"), limit=NOTES_AT_ONCE + 1)
    shown = found[:NOTES_AT_ONCE]
    older = (
        url_for(".notes", reference=case.reference, before=shown[-1].id) if len(found) > len(shown) else ""
    )
    return {"notes": shown, "older_url": older}


@bp.get("/<reference>/notes")
@performs("case.read.c3")
def notes(reference: str) -> ResponseReturnValue:
    """The notes, newest first, with the form for another."""
    opened = open_case(reference, "case.read.c3")
    form = forms.NoteForm({"happened_on": today(opened.case.office.timezone)})
    return page("cases/notes.html", opened, form=form, **_notes_page(opened.case))


@bp.post("/<reference>/notes")
@performs("note.add")
def add_note(reference: str) -> ResponseReturnValue:
    """Write something down."""
    opened = open_case(reference, "note.add")
    form = forms.NoteForm()
    if form.submitted():
        with showing_errors(form):
            services.add_note(opened.case, author=signed_in_user(), **form.facts())
            return commit_and_go(url_for(".notes", reference=opened.case.reference), _("Note saved"))
    readable = _notes_page(opened.case) if opened.sees("case.read.c3") else {"notes": []}
    return page("cases/notes.html", opened, form=form, **readable)


@bp.get("/<reference>/tasks/new")
@performs("task.manage")
def new_task(reference: str) -> ResponseReturnValue:
    """Something to do on the case."""
    opened = open_case(reference, "task.manage")
    return form_page(opened, forms.TaskForm(), title=_("New task"), button=_("Add the task"))


@bp.post("/<reference>/tasks/new")
@performs("task.manage")
def add_task(reference: str) -> ResponseReturnValue:
    """Add something to do."""
    opened = open_case(reference, "task.manage")
    form = forms.TaskForm()
    if form.submitted():
        services.add_task(opened.case, **form.facts())
        return commit_and_go(overview_of(opened), _("Task added"))
    return form_page(opened, form, title=_("New task"), button=_("Add the task"))


@bp.get("/<reference>/tasks/<int:task_id>/done")
@performs("task.manage")
def ask_done(reference: str, task_id: int) -> ResponseReturnValue:
    """On which day the task was done."""
    opened = open_case(reference, "task.manage")
    task = queries.part_of(opened.case, Task, task_id) or abort(404)
    form = forms.DoneForm({"on": today(opened.case.office.timezone)})
    return form_page(opened, form, title=task.title, button=_("It is done"))


@bp.post("/<reference>/tasks/<int:task_id>/done")
@performs("task.manage")
def complete_task(reference: str, task_id: int) -> ResponseReturnValue:
    """Tick the task off."""
    opened = open_case(reference, "task.manage")
    task = queries.part_of(opened.case, Task, task_id) or abort(404)
    form = forms.DoneForm()
    if form.submitted():
        with showing_errors(form):
            services.complete_task(opened.case, task, by=signed_in_user(), on=form.on.data)
            return commit_and_go(overview_of(opened), _("Done: %(title)s", title=task.title))
    return form_page(opened, form, title=task.title, button=_("It is done"))
