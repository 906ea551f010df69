"""How values look to people: dates, numbers and codes in the reader's language.

Formatting through Babel costs more than the query of a page, so results are kept by value.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_name
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from reintegrate.columns import utcnow
from reintegrate.web import countries

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "ps", "he", "dv", "ckb"})


def language() -> str:
    """The language of this request, as its ISO 639 code."""
    return str((get_locale() or Locale("en")).language)


DAYS = {"ar": "d MMM y"}
"""How a day is written where the usual short form is all figures, and so reads in two ways."""


@lru_cache(maxsize=20_000)
def _day(value: date, lang: str) -> str:
    return format_date(value, DAYS.get(lang, "medium"), locale=lang)


@lru_cache(maxsize=2_000)
def _formatted(value: date, pattern: str, lang: str) -> str:
    return format_date(value, pattern, locale=lang)


def day(value: date | None) -> str:
    """A day: 14 Mar 2026; a dash where there is none."""
    return "–" if value is None else _day(value, _day_locale())


def days() -> Callable[[date | None], str]:
    """What writes days in the language of this request as `day` does: for lists, which write hundreds."""
    lang = _day_locale()
    return lambda value: "–" if value is None else _day(value, lang)


def _day_locale() -> str:
    lang = language()
    return "en_GB" if lang == "en" else lang


def moment(value: datetime | None, timezone: str = "UTC") -> str:
    """A moment in the given zone: 14 Mar 2026, 09:12."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(timezone))
    return _("%(day)s, %(time)s", day=day(local.date()), time=f"{local:%H:%M}")


def full_moment(value: datetime, timezone: str) -> str:
    """A moment in words for the foot of a page: Monday 23 November 2026, 10:47 East Africa Time."""
    local = value.astimezone(ZoneInfo(timezone))
    written = format_date(local, "EEEE d MMMM y", locale=_day_locale())
    zone = _zone_name(timezone, bool(local.dst()), _day_locale())
    clock = _("%(time)s %(zone)s", time=f"{local:%H:%M}", zone=zone)
    return _("%(day)s, %(time)s", day=written, time=clock)


@lru_cache(maxsize=2_000)
def _zone_name(timezone: str, summer: bool, lang: str) -> str:
    """What the clock of a zone is called; its distance from Greenwich where it has no name."""
    variant: Literal["daylight", "standard"] = "daylight" if summer else "standard"
    return get_timezone_name(ZoneInfo(timezone), zone_variant=variant, locale=lang)


def partial_date(value: date | None, precision: str) -> str:
    """A date as far as it is known: 14 Mar 1994, Mar 1994, 1994, c. 1994, or why it is not."""
    if value is None:
        reasons = {"declined": _("declined to say"), "not_applicable": _("does not apply")}
        return reasons.get(precision, _("not known"))
    if precision == "day":
        return day(value)
    if precision == "month":
        return _formatted(value, "MMM y", _day_locale())
    if precision == "year":
        return str(value.year)
    return _("c. %(year)s", year=value.year)


def age_on(birth: date, on: date) -> int:
    """Completed years of life on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def days_ago(value: date, today_is: date) -> str:
    """How long ago or how soon a day is, in words."""
    days = (today_is - value).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days == -1:
        return _("tomorrow")
    if days > 0:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    return ngettext("in %(num)s day", "in %(num)s days", -days)


def overdue(value: date, today_is: date) -> str:
    """`12 days overdue`, `today`, `tomorrow`, or nothing while there is time."""
    days = (today_is - value).days
    if days > 0:
        return ngettext("%(num)s day overdue", "%(num)s days overdue", days)
    return {0: _("today"), -1: _("tomorrow")}.get(days, "")


@lru_cache(maxsize=5_000)
def _country(code: str, lang: str) -> str:
    return Locale.parse(lang).territories.get(code, code)


def country(code: str | None) -> str:
    """The name of a country by its ISO 3166-1 code."""
    return _country(code, language()) if code else "–"


def country_names() -> Iterable[str]:
    """The names of all countries in the reader's language, in its order."""
    return countries.names(language()).values()


@lru_cache(maxsize=5_000)
def _language_name(code: str, lang: str) -> str:
    name = Locale.parse(lang).languages.get(code, code)
    return name[:1].upper() + name[1:]


def language_name(code: str | None) -> str:
    """The name of a language by its ISO 639 code."""
    return _language_name(code, language()) if code else "–"


def today(timezone: str = "UTC") -> date:
    """The day it is now in a zone."""
    return utcnow().astimezone(ZoneInfo(timezone) if timezone != "UTC" else UTC).date()


def listed(words: Iterable[Any]) -> str:
    """Some words one after the other, with the comma of the reader's language."""
    return _(", ").join(str(word) for word in words)


def init_app(app: Flask) -> None:
    """Offer the formats to templates."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        partial_date=partial_date,
        country=country,
        language_name=language_name,
        days_ago=days_ago,
        overdue=overdue,
        listed=listed,
    )
    app.jinja_env.globals.update(age_on=age_on, country_names=country_names)
