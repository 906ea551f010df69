"""Lists: deciding on likely duplicates, importing, taking back, what is left to correct."""

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegrate.accounts.guard import signed_in_user, who
from reintegrate.accounts.models import User
from reintegrate.accounts.queries import caseworkers_of
from reintegrate.audit.trail import Event, record
from reintegrate.db import session
from reintegrate.exchange import forms, leftovers, queries, showing, staging, writing
from reintegrate.exchange.codes import RowDecision, RowStatus
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.exchange.views import after_row, bp, open_import, page
from reintegrate.web.access import performs
from reintegrate.web.forms import Button, Form, showing_errors
from reintegrate.web.operations import commit_and_go

AT_ONCE = 20

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _open_rows(found: ListImport) -> list[ImportRow]:
    return list(queries.rows_of(found, RowStatus.DUPLICATE, after=after_row(), limit=AT_ONCE + 1))


def _questions(found: ListImport, rows: list[ImportRow]) -> list[showing.Question]:
    shown = rows[:AT_ONCE]
    wanted = {int(like["row"]) for row in shown for like in row.likes if like.get("row") is not None}
    earlier = {row.number: row for row in queries.rows_called(found, wanted)}
    return showing.questions_of(found, shown, earlier, who())


def _form(rows: list[ImportRow], questions: list[showing.Question]) -> Form:
    return forms.decisions_form(
        {
            question.number: {at: like.where for at, like in enumerate(question.likes) if like.may_continue}
            for question in questions
        },
        {row.number: _decided(row, question) for row, question in zip(rows, questions, strict=False)},
    )


def _decided(row: ImportRow, question: showing.Question) -> str:
    if row.decision == RowDecision.NEW_RETURN and row.same_as is not None:
        told = [like.told for like in question.likes]
        return f"{row.decision.value}:{told.index(row.same_as)}" if row.same_as in told else ""
    return row.decision.value if row.decision else ""


def _questions_page(
    found: ListImport, rows: list[ImportRow], questions: list[showing.Question], form: Form
) -> str:
    last = rows[:AT_ONCE][-1].number if rows else 0
    more = url_for(".duplicates", import_id=found.id, after=last) if len(rows) > AT_ONCE else ""
    return page("exchange/duplicates.html", found, questions=questions, form=form, more_url=more)


def _remember(questions: list[showing.Question]) -> None:
    """The records that stand beside the rows are read."""
    read = {like.case_id: like.told["person_id"] for q in questions for like in q.likes if like.case_id}
    for case_id, person_id in read.items():
        record(session, Event("case.read.c2", "case_file", case_id, case_id, person_id))


@bp.get("/<int:import_id>/duplicates")
@performs("import.stage")
def duplicates(import_id: int) -> ResponseReturnValue:
    """Rows whose person may be registered already, each beside whom it is like."""
    found, _decision = open_import(import_id)
    rows = _open_rows(found)
    questions = _questions(found, rows)
    _remember(questions)
    return _questions_page(found, rows, questions, _form(rows, questions))


@bp.post("/<int:import_id>/duplicates")
@performs("import.stage")
def decide(import_id: int) -> ResponseReturnValue:
    """Keep the decisions of the page."""
    found, _decision = open_import(import_id)
    rows = _open_rows(found)
    questions = _questions(found, rows)
    form = _form(rows, questions)
    if form.submitted():
        with showing_errors(form):
            for row, question in zip(rows, questions, strict=False):
                _keep(found, row, question, str(form[f"{forms.DECISION}{row.number}"].data or ""))
            left = queries.undecided(found)
            words = ngettext(
                "%(num)d row still waits for a decision", "%(num)d rows still wait for a decision", left
            )
            target = ".duplicates" if left else ".show"
            return commit_and_go(url_for(target, import_id=found.id), words if left else _("Decisions kept"))
    session.rollback()
    _remember(questions)
    session.commit()
    return _questions_page(found, rows, questions, form)


def _keep(found: ListImport, row: ImportRow, question: showing.Question, chosen: str) -> None:
    if chosen == _decided(row, question):
        return
    name, _colon, at = chosen.partition(":")
    same_as = question.likes[int(at)].told if at else None
    staging.decide_row(found, row, RowDecision(name) if name else None, same_as=same_as)


@bp.post("/<int:import_id>/import")
@performs("import.commit")
def commit(import_id: int) -> ResponseReturnValue:
    """Write everybody into the register: a second person does it."""
    found, decision = open_import(import_id, "import.commit")
    if not decision.allowed:
        abort(403)
    form = forms.CommitForm()
    people = {str(user.id): user for user in caseworkers_of(found.office_id)}
    form.case_manager.offer([("", ""), *((key, user.name) for key, user in people.items())])
    back = url_for(".show", import_id=found.id)
    if not form.submitted():
        return commit_and_go(back, _("Choose one of the answers"), "bad")
    queries.lock_office(found.office_id)
    if left := staging.look_again(found):
        words = ngettext(
            "%(num)d row waits for a decision: look who may be registered already",
            "%(num)d rows wait for a decision: look who may be registered already",
            left,
        )
        return commit_and_go(url_for(".duplicates", import_id=found.id), words, "warn")
    with showing_errors(form):
        manager: User | None = people.get(form.case_manager.data or "")
        number = writing.commit_import(found, by=signed_in_user(), case_manager=manager)
        words = ngettext("%(num)d case opened in draft", "%(num)d cases opened in draft", number)
        return commit_and_go(back, words)
    return commit_and_go(back, form.form_errors[0], "bad")


def _confirm(found: ListImport, *, title: str, lead: str, button: str) -> str:
    return page("exchange/confirm.html", found, form=Button(), title=title, lead=lead, button=button)


@bp.get("/<int:import_id>/discard")
@performs("import.stage")
def ask_discard(import_id: int) -> ResponseReturnValue:
    """What would be lost."""
    found, _decision = open_import(import_id)
    lead = _("The file, its rows and everything that was corrected or decided are gone then.")
    return _confirm(found, title=_("Discard the list?"), lead=lead, button=_("Discard the list"))


@bp.post("/<int:import_id>/discard")
@performs("import.stage")
def discard(import_id: int) -> ResponseReturnValue:
    """Give the list up."""
    found, _decision = open_import(import_id)
    form = Button()
    with showing_errors(form):
        staging.discard(found, by=signed_in_user())
        return commit_and_go(url_for(".index"), _("Discarded: the file and its rows are gone"))
    return commit_and_go(url_for(".index"), form.form_errors[0], "bad")


@bp.get("/<int:import_id>/undo")
@performs("import.undo")
def ask_undo(import_id: int) -> ResponseReturnValue:
    """What would be taken back."""
    found, decision = open_import(import_id, "import.undo")
    if not decision.allowed:
        abort(403)
    number = queries.written(found)
    lead = ngettext(
        "%(num)d case goes, with the people who were not there before. The list has to be sent again.",
        "%(num)d cases go, with the people who were not there before. The list has to be sent again.",
        number,
    )
    return _confirm(found, title=_("Take the import back?"), lead=lead, button=_("Take the import back"))


@bp.post("/<int:import_id>/undo")
@performs("import.undo")
def undo(import_id: int) -> ResponseReturnValue:
    """Take the whole import back, while nobody has worked on it."""
    found, decision = open_import(import_id, "import.undo")
    if not decision.allowed:
        abort(403)
    form = Button()
    back = url_for(".show", import_id=found.id)
    with showing_errors(form):
        number = writing.undo_import(found)
        words = ngettext("%(num)d case taken back", "%(num)d cases taken back", number)
        return commit_and_go(back, words)
    return commit_and_go(back, form.form_errors[0], "bad")


@bp.get("/<int:import_id>/leftovers.xlsx")
@performs("import.stage")
def leftover_rows(import_id: int) -> ResponseReturnValue:
    """The rows that stay behind, as a sheet to correct and send again."""
    found, _decision = open_import(import_id)
    data = leftovers.sheet_of(found, queries.rows_of(found))
    record(session, Event("import.leftovers", subject="list_import", subject_id=found.id))
    response = Response(data, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="to-correct-{found.id}.xlsx"'
    return response
