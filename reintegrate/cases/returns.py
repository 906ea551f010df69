"""Writing down returns and the times abroad before them."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select

from reintegrate.cases.codes import Answer, Intention, Modality, ReturnReason, ReturnType, StayStatus
from reintegrate.cases.models import AbroadSpell, ReturnEpisode
from reintegrate.columns import utcnow
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.people.models import Person


def return_columns(
    *,
    type: ReturnType,
    return_country: str,
    modality: Modality = Modality.PERMANENT,
    host_country: str | None = None,
    departed_on: date | None = None,
    arrived: PartialDate = NOT_KNOWN,
    reason: ReturnReason = ReturnReason.UNKNOWN,
    assisted_by: str | None = None,
    intention: Intention = Intention.UNKNOWN,
) -> dict[str, Any]:
    """What is kept of a return, by hand, from a list and made up. A virtual one has no arrival."""
    if modality == Modality.VIRTUAL:
        arrived = PartialDate(None, Precision.NOT_APPLICABLE)
    return {
        "type": type,
        "modality": modality,
        "host_country": host_country,
        "return_country": return_country,
        "departed_on": departed_on,
        "arrived_on": arrived.value,
        "arrived_precision": arrived.precision,
        "reason": reason,
        "assisted_by": assisted_by,
        "intention": intention,
    }


def register_return(person: Person, **facts: Any) -> ReturnEpisode:
    """A return of a person; `facts` as in `return_columns`. Raises RuleError as `correct_return` does."""
    episode = ReturnEpisode(person_id=person.id)
    episode.person = person
    correct_return(episode, **facts)
    session.add(episode)
    session.flush()
    return episode


def check_is_new(person: Person, return_country: str, arrived: PartialDate) -> None:
    """Raise RuleError where the person has a return to that country on exactly that day already."""
    if person.id is None or arrived.precision != Precision.DAY:
        return
    same = exists().where(
        ReturnEpisode.person_id == person.id,
        ReturnEpisode.return_country == return_country,
        ReturnEpisode.arrived_on == arrived.value,
        ReturnEpisode.arrived_precision == Precision.DAY,
    )
    if session.scalar(select(same)):
        raise RuleError(
            _("A return on this day is registered already: look under the other cases"), field="arrived"
        )


def correct_return(episode: ReturnEpisode, **facts: Any) -> None:
    """Correct a return; `facts` as in `return_columns`, all that is known.

    Raises RuleError for an arrival before the departure or the birth, or of a virtual return.
    """
    columns = return_columns(**facts)
    arrived: PartialDate = facts.get("arrived", NOT_KNOWN)
    if arrived.value is not None and columns["arrived_on"] is None:
        raise RuleError(_("A virtual return has no arrival: empty the date"), field="arrived")
    _check_order(episode.person, columns["departed_on"], arrived)
    for column, value in columns.items():
        setattr(episode, column, value)
    session.flush()


def _check_order(person: Person, departed_on: date | None, arrived: PartialDate) -> None:
    arrived_on = arrived.value
    if arrived_on is None:
        return
    if departed_on is not None and arrived_on < departed_on and arrived.precision == Precision.DAY:
        raise RuleError(_("The arrival is before the departure"), field="arrived")
    if arrived_on > utcnow().date():
        raise RuleError(_("The arrival is in the future"), field="arrived")
    if person.birth_date is not None and arrived_on.year < person.birth_date.year:
        raise RuleError(_("The arrival is before the birth"), field="arrived")


def touch(episode: ReturnEpisode) -> None:
    """Move the version of a return, whose times abroad changed."""
    episode.updated_at = utcnow()
    session.flush()


def save_spell(
    episode: ReturnEpisode,
    spell: AbroadSpell | None,
    *,
    country: str,
    began: PartialDate = NOT_KNOWN,
    ended: PartialDate = NOT_KNOWN,
    status: StayStatus = StayStatus.UNKNOWN,
    employed: Answer = Answer.UNKNOWN,
    occupation: str | None = None,
) -> AbroadSpell:
    """Add a time abroad, or correct `spell`. Raises RuleError where it ends before it begins."""
    if began.value is not None and ended.value is not None and ended.value < began.value:
        raise RuleError(_("The end is before the beginning"), field="ended")
    spell = spell or AbroadSpell(episode_id=episode.id)
    spell.episode = episode
    spell.country = country
    spell.from_on, spell.from_precision = began
    spell.to_on, spell.to_precision = ended
    spell.status = status
    spell.employed = employed
    spell.occupation = occupation
    session.add(spell)
    touch(episode)
    return spell


def facts_of(episode: ReturnEpisode) -> dict[str, object]:
    """The values of the form that corrects a return."""
    return {
        "type": episode.type,
        "modality": episode.modality,
        "host_country": episode.host_country,
        "return_country": episode.return_country,
        "departed_on": episode.departed_on,
        "arrived": PartialDate(episode.arrived_on, episode.arrived_precision),
        "reason": episode.reason,
        "assisted_by": episode.assisted_by,
        "intention": episode.intention,
    }
