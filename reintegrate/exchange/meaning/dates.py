"""Dates and ages as offices write them.

A reading never guesses: what could be two days is `ambiguous_order` until somebody says which
comes first, a day that no calendar has is an error, and what is only known in part keeps its
precision. An age counts back from the day of arrival.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from babel import Locale

from reintegrate.exchange.meaning.months import join_phrases, month_number
from reintegrate.exchange.meaning.problems import Unreadable
from reintegrate.exchange.meaning.wording import clean, fold, known, level, meanings, words

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(2101, 80_000)
_OLDEST_YEAR = 1900
_OLDEST_AGE = 120
_OTHER_CALENDARS = range(1300, 1501)  # Hijri and solar Hijri years of living people

_UNKNOWN = r"\?{1,4}|x{1,4}|_{1,4}|\*{1,4}|-{2,4}"
_PART = rf"(\d{{1,4}}|{_UNKNOWN})"
_BETWEEN = r"\s*([/.,\-\\: ]|\s)\s*"
_THREE = re.compile(rf"{_PART}{_BETWEEN}{_PART}{_BETWEEN}{_PART}\.?")
_TWO = re.compile(rf"{_PART}{_BETWEEN}{_PART}")
_CLOCK = re.compile(
    r"(?:t|\s|\s*[,;-]\s*|\s(?:a|at|vers|um|las)\s)\s*(?:"
    r"\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?\s*(?:[ap]\.?m\.?|z|utc|h)?(?:[+-]\d\d:?\d\d)?|\d{1,2}\s?h(?:\s?\d{2})?)$"
)
_AROUND_YEAR = re.compile(r"[\s/.\-_]*((?:19|20)\d\d)[\s/.\-_]*")
_YEARS_AND_MONTHS = re.compile(r"(\d{1,3})\s*([^\W\d]+)\s*(?:et|and|e|y|,|و)?\s*(\d{1,2})\s*([^\W\d]+)")
_AGE = re.compile(r"(\d{1,3})(?:[.,](\d))?\s*[-/]?\s*(\D*)")
_AGES = re.compile(r"(\d{1,3})\s*(?:-|/|a|to|et|and|ou|or)\s*(\d{1,3})\s*(\D*)")
_YEARS = re.compile(r"(?:entre |between )?((?:19|20)\d\d)\s*(?:-|/|a|to|et|and|ou|or)\s*((?:19|20)?\d\d)")
_WIDEST_RANGE = 15
_AGE_BESIDE = re.compile(
    r"(?<=\d{4})\s*(?:[(\[]\s*|[/,;]\s*|\s-\s)(?:age[de]?\s*:?\s*)?\d{1,3}\s*([^\W\d_]*(?:\s[^\W\d_]+)?)\.?\s*[)\]]?$"
)
_TOKENS = re.compile(r"'?\d+|[^\W\d_]+")


class DateOrder(StrEnum):
    """Which of two small numbers comes first in a written date."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """`1990-02-28`, `1990-02` or `1990`, with precision day, month, year or estimated."""

    value: str
    precision: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the texts of a column prove about their order.

    `verdict` is day_first, month_first, conflict (both are proven), ambiguous (there are dates and
    none proves anything) or none (no such dates). Counts are of cells; `examples` are at most five
    texts that read both ways.
    """

    verdict: str
    day_first: int = 0
    month_first: int = 0
    ambiguous: int = 0
    examples: tuple[str, ...] = ()

    @property
    def order(self) -> DateOrder | None:
        return DateOrder(self.verdict) if self.verdict in set(DateOrder) else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """Numbers read from a text, before calendar and century; zero for what is not known."""

    year: int
    month: int = 0
    day: int = 0
    short_year: bool = False
    estimated: bool = False


def separator(value: object) -> str | None:
    """What stands between day and month in a date of three numbers, year last; None for all else."""
    if not isinstance(value, str):
        return None
    found = _day_and_month(value)
    return found[2] if found else None


@lru_cache(maxsize=1 << 16)
def _day_and_month(value: str) -> tuple[int, int, str] | None:
    """The first two numbers of a date that ends in its year, and what stands between them."""
    found = _THREE.fullmatch(_prepared(value)[0])
    if not found or not (found[1].isdigit() and found[3].isdigit()):
        return None
    first, second = int(found[1]), int(found[3])
    if len(found[1]) > 2 or len(found[3]) > 2 or first > 31 or second > 31 or not (first and second):
        return None
    return first, second, found[2]


def date_order_evidence(values: Iterable[object]) -> Evidence:
    """What the texts of one column, or those of it with one separator, prove."""
    counts = {"day_first": 0, "month_first": 0, "ambiguous": 0}
    examples: dict[str, None] = {}
    for value in values:
        found = _day_and_month(value) if isinstance(value, str) else None
        if found is None or found[0] == found[1]:
            continue
        first, second, _ = found
        proof = (
            "day_first" if first > 12 >= second else "month_first" if second > 12 >= first else "ambiguous"
        )
        if proof == "ambiguous" and first > 12:
            continue  # neither can be a month
        counts[proof] += 1
        if proof == "ambiguous" and len(examples) < 5:
            examples[clean(value)] = None
    return Evidence(_verdict(counts), **counts, examples=tuple(examples))


def _verdict(counts: dict[str, int]) -> str:
    if counts["day_first"] and counts["month_first"]:
        return "conflict"
    return next((name for name, count in counts.items() if count), "none")


def parse_date(
    value: object,
    order: DateOrder | None = None,
    *,
    two_digit_pivot: int | None = None,
    not_after: date | None = None,
    today: date,
    ages: bool = False,
    as_of: date | None = None,
) -> ParsedDate:
    """Read one cell as a date.

    `ages` allows an age, which counts back from `as_of` (else `today`). A two-digit year up to
    `two_digit_pivot` is of this century; without a pivot it is the latest that is not after
    `not_after` (else `today`). Raises Unreadable: `not_a_date`, `no_such_day`, `ambiguous_order`,
    `in_future` (after `today`), `too_old`, `other_calendar`, `no_year`.
    """
    if isinstance(value, (date, datetime)):
        return _checked(_Parts(value.year, value.month, value.day), value, today)
    if value is None or isinstance(value, (bool, time)):
        raise Unreadable("not_a_date", value)
    if not isinstance(value, str):
        value = f"{value:.10g}" if isinstance(value, float) else str(value)
    age = _age(value) if ages else None
    if age is not None:
        return _from_age(age, value, as_of or today)
    try:
        parts = _read(value, order)
    except Unreadable as problem:
        problem.value = value
        raise
    if parts.short_year:
        parts = _in_century(parts, two_digit_pivot, not_after or today)
    return _checked(parts, value, today)


def _in_century(parts: _Parts, pivot: int | None, latest: date) -> _Parts:
    if pivot is not None:
        year = parts.year + (2000 if parts.year <= pivot else 1900)
    else:
        this = (2000 + parts.year, parts.month, parts.day)
        year = this[0] if this <= (latest.year, latest.month, latest.day) else 1900 + parts.year
    return _Parts(year, parts.month, parts.day, estimated=parts.estimated)


def _checked(parts: _Parts, value: object, today: date) -> ParsedDate:
    """The date, if the calendar has it and somebody alive could have seen it."""
    year, month, day = parts.year, parts.month, parts.day
    if year in _OTHER_CALENDARS:
        raise Unreadable("other_calendar", value, year=year)
    if not 1 <= year <= 9999:
        raise Unreadable("not_a_date", value)
    if day and not month:
        day = 0
    try:
        date(year, month or 1, day or 1)
    except ValueError as error:
        raise Unreadable("no_such_day", value) from error
    if year < max(_OLDEST_YEAR, today.year - _OLDEST_AGE):
        raise Unreadable("too_old", value, year=year)
    if (year, month, day) > (today.year, today.month if month else 0, today.day if day else 0):
        raise Unreadable("in_future", value)
    precision = "day" if day else "month" if month else "year"
    text = f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
    return ParsedDate(text, "estimated" if parts.estimated else precision)


@cache
def _edges(theme: str) -> re.Pattern[str]:
    """The words of a theme at the beginning or the end of a text, longest first."""
    listed = sorted({level(word) for word in words()[theme]}, key=len, reverse=True)
    either = "|".join(re.escape(word) + (r"(?!\w)" if word[-1].isalnum() else "") for word in listed)
    return re.compile(rf"^(?:{either})[\s.:)]*|[\s.(]*(?<!\w)(?:{either})[\s.)]*$")


@lru_cache(maxsize=1 << 16)
def _prepared(value: str) -> tuple[str, bool]:
    """The levelled text without clock, brackets and words like `about`; and whether it had such words."""
    text = re.sub(r"([/.])\1+", r"\1", _without_age(_CLOCK.sub("", level(value)))).strip(' .;()[]"')
    text = _tidied(text)
    text = re.sub(r"(?<=\d{4})\s*(?:г|р|м|م)\.?(?:\s?р\.?)?$", "", text)  # the word for year, or AD
    estimated = False
    for _ in range(4):
        text = _edges("before_dates").sub("", text).strip(" :")
        shorter = _edges("about").sub("", text).strip()
        if shorter == text or not re.search(r"\d", shorter):
            break
        text, estimated = shorter, True
    if re.fullmatch(r"\?\s*\d.*|.*\d\s*\?+", text):
        text, estimated = text.strip("? "), True
    return text, estimated


def _tidied(text: str) -> str:
    """A date without the weekday before it, the part of the day or a footnote mark after it."""
    text = re.sub(r"(?<=\d)\*+$", "", text)
    text = re.sub(r"(?<=[/.\- ])'(?=\d\d$)", "", text)
    first, _, rest = text.partition(" ")
    if rest[:1].isdigit() and fold(first) in _weekdays():
        text = rest
    shorter = _edges("part_of_day").sub("", text)
    text = shorter.rstrip(" ,;-") if shorter != text and re.search(r"\d", shorter) else text
    year = _AROUND_YEAR.fullmatch(text)
    return year[1] if year else text


def _without_age(text: str) -> str:
    """A date without the age that somebody wrote beside it: `25/12/1990 (34 ans)`, `25-Dec-1990 / 34`."""
    beside = _AGE_BESIDE.search(text)
    if not beside or (beside[1] and meanings("age_units").get(fold(beside[1])) != "year"):
        return text
    bracketed = beside[0].strip()[0] in "(["
    return (
        text[: beside.start()]
        if beside[1] or bracketed or re.search(r"\d\W|[^\W\d]\W*\d{4}", text[: beside.start()])
        else text
    )


@lru_cache(maxsize=1 << 16)
def _read(value: str, order: DateOrder | None) -> _Parts:
    """The numbers of a written date; raises Unreadable."""
    text, estimated = _prepared(value)
    parts = _numbers(text, order) or _lone(text) or _between(text) or _with_month_name(text)
    if parts is None:
        raise Unreadable("not_a_date", value)
    return _Parts(parts.year, parts.month, parts.day, parts.short_year, estimated or parts.estimated)


def _between(text: str) -> _Parts | None:
    """The middle of two years not far apart: `1985-1990`, `1987/88`."""
    found = _YEARS.fullmatch(text)
    if not found:
        return None
    first = int(found[1])
    last = int(found[2]) if len(found[2]) == 4 else first // 100 * 100 + int(found[2])
    return _Parts((first + last) // 2, estimated=True) if 0 < last - first <= _WIDEST_RANGE else None


def _count(part: str) -> int:
    return int(part) if part.isdigit() else 0


def _numbers(text: str, order: DateOrder | None) -> _Parts | None:
    """Three numbers or two, in any order; None where the text has another form."""
    three = _THREE.fullmatch(text)
    if three:
        return _three(three[1], three[3], three[5], order)
    two = _TWO.fullmatch(text)
    if not two:
        return None
    first, second = two[1], two[3]
    if len(second) == 4 and second.isdigit() and _count(first) <= 12:
        return _Parts(int(second), _count(first))
    if len(first) == 4 and first.isdigit() and len(second) <= 2 and _count(second) <= 12:
        return _Parts(int(first), _count(second))
    return None


def _three(first: str, second: str, third: str, order: DateOrder | None) -> _Parts | None:
    if len(second) > 2 and second.isdigit():
        return None
    if first.isdigit() and (len(first) == 4 or (len(first) == 2 and int(first) > 31)):
        if len(third) > 2 and third.isdigit():
            if len(first) == 2:
                raise Unreadable("no_such_day")
            return None
        return _Parts(int(first), _count(second), _count(third), short_year=len(first) == 2)
    if (len(first) > 2 and first.isdigit()) or not third.isdigit() or len(third) not in (2, 4):
        return None
    day, month = _day_then_month(_count(first), _count(second), order)
    return _Parts(int(third), month, day, short_year=len(third) == 2)


def _day_then_month(first: int, second: int, order: DateOrder | None) -> tuple[int, int]:
    """Day and month from the first two numbers; zero where one is not known."""
    if not first or not second:
        one = first or second
        if second > 12 and order is not DateOrder.MONTH_FIRST:
            raise Unreadable("no_such_day")
        return (0, one) if one <= 12 else (0, 0)
    if first > 12 and second > 12:
        raise Unreadable("no_such_day")
    if first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    if order is None:
        raise Unreadable("ambiguous_order")
    return (first, second) if order is DateOrder.DAY_FIRST else (second, first)


def _lone(text: str) -> _Parts | None:
    """One number: a year, eight digits run together, or the number by which a sheet stores a day."""
    if re.fullmatch(r"'\d\d", text):
        return _Parts(int(text[1:]), short_year=True)
    whole = re.fullmatch(r"(\d{4,8})(?:\.\d+)?", text)
    if not whole:
        return None
    digits = whole[1]
    if len(digits) == 4 and int(digits) < 2101:
        return _Parts(int(digits)) if digits == text else None
    if len(digits) <= 5 and int(digits) in _SERIALS:
        day = _EXCEL_EPOCH + timedelta(days=int(digits))
        return _Parts(day.year, day.month, day.day)
    if len(digits) == 8 and digits == text:
        return _run_together(digits)
    return None


def _run_together(digits: str) -> _Parts | None:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if 1900 <= year <= 2100 and 1 <= month <= 12:
        return _Parts(year, month, day)
    first, second, last = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if 1900 <= last <= 2100 and first > 12:
        return _Parts(last, second, first)
    return None


def _with_month_name(text: str) -> _Parts | None:
    """A day, a month by name and a year, in any order, among words that belong to dates."""
    numbers: list[str] = []
    months: list[int] = []
    for token in _TOKENS.findall(join_phrases(text)):
        month = None if token[-1].isdigit() else month_number(token)
        if month:
            months.append(month)
        elif token[-1].isdigit():
            numbers.append(token)
        elif fold(token) not in known("in_dates") and fold(token) not in _weekdays():
            return None
    if len(months) != 1 or len(numbers) > 2:
        return None
    return _day_and_year([number for number in numbers if number.strip("'0")], months[0])


def _day_and_year(numbers: list[str], month: int) -> _Parts:
    if len(numbers) == 1 and _is_year(numbers[0]):
        return _Parts(int(numbers[0].strip("'")), month, short_year=len(numbers[0].strip("'")) == 2)
    if len(numbers) != 2:
        raise Unreadable("no_year")
    day, year = reversed(numbers) if _is_year(numbers[0]) and not _is_year(numbers[1]) else numbers
    year = year.strip("'")
    if len(year) not in (2, 4) or len(day) > 2:
        raise Unreadable("not_a_date")
    if int(day) > 31:
        raise Unreadable("no_such_day")
    return _Parts(int(year), month, int(day), short_year=len(year) == 2)


def _is_year(number: str) -> bool:
    return number.startswith("'") or len(number) == 4 or int(number) > 31


@cache
def _weekdays() -> frozenset[str]:
    names: set[str] = set()
    for code in ("en", "fr", "es", "pt", "de", "it", "ar", "ru", "uk", "tr", "fa"):
        for width in ("wide", "abbreviated"):
            names.update(fold(name) for name in Locale.parse(code).days["format"][width].values())
    return frozenset(names)


@lru_cache(maxsize=1 << 16)
def _age(value: str) -> tuple[float, str] | None:
    """An age and its unit (year, month, week, day) where the text is one."""
    text = _edges("age_before").sub("", _prepared(value)[0]).strip(" :.")
    text = _edges("about").sub("", text).strip()
    if fold(value) in known("newborn"):
        return 0, "day"
    found = _AGE.fullmatch(text)
    if not found:
        return _years_and_months(text) or _middle_age(text)
    if found[3] and not fold(found[3]):
        return None
    unit = meanings("age_units").get(fold(found[3])) if fold(found[3]) else "year"
    number = float(f"{found[1]}.{found[2] or 0}")
    bare = not fold(found[3])
    if unit is None or (bare and (found[2] or not number)):  # a bare zero more likely stands for nothing
        return None
    return number, unit


def _years_and_months(text: str) -> tuple[float, str] | None:
    """`2 ans et 6 mois` in months."""
    found = _YEARS_AND_MONTHS.fullmatch(text)
    units = [meanings("age_units").get(fold(found[at])) for at in (2, 4)] if found else []
    return (int(found[1]) * 12 + int(found[3]), "month") if found and units == ["year", "month"] else None


def _middle_age(text: str) -> tuple[float, str] | None:
    """The middle of two ages not far apart: `35-40`, `8 to 10 years`; without a unit only above a dozen."""
    found = _AGES.fullmatch(text)
    if not found:
        return None
    first, last, unit = int(found[1]), int(found[2]), fold(found[3])
    known_unit = meanings("age_units").get(unit) == "year" if unit else last > 31 or first > 12
    return ((first + last) // 2, "year") if known_unit and 0 < last - first <= _WIDEST_RANGE else None


_DAYS_IN = {"year": 365.2425, "month": 30.44, "week": 7.0, "day": 1.0}


def _from_age(age: tuple[float, str], value: object, as_of: date) -> ParsedDate:
    """The year of birth that an age means: the year of `as_of` less the whole years."""
    number, unit = age
    if number * _DAYS_IN[unit] > _OLDEST_AGE * _DAYS_IN["year"]:
        raise Unreadable("too_old", value)
    if unit == "year":
        return ParsedDate(f"{as_of.year - int(number):04}", "estimated")
    if unit == "month":
        return ParsedDate(f"{(as_of.year * 12 + as_of.month - 1 - int(number)) // 12:04}", "estimated")
    born = as_of - timedelta(days=round(number * _DAYS_IN[unit]))
    return ParsedDate(f"{born.year:04}", "estimated")
