"""The forms with which a list is brought in, understood, corrected and decided on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, IntegerField, ValidationError
from wtforms.fields.core import UnboundField

from reintegrate.cases.codes import Modality, ReturnType
from reintegrate.exchange.codes import DateReading, RowDecision
from reintegrate.exchange.meaning.problems import describe, problem_from
from reintegrate.exchange.reading import CHOOSABLE
from reintegrate.web.datefields import DayField
from reintegrate.web.fields import ChoiceField, CodeField, CountryField, TextField
from reintegrate.web.forms import Form

COLUMN, DECISION = "column_", "row_"
"""Open the names of the fields that are made for each column and for each row."""

FIELD_LABELS: dict[str, Any] = {
    "family_name": _l("Family name"),
    "given_names": _l("Given names"),
    "full_name": _l("Full name"),
    "father_name": _l("Father's name"),
    "other_names": _l("Other names"),
    "sex": _l("Sex"),
    "sex_male": _l("Mark for men"),
    "sex_female": _l("Mark for women"),
    "birth_date": _l("Date of birth"),
    "birth_date_day": _l("Day of birth"),
    "birth_date_month": _l("Month of birth"),
    "birth_date_year": _l("Year of birth"),
    "age": _l("Age"),
    "birth_place": _l("Place of birth"),
    "nationality": _l("Nationality"),
    "document_type": _l("Kind of document"),
    "document_number": _l("Document number"),
    "host_country": _l("Host country"),
    "return_country": _l("Country of return"),
    "arrived_on": _l("Date of arrival"),
    "arrived_on_day": _l("Day of arrival"),
    "arrived_on_month": _l("Month of arrival"),
    "arrived_on_year": _l("Year of arrival"),
    "departed_on": _l("Date of departure"),
    "departed_on_day": _l("Day of departure"),
    "departed_on_month": _l("Month of departure"),
    "departed_on_year": _l("Year of departure"),
    "return_type": _l("Kind of return"),
    "return_modality": _l("For how long"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "address": _l("Address"),
    "languages": _l("Languages"),
    "occupation": _l("Occupation"),
    "time_abroad": _l("Time abroad"),
    "vulnerability": _l("Vulnerability"),
    "family_ref": _l("Family"),
    "relation": _l("Relation to the head of the family"),
    "remarks": _l("Remarks"),
    "number": _l("Running number"),
}
"""What a column can hold, in words."""

DEFAULTS = ("return_country", "host_country", "nationality", "return_type", "return_modality", "arrived_on")


class RadioField(ChoiceField):
    """One of a few choices, all in sight."""

    kind = "radio"


class UploadForm(Form):
    """A list from an office."""

    file = FileField(_l("List"), description=_l("xlsx, xls, ods or csv, up to 20 MB."))
    office = ChoiceField(_l("Office"))
    dates = CodeField(
        _l("Dates such as 03/04/2025"), codes=DateReading, default=DateReading.ASK, kind="radio"
    )

    def validate_file(self, field: FileField) -> None:
        """Refuse to go on without a file."""
        if not (field.data and getattr(field.data, "filename", "")):
            raise ValidationError(_("Choose the file"))


class ColumnsForm(Form):
    """What each column holds, and what fills empty cells."""

    header_row = IntegerField(_l("Row of the headings"))
    dates = CodeField(
        _l("Dates such as 03/04/2025"), codes=DateReading, default=DateReading.ASK, kind="radio"
    )
    return_country = CountryField(_l("Country of return"), description=_l("Where the list does not say."))
    host_country = CountryField(_l("Host country"), description=_l("Where the list does not say."))
    nationality = CountryField(_l("Nationality"), description=_l("Where the list does not say."))
    arrived_on = DayField(
        _l("Date of arrival"), optional=True, description=_l("Where the list does not say.")
    )
    return_type = CodeField(_l("Kind of return"), codes=ReturnType, blank=_l("As in the list"))
    return_modality = CodeField(_l("For how long"), codes=Modality, blank=_l("As in the list"))

    def validate_header_row(self, field: IntegerField) -> None:
        """Refuse rows that no list has."""
        if field.data is None or not 0 <= field.data <= 1000:
            raise ValidationError(_("Write the number of the row, 0 where there are no headings"))

    def columns(self) -> dict[int, str]:
        """The field of each column that holds one."""
        chosen = {
            int(field.short_name.removeprefix(COLUMN)): field.data
            for field in self
            if field.short_name.startswith(COLUMN)
        }
        return {column: name for column, name in chosen.items() if name}

    def default_values(self) -> dict[str, str]:
        """What fills empty cells, by field, as the reader takes it."""
        found = {name: self[name].data for name in DEFAULTS}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else str(value)
            for name, value in found.items()
            if value
        }


def columns_form(
    headings: Sequence[str], samples: Sequence[Sequence[str]], facts: dict[str, Any], version: int
) -> ColumnsForm:
    """A form with a choice for every column."""
    pairs = [("", _l("Nothing: keep it in a note")), *((name, FIELD_LABELS[name]) for name in CHOOSABLE)]
    fields: dict[str, UnboundField] = {
        f"{COLUMN}{at}": ChoiceField(
            headings[at] if at < len(headings) and headings[at] else _("Column %(n)s", n=at + 1),
            pairs=pairs,
            description=" · ".join(samples[at]) if at < len(samples) else "",
        )
        for at in range(max(len(headings), len(samples)))
    }
    kind = type("ColumnsForm", (ColumnsForm,), fields)
    made: ColumnsForm = kind(facts, version)
    return made


def row_form(labels: Mapping[int, str], cells: Mapping[int, str], version: int) -> Form:
    """A form with the cells of a row, by column."""
    fields = {f"{COLUMN}{at}": TextField(label, max_length=1000) for at, label in labels.items()}
    facts = {f"{COLUMN}{at}": text for at, text in cells.items()}
    made: Form = type("RowForm", (Form,), fields)(facts, version)
    for field in made.content():
        field.flags.optional = False  # no cell is more optional than the others
    return made


def decisions_form(rows: Mapping[int, Mapping[int, str]], decided: Mapping[int, str]) -> Form:
    """A form with a decision for each row: `rows` are the people on whom each may open another return.

    They bear their place among whom the row is like, and are named in words.
    """
    fields = {f"{DECISION}{number}": _decision_field(number, people) for number, people in rows.items()}
    facts = {f"{DECISION}{number}": decided.get(number, "") for number in rows}
    made: Form = type("DecisionsForm", (Form,), fields)(facts)
    return made


def _decision_field(number: int, people: Mapping[int, str]) -> Any:
    another = RowDecision.NEW_RETURN.value
    pairs = [
        ("", _("Not decided yet")),
        (RowDecision.OTHER_PERSON.value, RowDecision.OTHER_PERSON.label),
        *(
            (
                f"{another}:{at}",
                _("The same person as %(place)s, another return: open a new case", place=place),
            )
            for at, place in people.items()
        ),
        (RowDecision.LEAVE_OUT.value, RowDecision.LEAVE_OUT.label),
    ]
    return RadioField(_("What becomes of row %(number)s?", number=number), pairs=pairs)


class CommitForm(Form):
    """The import itself: who takes the cases."""

    case_manager = ChoiceField(_l("Case manager of all of them"))


def typed_defaults(defaults: Mapping[str, str]) -> dict[str, Any]:
    """What fills empty cells, as the form's fields hold it."""
    found: dict[str, Any] = dict(defaults)
    if found.get("arrived_on"):
        found["arrived_on"] = date.fromisoformat(found["arrived_on"])
    for name, codes in {"return_type": ReturnType, "return_modality": Modality}.items():
        if found.get(name):
            found[name] = codes(found[name])
    return found


PLACES = {
    "name": ("family_name", "given_names", "full_name"),
    "arrival": ("arrived_on", "arrived_on_year"),
    "birth_date": ("birth_date", "birth_date_year", "age"),
    "sex": ("sex", "sex_male"),
}
"""The fields among whose columns an error belongs, where it bears another name."""


def put_problem(form: Form, columns: Mapping[str, str], told: dict[str, Any]) -> None:
    """Show an error beside the cell it is about, or above all where no column holds that."""
    if told["kind"] != "error":
        return
    names = PLACES.get(told["field"], (told["field"],))
    text = describe(problem_from(told))
    for name in names:
        for column, held in columns.items():
            if held == name and f"{COLUMN}{column}" in form:
                form[f"{COLUMN}{column}"].errors = [text]
                return
    form.form_errors.append(text)


def cells_of(form: Form) -> dict[int, str]:
    """The cells that were changed, by column."""
    return {
        int(field.short_name.removeprefix(COLUMN)): field.data or ""
        for field in form.content()
        if (field.data or "") != (field.object_data or "")
    }
