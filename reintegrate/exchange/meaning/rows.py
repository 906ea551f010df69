"""A grid and the meaning of its columns to rows of a list: values, errors and warnings, nothing saved."""

import re
from collections.abc import Callable

from reintegrate.exchange.files.archives import column_letter
from reintegrate.exchange.files.sheets import Sheet, Value
from reintegrate.exchange.meaning.contents import DATE_FIELDS
from reintegrate.exchange.meaning.context import Context
from reintegrate.exchange.meaning.dates import DateOrder, date_order_evidence
from reintegrate.exchange.meaning.layout import Mapping, header_cells
from reintegrate.exchange.meaning.lines import last_person, no_person
from reintegrate.exchange.meaning.orders import DateColumn, date_columns
from reintegrate.exchange.meaning.parsed import Options, Parsed, Row
from reintegrate.exchange.meaning.persons import ListFacts, PersonReader
from reintegrate.exchange.meaning.problems import MESSAGES, Problem, describe
from reintegrate.exchange.meaning.statements import dates_told
from reintegrate.exchange.meaning.wording import clean, fold

__all__ = ["MESSAGES", "Options", "Parsed", "Problem", "Row", "describe", "parse_rows", "read_row"]

_PASSPORT = re.compile(r"passport|passeport|pasaporte|passaport|reisepass|pasaport|جواز|паспорт")
_F_OF_SEXES = frozenset({"sexe", "sex", "gender", "genre", "f"})
_ENDS = frozenset({"", "total", "footer", "header"})


def parse_rows(
    sheet: Sheet,
    mapping: Mapping,
    options: Options,
    on_progress: Callable[[int, int], None] | None = None,
) -> Parsed:
    """Read every row below the headings.

    The values of a row, None for what is not there:
    `number`, `family_name`, `given_names`, `father_name`, `other_names`;
    `sex` (female, male, other, unknown, declined);
    `birth_date` ({"value", "precision"}), `birth_place`;
    `nationality` and `nationalities` (ISO codes, the first and all), `stateless`;
    `host_country`, `return_country` (ISO codes); `arrived_on`, `departed_on` (ISO dates);
    `return_type`, `return_modality`, `document_type` (codes, the first and last also as written in
    `return_type_text`, `document_type_text`), `document_number`;
    `phone` (E.164), `phones`, `phone_raw`, `email`;
    the texts `family_ref`, `vulnerability`, `occupation`, `remarks`, `address`, `languages`,
    `time_abroad`, `relation` (to the head of the family).

    `on_progress` hears, every 500 rows, how many are done and how many there are.
    """
    reader = _Reader(sheet, mapping, options)
    rows = []
    last = len(sheet.rows)
    for number in range(options.header_row + 1, last + 1):
        rows.append(reader.row(number))
        if on_progress and number % 500 == 0:
            on_progress(number, last)
    return Parsed(
        rows,
        reader.date_columns,
        sheet.formula_cells,
        sorted(sheet.hidden_rows),
        [column_letter(column) for column in sorted(sheet.hidden_columns)],
        reader.open_dates(),
    )


def read_row(sheet: Sheet, mapping: Mapping, options: Options, number: int) -> Row:
    """One row, read as `parse_rows` would read it among all the others."""
    return _Reader(sheet, mapping, options).row(number)


class _Reader:
    """What is the same for every row of a sheet."""

    def __init__(self, sheet: Sheet, mapping: Mapping, options: Options) -> None:
        self.sheet = sheet
        self.mapping = mapping
        self.options = options
        self.columns = {name: mapping.of(name) for name in set(mapping.columns.values())}
        self.date_columns = self._dates()
        self.orders = {column.column: column for column in self.date_columns}
        self.headings = header_cells(sheet, options.header_row) if options.header_row else []
        self.header_lines = self._header_lines()
        self.told = dates_told(sheet, options.header_row)
        self.facts = ListFacts(
            sheet,
            mapping,
            options,
            orders={column.column: column for column in self.date_columns},
            order=self._common_order(),
            headings=self.headings,
            m_is_female=self._m_is_female(),
            passports=bool(_PASSPORT.search(fold(" ".join(self._headings_of("document_number"))))),
        )
        self.formulas: dict[int, list[int]] = {}
        for row, column in sheet.formulas:
            self.formulas.setdefault(row, []).append(column)
        self.context = Context(sheet, mapping, options.header_row)
        self.last = last_person(sheet, mapping.columns)
        self.closing = False

    def _header_lines(self) -> frozenset[tuple[str, ...]]:
        """The lines of the headings, as they come again on every page of a printed list."""
        lines = (self._folded(number) for number in (self.options.header_row - 1, self.options.header_row))
        return frozenset(line for line in lines if sum(map(bool, line)) > 2)

    def _says(self, number: int, line: tuple[str, ...]) -> bool:
        """Whether a row says a line of the headings again; most differ in the first cell already."""
        cells = self.sheet.row(number)
        first = next(at for at, text in enumerate(line) if text)
        return (
            first < len(cells) and fold(clean(cells[first])) == line[first] and self._folded(number) == line
        )

    def _folded(self, number: int) -> tuple[str, ...]:
        return tuple(fold(clean(value)) for value in self.sheet.row(number)) if number > 0 else ()

    def _headings_of(self, name: str) -> list[str]:
        return [self.headings[at] for at in self.columns.get(name, ()) if at < len(self.headings)]

    def _below(self, column: int) -> list[Value]:
        return [row[column] for row in self.sheet.rows[self.options.header_row :] if column < len(row)]

    def _dates(self) -> list[DateColumn]:
        columns: dict[int, tuple[str, list[Value]]] = {
            column: (name, self._below(column))
            for name in DATE_FIELDS
            for column in self.columns.get(name, ())
        }
        return date_columns(dict(columns), self.options.date_order, self.mapping.orders)

    def _common_order(self) -> DateOrder | None:
        """The order of dates that stand outside the columns of dates: chosen, or proven by all."""
        evidence = date_order_evidence(self.told)
        proven = {order for column in self.date_columns for order in column.orders.values() if order}
        if evidence.order:
            proven.add(evidence.order)
        elif evidence.verdict == "conflict":
            proven.update(DateOrder)
        return self.options.date_order or (proven.pop() if len(proven) == 1 else None)

    def open_dates(self) -> tuple[str, ...]:
        """Dates of titles and sections that read both ways."""
        return () if self.facts.order else date_order_evidence(self.told).examples

    def _m_is_female(self) -> bool:
        """Whether a column holds H and M, as Spanish has it (hombre, mujer)."""
        said = {fold(clean(value)) for column in self.columns.get("sex", ()) for value in self._below(column)}
        heading = set(fold(" ".join(self._headings_of("sex"))).split())
        return said & {"h", "m", "v", "f"} in ({"h", "m"}, {"v", "m"}) and not heading & _F_OF_SEXES

    def row(self, number: int) -> Row:
        """One row, read."""
        row = Row(number, hidden=number in self.sheet.hidden_rows)
        note = self._note(number)
        if note is not None:
            row.status, row.note = "blank", note
            return row
        PersonReader(self.facts, row, self.context.told(number)).read()
        row.status = "error" if row.errors else "ready"
        return row

    def _note(self, number: int) -> str | None:
        """Why a row holds no person; None where it holds one."""
        note = no_person(
            self.sheet.row(number),
            self.mapping.columns,
            self.formulas.get(number, ()),
            closing=self.closing,
        )
        if note is None and any(self._says(number, line) for line in self.header_lines):
            note = "header"
        if note == "section":
            self.context.enter_section(number)
        if number > self.last:
            self.closing = self.closing or note in _ENDS
        return note
