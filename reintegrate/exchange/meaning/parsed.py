"""What a reading of rows is given and what it gives."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reintegrate.exchange.meaning.dates import DateOrder
from reintegrate.exchange.meaning.orders import DateColumn
from reintegrate.exchange.meaning.problems import Problem


@dataclass(frozen=True)
class Options:
    """What the reader has to know besides the grid.

    `header_row` counts from 1, 0 for a list without headings. `today` decides what lies in the
    future. `date_order` settles dates that prove nothing. `defaults` fill empty cells: nationality,
    host_country and return_country (ISO codes), arrived_on (ISO date), return_type, return_modality.
    """

    header_row: int
    today: date
    date_order: DateOrder | None = None
    defaults: dict[str, str] = field(default_factory=dict)


@dataclass
class Row:
    """One row of the sheet.

    `status` is ready, error or blank; a blank row with something in it says what by `note`: total,
    header, footer or number_only. `values` by field: see parse_rows.
    """

    number: int
    status: str = "ready"
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    note: str = ""
    hidden: bool = False


@dataclass
class Parsed:
    """All rows below the headings, and what has to be asked or told about the sheet as a whole.

    `told_dates` are dates of titles and sections that wait for an answer.
    """

    rows: list[Row]
    date_columns: list[DateColumn]
    formula_cells: list[str]
    hidden_rows: list[int]
    hidden_columns: list[str]
    told_dates: tuple[str, ...] = ()

    @property
    def needs_date_order(self) -> bool:
        return bool(self.date_examples)

    @property
    def date_examples(self) -> list[str]:
        """Texts that read both ways, for the question which order holds."""
        return [text for column in self.date_columns for text in column.examples] + [*self.told_dates]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in ("ready", "error", "blank")}
