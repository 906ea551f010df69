"""One row of a list to a person: values, errors and warnings.

An error keeps a row from being imported: a missing or impossible name, an unreadable date of birth,
sex, nationality or host country, an arrival that is missing, unreadable, in the future or before the
birth, or a formula where one of these should stand. Everything else that is wrong is a warning.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from reintegrate.exchange.files.archives import column_letter
from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.context import is_ditto
from reintegrate.exchange.meaning.countries import city_country, country_code, nationalities
from reintegrate.exchange.meaning.date_parts import PARTS, joined
from reintegrate.exchange.meaning.dates import DateOrder, ParsedDate, parse_date
from reintegrate.exchange.meaning.layout import Mapping
from reintegrate.exchange.meaning.orders import DateColumn
from reintegrate.exchange.meaning.parsed import Options, Row
from reintegrate.exchange.meaning.problems import Problem, Unreadable
from reintegrate.exchange.meaning.statements import Told
from reintegrate.exchange.meaning.values import (
    NO_FAMILY_NAMES,
    is_empty,
    parse_document_type,
    parse_email,
    parse_name,
    parse_phone,
    parse_return_modality,
    parse_return_type,
    parse_sex,
    split_full_name,
)
from reintegrate.exchange.meaning.wording import clean, fold, level

_TEXTS = (
    "father_name",
    "other_names",
    "birth_place",
    "document_number",
    "family_ref",
    "vulnerability",
    "occupation",
    "remarks",
    "address",
    "languages",
    "time_abroad",
    "relation",
)
_PLACE_SAID = re.compile(r"\d{4}\s*(?:,|\s(?:à|a|in|at|en|em|ب|في|в|у)\s)\s*\D{2,}$")
_ERROR_FIELDS = {
    "family_name": "name",
    "given_names": "name",
    "full_name": "name",
    "birth_date": "birth_date",
    "sex": "sex",
    "nationality": "nationality",
    "host_country": "host_country",
    "arrived_on": "arrival",
    **{f"birth_date_{part}": "birth_date" for part in PARTS},
    **{f"arrived_on_{part}": "arrival" for part in PARTS},
}
_DATE_AND_PLACE = re.compile(r"(.*\d)\s*(?:,|/|-|;|\n|\s(?:à|a|in|at|en|em|ب|في|в|у)\s)\s*(\D{2,})")


@dataclass(frozen=True)
class ListFacts:
    """What is the same for every row: `orders` of the columns of dates, `order` of dates elsewhere."""

    sheet: Sheet
    mapping: Mapping
    options: Options
    orders: dict[int, DateColumn]
    order: DateOrder | None
    headings: list[str]
    m_is_female: bool
    passports: bool

    @cached_property
    def texts(self) -> list[str]:
        return [name for name in _TEXTS if name in self.columns]

    @cached_property
    def columns(self) -> dict[str, list[int]]:
        return {name: self.mapping.of(name) for name in set(self.mapping.columns.values())}


class PersonReader:
    """Fills one row from its cells, field by field."""

    def __init__(self, about: ListFacts, row: Row, told: dict[str, Told]) -> None:
        self.about = about
        self.out = row
        self.told = told
        self.values = row.values
        self.today = about.options.today
        fields = about.mapping.columns
        self.cells = [
            None if is_ditto(value, fields.get(at)) else value
            for at, value in enumerate(about.sheet.row(row.number))
        ]
        self.refused: set[str] = set()

    def read(self) -> None:
        self._note_formulas()
        self.values["number"] = level(self._text("number")).upper() or None
        self.values.update(dict.fromkeys(_TEXTS))
        for name in self.about.texts:
            self.values[name] = self._text(name) or None
        self._read_arrival()
        self._read_birth()
        self._read_sex()
        self._read_countries()
        self._read_name()
        self._read_return()
        self._read_contacts()
        self._read_document()

    def _error(self, field_name: str, problem: Unreadable) -> None:
        self.out.errors.append(Problem(field_name, problem.code, clean(problem.value), problem.details))

    def _warn(self, field_name: str, code: str, value: object = "", **details: Any) -> None:
        self.out.warnings.append(Problem(field_name, code, clean(value), details))

    def _note_formulas(self) -> None:
        """A formula where an error is possible is one; elsewhere its cell is only empty."""
        for column, name in self.about.mapping.columns.items():
            if (self.out.number, column) not in self.about.sheet.formulas:
                continue
            cell = f"{column_letter(column)}{self.out.number}"
            if name in _ERROR_FIELDS:
                self.refused.add(_ERROR_FIELDS[name])
                self._error(_ERROR_FIELDS[name], Unreadable("formula", cell=cell))
            elif name != "number":
                self._warn(name, "formula", cell=cell)

    def _raw(self, name: str) -> list[tuple[int | None, Value]]:
        """The filled cells of a field with their columns, or what was told above the row."""
        columns = self.about.columns.get(name, ())
        found: list[tuple[int | None, Value]] = [
            (at, self.cells[at]) for at in columns if at < len(self.cells) and not is_empty(self.cells[at])
        ]
        told = None if found else self.told.get(name)
        if told:
            field_name = _ERROR_FIELDS.get(name, name)
            self._warn(field_name, "taken_from", told.value, cell=told.cell)
            found = [(told.column, told.value)]
        return found

    def _cell(self, name: str) -> Value:
        """The first cell of a field."""
        column = next(iter(self.about.columns.get(name, ())), len(self.cells))
        return self.cells[column] if column < len(self.cells) else None

    def _text(self, name: str) -> str:
        return "; ".join(dict.fromkeys(clean(value) for _, value in self._raw(name)))

    def _date(self, name: str, **options: Any) -> tuple[ParsedDate | None, Value]:
        """The most exact date of a field and its cell; raises Unreadable where a cell cannot be read."""
        found: tuple[ParsedDate | None, Value] = (None, None)
        for column, value in self._raw(name):
            date_read = parse_date(value, self._order(column, value), today=self.today, **options)
            if found[0] is None or len(date_read.value) > len(found[0].value):
                found = date_read, value
        text = joined(self._cell, name) if found[0] is None and f"{name}_year" in self.about.columns else ""
        if text:
            options.pop("ages", None)
            return parse_date(text, DateOrder.DAY_FIRST, today=self.today, **options), text
        return found

    def _order(self, column: int | None, value: Value) -> DateOrder | None:
        return self.about.order if column is None else self.about.orders[column].order_of(value)

    def _read_arrival(self) -> None:
        self.values["arrived_on"] = None
        try:
            found, value = self._date("arrived_on", two_digit_pivot=99)
            self.values["arrived_on"] = self._arrival_day(found, value)
        except Unreadable as problem:
            self._error("arrival", problem)
        self.values["departed_on"] = None
        try:
            left, _ = self._date("departed_on", two_digit_pivot=99)
            self.values["departed_on"] = left.value if left else None
        except Unreadable as problem:
            self._warn("departed_on", problem.code, problem.value, **problem.details)

    def _arrival_day(self, found: ParsedDate | None, value: Value) -> str | None:
        """The day of a date that has one, else the default; raises Unreadable where there is neither."""
        if found and len(found.value) != 10:
            raise Unreadable("day_needed", value)
        day = found.value if found else self.about.options.defaults.get("arrived_on")
        if not day and "arrival" not in self.refused:
            raise Unreadable("missing")
        return day

    def _read_birth(self) -> None:
        self.values["birth_date"] = None
        arrived = self.values["arrived_on"]
        arrival = date.fromisoformat(arrived) if arrived else None
        try:
            found = self._birth(arrival)
        except Unreadable as problem:
            self._error("birth_date", problem)
            return
        if found is None:
            return
        self.values["birth_date"] = {"value": found.value, "precision": found.precision}
        if arrived and found.value > arrived[: len(found.value)]:
            self._error("arrival", Unreadable("before_birth", arrived, birth=found.value))

    def _birth(self, arrival: date | None) -> ParsedDate | None:
        options = {"ages": True, "not_after": arrival, "as_of": arrival}
        try:
            found, _ = self._date("birth_date", **options)
        except Unreadable as problem:
            found = self._date_and_place(problem, options)
        if found is None:
            found = self._from_age_column(arrival)
        return found

    def _date_and_place(self, problem: Unreadable, options: dict[str, Any]) -> ParsedDate:
        """`12/03/1990 à Thiès` in a column of dates and places; raises the problem for all else."""
        found = self._raw("birth_date")
        column, value = found[0] if found else (None, None)
        if column is None:
            raise problem
        parts = _DATE_AND_PLACE.fullmatch(clean(value))
        words = set(fold(self.about.headings[column]).split()) if column < len(self.about.headings) else set()
        expected = bool(words & {"lieu", "place", "lugar", "local", "مكان"})
        if not parts or problem.code != "not_a_date" or not (expected or _PLACE_SAID.search(clean(value))):
            raise problem
        born = parse_date(parts[1], self._order(column, parts[1]), today=self.today, **options)
        self.values["birth_place"] = parts[2].strip()
        return born

    def _from_age_column(self, arrival: date | None) -> ParsedDate | None:
        for _, value in self._raw("age"):
            try:
                found = parse_date(value, today=self.today, ages=True, as_of=arrival)
            except Unreadable as problem:
                self._warn("age", "not_understood", problem.value)
                return None
            return ParsedDate(found.value[:4], "estimated") if found.precision == "estimated" else found
        return None

    def _read_sex(self) -> None:
        self.values["sex"] = None
        ticked = [sex for sex in ("male", "female") if not is_empty(self._cell(f"sex_{sex}"))]
        found = self._raw("sex")
        text = clean(found[0][1]) if found else clean(self._cell("sex"))
        if len(ticked) == 1:
            self.values["sex"] = ticked[0]
        elif ticked:
            self._error("sex", Unreadable("not_a_sex", "; ".join(ticked)))
        elif text:
            try:
                self.values["sex"] = parse_sex(text, m_is_female=self.about.m_is_female)
            except Unreadable as problem:
                self._error("sex", problem)

    def _read_countries(self) -> None:
        codes, stateless = self._nationalities()
        self.values["nationalities"] = list(codes)
        self.values["nationality"] = codes[0] if codes else None
        self.values["stateless"] = stateless
        for name in ("host_country", "return_country"):
            self.values[name] = self._country(name)
        for name in ("nationality", "host_country"):
            if not self.values[name] and not stateless and not self._has_problem(name):
                self._warn(name, "missing")

    def _has_problem(self, name: str) -> bool:
        return any(problem.field == name for problem in self.out.errors)

    def _country_cells(self, name: str) -> list[str]:
        """Filled cells; `NA` stays, because it may mean Namibia."""
        columns = self.about.columns.get(name, ())
        values = [self.cells[at] for at in columns if at < len(self.cells)]
        found = [clean(value) for value in values if not is_empty(value) or value == "NA"]
        return found or [clean(value) for _, value in self._raw(name)]

    def _nationalities(self) -> tuple[tuple[str, ...], bool]:
        codes: dict[str, None] = {}
        stateless = False
        for text in self._country_cells("nationality"):
            try:
                found = nationalities(text)
            except Unreadable as problem:
                self._error("nationality", problem)
                return (), False
            codes.update(dict.fromkeys(found.codes))
            if found.stateless:
                stateless = True
                self._warn("nationality", "stateless", text)
        default = self.about.options.defaults.get("nationality")
        if default and not codes and not stateless and "nationality" not in self.refused:
            codes[default] = None
        return tuple(codes), stateless and not codes

    def _country(self, name: str) -> str | None:
        for text in self._country_cells(name)[:1]:
            try:
                return country_code(text)
            except Unreadable as problem:
                found = city_country(text)
                if found:
                    self._warn(name, "city", text, country=found)
                    return found
                if name in _ERROR_FIELDS:
                    self._error(name, problem)
                else:
                    self._warn(name, problem.code, problem.value, **problem.details)
                return None
        return None if name in self.refused else self.about.options.defaults.get(name)

    def _read_name(self) -> None:
        self.values["family_name"] = self.values["given_names"] = None
        try:
            names = {name: self._name(name) for name in ("family_name", "given_names")}
            whole = self._name("full_name")
        except Unreadable as problem:
            self._error("name", problem)
            return
        if whole and not any(names.values()):
            names = self._split(whole)
        if any(names.values()):
            self.values.update({name: text or None for name, text in names.items()})
        elif "name" not in self.refused:
            self._error("name", Unreadable("missing"))

    def _name(self, name: str) -> str:
        columns = self.about.columns.get(name, ())
        found = [self.cells[at] for at in columns if at < len(self.cells)]
        told = self.told.get(name)
        if told and not any(found):
            self._warn("name", "taken_from", told.value, cell=told.cell)
            found = [told.value]
        return " ".join(text for text in map(parse_name, found) if text)

    def _split(self, whole: str) -> dict[str, str]:
        nationality = self.values["nationality"]
        found = split_full_name(whole, family_first=self.about.mapping.family_first, nationality=nationality)
        if not found.family and " " in whole and nationality not in NO_FAMILY_NAMES:
            self._warn("name", "left_whole", whole)
        return {"family_name": found.family, "given_names": found.given}

    def _read_return(self) -> None:
        text = self._text("return_type")
        self.values["return_type_text"] = text or None
        self.values["return_type"] = self._code("return_type", text, parse_return_type)
        modality = self._text("return_modality")
        self.values["return_modality"] = self._code("return_modality", modality, parse_return_modality)

    def _code(self, name: str, text: str, parse: Callable[[str], str]) -> str | None:
        if not text:
            return self.about.options.defaults.get(name)
        try:
            return parse(text)
        except Unreadable as problem:
            self._warn(name, problem.code, text)
            return None

    def _read_contacts(self) -> None:
        regions = [self.values[name] for name in ("return_country", "nationality", "host_country")]
        found = parse_phone(self._text("phone"), tuple(dict.fromkeys(region for region in regions if region)))
        self.values["phone"] = found.number
        self.values["phones"] = list(found.numbers)
        self.values["phone_raw"] = found.raw or None
        if found.raw and not found.number:
            self._warn("phone", "not_a_phone", found.raw)
        self.values["email"] = None
        for _, value in self._raw("email"):
            try:
                self.values["email"] = parse_email(clean(value))
            except Unreadable as problem:
                self._warn("email", problem.code, problem.value)

    def _read_document(self) -> None:
        """A column of passport numbers says what kind of document they are of."""
        text = self._text("document_type")
        self.values["document_type_text"] = text or None
        self.values["document_type"] = self._code("document_type", text, parse_document_type)
        if not text and self.values["document_number"] and self.about.passports:
            self.values["document_type"] = "passport"
