"""The forms of protection and of emergencies. Fields bear the names of the services' arguments."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, ValidationError

from reintegrate.accounts.access import Sensitivity
from reintegrate.cases.shielding_models import Finding
from reintegrate.columns import Labelled
from reintegrate.web.fields import ChoiceField, CodeField, LongTextField, TextField, select_choices
from reintegrate.web.forms import Form, required


class Shield(Labelled):
    """How a case may be protected."""

    NORMAL = "normal", _l("Not protected: everybody whose role reaches it")
    PROTECTED = "protected", _l("Protected: named people; in an emergency others, for an hour")
    SEALED = "sealed", _l("Sealed: named people alone, whatever happens")

    @property
    def sensitivity(self) -> Sensitivity:
        """The same for the access table."""
        return Sensitivity(self.value)


class PeopleField(SelectMultipleField):
    """Boxes with people; the data is a list of their keys as text."""

    kind = "checkboxes"

    def offer(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Set who can be chosen."""
        self.choices = select_choices(pairs)

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {choice.value for choice in self.choices}:
            raise ValidationError(_("Choose from the answers"))


class ProtectForm(Form):
    """For whom alone a case exists from now on, and why."""

    sensitivity = CodeField(
        _l("How"), codes=Shield, only=(Shield.PROTECTED, Shield.SEALED), default=Shield.PROTECTED
    )
    people = PeopleField(
        _l("Who may still open it"),
        description=_l("The case manager always may. Others can be named later, by two people."),
    )
    reason = LongTextField(
        _l("Why it is protected"),
        description=_l("Only the named people read this."),
        validators=[required()],
        max_length=2000,
    )


class LiftForm(Form):
    """How much less a case is to be protected, and why."""

    target = ChoiceField(_l("How it is to be"))
    reason = LongTextField(_l("Why"), validators=[required()], max_length=2000)


class NameForm(Form):
    """Who is to be put on the list, and why."""

    user = ChoiceField(_l("Who"))
    reason = LongTextField(_l("Why"), validators=[required()], max_length=2000)


class BreakGlassForm(Form):
    """Which case is opened in an emergency, and why."""

    reference = TextField(
        _l("Reference of the case"), validators=[required()], max_length=40, render_kw={"dir": "ltr"}
    )
    reason = LongTextField(
        _l("What the emergency is"),
        description=_l("At least 20 characters. The case manager and the data protection officer read it."),
        validators=[required()],
        max_length=2000,
    )


class ReviewForm(Form):
    """What the review of an emergency found."""

    finding = CodeField(_l("Finding"), codes=Finding, default=Finding.JUSTIFIED)
    note = LongTextField(
        _l("Note"), description=_l("Where it was not justified: what is done about it."), max_length=2000
    )
