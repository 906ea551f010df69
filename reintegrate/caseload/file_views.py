"""The case file: overview, person, return, history. The pages that span domains."""

from typing import Any

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts.access import may_ever
from reintegrate.accounts.guard import who
from reintegrate.audit import queries as audit
from reintegrate.audit.trail import because
from reintegrate.caseload import histories, timeline
from reintegrate.caseload.views import bp
from reintegrate.cases import queries, returns, workflow
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.forms import ReturnForm, SpellForm
from reintegrate.cases.loading import Opened, open_case
from reintegrate.cases.models import AbroadSpell
from reintegrate.cases.views import ask_why, form_page, page
from reintegrate.dates import PartialDate
from reintegrate.db import session
from reintegrate.people.queries import file_of
from reintegrate.web.access import performs
from reintegrate.web.formats import today
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go


@bp.get("/cases/<reference>")
@performs("case.read.c1")
def overview(reference: str) -> ResponseReturnValue:
    """Where things stand, what is open, what happened."""
    opened = open_case(reference, "case.read.c1")
    case = opened.case
    status = case.status
    facts = queries.facts_of(case)
    waits = status == CaseStatus.SUBMITTED and not opened.may("case.decide")
    returned = status == CaseStatus.RETURNED_FOR_INFO and opened.sees("case.read.c2")
    moves = [
        (move, workflow.missing_for(move, facts))
        for move in workflow.moves_from(case.status)
        if opened.may(move.action)
    ]
    return page(
        "caseload/overview.html",
        opened,
        dimensions=queries.dimensions_of(case),
        tasks=queries.open_tasks_of(case),
        programmes=queries.programmes_of(case),
        moves=moves,
        decides=queries.deciders_of(case) if waits else None,
        last=queries.last_move_of(case) if waits or returned else None,
        returned=returned,
        events=timeline.of(opened),
        file=file_of(case.person) if opened.sees("case.read.c2") else None,
        lookers=audit.lookers_of(case.id, limit=5),
        others=[c for c in queries.cases_of_person(case.person_id, who()) if c.id != case.id],
        today=today(case.office.timezone),
    )


@bp.get("/cases/<reference>/print.css")
@performs("case.read.c1")
def print_style(reference: str) -> ResponseReturnValue:
    """The margin of every printed sheet: a style sheet cannot read the page's attributes."""
    case = queries.case_by_reference(reference)
    if case is None or not queries.looking_at(case, who()).may("case.read.c1"):
        abort(404)
    text = f'@page {{ @top-right {{ content: "{case.reference}"; font: 700 8pt sans-serif; }} }}\n'
    return Response(text, mimetype="text/css")


@bp.get("/cases/<reference>/person")
@performs("case.read.c2")
def person(reference: str) -> ResponseReturnValue:
    """Who the person is, how to reach her, who belongs to her."""
    opened = open_case(reference, "case.read.c2")
    return page(
        "caseload/person.html",
        opened,
        file=file_of(opened.case.person),
        cases=queries.cases_of_person(opened.case.person_id, who()),
        tones=workflow.TONES,
        may_register=opened.may("case.update.c2") and may_ever(who(), "person.register"),
    )


@bp.get("/cases/<reference>/return")
@performs("case.read.c1")
def returns_of(reference: str) -> ResponseReturnValue:
    """The return and the time abroad before it."""
    opened = open_case(reference, "case.read.c1")
    spells = queries.spells_of(opened.case.episode)
    return page("caseload/return.html", opened, episode=opened.case.episode, spells=spells)


def _return_form(opened: Opened) -> ReturnForm:
    episode = opened.case.episode
    return ask_why(
        ReturnForm(returns.facts_of(episode), record_version=episode.version, edits=episode), opened
    )


@bp.get("/cases/<reference>/return/edit")
@performs("case.update.c1")
def edit_return(reference: str) -> ResponseReturnValue:
    """Correct the return."""
    opened = open_case(reference, "case.update.c1")
    back = url_for(".returns_of", reference=reference)
    return form_page(opened, _return_form(opened), title=_("Return"), button=_("Save the return"), back=back)


@bp.post("/cases/<reference>/return/edit")
@performs("case.update.c1")
def save_return(reference: str) -> ResponseReturnValue:
    """Keep the corrected return."""
    opened = open_case(reference, "case.update.c1")
    form = _return_form(opened)
    back = url_for(".returns_of", reference=opened.case.reference)
    if form.submitted():
        with showing_errors(form):
            facts = form.facts()
            because(session, facts.pop("why", None))
            returns.correct_return(opened.case.episode, **facts)
            return commit_and_go(back, _("Return saved"))
    return form_page(opened, form, title=_("Return"), button=_("Save the return"), back=back)


def _spell(opened: Opened, spell_id: int) -> AbroadSpell | None:
    return (queries.spell_of(opened.case.episode, spell_id) or abort(404)) if spell_id else None


def _spell_form(opened: Opened, spell: AbroadSpell | None) -> SpellForm:
    facts: dict[str, Any] = {}
    if spell is not None:
        facts = {
            "country": spell.country,
            "began": PartialDate(spell.from_on, spell.from_precision),
            "ended": PartialDate(spell.to_on, spell.to_precision),
            "status": spell.status,
            "employed": spell.employed,
            "occupation": spell.occupation,
        }
    return SpellForm(facts, record_version=opened.case.episode.version, edits=spell)


@bp.get("/cases/<reference>/return/abroad/<int:spell_id>")
@performs("case.update.c1")
def edit_spell(reference: str, spell_id: int) -> ResponseReturnValue:
    """A time abroad to correct, or with number 0 a new one."""
    opened = open_case(reference, "case.update.c1")
    form = _spell_form(opened, _spell(opened, spell_id))
    back = url_for(".returns_of", reference=reference)
    return form_page(opened, form, title=_("Time abroad"), button=_("Save"), back=back)


@bp.post("/cases/<reference>/return/abroad/<int:spell_id>")
@performs("case.update.c1")
def save_spell(reference: str, spell_id: int) -> ResponseReturnValue:
    """Keep a time abroad."""
    opened = open_case(reference, "case.update.c1")
    spell = _spell(opened, spell_id)
    form = _spell_form(opened, spell)
    back = url_for(".returns_of", reference=opened.case.reference)
    if form.submitted():
        with showing_errors(form):
            returns.save_spell(opened.case.episode, spell, **form.facts())
            return commit_and_go(back, _("Time abroad saved"))
    return form_page(opened, form, title=_("Time abroad"), button=_("Save"), back=back)


CHANGES = 100
"""How many changes stand on a page of the history."""


def _changes(opened: Opened, before: int | None) -> tuple[list[audit.Change], int | None]:
    case = opened.case
    spells = [spell.id for spell in queries.spells_of(case.episode)]
    returns = {"return_episode": [case.episode_id], "abroad_spell": spells}
    found = audit.changes_of(case.id, case.person_id, returns=returns, before=before, limit=CHANGES + 1)
    return histories.page_of(found, CHANGES)


@bp.get("/cases/<reference>/history")
@performs("case.history.read")
def history(reference: str) -> ResponseReturnValue:
    """Every change, and who looked."""
    opened = open_case(reference, "case.history.read")
    place = request.args.get("before", "")
    before = int(place[:18]) if place.isascii() and place.isdigit() else None
    changes, rest = _changes(opened, before)
    return page(
        "caseload/history.html",
        opened,
        rows=histories.rows_of(changes, opened),
        before=before,
        rest=rest,
        lookers=audit.lookers_of(opened.case.id, limit=100),
    )
