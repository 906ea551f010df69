"""Dates that are only partly known."""

from datetime import date
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from reintegrate.columns import Labelled


class Precision(Labelled):
    """How much of a date is known, or why none is. An estimated date comes from an age."""

    DAY = "day", _l("Exact day")
    MONTH = "month", _l("Month and year")
    YEAR = "year", _l("Year only")
    ESTIMATED = "estimated", _l("About that year")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")
    NOT_APPLICABLE = "not_applicable", _l("Does not apply")


class PartialDate(NamedTuple):
    """A date whose unknown parts are the first of their range, or None with the reason."""

    value: date | None
    precision: Precision


NOT_KNOWN = PartialDate(None, Precision.UNKNOWN)

WITH_YEAR = frozenset({Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.ESTIMATED})
