"""Fields for dates, typed as day, month and year; never a date picker, never a forced day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField, StringField, ValidationError

from reintegrate.dates import NOT_KNOWN, WITH_YEAR, PartialDate, Precision
from reintegrate.web.fields import select_choices
from reintegrate.web.formats import today

DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹০১২৩৪৫৬৭৮৯०१२३४५६७८९", "0123456789" * 4)

EARLIEST_YEAR = 1900

BIRTH = (
    Precision.DAY,
    Precision.MONTH,
    Precision.YEAR,
    Precision.ESTIMATED,
    Precision.UNKNOWN,
    Precision.DECLINED,
)


class _Day(Form):
    day = StringField(_l("Day"))
    month = StringField(_l("Month"))
    year = StringField(_l("Year"))


class _PartialDay(_Day):
    precision = SelectField(_l("How exact"))


class DayField(FormField):
    """An exact day, or None where it may be left out."""

    kind = "date_parts"
    parts: type[Form] = _Day

    def __init__(
        self, label: Any = None, *, optional: bool = False, future: bool = False, **options: Any
    ) -> None:
        self.bad_parts: set[str] = set()
        self.messages: list[str] = []
        self.optional, self.future = optional, future
        super().__init__(self.parts, label, separator="-", **options)
        self.flags.optional = optional

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        if data is None or not isinstance(data, date | PartialDate):
            data = self.default
        self.object_data = data
        self._data = data
        self.form = self.parts(formdata=formdata, data=self._texts(data), prefix=f"{self.name}-")
        for part in self.form:
            part.id = f"{self.id}-{part.short_name}"
            part.label.field_id = part.id

    def _texts(self, data: Any) -> dict[str, str]:
        if data is None:
            return {}
        return {"day": str(data.day), "month": str(data.month), "year": str(data.year)}

    @property
    def errors(self) -> list[str]:
        """What is wrong with the date as a whole; `bad_parts` says where."""
        return self.messages

    @property
    def data(self) -> Any:
        """The date; what was typed counts once it is valid."""
        return self._data

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        self.messages, self.bad_parts = [], set()
        try:
            self._data = self._read()
        except ValidationError as error:
            self.messages = [str(error)]
        return not self.messages

    def fail(self, part: str, message: str) -> ValidationError:
        """The error to raise where `part` is wrong."""
        self.bad_parts = {part}
        return ValidationError(message)

    def _number(self, name: str) -> int | None:
        text = (self.form[name].data or "").strip().translate(DIGITS)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise self.fail(name, _("“%(typed)s” is not a number", typed=text[:20]))
        return int(text)

    def _read(self) -> Any:
        day, month, year = (self._number(name) for name in ("day", "month", "year"))
        if day is None and month is None and year is None:
            if self.optional:
                return None
            raise self.fail("day", _("Fill in the date"))
        for name, part in {"day": day, "month": month, "year": year}.items():
            if part is None:
                raise self.fail(name, _("Fill in day, month and year"))
        return self._date(year or 0, month or 0, day or 0)

    def _date(self, year: int, month: int, day: int) -> date:
        if year < EARLIEST_YEAR:
            raise self.fail("year", _("The year %(year)s is too early. Write all four digits.", year=year))
        if not 1 <= month <= 12:
            raise self.fail("month", _("There is no month %(month)s", month=month))
        try:
            value = date(year, month, day)
        except ValueError:
            raise self.fail("day", _("That month has no day %(day)s", day=day)) from None
        if not self.future and value > today():
            raise self.fail("year", _("The date is in the future: %(year)s", year=year))
        return value


class PartialDateField(DayField):
    """A date as far as it is known; the data is a PartialDate.

    Where only the year or the month is filled in, the precision follows from that, so that
    nobody has to correct a list that says "Exact day" by default.
    """

    parts = _PartialDay

    def __init__(self, label: Any = None, *, precisions: Sequence[Precision], **options: Any) -> None:
        self.precisions = tuple(precisions)
        super().__init__(label, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data)
        self.form.precision.choices = select_choices((p.value, p.label) for p in self.precisions)

    def _texts(self, data: Any) -> dict[str, str]:
        value, precision = data or PartialDate(None, self.precisions[0])
        texts = {"precision": precision.value}
        if value is not None:
            texts["year"] = str(value.year)
        if value is not None and precision in (Precision.DAY, Precision.MONTH):
            texts["month"] = str(value.month)
        if value is not None and precision == Precision.DAY:
            texts["day"] = str(value.day)
        return texts

    def _read(self) -> PartialDate:
        day, month, year = (self._number(name) for name in ("day", "month", "year"))
        chosen = self._chosen()
        if year is None:
            return self._without_year(chosen, empty=day is None and month is None)
        if chosen not in WITH_YEAR:
            raise self.fail("precision", _("A year is filled in: say how exact it is, or empty it"))
        precision = self._precision(chosen, day, month)
        keeps_month = precision in (Precision.DAY, Precision.MONTH)
        value = self._date(
            year, (month or 1) if keeps_month else 1, (day or 1) if precision == Precision.DAY else 1
        )
        return PartialDate(value, precision)

    def _chosen(self) -> Precision:
        chosen = self.form.precision.data
        if chosen not in {p.value for p in self.precisions}:
            raise self.fail("precision", _("Say how exact the date is"))
        return Precision(chosen)

    def _without_year(self, chosen: Precision, *, empty: bool) -> PartialDate:
        if empty and chosen not in WITH_YEAR:
            return PartialDate(None, chosen)
        if empty and self.optional:
            return NOT_KNOWN
        raise self.fail("year", _("Fill in the year, or choose “Not known”"))

    def _precision(self, chosen: Precision, day: int | None, month: int | None) -> Precision:
        if chosen in (Precision.YEAR, Precision.ESTIMATED):
            return chosen
        if month is None:
            return Precision.YEAR
        return Precision.MONTH if day is None else chosen
