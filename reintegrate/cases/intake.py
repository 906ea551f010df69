"""Light registration: a person, her return and a case in draft, at once or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from reintegrate.accounts.models import Office, User
from reintegrate.cases import queries, returns, services
from reintegrate.cases.codes import ConsentChannel, ConsentPurpose, Modality, ReturnType
from reintegrate.cases.models import Case
from reintegrate.cases.shielding import protect_alike
from reintegrate.dates import NOT_KNOWN, PartialDate
from reintegrate.errors import RuleError
from reintegrate.people import services as people
from reintegrate.people.models import Person
from reintegrate.people.naming import Names


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is registered: `facts` as of `register_person`, `contact` as of `save_contact`."""

    names: Names
    facts: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Consent to keep the record: how it was given, on which day, to the text in which language."""

    channel: ConsentChannel
    language: str
    answered_on: date
    witness: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A return that somebody tells an office of; without `agreed`, consent was not asked for yet."""

    office: Office
    return_country: str
    type: ReturnType = ReturnType.UNKNOWN
    modality: Modality = Modality.PERMANENT
    host_country: str | None = None
    arrived: PartialDate = NOT_KNOWN
    agreed: Agreed | None = None


def register(
    newcomer: Newcomer, coming: Coming, *, by: User, case_manager: User | None = None, submit: bool = False
) -> Case:
    """A person with her return and a case on it, with `submit` submitted at once.

    Raises RuleError as the services do, and where it is submitted without consent.
    """
    _check_consent(coming, submit=submit)
    person = people.register_person(newcomer.names, created_by_id=by.id, **newcomer.facts)
    if newcomer.contact:
        people.save_contact(person, None, **newcomer.contact)
    return open_on(person, coming, by=by, case_manager=case_manager, submit=submit)


def open_on(
    person: Person,
    coming: Coming,
    *,
    by: User,
    case_manager: User | None = None,
    submit: bool = False,
    like: Case | None = None,
) -> Case:
    """A return of a person and a case on it, protected as the case `like` that she has.

    Raises RuleError as the services do, and where it is submitted without consent.
    """
    _check_consent(coming, submit=submit)
    returns.check_is_new(person, coming.return_country, coming.arrived)
    episode = returns.register_return(
        person,
        type=coming.type,
        modality=coming.modality,
        host_country=coming.host_country,
        return_country=coming.return_country,
        arrived=coming.arrived,
    )
    case = services.open_case(episode, office=coming.office, opened_by=by, case_manager=case_manager)
    if like is not None:
        protect_alike(case, like, by=by)
    if coming.agreed is not None:
        _record(coming.agreed, case, by)
    if submit:
        services.move_case(case, "submit", by=by)
    return case


def _check_consent(coming: Coming, *, submit: bool) -> None:
    if submit and coming.agreed is None:
        raise RuleError(_("A case is submitted only with consent"), field="consent")


def _record(agreed: Agreed, case: Case, by: User) -> None:
    services.record_consent(
        case,
        purpose=ConsentPurpose.CASE_MANAGEMENT,
        given=True,
        channel=agreed.channel,
        language=agreed.language,
        answered_on=agreed.answered_on,
        recorded_by=by,
        text=queries.consent_text(ConsentPurpose.CASE_MANAGEMENT, agreed.language),
        witness=agreed.witness,
    )
