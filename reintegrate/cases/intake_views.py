"""The forms of light registration: of somebody new, and of another return of somebody known."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import reach
from reintegrate.accounts.guard import home_office, signed_in_user, who
from reintegrate.accounts.models import Office, Role, User
from reintegrate.audit.trail import Event, record
from reintegrate.cases import likely, queries
from reintegrate.cases.codes import ConsentChannel, ConsentPurpose, Modality
from reintegrate.cases.forms import AnotherReturnForm, IntakeConsent, IntakeForm, SafeContact
from reintegrate.cases.intake import Agreed, Coming, Newcomer, open_on, register
from reintegrate.cases.loading import Opened, open_case
from reintegrate.cases.models import Case, ConsentText
from reintegrate.cases.views import bp, page
from reintegrate.dates import NOT_KNOWN
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.people import services as people
from reintegrate.people.codes import Channel
from reintegrate.people.naming import Names
from reintegrate.web.access import performs
from reintegrate.web.formats import language, today
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go

EVENING = (time(18), time(21))


def _offer_offices(form: IntakeForm | AnotherReturnForm) -> None:
    offices = accounts.offices_within(reach(who(), "person.register"))
    form.office.offer((str(office.id), office.name) for office in offices)


def _form() -> IntakeForm:
    home = home_office()
    facts = {"return_country": home.country, "office": str(home.id)} if home else {}
    form = IntakeForm(facts)
    _offer_offices(form)
    return form


@bp.get("/new")
@performs("person.register")
def new() -> ResponseReturnValue:
    """Ten questions."""
    return _registration(_form())


def _registration(form: IntakeForm, matches: Sequence[likely.ShownMatch] = (), **more: Any) -> str:
    return render_template("cases/new.html", form=form, matches=matches, asked=_asked(), **more)


def _asked() -> ConsentText | None:
    """What the person agrees to, in the language of the page."""
    return queries.consent_text(ConsentPurpose.CASE_MANAGEMENT, language())


@bp.post("/new/likely")
@performs("person.register")
def likely_same() -> ResponseReturnValue:
    """Who is likely the same as the person being typed, for the side of the form."""
    form = _form()
    form.validate()
    found = likely.matches(_identity_facts(form), who())
    _remember_look(found)
    return render_template("cases/matches.html", matches=found)


def _remember_look(found: Sequence[likely.ShownMatch]) -> None:
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
    form = _form()
    if form.submitted():
        chosen = form.same_person.data or "anyway" in request.form
        found = [] if chosen else likely.matches(_identity_facts(form), who())
        if any(match.likely for match in found):
            _remember_look(found)
            return _registration(form, found, ask=True), 409
        with showing_errors(form):
            case = _register(form)
            message = _("Registered as %(reference)s", reference=case.reference)
            return commit_and_go(url_for("caseload.overview", reference=case.reference), message)
    return _registration(form)


def _another_form(opened: Opened) -> AnotherReturnForm:
    form = AnotherReturnForm(
        {"return_country": opened.case.episode.return_country, "office": str(opened.case.office_id)}
    )
    _offer_offices(form)
    return form


@bp.get("/<reference>/another")
@performs("person.register")
def ask_another(reference: str) -> ResponseReturnValue:
    """A new return of somebody who is known."""
    opened = open_case(reference, "case.update.c2")
    return page("cases/another.html", opened, form=_another_form(opened), asked=_asked())


@bp.post("/<reference>/another")
@performs("person.register")
def another(reference: str) -> ResponseReturnValue:
    """Open a case on a new return of somebody who is known."""
    opened = open_case(reference, "case.update.c2")
    form = _another_form(opened)
    if form.submitted():
        with showing_errors(form):
            case = _open_on(opened.case, form)
            message = _("Registered as %(reference)s", reference=case.reference)
            return commit_and_go(url_for("caseload.overview", reference=case.reference), message)
    return page("cases/another.html", opened, form=form, asked=_asked())


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


def _register(form: IntakeForm) -> Case:
    known = _known_case(form)
    if known is not None:
        return _open_on(known, form)
    submit = "open" in request.form
    return register(
        _newcomer(form), _coming(form), by=signed_in_user(), case_manager=_keeper(), submit=submit
    )


def _open_on(known: Case, form: IntakeForm | AnotherReturnForm) -> Case:
    submit = "open" in request.form
    return open_on(
        known.person,
        _coming(form),
        by=signed_in_user(),
        case_manager=_keeper(),
        submit=submit,
        like=known,
    )


def _known_case(form: IntakeForm) -> Case | None:
    """The case of the person that was chosen as the same, None where nobody was."""
    if not form.same_person.data:
        return None
    known = queries.case_by_reference(form.same_person.data)
    if known is None or not queries.looking_at(known, who()).may("case.update.c2"):
        raise RuleError(_("That record is not yours to continue"))
    return known


def _newcomer(form: IntakeForm) -> Newcomer:
    facts = {
        "sex": form.sex.data,
        "birth": form.birth.data or NOT_KNOWN,
        "nationalities": form.nationalities.data or [],
    }
    return Newcomer(_names(form), facts, _contact(form))


def _contact(form: IntakeForm) -> dict[str, Any]:
    if not form.phone.data:
        return {}
    safe = set(form.safe_contact.data or [])
    from_time, to_time = EVENING if SafeContact.EVENINGS in safe else (None, None)
    return {
        "channel": Channel.RELATIVE if SafeContact.RELATIVE in safe else Channel.PHONE,
        "value": form.phone.data,
        "through": form.through.data,
        "from_time": from_time,
        "to_time": to_time,
        "no_messages": SafeContact.NO_MESSAGES in safe,
        "country": form.return_country.data,
    }


def _coming(form: IntakeForm | AnotherReturnForm) -> Coming:
    office = session.get(Office, int(form.office.data))
    if office is None:
        raise RuleError(_("Choose an office"), field="office")
    return Coming(
        office=office,
        return_country=str(form.return_country.data),
        type=form.type.data,
        modality=form.modality.data or Modality.PERMANENT,
        host_country=form.host_country.data,
        arrived=form.arrived.data or NOT_KNOWN,
        agreed=_agreed(form, office),
    )


def _agreed(form: IntakeForm | AnotherReturnForm, office: Office) -> Agreed | None:
    if form.consent.data == IntakeConsent.NOT_ASKED:
        return None
    channel = ConsentChannel(form.consent.data.value)
    text = _asked()
    return Agreed(channel, text.language if text else language(), today(office.timezone), form.witness.data)


def _keeper() -> User | None:
    """Whoever registers keeps the case, if she works on cases."""
    return signed_in_user() if any(post.role == Role.CASEWORKER for post in who().posts) else None
