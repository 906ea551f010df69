"""The rows of a list that were not imported, as a sheet to correct and send again."""

import io
from collections.abc import Sequence

import xlsxwriter
from flask_babel import gettext as _

from reintegrate.exchange.codes import RowDecision, RowStatus
from reintegrate.exchange.meaning.problems import describe, problem_from
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.exchange.reading import OURS

WIDEST = 60


ELSEWHERE = {
    "arrived_on": "Arrival date",
    "nationality": "Nationality",
    "host_country": "Host country",
    "return_country": "Country of return",
    "return_type": "Type of return",
}
"""What a list may say once for many rows, above them or in a choice, with a heading that is understood."""


def sheet_of(found: ListImport, rows: Sequence[ImportRow]) -> bytes:
    """An xlsx with the headings of the list, what stands in each row, and what is wrong with it.

    Every cell is text, so that nothing is calculated and no date turns around.
    """
    headings = list(found.facts.get("headings", []))
    ours = [f"{OURS} {_('row of the list')}", f"{OURS} {_('what is wrong')}"]
    kept = [at for at, text in enumerate(headings) if not text.startswith(OURS)]
    left = [row for row in rows if row.is_left]
    added = [
        name
        for name in ELSEWHERE
        if name not in found.columns.values() and any(row.values.get(name) for row in left)
    ]
    table = [[*(headings[at] for at in kept), *(ELSEWHERE[name] for name in added), *ours]]
    table += [
        [
            *(_cell(found, row, at) for at in kept),
            *(str(row.values.get(name) or "") for name in added),
            str(row.number),
            _why(row),
        ]
        for row in left
    ]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("To correct")[:31])
        bold = book.add_format({"bold": True, "text_wrap": True})
        for number, cells in enumerate(table):
            for column, text in enumerate(cells):
                sheet.write_string(number, column, text, bold if number == 0 else None)
        for column in range(len(table[0])):
            widest = max(len(cells[column]) for cells in table)
            sheet.set_column(column, column, min(WIDEST, max(8, widest + 2)))
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _cell(found: ListImport, row: ImportRow, at: int) -> str:
    """What stands in a cell, as it was corrected; an empty one says what was taken from above it."""
    told = row.values.get("cells", [])
    text = row.corrections.get(str(at), told[at] if at < len(told) else "")
    name = found.columns.get(str(at), "")
    return str(text or (row.values.get(name) or "" if name in ELSEWHERE else ""))


def _why(row: ImportRow) -> str:
    if row.status == RowStatus.DUPLICATE and row.decision is None:
        return _("Perhaps registered already")
    if row.decision == RowDecision.LEAVE_OUT:
        return _("Left out: the same person and return")
    return " ".join(describe(problem_from(problem)) for problem in row.problems if problem["kind"] == "error")
