"""Lists: bringing one in, saying what its columns mean, correcting its rows."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Decision, reach
from reintegrate.accounts.guard import home_office, signed_in_user, who
from reintegrate.accounts.models import Office
from reintegrate.audit.trail import Event, record
from reintegrate.cases.queries import references_of
from reintegrate.db import session
from reintegrate.exchange import forms, queries, showing, staging
from reintegrate.exchange.codes import DateReading, ImportStatus, RowStatus
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.web.access import performs
from reintegrate.web.addresses import place_in_address
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go

bp = Blueprint("imports", __name__, url_prefix="/imports")

DAY_FIRST = {DateReading.ASK: None, DateReading.DAY_FIRST: True, DateReading.MONTH_FIRST: False}


def open_import(import_id: int, action: str = "import.stage") -> tuple[ListImport, Decision]:
    """A list of an office that the user reaches, with the decision on an action; else a 404.

    Reading one is remembered: it holds the names of people.
    """
    opened = queries.get_import(import_id, who(), action)
    if opened is None:
        abort(404)
    if request.method == "GET":
        record(session, Event("import.read", subject="list_import", subject_id=import_id))
    return opened


def after_row() -> int:
    """The row behind which a page begins, by its address."""
    return place_in_address("after")


def page(template: str, found: ListImport, **more: Any) -> str:
    """A page of one list, under its tabs."""
    counts = queries.counts_of(found)
    return render_template(template, found=found, counts=counts, tabs=_tabs(found, counts), **more)


def _tabs(found: ListImport, counts: dict[RowStatus, int]) -> list[dict[str, Any]]:
    entries: list[tuple[str, str, int, dict[str, Any]]] = [("imports.show", _("Overview"), 0, {})]
    if found.status in (ImportStatus.STAGED, ImportStatus.DONE):
        entries.append(("imports.rows", _("Rows"), 0, {}))
    if found.status == ImportStatus.STAGED:
        entries += [
            ("imports.columns", _("Columns"), 0, {}),
            ("imports.rows", _("To correct"), counts.get(RowStatus.ERROR, 0), {"status": "error"}),
            ("imports.duplicates", _("Perhaps registered already"), queries.undecided(found), {}),
        ]
    shown = request.args.get("status", "")
    return [
        {
            "label": label,
            "count": count,
            "url": url_for(endpoint, import_id=found.id, **arguments),
            "current": request.endpoint == endpoint and shown == arguments.get("status", ""),
        }
        for endpoint, label, count, arguments in entries
    ]


@bp.get("/")
@performs("import.stage")
def index() -> ResponseReturnValue:
    """The lists of the user's offices, latest first."""
    found = queries.imports(who(), before=place_in_address("before"), limit=queries.LISTS_AT_ONCE + 1)
    shown = found[: queries.LISTS_AT_ONCE]
    older = url_for(".index", before=shown[-1].id) if len(found) > len(shown) else ""
    return render_template("exchange/index.html", imports=shown, older_url=older)


def _upload_form() -> forms.UploadForm:
    offices = accounts.offices(accounts.office_ids_within(reach(who(), "import.stage")))
    home = home_office()
    form = forms.UploadForm({"office": str(home.id)} if home else {})
    form.office.offer((str(office.id), office.name) for office in offices)
    return form


@bp.get("/new")
@performs("import.stage")
def new() -> ResponseReturnValue:
    """Choose a file."""
    return render_template("exchange/new.html", form=_upload_form())


@bp.post("/new")
@performs("import.stage")
def upload() -> ResponseReturnValue:
    """Read the file; nothing is in the register yet."""
    form = _upload_form()
    if form.submitted():
        with showing_errors(form):
            office = session.get(Office, int(form.office.data)) or abort(404)
            staged = staging.stage_list(
                form.file.data.read(),
                form.file.data.filename or "",
                office=office,
                staged_by=signed_in_user(),
                day_first=DAY_FIRST[form.dates.data],
                most=staging.MOST_ON_A_PAGE,
            )
            return commit_and_go(url_for(".show", import_id=staged.id))
    return render_template("exchange/new.html", form=form)


@bp.get("/<int:import_id>")
@performs("import.stage")
def show(import_id: int) -> ResponseReturnValue:
    """Where a list stands, what was found in it, and what is next."""
    found, decision = open_import(import_id, "import.commit")
    people = accounts.caseworkers_of(found.office_id)
    form = forms.CommitForm()
    form.case_manager.offer([("", _("Nobody yet")), *((str(u.id), u.name) for u in people)])
    return page(
        "exchange/show.html",
        found,
        form=form,
        decision=decision,
        columns=showing.columns_of(found),
        undecided=queries.undecided(found),
        to_write=queries.to_write(found),
        written=queries.written(found),
        left=queries.left(found),
        may_undo=queries.get_import(import_id, who(), "import.undo"),
    )


def _columns_form(found: ListImport) -> forms.ColumnsForm:
    reading = {True: DateReading.DAY_FIRST, False: DateReading.MONTH_FIRST, None: DateReading.ASK}
    facts: dict[str, Any] = {f"{forms.COLUMN}{at}": name for at, name in found.columns.items()}
    facts |= forms.typed_defaults(found.defaults)
    facts |= {"header_row": found.header_row, "dates": reading[found.day_first]}
    return forms.columns_form(
        found.facts.get("headings", []), found.facts.get("samples", []), facts, found.version
    )


@bp.get("/<int:import_id>/columns")
@performs("import.stage")
def columns(import_id: int) -> ResponseReturnValue:
    """What each column holds."""
    found, _decision = open_import(import_id)
    return page("exchange/columns.html", found, form=_columns_form(found))


@bp.post("/<int:import_id>/columns")
@performs("import.stage")
def choose_columns(import_id: int) -> ResponseReturnValue:
    """Read the list in another way, and remember it for its source."""
    found, _decision = open_import(import_id)
    form = _columns_form(found)
    if form.submitted():
        with showing_errors(form):
            staging.choose_columns(
                found,
                header_row=form.header_row.data or 0,
                columns=form.columns(),
                day_first=DAY_FIRST[form.dates.data],
                defaults=form.default_values(),
            )
            return commit_and_go(
                url_for(".show", import_id=found.id), _("Read again, and remembered for the next list")
            )
    return page("exchange/columns.html", found, form=form)


@bp.get("/<int:import_id>/rows")
@performs("import.stage")
def rows(import_id: int) -> ResponseReturnValue:
    """The rows, all or of one kind, fifty at a time."""
    found, _decision = open_import(import_id)
    status = request.args.get("status", "")
    limit = queries.ROWS_AT_ONCE + 1
    some = (
        queries.rows_of(found, RowStatus(status), after=after_row(), limit=limit)
        if status in set(RowStatus)
        else queries.filled_rows_of(found, after=after_row(), limit=limit)
    )
    shown = some[: queries.ROWS_AT_ONCE]
    references = references_of([row.case_id for row in shown if row.case_id], who())
    more = (
        url_for(".rows", import_id=found.id, status=status, after=shown[-1].number)
        if len(some) > len(shown)
        else ""
    )
    return page("exchange/rows.html", found, lines=showing.lines_of(found, shown, references), more_url=more)


def open_row(found: ListImport, number: int) -> ImportRow:
    """A row of a list, else a 404."""
    return queries.row_of(found, number) or abort(404)


def _row_form(found: ListImport, row: ImportRow) -> Any:
    told = row.values.get("cells", [])
    headings = found.facts.get("headings", [])
    labels = {
        at: headings[at] if at < len(headings) and headings[at] else str(forms.FIELD_LABELS[name])
        for at, name in ((int(at), name) for at, name in found.columns.items())
        if at < max(len(told), len(headings))
    }
    cells = {at: row.corrections.get(str(at), told[at] if at < len(told) else "") for at in labels}
    form = forms.row_form(labels, cells, row.version)
    for problem in row.problems if row.status == RowStatus.ERROR else []:
        forms.put_problem(form, found.columns, problem)
    return form


@bp.get("/<int:import_id>/rows/<int:number>")
@performs("import.stage")
def row(import_id: int, number: int) -> ResponseReturnValue:
    """A row, with what is wrong beside its cells."""
    found, _decision = open_import(import_id)
    told = open_row(found, number)
    return page(
        "exchange/row.html",
        found,
        row=told,
        form=_row_form(found, told),
        title=showing.name_of(told),
        warnings=showing.sentences(told, "warning"),
    )


@bp.post("/<int:import_id>/rows/<int:number>")
@performs("import.stage")
def correct_row(import_id: int, number: int) -> ResponseReturnValue:
    """Keep what was typed, judge the row again, and go on to the next wrong one."""
    found, _decision = open_import(import_id)
    told = open_row(found, number)
    form = _row_form(found, told)
    form.form_errors.clear()
    if form.submitted():
        with showing_errors(form):
            staging.correct_row(found, told, forms.cells_of(form))
            return commit_and_go(_next_url(found, told), _next_words(told))
    return page("exchange/row.html", found, row=told, form=form, title=showing.name_of(told), warnings=[])


def _next_url(found: ListImport, told: ImportRow) -> str:
    if told.status == RowStatus.ERROR:
        return url_for(".row", import_id=found.id, number=told.number)
    following = queries.rows_of(found, RowStatus.ERROR, limit=1)
    if following:
        return url_for(".row", import_id=found.id, number=following[0].number)
    return url_for(".show", import_id=found.id)


def _next_words(told: ImportRow) -> str:
    if told.status == RowStatus.ERROR:
        return _("Kept, but row %(number)s is not good yet", number=told.number)
    return _("Row %(number)s is good now", number=told.number)
