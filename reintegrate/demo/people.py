"""Made-up returnees, each wholly given by a seed and an index.

Any slice can be made on its own: the million-case load, the demo and the filler of the name search draw
from the same people. Nobody real is meant; names are combined at random and numbers are invented.
"""

import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from random import Random
from typing import TypeVar

from reintegrate.demo.countries import Country, all_countries, thresholds
from reintegrate.demo.household import household_of
from reintegrate.demo.names import Community, FullName, communities, full_name
from reintegrate.demo.records import (
    BirthPrecision,
    ContactRules,
    DocumentRecord,
    HouseholdMember,
    LanguageRecord,
    MissingReason,
    PersonRecord,
    Sex,
)

__all__ = [
    "ContactRules",
    "DocumentRecord",
    "HouseholdMember",
    "LanguageRecord",
    "PersonRecord",
    "people",
    "person",
]

T = TypeVar("T")

_REFERENCE_YEAR = 2026
_SECOND_NATIONALITIES = ("FR", "DE", "SA", "GB", "US", "IT", "ES", "SE", "CA", "PK", "TR", "NG")
_CHANNELS: tuple[tuple[str, ...], ...] = (
    ("phone",),
    ("phone", "sms"),
    ("whatsapp", "phone"),
    ("whatsapp",),
    ("phone", "whatsapp", "sms"),
    ("through_relative",),
    ("in_person",),
    ("sms", "phone"),
)
_ANY_TIME = tuple(ContactRules(channels, None, None, False, False) for channels in _CHANNELS)


def stream(seed: int, index: int, purpose: int = 0) -> Random:
    """The random numbers of one record; streams of different purposes tell nothing of each other."""
    return Random((((seed << 3) | purpose) << 40) ^ index)  # noqa: S311


@cache
def _world() -> tuple[tuple[float, ...], tuple[Country, ...]]:
    world = all_countries().values()
    return thresholds({country.code: country.weight for country in world}), tuple(world)


@cache
def _communities(country: str) -> tuple[tuple[float, ...], tuple[Community, ...]]:
    found = communities(country)
    return thresholds({str(at): community.weight for at, community in enumerate(found)}), found


def _one(rng: Random, values: Sequence[T]) -> T:
    return values[int(rng.random() * len(values))]


def _sex(roll: float) -> Sex:
    if roll < 0.645:
        return "male"
    if roll < 0.98:
        return "female"
    if roll < 0.985:
        return "other"
    return "unknown" if roll < 0.995 else "declined"


def _birth_year(rng: Random) -> int:
    roll, spread = rng.random(), rng.random()
    if roll < 0.035:
        return _REFERENCE_YEAR - 14 - int(4 * spread)
    if roll < 0.065:
        return _REFERENCE_YEAR - 58 - int(16 * spread)
    return _REFERENCE_YEAR - 18 - int(40 * (0.5 * (spread + rng.random())) ** 1.6)


def _birth(rng: Random, year: int) -> tuple[date | None, BirthPrecision | None, MissingReason | None]:
    roll = rng.random()
    if roll < 0.80:
        return date.fromordinal(date(year, 1, 1).toordinal() + int(365 * rng.random())), "day", None
    if roll < 0.90:
        return date(year, 1, 1), "year", None
    if roll < 0.93:
        return date(year, 1 + int(12 * rng.random()), 1), "month", None
    if roll < 0.98:
        return date(year, 1, 1), "estimated", None
    return None, None, "unknown" if roll < 0.993 else "declined"


def _languages(rng: Random, country: Country, spoken: str) -> tuple[LanguageRecord, ...]:
    shares_office_language = rng.random() < 0.82
    known = [LanguageRecord(spoken, not shares_office_language)]
    for code in country.languages:
        if code != spoken and rng.random() < 0.45:
            known.append(LanguageRecord(code, False))
    return tuple(known)


def _digits(rng: Random, count: int) -> str:
    return f"{int(rng.random() * 10**count):0{count}d}"


def _expiry(rng: Random) -> date:
    return date.fromordinal(date(_REFERENCE_YEAR - 2, 1, 1).toordinal() + int(3650 * rng.random()))


def _documents(rng: Random, country: Country) -> tuple[DocumentRecord, ...]:
    roll = rng.random()
    if roll < 0.12:
        return ()
    found: list[DocumentRecord] = []
    if roll < 0.55:
        number = country.passport_prefix + _digits(rng, country.passport_digits)
        found.append(DocumentRecord("passport", number, country.code, _expiry(rng)))
    if 0.40 < roll < 0.85:
        number = str(1 + int(9 * rng.random())) + _digits(rng, country.national_id_digits - 1)
        expires = _expiry(rng) if rng.random() < 0.5 else None
        found.append(DocumentRecord("national_id", number, country.code, expires))
    if roll > 0.82:
        number = "LP" + _digits(rng, 6)
        kind = "emergency_travel_document" if roll < 0.95 else "birth_certificate"
        found.append(DocumentRecord(kind, number, country.code, None))
    return tuple(found)


def _phones(rng: Random, country: Country) -> tuple[str, ...]:
    roll = rng.random()
    if roll < 0.06:
        return ()
    count = 2 if roll > 0.86 else 1
    return tuple(
        f"+{country.dial}{_one(rng, country.mobile)}{_digits(rng, country.mobile_tail)}" for _ in range(count)
    )


def _email(rng: Random, name: FullName) -> str | None:
    if rng.random() >= 0.07:
        return None
    parts = (name.given[0].latin, name.family[0].latin if name.family else "")
    text = unicodedata.normalize("NFKD", ".".join(part for part in parts if part)).casefold()
    local = "".join(letter for letter in text if letter.isascii() and (letter.isalnum() or letter == "."))
    return (
        f"{local.strip('.')}{int(rng.random() * 900) + 10}@example.{'org' if rng.random() < 0.7 else 'com'}"
    )


def _contact(rng: Random) -> ContactRules:
    roll, channel = rng.random(), int(rng.random() ** 1.5 * len(_CHANNELS))
    if roll < 0.72:
        return _ANY_TIME[channel]
    starts = 8 + int(rng.random() * 10)
    return ContactRules(
        channels=_CHANNELS[channel],
        hours_from=starts if roll < 0.92 else None,
        hours_to=min(starts + 2 + int(rng.random() * 6), 21) if roll < 0.92 else None,
        no_messages=roll > 0.88,
        hidden_address=roll > 0.975,
    )


def _marital_status(rng: Random, age: int) -> str:
    roll = rng.random()
    if age < 18:
        return "single"
    if roll < (0.94 if age < 21 else max(0.12, 1.25 - age / 30)):
        return "single"
    if roll < 0.86:
        return "married"
    if roll < 0.90:
        return "separated"
    if roll < 0.95:
        return "divorced"
    return "widowed" if age > 30 else "cohabiting"


def _nationalities(rng: Random, country: str) -> tuple[str, ...]:
    roll = rng.random()
    if roll >= 0.035:
        return (country,)
    second = _SECOND_NATIONALITIES[int(roll / 0.035 * len(_SECOND_NATIONALITIES))]
    return (country,) if second == country else (country, second)


def _other_names(rng: Random, name: FullName, full: str) -> tuple[str, ...]:
    if rng.random() >= 0.3:
        return ()
    other = name.other()
    return () if other == full else (other,)


def person(seed: int, index: int) -> PersonRecord:
    """The person at `index` (from 0) of the people of `seed`; the same for ever."""
    rng = stream(seed, index)
    draw = rng.random
    shares, world = _world()
    country = world[bisect(shares, draw())]
    community_shares, found = _communities(country.code)
    community = found[bisect(community_shares, draw())]
    sex = _sex(draw())
    male = sex == "male" or (sex != "female" and draw() < 0.5)
    name = full_name(draw, community, male=male)
    given_names, family_name = name.given_names, name.family_name
    native = community.native is not None and draw() < 0.8
    year = _birth_year(rng)
    birth_date, precision, missing = _birth(rng, year)
    marital_status = _marital_status(rng, _REFERENCE_YEAR - year)
    born_in = _one(rng, country.towns)
    return PersonRecord(
        index=index,
        country=country.code,
        given_names=given_names,
        family_name=family_name,
        native_name=name.native(family_first=community.system == "family_middle_given") if native else None,
        native_script=community.native if native else None,
        other_names=_other_names(rng, name, f"{given_names} {family_name}".rstrip()),
        sex=sex,
        birth_date=birth_date,
        birth_precision=precision,
        birth_missing=missing,
        birth_place=born_in,
        nationalities=_nationalities(rng, country.code),
        languages=_languages(rng, country, community.language),
        documents=_documents(rng, country),
        phones=_phones(rng, country),
        email=_email(rng, name),
        contact=_contact(rng),
        address=born_in if draw() < 0.6 else _one(rng, country.towns),
        marital_status=marital_status,
        household=household_of(draw, community, name, male=male, born=year, marital_status=marital_status),
    )


def people(count: int, seed: int) -> Iterator[PersonRecord]:
    """The first `count` people of `seed`."""
    for index in range(count):
        yield person(seed, index)
