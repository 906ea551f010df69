"""What stands above every page of a case: who it is about, where it stands, and the tabs."""

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from reintegrate.accounts.access import Sensitivity
from reintegrate.cases.codes import Modality
from reintegrate.cases.loading import Opened
from reintegrate.cases.workflow import TONES
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.people.codes import InterpreterNeed
from reintegrate.people.models import Contact, Person
from reintegrate.web import formats

ADULT = 18


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag beside the name."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class HeadFact:
    """A fact of the identity bar."""

    label: str
    value: str
    note: str = ""
    tone: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the case."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class CaseHead:
    """The identity bar and the tabs of a case, as this user may see them."""

    name: str
    native_name: str | None
    native_lang: str | None
    reference: str
    flags: list[Mark]
    facts: list[HeadFact]
    tabs: list[Tab] = field(default_factory=list)
    named: bool = True


TABS: tuple[tuple[str, Any, str], ...] = (
    ("caseload.overview", _l("Overview"), "case.read.c1"),
    ("caseload.person", _l("Person and household"), "case.read.c2"),
    ("caseload.returns_of", _l("Return and time abroad"), "case.read.c1"),
    ("cases.needs", _l("Needs"), "case.read.c2"),
    ("cases.screening", _l("Vulnerability"), "case.read.c3"),
    ("cases.notes", _l("Notes"), "case.read.c3"),
    ("cases.consents", _l("Consent"), "case.read.c2"),
    ("caseload.history", _l("History"), "case.history.read"),
)


def head_of(opened: Opened) -> CaseHead:
    """The identity bar; without the right to read who it is, the reference stands for the name."""
    case, person = opened.case, opened.case.person
    named = opened.sees("case.read.c2")
    return CaseHead(
        name=person.display_name if named else _("Name not shown"),
        native_name=person.native_name if named else None,
        native_lang=person.native_language if named else None,
        reference=case.reference,
        flags=_flags(opened, named=named),
        facts=_facts(opened) if opened.sees("case.read.c1") else [],
        tabs=_tabs(opened),
        named=named,
    )


def _flags(opened: Opened, *, named: bool) -> list[Mark]:
    return _case_flags(opened) + (_person_flags(opened.case.person) if named else [])


def _case_flags(opened: Opened) -> list[Mark]:
    case, flags = opened.case, []
    if case.sensitivity == Sensitivity.PROTECTED:
        flags.append(Mark(_("Protected: only named people"), "lock"))
    if case.sensitivity == Sensitivity.SEALED:
        flags.append(Mark(_("Sealed: only named people, no emergency"), "lock"))
    if opened.glass is not None:
        until = formats.moment(opened.glass.until_at, case.office.timezone)
        flags.append(Mark(_("Opened in an emergency, until %(time)s", time=until), "bad"))
    return flags


def _person_flags(person: Person) -> list[Mark]:
    flags = []
    if person.birth_date and formats.age_on(person.birth_date, formats.today()) < ADULT:
        flags.append(Mark(_("Child"), "warn"))
    silent = exists().where(Contact.person_id == person.id, Contact.no_messages)
    if session.scalar(select(silent)):
        flags.append(Mark(_("Do not leave messages"), "warn"))
    if person.interpreter_need == InterpreterNeed.NEEDED:
        flags.append(Mark(_interpreter(person.interpreter), "warn"))
    if person.address_hidden:
        flags.append(Mark(_("Address is secret"), "lock"))
    return flags


def _interpreter(language: str | None) -> str:
    return _("Interpreter: %(language)s", language=language) if language else _("Needs an interpreter")


def _facts(opened: Opened) -> list[HeadFact]:
    case, episode = opened.case, opened.case.episode
    today = formats.today(case.office.timezone)
    facts = [
        HeadFact(_("Status"), str(case.status.label), tag=TONES[case.status] or "plain"),
        HeadFact(_("Office"), case.office.name),
        HeadFact(_("Country of return"), formats.country(episode.return_country)),
    ]
    if episode.modality == Modality.VIRTUAL:
        facts.append(HeadFact(_("Arrived"), _("virtual return")))
    else:
        arrived = formats.partial_date(episode.arrived_on, episode.arrived_precision)
        exact = episode.arrived_on if episode.arrived_precision == Precision.DAY else None
        ago = formats.days_ago(exact, today) if exact else ""
        facts.append(HeadFact(_("Arrived"), arrived, note=f"({ago})" if ago else ""))
    manager = case.case_manager.name if case.case_manager else _("Nobody yet")
    facts.append(HeadFact(_("Case manager"), manager))
    if case.next_due_on is not None:
        late = formats.overdue(case.next_due_on, today)
        tone = "bad" if case.next_due_on < today else "warn"
        facts.append(HeadFact(_("Next task"), formats.day(case.next_due_on), note=late, tone=tone))
    return facts


def _tabs(opened: Opened) -> list[Tab]:
    return [
        Tab(
            str(label),
            url_for(endpoint, reference=opened.case.reference),
            current=request.endpoint == endpoint,
        )
        for endpoint, label, action in TABS
        if opened.may(action)
    ]
