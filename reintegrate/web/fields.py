"""Fields that forms here need beyond those of WTForms.

Each says its `kind`, by which the macros choose how it is drawn.
"""

from collections.abc import Iterable, Sequence
from datetime import time
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.fields.choices import Choice
from wtforms.widgets import TextArea

from reintegrate.columns import Labelled
from reintegrate.web import countries, languages
from reintegrate.web.formats import country as country_name
from reintegrate.web.formats import country_names, language, language_name


def select_choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices in the form WTForms wants them from 3.4 on."""
    return [SelectChoice(value, label) for value, label in pairs]


class TextField(StringField):
    """A line of text: control characters go, the rest stays as typed; empty is None."""

    kind = "text"

    def __init__(self, label: Any = None, *, max_length: int = 200, **options: Any) -> None:
        super().__init__(label, **options)
        self.max_length = max_length
        self.flags.optional = not self.flags.required

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = clean_line(valuelist[0]) or None

    def pre_validate(self, form: Any) -> None:
        if self.data and len(self.data) > self.max_length:
            raise ValidationError(_("Use at most %(n)s characters", n=self.max_length))


class LongTextField(TextField):
    """Text of several lines."""

    kind = "textarea"
    widget = TextArea()
    joined_by = "\n"

    def __init__(self, label: Any = None, *, max_length: int = 10_000, **options: Any) -> None:
        super().__init__(label, max_length=max_length, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = clean_text(valuelist[0]) or None


def clean_line(text: str) -> str:
    """One line without control characters, lone surrogates and surrounding space."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """Text that every database stores: no NUL, no lone surrogates, no control characters but line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff")).strip()


def listed(text: str) -> list[str]:
    """The words of a list that people typed with commas, semicolons or slashes."""
    for mark in "،;؛/":
        text = text.replace(mark, ",")
    return [word.strip() for word in text.split(",") if word.strip()]


class CodeField(SelectField):
    """One code of a code list; a radio group for up to seven, else a select."""

    def __init__(
        self, label: Any = None, *, codes: type[Labelled], only: Sequence[Labelled] = (), **options: Any
    ) -> None:
        blank = options.pop("blank", None)
        self.codes = codes
        members = list(only or codes)
        pairs = [(member.value, member.label) for member in members]
        if blank is not None:
            pairs.insert(0, ("", blank))
        self.kind = options.pop("kind", "radio" if len(members) <= 7 and blank is None else "select")
        super().__init__(label, choices=select_choices(pairs), coerce=self._member, **options)

    def _member(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        return self.codes(value)

    def iter_choices(self) -> Any:
        chosen = self.data.value if isinstance(self.data, StrEnum) else (self.data or "")
        for choice in self.choices:
            yield Choice(choice.value, choice.label, choice.value == chosen, {})

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = self._member(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError(_("Choose one of the answers")) from None

    def pre_validate(self, form: Any) -> None:
        allowed = {choice.value for choice in self.choices}
        if (self.data.value if self.data else "") not in allowed:
            raise ValidationError(_("Choose one of the answers"))

    def _value(self) -> str:
        return self.data.value if self.data else ""


class ChoiceField(SelectField):
    """One row of a short list, by its key as text; the caller sets `pairs`."""

    kind = "select"

    def __init__(self, label: Any = None, *, pairs: Iterable[tuple[str, Any]] = (), **options: Any) -> None:
        super().__init__(label, choices=select_choices(pairs), **options)

    def offer(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Set what can be chosen."""
        self.choices = select_choices(pairs)

    def pre_validate(self, form: Any) -> None:
        if (self.data or "") not in {choice.value for choice in self.choices}:
            raise ValidationError(_("Choose one of the answers"))

    def _value(self) -> str:
        return self.data or ""


class ManyField(SelectMultipleField):
    """Boxes of a code list; the data is a list of codes."""

    kind = "checkboxes"

    def __init__(self, label: Any = None, *, codes: type[Labelled], **options: Any) -> None:
        super().__init__(
            label, choices=select_choices((c.value, c.label) for c in codes), coerce=codes, **options
        )

    def iter_choices(self) -> Any:
        chosen = {str(value) for value in self.data or ()}
        for choice in self.choices:
            yield Choice(choice.value, choice.label, choice.value in chosen, {})

    def pre_validate(self, form: Any) -> None:
        if any(str(value) not in {choice.value for choice in self.choices} for value in self.data or ()):
            raise ValidationError(_("Choose from the answers"))


def no_such_country(typed: str) -> str:
    """What to say where no country is called so, with the nearest one."""
    near = countries.nearest(typed, language())
    if near:
        return _("No country is called “%(typed)s”. Did you mean %(near)s?", typed=typed[:60], near=near)
    return _("No country is called “%(typed)s”. Choose one from the list.", typed=typed[:60])


class CountryField(StringField):
    """A country, typed by name in any of the interface's languages or as ISO code; the data is the code."""

    kind = "search"
    list_id = "countries"
    typed = ""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.flags.optional = not self.flags.required

    @property
    def suggestions(self) -> Iterable[str]:
        """The names to choose from."""
        return country_names()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = clean_line(valuelist[0]) if valuelist else ""
        self.data = countries.code_of(self.typed) if self.typed else None

    def pre_validate(self, form: Any) -> None:
        if self.typed and self.data is None:
            raise ValidationError(no_such_country(self.typed))

    def _value(self) -> str:
        return country_name(self.data) if self.data else self.typed


class SeveralField(StringField):
    """Several codes by their names, separated by commas; the data is a list of codes."""

    kind = "text"
    joined_by = ","

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.flags.optional = not self.flags.required

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = clean_line(valuelist[0]) if valuelist else ""
        found = [(word, self.find(word)) for word in listed(self.typed)]
        self.bad_words = [word for word, code in found if code is None]
        self.data = list(dict.fromkeys(code for _word, code in found if code))

    def pre_validate(self, form: Any) -> None:
        for word in getattr(self, "bad_words", []):
            raise ValidationError(self.unknown(word))

    def _value(self) -> str:
        if hasattr(self, "typed"):
            return self.typed
        return _(", ").join(self.name_of(code) for code in self.data or ())

    def find(self, typed: str) -> str | None:
        """The code that `typed` names."""
        raise NotImplementedError

    def name_of(self, code: str) -> str:
        """The name of `code` in the reader's language."""
        raise NotImplementedError

    def unknown(self, typed: str) -> str:
        """What to say where nothing is called so."""
        raise NotImplementedError


class CountriesField(SeveralField):
    """Countries, such as somebody's nationalities."""

    def find(self, typed: str) -> str | None:
        return countries.code_of(typed)

    def name_of(self, code: str) -> str:
        return country_name(code)

    def unknown(self, typed: str) -> str:
        return no_such_country(typed)


class LanguagesField(SeveralField):
    """Languages that somebody speaks."""

    def find(self, typed: str) -> str | None:
        return languages.code_of(typed)

    def name_of(self, code: str) -> str:
        return language_name(code)

    def unknown(self, typed: str) -> str:
        near = languages.nearest(typed, language())
        if near:
            return _("No language is called “%(typed)s”. Did you mean %(near)s?", typed=typed[:60], near=near)
        return _("No language is called “%(typed)s”", typed=typed[:60])


class TimeOfDayField(StringField):
    """An hour of the day, `18:00` or `18`; the data is a time or None."""

    kind = "text"
    width = "w-6"
    typed = ""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.flags.optional = True

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = clean_line(valuelist[0]) if valuelist else ""
        hours, _colon, minutes = self.typed.replace(".", ":").replace("h", ":").partition(":")
        try:
            self.data = time(int(hours), int(minutes or 0)) if self.typed else None
        except ValueError:
            self.data = None

    def pre_validate(self, form: Any) -> None:
        if self.typed and self.data is None:
            raise ValidationError(_("Write the hour as 18:00"))

    def _value(self) -> str:
        return f"{self.data:%H:%M}" if self.data else self.typed
