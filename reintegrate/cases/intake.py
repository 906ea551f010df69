"""Light registration: a person, her return and a case in draft, at once or not at all."""

from datetime import time
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import reach
from reintegrate.accounts.guard import home_office, signed_in_user, who
from reintegrate.accounts.models import Office, Role
from reintegrate.audit.trail import Event, record
from reintegrate.cases import likely, queries, returns, services
from reintegrate.cases.codes import ConsentChannel, ConsentPurpose, Modality
from reintegrate.cases.forms import AnotherReturnForm, IntakeConsent, IntakeForm, SafeContact
from reintegrate.cases.loading import Opened, open_case
from reintegrate.cases.models import Case
from reintegrate.cases.shielding import protect_alike
from reintegrate.cases.views import bp, page
from reintegrate.dates import NOT_KNOWN
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.people import services as people
from reintegrate.people.codes import Channel
from reintegrate.people.models import Person
from reintegrate.people.naming import Names
from reintegrate.web.access import performs
from reintegrate.web.formats import language, today
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go

EVENING = (time(18), time(21))


def _form() -> tuple[IntakeForm, Office | None]:
    home = home_office()
    facts = {"return_country": home.country, "office": str(home.id)} if home else {}
    form = IntakeForm(facts)
    offices = accounts.offices_within(reach(who(), "person.register"))
    form.office.offer((str(office.id), office.name) for office in offices)
    return form, home


@bp.get("/new")
@performs("person.register")
def new() -> ResponseReturnValue:
    """Ten questions."""
    form, _home = _form()
    return render_template("cases/new.html", form=form, matches=[])


@bp.post("/new/likely")
@performs("person.register")
def likely_same() -> ResponseReturnValue:
    """Who is likely the same as the person being typed, for the side of the form."""
    form, _home = _form()
    form.validate()
    found = likely.matches(_identity_facts(form), who())
    _remember_look(found)
    return render_template("cases/matches.html", matches=found)


def _remember_look(found: list[likely.ShownMatch]) -> None:
    """A look for likely the same goes into the trail, with the cases of protected people it showed.

    What the request did before is undone: the number of its form stays free for saving.
    """
    session.rollback()
    record(session, Event("person.likely", subject="search"))
    for match in found:
        if match.protected:
            read = Event("person.likely", "case_file", match.case_id, match.case_id, match.person_id)
            record(session, read)
    session.commit()


@bp.post("/new")
@performs("person.register")
def create() -> ResponseReturnValue:
    """Register, and submit the case where that was asked for and consent was given."""
    form, _home = _form()
    if form.submitted():
        chosen = form.same_person.data or "anyway" in request.form
        found = [] if chosen else likely.matches(_identity_facts(form), who())
        if any(match.likely for match in found):
            _remember_look(found)
            return render_template("cases/new.html", form=form, matches=found, ask=True), 409
        with showing_errors(form):
            case = register(form, submit="open" in request.form)
            message = _("Registered as %(reference)s", reference=case.reference)
            return commit_and_go(url_for("caseload.overview", reference=case.reference), message)
    return render_template("cases/new.html", form=form, matches=[])


def _another_form(opened: Opened) -> AnotherReturnForm:
    form = AnotherReturnForm(
        {"return_country": opened.case.episode.return_country, "office": str(opened.case.office_id)}
    )
    offices = accounts.offices(accounts.office_ids_within(reach(who(), "person.register")))
    form.office.offer((str(office.id), office.name) for office in offices)
    return form


@bp.get("/<reference>/another")
@performs("person.register")
def ask_another(reference: str) -> ResponseReturnValue:
    """A new return of somebody who is known."""
    opened = open_case(reference, "case.update.c2")
    return page("cases/another.html", opened, form=_another_form(opened))


@bp.post("/<reference>/another")
@performs("person.register")
def another(reference: str) -> ResponseReturnValue:
    """Open a case on a new return of somebody who is known."""
    opened = open_case(reference, "case.update.c2")
    form = _another_form(opened)
    if form.submitted():
        with showing_errors(form):
            submit = "open" in request.form
            case = open_on(opened.case.person, form, submit=submit, like=opened.case)
            message = _("Registered as %(reference)s", reference=case.reference)
            return commit_and_go(url_for("caseload.overview", reference=case.reference), message)
    return page("cases/another.html", opened, form=form)


def _identity_facts(form: IntakeForm) -> likely.Facts:
    return likely.Facts(
        names=_names(form),
        sex=form.sex.data,
        birth=form.birth.data or NOT_KNOWN,
        countries=frozenset([*(form.nationalities.data or []), form.return_country.data or ""]) - {""},
        phones=frozenset([_phone_key(form)]) - {""},
    )


def _names(form: IntakeForm) -> Names:
    return Names(
        given_names=form.given_names.data or "",
        family_name=form.family_name.data or "",
        script_name=form.script_name.data or "",
    )


def _phone_key(form: IntakeForm) -> str:
    phone = form.phone.data
    return people.contact_key(Channel.PHONE, phone, form.return_country.data) if phone else ""


def register(form: IntakeForm, *, submit: bool) -> Case:
    """Write everything down. Raises RuleError as the services do, and where consent is missing."""
    _check_consent(form, submit=submit)
    known = _known_case(form)
    person = known.person if known else _new_person(form, signed_in_user().id)
    return open_on(person, form, submit=submit, like=known)


def _check_consent(form: IntakeForm | AnotherReturnForm, *, submit: bool) -> None:
    if submit and form.consent.data == IntakeConsent.NOT_ASKED:
        raise RuleError(_("A case is submitted only with consent"), field="consent")


def open_on(person: Person, form: IntakeForm | AnotherReturnForm, *, submit: bool, like: Case | None) -> Case:
    """A return of a person and a case on it, protected as the case `like` that she has.

    Raises RuleError as the services do, and without consent.
    """
    _check_consent(form, submit=submit)
    user = signed_in_user()
    office = session.get(Office, int(form.office.data))
    if office is None:
        raise RuleError(_("Choose an office"), field="office")
    arrived = form.arrived.data or NOT_KNOWN
    returns.check_is_new(person, str(form.return_country.data), arrived)
    episode = returns.register_return(
        person,
        type=form.type.data,
        modality=form.modality.data or Modality.PERMANENT,
        host_country=form.host_country.data,
        return_country=str(form.return_country.data),
        arrived=arrived,
    )
    keeps = any(post.role == Role.CASEWORKER for post in who().posts)
    case = services.open_case(episode, office=office, opened_by=user, case_manager=user if keeps else None)
    if like is not None:
        protect_alike(case, like, by=user)
    if form.consent.data != IntakeConsent.NOT_ASKED:
        services.record_consent(
            case,
            purpose=ConsentPurpose.CASE_MANAGEMENT,
            given=True,
            channel=ConsentChannel(form.consent.data.value),
            language=language(),
            answered_on=today(office.timezone),
            recorded_by=user,
            text=queries.consent_text(ConsentPurpose.CASE_MANAGEMENT, language()),
            witness=form.witness.data,
        )
    if submit:
        services.move_case(case, "submit", by=user)
    return case


def _known_case(form: IntakeForm) -> Case | None:
    """The case of the person that was chosen as the same, None where nobody was."""
    if not form.same_person.data:
        return None
    known = queries.case_by_reference(form.same_person.data)
    if known is None or not queries.looking_at(known, who()).may("case.update.c2"):
        raise RuleError(_("That record is not yours to continue"))
    return known


def _new_person(form: IntakeForm, user_id: int) -> Person:
    facts: dict[str, Any] = {
        "sex": form.sex.data,
        "birth": form.birth.data or NOT_KNOWN,
        "nationalities": form.nationalities.data or [],
    }
    person = people.register_person(_names(form), created_by_id=user_id, **facts)
    _contact(form, person)
    return person


def _contact(form: IntakeForm, person: Person) -> None:
    if not form.phone.data:
        return
    safe = set(form.safe_contact.data or [])
    relative = SafeContact.RELATIVE in safe
    from_time, to_time = EVENING if SafeContact.EVENINGS in safe else (None, None)
    people.save_contact(
        person,
        None,
        channel=Channel.RELATIVE if relative else Channel.PHONE,
        value=form.phone.data,
        through=form.through.data,
        from_time=from_time,
        to_time=to_time,
        no_messages=SafeContact.NO_MESSAGES in safe,
        country=form.return_country.data,
    )
