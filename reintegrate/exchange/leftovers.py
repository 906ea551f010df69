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


def is_left(row: ImportRow) -> bool:
    """Whether a row stays behind: wrong, undecided or left out."""
    return row.status == RowStatus.ERROR or (
        row.status == RowStatus.DUPLICATE and row.decision in (None, RowDecision.LEAVE_OUT)
    )


def sheet_of(found: ListImport, rows: Sequence[ImportRow]) -> bytes:
    """An xlsx with the headings of the list, what stands in each row, and what is wrong with it.

    Every cell is text, so that nothing is calculated and no date turns around.
    """
    headings = list(found.facts.get("headings", []))
    ours = [f"{OURS} {_('row of the list')}", f"{OURS} {_('what is wrong')}"]
    kept = [at for at, text in enumerate(headings) if not text.startswith(OURS)]
    table = [[*(headings[at] for at in kept), *ours]]
    table += [[*_cells(row, kept), str(row.number), _why(row)] for row in rows if is_left(row)]
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


def _cells(row: ImportRow, kept: Sequence[int]) -> list[str]:
    told = row.values.get("cells", [])
    return [row.corrections.get(str(at), told[at] if at < len(told) else "") for at in kept]


def _why(row: ImportRow) -> str:
    if row.status == RowStatus.DUPLICATE:
        return _("Perhaps registered already")
    return " ".join(describe(problem_from(problem)) for problem in row.problems if problem["kind"] == "error")
