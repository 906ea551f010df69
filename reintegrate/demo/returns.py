"""The returns in a story: from where, how, when, and what the time abroad was.

Codes of `return_type` and `modality` are those of the service; the shares by kind of host country are
estimates that keep each pair of countries plausible (contract ends in the Gulf, humanitarian return
along the Sahara, assisted return from Europe), not statistics.
"""

import json
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from reintegrate.demo.countries import Country, Host, thresholds
from reintegrate.demo.records import PersonRecord, ReturnRecord, SpellAbroad

Draw = Callable[[], float]
T = TypeVar("T")
Status = Literal["regular", "irregular", "asylum", "unknown"]
Modality = Literal["permanent", "temporary", "circular", "virtual"]

MONTHS_BACK = 36
_MIN_AGE_DAYS = 11 * 365

_TYPES: Mapping[str, Mapping[str, float]] = {
    "europe": {
        "avrr": 44, "forced": 20, "compulsory_voluntary_departure": 12, "readmission": 8,
        "voluntary_other": 6, "spontaneous_unassisted": 7, "other": 2, "unknown": 1,
    },
    "gulf": {
        "end_of_contract": 42, "forced": 20, "spontaneous_unassisted": 16, "voluntary_other": 8,
        "avrr": 6, "evacuation": 5, "compulsory_voluntary_departure": 3,
    },
    "transit": {
        "vhr": 62, "forced": 14, "spontaneous_unassisted": 9, "avrr": 8, "evacuation": 6, "unknown": 1,
    },
    "neighbour": {
        "forced": 34, "refugee_repatriation": 30, "spontaneous_unassisted": 22, "voluntary_other": 8,
        "vhr": 6,
    },
    "asia": {
        "end_of_contract": 45, "forced": 18, "spontaneous_unassisted": 15, "voluntary_other": 12,
        "avrr": 10,
    },
    "americas": {
        "forced": 62, "spontaneous_unassisted": 14, "avrr": 10, "voluntary_other": 8, "readmission": 6,
    },
}  # fmt: skip
_STATUS: Mapping[str, Mapping[str, float]] = {
    "europe": {"asylum": 45, "irregular": 38, "regular": 14, "unknown": 3},
    "gulf": {"regular": 70, "irregular": 28, "unknown": 2},
    "transit": {"irregular": 82, "unknown": 9, "regular": 7, "asylum": 2},
    "neighbour": {"irregular": 42, "asylum": 38, "regular": 15, "unknown": 5},
    "asia": {"regular": 66, "irregular": 32, "unknown": 2},
    "americas": {"irregular": 70, "regular": 18, "asylum": 10, "unknown": 2},
}
_STATUS_OF_TYPE: Mapping[str, Status] = {
    "end_of_contract": "regular", "refugee_repatriation": "asylum", "readmission": "irregular",
}  # fmt: skip
_EMPLOYED = {"europe": 0.55, "gulf": 0.95, "transit": 0.6, "neighbour": 0.72, "asia": 0.95, "americas": 0.8}
_MONTHS = {
    "europe": (6, 54), "gulf": (14, 58), "transit": (2, 26), "neighbour": (6, 90), "asia": (12, 52),
    "americas": (6, 96),
}  # fmt: skip
_REASONS: Mapping[str, tuple[str, ...]] = {
    "end_of_contract": ("end_of_contract", "end_of_contract", "family_needs", "low_salary"),
    "forced": ("expelled", "no_legal_documents", "expelled"),
    "readmission": ("expelled", "no_legal_documents"),
    "compulsory_voluntary_departure": ("asylum_refused", "no_legal_documents", "expelled"),
    "avrr": ("asylum_refused", "family_needs", "no_job", "no_legal_documents", "sickness", "low_salary"),
    "vhr": ("violence", "no_job", "no_legal_documents", "sickness", "violence"),
    "evacuation": ("conflict_abroad", "violence"),
    "refugee_repatriation": ("peace_at_home", "family_needs", "no_job"),
    "spontaneous_unassisted": ("family_needs", "no_job", "low_salary", "sickness", "violence"),
}
_OTHER_REASONS = ("family_needs", "no_job", "low_salary", "no_legal_documents")
_ASSISTED: Mapping[str, tuple[str | None, ...]] = {
    "avrr": ("International organisation", "Government of the host country", "Non-governmental organisation"),
    "vhr": ("International organisation",),
    "forced": (None, "Government of the host country", None),
    "evacuation": ("Consulate", "International organisation"),
    "refugee_repatriation": ("International organisation", None),
    "compulsory_voluntary_departure": ("Government of the host country", None),
    "spontaneous_unassisted": (None,),
    "end_of_contract": (None, "Employer", "Family"),
}
_OTHER_ASSISTED: tuple[str | None, ...] = (None, "Family", "Consulate", "Non-governmental organisation")
_ON_THE_WAY: Mapping[str, tuple[str, ...]] = {
    "africa": ("LY", "NE", "MA", "TN", "DZ"),
    "asia": ("TR", "IR", "GR", "RS", "BG"),
    "americas": ("PA", "MX", "GT"),
}
_AFRICA = frozenset("CD CI CM DZ EG ER ET GH GM GN KE MA ML NE NG SD SN SO TN".split())  # noqa: SIM905
_AMERICAS = frozenset(("BR", "CO", "HT", "MX", "PE"))
_FORCED_BY = ("charter", "scheduled", "scheduled", "escorted")
_INTENTIONS = ("stay", "stay", "stay", "undecided", "migrate_again_regularly", "migrate_again")


@cache
def _type_shares(kind: str) -> tuple[tuple[float, ...], tuple[str, ...]]:
    return thresholds(_TYPES[kind]), tuple(_TYPES[kind])


@cache
def _status_shares(kind: str) -> tuple[tuple[float, ...], tuple[Status, ...]]:
    return thresholds(_STATUS[kind]), tuple(_STATUS[kind])  # type: ignore[arg-type]


@cache
def _jobs(kind: str, sex: str, language: str) -> tuple[tuple[str, str], ...]:
    data = json.loads((files(__package__) / "jobs.json").read_text(encoding="utf-8"))
    column = 1 if language == "fr" else 0
    rows = [text.split("|") for text in data[kind][sex]]
    return tuple((row[column], row[2]) for row in rows)


def _pick(draw: Draw, values: Sequence[T]) -> T:
    return values[int(draw() * len(values))]


def region_of(country: str) -> str:
    """`africa`, `americas` or `asia` (with the east of Europe): which ways people take."""
    if country in _AFRICA:
        return "africa"
    return "americas" if country in _AMERICAS else "asia"


def _host(draw: Draw, country: Country) -> Host:
    return country.hosts[bisect(country.host_thresholds, draw())]


def _return_type(draw: Draw, kind: str) -> str:
    shares, types = _type_shares(kind)
    return types[bisect(shares, draw())]


def _status(draw: Draw, kind: str, return_type: str) -> Status:
    shares, statuses = _status_shares(kind)
    drawn = statuses[bisect(shares, draw())]
    return _STATUS_OF_TYPE.get(return_type, drawn)


def _modality(draw: Draw, return_type: str) -> Modality:
    roll = draw()
    if return_type in {"forced", "readmission", "compulsory_voluntary_departure", "evacuation"}:
        return "permanent" if roll < 0.97 else "temporary"
    if roll < 0.86:
        return "permanent"
    if return_type in {"end_of_contract", "spontaneous_unassisted"}:
        return "circular" if roll < 0.96 else "temporary"
    return "temporary" if roll < 0.95 else "circular"


def _spell(
    draw: Draw, person: PersonRecord, host: Host, *, status: Status, to_on: date, language: str
) -> SpellAbroad:
    shortest, longest = _MONTHS[host.kind]
    days = int(30.4 * (shortest + (longest - shortest) * draw() ** 1.4))
    days = max(30, min(days, _days_of_age(person, to_on) - _MIN_AGE_DAYS))
    employed = draw() < _EMPLOYED[host.kind]
    occupation = isco = None
    if employed:
        sex = "female" if person.sex == "female" else "male"
        occupation, isco = _pick(draw, _jobs(host.kind, sex, language))
    return SpellAbroad(host.country, status, employed, occupation, isco, to_on - timedelta(days=days), to_on)


def _days_of_age(person: PersonRecord, day: date) -> int:
    return (day - person.birth_date).days if person.birth_date else 30 * 365


def _way_there(draw: Draw, person: PersonRecord, host: Host, before: date) -> tuple[SpellAbroad, ...]:
    if host.kind != "europe" or draw() > 0.4:
        return ()
    country = _pick(draw, _ON_THE_WAY[region_of(person.country)])
    start = before - timedelta(days=20 + int(200 * draw()))
    if country in {host.country, person.country} or _days_of_age(person, start) < _MIN_AGE_DAYS:
        return ()
    return (SpellAbroad(country, "irregular", False, None, None, start, before),)


def _return(
    draw: Draw, person: PersonRecord, country: Country, arrived_on: date, language: str
) -> ReturnRecord:
    host = _host(draw, country)
    return_type = _return_type(draw, host.kind)
    status = _status(draw, host.kind, return_type)
    departed_on = arrived_on - timedelta(days=1 if draw() < 0.3 else 0)
    spell = _spell(draw, person, host, status=status, to_on=departed_on, language=language)
    modality = _modality(draw, return_type)
    going_back = modality in {"circular", "temporary"}
    return ReturnRecord(
        from_country=host.country,
        to_country=person.country,
        return_type=return_type,
        forced_by=_pick(draw, _FORCED_BY) if return_type == "forced" else None,
        modality=modality,
        departed_on=departed_on,
        arrived_on=arrived_on,
        reason=_pick(draw, _REASONS.get(return_type, _OTHER_REASONS)),
        assisted_by=_pick(draw, _ASSISTED.get(return_type, _OTHER_ASSISTED)),
        intention="return_abroad" if going_back else _pick(draw, _INTENTIONS),
        spells=(*_way_there(draw, person, host, spell.from_on), spell),
    )


def _virtual(draw: Draw, person: PersonRecord, country: Country, today: date, language: str) -> ReturnRecord:
    settled = [host for host in country.hosts if host.kind in {"europe", "americas", "gulf", "asia"}]
    host = _pick(draw, settled or country.hosts)
    sex = "female" if person.sex == "female" else "male"
    occupation, isco = _pick(draw, _jobs("professional", sex, language))
    years = min(2 + int(9 * draw()), (_days_of_age(person, today) - 19 * 365) // 365)
    since = today - timedelta(days=365 * years)
    return ReturnRecord(
        from_country=host.country,
        to_country=person.country,
        return_type="voluntary_other",
        forced_by=None,
        modality="virtual",
        departed_on=None,
        arrived_on=None,
        reason="skills_transfer",
        assisted_by=None,
        intention="stay_abroad",
        spells=(SpellAbroad(host.country, "regular", True, occupation, isco, since, today),),
    )


def returns_of(
    draw: Draw, person: PersonRecord, country: Country, today: date, language: str
) -> tuple[ReturnRecord, ...]:
    """One return, sometimes with an earlier one behind it; the latest first.

    Arrivals lie within the 36 months before `today`, the recent months heavier. About one adult in fifty
    returns virtually: no arrival, and the time abroad goes on.
    """
    age = _days_of_age(person, today)
    if age > 24 * 365 and draw() < 0.02:
        return (_virtual(draw, person, country, today, language),)
    arrived_on = today - timedelta(days=int(365 / 12 * MONTHS_BACK * draw() ** 1.5))
    latest = _return(draw, person, country, arrived_on, language)
    start = latest.spells[0].from_on
    earlier_on = start - timedelta(days=90 + int(900 * draw()))
    if draw() > 0.08 or _days_of_age(person, earlier_on) < _MIN_AGE_DAYS + 1500:
        return (latest,)
    return (latest, _return(draw, person, country, earlier_on, language))
