"""What can be wrong with a cell or a row: codes, and words in the reader's language.

Outside a request, as on the command line, the words are English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from flask_babel import lazy_gettext as _l

FIELD_WORDS: dict[str, Any] = {
    "name": _l("name"),
    "birth_date": _l("date of birth"),
    "sex": _l("sex"),
    "nationality": _l("nationality"),
    "arrival": _l("arrival date"),
    "host_country": _l("host country"),
    "return_country": _l("country of return"),
    "return_type": _l("type of return"),
    "return_modality": _l("modality of return"),
    "phone": _l("phone number"),
    "email": _l("e-mail address"),
    "departed_on": _l("date of departure"),
}

MESSAGES: dict[str, Any] = {
    "missing": _l("The %(field)s is missing."),
    "not_a_name": _l("“%(value)s” is no name."),
    "too_long": _l("The %(field)s is longer than %(limit)s characters."),
    "not_a_date": _l("“%(value)s” is not a date that can be read."),
    "no_such_day": _l("There is no such day as “%(value)s”."),
    "ambiguous_order": _l("“%(value)s” could be two days: say whether the day or the month comes first."),
    "in_future": _l("The %(field)s “%(value)s” lies in the future."),
    "too_old": _l("The %(field)s “%(value)s” is too long ago."),
    "other_calendar": _l("“%(value)s” seems to follow another calendar (year %(year)s)."),
    "no_year": _l("“%(value)s” has no year."),
    "day_needed": _l("The %(field)s “%(value)s” has no day."),
    "before_birth": _l("The arrival “%(value)s” is before the birth, %(birth)s."),
    "not_a_sex": _l("“%(value)s” is not understood as a sex."),
    "unknown_country": _l("“%(value)s” is no country that is known%(hint)s."),
    "ambiguous_country": _l("“%(value)s” can mean several countries%(hint)s."),
    "not_understood": _l("“%(value)s” is not understood as %(field)s."),
    "not_a_phone": _l("“%(value)s” is not a valid phone number."),
    "not_an_email": _l("“%(value)s” is not a valid e-mail address."),
    "stateless": _l("“%(value)s”: recorded without a nationality."),
    "formula": _l("Cell %(cell)s holds a formula, which is not read: put its value there."),
    "taken_from": _l("The %(field)s is empty; “%(value)s” is taken from cell %(cell)s."),
    "city": _l("“%(value)s” is a place: taken for the country %(country)s."),
    "left_whole": _l("“%(value)s” is not split into family and given names."),
}


class Unreadable(Exception):  # noqa: N818 -- a finding about a cell, not a fault
    """A cell that cannot be read: `code` is a key of MESSAGES, `value` is what the cell holds."""

    def __init__(self, code: str, value: object = None, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.details = details


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a warning about one field of one row.

    `field` is a key of FIELD_WORDS or a field of the layout, `code` a key of MESSAGES, `value` the
    text of the cell, `details` what else the message names.
    """

    field: str
    code: str
    value: str = ""
    details: dict[str, Any] = dataclass_field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON takes it."""
        return {"field": self.field, "code": self.code, "value": self.value, **self.details}


def problem_from(told: dict[str, Any]) -> Problem:
    """The problem that `as_dict` made JSON of."""
    own = ("field", "code", "value", "kind")
    details = {name: value for name, value in told.items() if name not in own}
    return Problem(told["field"], told["code"], told["value"], details)


def placeholders(problem: Problem, field_words: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What fills the %(name)s of the problem's message; other words for the fields may be given."""
    words = field_words or FIELD_WORDS
    near = ", ".join(problem.details.get("suggestions", ()))
    filled = {"limit": "", "country": "", "year": "", "birth": "", "cell": "", **problem.details}
    return {
        **filled,
        "field": str(words.get(problem.field, problem.field.replace("_", " "))),
        "value": problem.value,
        "hint": f" ({near}?)" if near else "",
    }


def describe(problem: Problem) -> str:
    """The problem in one sentence."""
    return str(MESSAGES[problem.code]) % placeholders(problem)
