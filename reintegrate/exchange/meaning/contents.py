"""What columns hold, seen from their cells."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from reintegrate.exchange.files.sheets import Value
from reintegrate.exchange.meaning.countries import nationalities
from reintegrate.exchange.meaning.dates import parse_date
from reintegrate.exchange.meaning.problems import Unreadable
from reintegrate.exchange.meaning.values import is_empty, parse_return_modality, parse_return_type, parse_sex
from reintegrate.exchange.meaning.wording import clean, level

DATE_FIELDS = ("birth_date", "arrived_on", "departed_on")
_DATE_INSIDE = re.compile(r"\d{4}|\d[/.-]\d")


def _reads(reader: Callable[[str], object]) -> Callable[[Value], bool]:
    def readable(value: Value) -> bool:
        try:
            reader(clean(value))
        except Unreadable:
            return False
        return True

    return readable


def _date_like(value: Value) -> bool:
    try:
        parse_date(value, today=date.max, ages=True)
    except Unreadable as problem:
        return problem.code != "not_a_date" or bool(_DATE_INSIDE.search(level(clean(value))))
    return True


def sex_like(value: Value) -> bool:
    """Whether a text is a word or a letter for a sex."""
    return isinstance(value, str) and not value.strip().isdigit() and _reads(parse_sex)(value)


def _age_like(value: Value) -> bool:
    return bool(re.search(r"\d{1,3}", clean(value))) and not isinstance(value, date)


def _phone_like(value: Value) -> bool:
    return sum(letter.isdigit() for letter in clean(value)) >= 6 and not isinstance(value, date)


LOOKS: dict[str, Callable[[Value], bool]] = {
    **dict.fromkeys(DATE_FIELDS, _date_like),
    **dict.fromkeys(("nationality", "host_country", "return_country", "origin"), _reads(nationalities)),
    "sex": _reads(parse_sex),
    "age": _age_like,
    "phone": _phone_like,
    "email": lambda value: "@" in clean(value),
    "return_type": _reads(parse_return_type),
    "return_modality": _reads(parse_return_modality),
}


def share_of(values: Sequence[Value], looks: Callable[[Value], bool]) -> float:
    """The share of the filled cells that look right; 1 where nothing is filled."""
    filled = [value for value in values if not is_empty(value)]
    return sum(1 for value in filled if looks(value)) / len(filled) if filled else 1.0


def international_phone(value: Value) -> bool:
    """Whether a cell holds a phone number that begins with its country."""
    return _phone_like(value) and clean(value).startswith(("+", "00"))
