"""How caseworkers write: short sentences filled with what they know of the person.

The phrases are data, English or French, because that is what offices type; nothing here is shown as
the program's own words.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale

from reintegrate.demo.countries import Country
from reintegrate.demo.records import HouseholdMember, PersonRecord, ReturnRecord

# Rough units of the currency for one US dollar, so that amounts in notes have a likely size.
_UNITS = {
    "AFN": 70,
    "ALL": 90,
    "AMD": 390,
    "AZN": 2,
    "BDT": 120,
    "BRL": 5,
    "CDF": 2800,
    "XOF": 600,
    "XAF": 600,
    "COP": 4000,
    "DZD": 135,
    "EGP": 50,
    "ERN": 15,
    "ETB": 130,
    "GEL": 3,
    "GHS": 14,
    "GMD": 70,
    "GNF": 8600,
    "HTG": 130,
    "IDR": 16000,
    "INR": 85,
    "IQD": 1300,
    "KES": 130,
    "LBP": 89000,
    "LKR": 300,
    "MAD": 10,
    "MDL": 17,
    "MXN": 19,
    "NGN": 1500,
    "NPR": 135,
    "PEN": 4,
    "PHP": 57,
    "PKR": 280,
    "RSD": 105,
    "SDG": 600,
    "SOS": 570,
    "SYP": 13000,
    "TND": 3,
    "TRY": 38,
    "UAH": 42,
    "UZS": 12500,
    "VND": 25500,
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_KIN_FR = {
    "wife": "sa femme",
    "husband": "son mari",
    "son": "son fils",
    "daughter": "sa fille",
    "mother": "sa mère",
    "brother": "son frère",
    "sister": "sa sœur",
}
_HE = {"he": "he", "He": "He", "his": "his", "him": "him", "il": "il", "e": ""}
_SHE = {"he": "she", "He": "She", "his": "her", "him": "her", "il": "elle", "e": "e"}

Draw = Callable[[], float]


@cache
def phrases(language: str) -> Mapping[str, Any]:
    """The phrases of a language, `en` or `fr`."""
    data: Mapping[str, Any] = json.loads(
        (files(__package__) / f"phrases.{language}.json").read_text(encoding="utf-8")
    )
    return data


@cache
def country_name(country: str, language: str) -> str:
    """The name of a country as texts of the language have it."""
    return str(Locale(language).territories.get(country, country))


@cache
def _months(language: str) -> tuple[str, ...]:
    return tuple(_MONTHS[language].split())


def _kin(member: HouseholdMember, language: str, *, male: bool) -> str:
    first = member.name.split(" ", 1)[0]
    if language == "fr":
        return f"{_KIN_FR[member.relation]} {first}"
    return f"{'his' if male else 'her'} {member.relation} {first}"


def _duration(first: date, last: date, language: str) -> str:
    months = max(1, (last - first).days // 30)
    if months < 24:
        return f"{months} mois" if language == "fr" else f"{months} month{'s' if months > 1 else ''}"
    return f"{months // 12} ans" if language == "fr" else f"{months // 12} years"


class Facts(dict[str, str]):
    """What a phrase may name: the lasting facts of the case, and passing ones drawn when named."""

    def __init__(self, draw: Draw, language: str, country: Country, lasting: Mapping[str, str]) -> None:
        super().__init__(lasting)
        self.draw = draw
        self.language = language
        self.units = _UNITS[country.currency]
        self.currency = country.currency
        self.day = date.min

    def __missing__(self, name: str) -> str:
        return _PASSING[name](self)

    def amount(self, dollars: float) -> str:
        """About so many US dollars in the currency of the country, two figures exact."""
        value = f"{float(f'{dollars * self.units:.2g}'):,.0f}"
        if self.language == "fr":
            value = value.replace(",", "\u202f")
        return f"{value} {self.currency}"

    def day_from(self, days: int) -> str:
        """The day so many days after that of writing, as written in passing."""
        day = self.day + timedelta(days=days)
        return f"{day.day} {_months(self.language)[day.month - 1]}"

    def word(self, kind: str) -> str:
        """One of the words of the kind."""
        words = phrases(self.language)["words"][kind]
        return str(words[int(self.draw() * len(words))])


def _hour(facts: Facts) -> str:
    half = int(facts.draw() * 18)
    return f"{9 + half // 2}:{'30' if half % 2 else '00'}"


_PASSING: Mapping[str, Callable[[Facts], str]] = {
    "n": lambda facts: str(2 + int(facts.draw() * 8)),
    "minutes": lambda facts: str(15 + 5 * int(facts.draw() * 12)),
    "hour": _hour,
    "amount": lambda facts: facts.amount(40 + 600 * facts.draw() ** 2),
    "small": lambda facts: facts.amount(1 + 8 * facts.draw()),
    "on": lambda facts: facts.day_from(0),
    "day": lambda facts: facts.day_from(2 + int(facts.draw() * 17)),
    "past": lambda facts: facts.day_from(-1 - int(facts.draw() * 6)),
    "month_now": lambda facts: _months(facts.language)[facts.day.month - 1],
    "place": lambda facts: facts.word("place"),
}


def _filtered(value: Any, tags: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _filtered(inner, tags) for key, inner in value.items()}
    if isinstance(value, str):
        return value
    kept = [text for text in value if not text.startswith("[") or text[1 : text.index("]")] in tags]
    if "virtual" in tags:
        kept = [text for text in kept if text.startswith("[virtual]")] or kept
    return tuple(text.partition("] ")[2] if text.startswith("[") else text for text in kept)


@cache
def usable(language: str, tags: frozenset[str]) -> Mapping[str, Any]:
    """The phrases that fit a person with these tags: those without a tag, or with one of them.

    For a virtual return the phrases made for it stand alone where there are any.
    """
    found: Mapping[str, Any] = _filtered(phrases(language), tags)
    return found


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody typing about one person: `say` fills a phrase with facts, fresh numbers each time."""

    language: str
    facts: Facts
    texts: Mapping[str, Any]

    def about(self, day: date) -> None:
        """Write the next phrases as of this day."""
        self.facts.day = day

    def say(self, templates: Sequence[str]) -> str:
        """One of the templates, filled in, with a capital first."""
        text = templates[int(self.facts.draw() * len(templates))].format_map(self.facts)
        return text[0].upper() + text[1:]


def _job(occupation: str | None, language: str) -> str:
    if language == "fr":
        return occupation or "journalier"
    job = occupation or "day labourer"
    return f"{'an' if job[0] in 'aeiou' else 'a'} {job}"


def _tags(draw: Draw, person: PersonRecord, latest: ReturnRecord) -> frozenset[str]:
    spell = latest.spells[-1]
    claims = {
        "virtual": latest.modality == "virtual",
        "job": spell.employed,
        "kids": any(member.relation in {"son", "daughter"} for member in person.household),
        "kin": bool(person.household),
        "interpreter": person.languages[0].interpreter,
        "phone": bool(person.phones),
        "irregular": spell.status == "irregular",
        "nopapers": not person.documents,
        "reads" if draw() < 0.75 else "noreads": True,
    }
    return frozenset(tag for tag, holds in claims.items() if holds)


def writer(
    draw: Draw, person: PersonRecord, country: Country, latest: ReturnRecord, language: str, today: date
) -> Writer:
    """A writer, in `en` or `fr`, who knows the person and the latest return."""
    male = person.sex != "female"
    words = phrases(language)["words"]
    spell = latest.spells[-1]
    trades = country.trades_fr if language == "fr" and country.trades_fr else country.trades
    trade = int(draw() * len(trades))
    arrived = latest.arrived_on or today
    kin = words["kin_without"][int(draw() * len(words["kin_without"]))]
    if person.household:
        kin = _kin(person.household[int(draw() * len(person.household))], language, male=male)
    lasting = {
        "first": person.given_names.split(" ", 1)[0],
        "town": person.address,
        "host": country_name(latest.from_country, language),
        "job": _job(spell.occupation, language),
        "trade": trades[trade],
        "trade2": trades[trade - 1],
        "abroad": _duration(spell.from_on, spell.to_on, language),
        "month": f"{_months(language)[arrived.month - 1]} {arrived.year}",
        "phone": person.phones[0][-3:] if person.phones else "",
        "kin": kin,
        **(_HE if male else _SHE),
    }
    facts = Facts(draw, language, country, lasting)
    facts["lender"] = facts.word("lender")
    facts["debt"] = facts.amount(150 + 4000 * draw() ** 2)
    facts["quote"] = facts.amount(120 + 900 * draw() ** 1.5)
    facts.day = arrived
    return Writer(language, facts, usable(language, _tags(draw, person, latest)))
