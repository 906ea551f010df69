"""How much of a workbook is read, and what is said when it cannot be."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most.

    `bytes` are of the file, `rows` and `columns` of a sheet, `cells` of the rectangle that they
    span; `uncompressed` bytes may come out of an archive, and `ratio` times its own size.
    """

    bytes: int = 20_000_000
    rows: int = 120_000
    columns: int = 500
    cells: int = 3_000_000
    sheets: int = 60
    uncompressed: int = 300_000_000
    ratio: int = 200


SHEET_MESSAGES: dict[str, Any] = {
    "too_large": _l("The file has %(size)s bytes; at most %(limit)s are read."),
    "too_many_rows": _l("A sheet has more than %(limit)s rows."),
    "too_many_columns": _l("A sheet has more than %(limit)s columns."),
    "too_many_cells": _l("A sheet spans more than %(limit)s cells."),
    "too_many_sheets": _l("The workbook has more than %(limit)s sheets."),
    "bomb": _l("The file unpacks to far more than a list can hold."),
    "encrypted": _l("The file is protected by a password: save a copy without it."),
    "damaged": _l("The file is damaged or incomplete and cannot be read."),
    "not_a_sheet": _l("This is not a spreadsheet or a list in text form."),
    "unsupported": _l("This kind of spreadsheet is not read: save it as xlsx, ods, xls or csv."),
    "empty": _l("The file holds no rows."),
}


class SheetError(Exception):
    """A file that cannot be read as sheets.

    `code` is a key of SHEET_MESSAGES; `details` fill its placeholders and may hold more.
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return str(SHEET_MESSAGES[self.code]) % {"size": "?", "limit": "?", **self.details}
