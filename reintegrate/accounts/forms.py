"""The forms about users and offices."""

from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from reintegrate.accounts.models import Role
from reintegrate.web.fields import ChoiceField, CodeField, CountryField, TextField
from reintegrate.web.forms import Form, required


class InviteForm(Form):
    """A new user with her first role."""

    name = TextField(_l("Name"), validators=[required()])
    email = TextField(_l("Work e-mail"), validators=[required()])
    role = CodeField(_l("Role"), codes=Role, kind="select")
    office = ChoiceField(_l("Office"))
    country = CountryField(_l("Country"), description=_l("For a programme manager."))

    def validate_email(self, field: TextField) -> None:
        """Refuse what cannot be an address."""
        name, at, host = (field.data or "").partition("@")
        if not (name and at and "." in host and " " not in (field.data or "")):
            raise ValidationError(_("Write a whole address, as name@office.org"))


class RoleForm(Form):
    """Another role of a user."""

    role = CodeField(_l("Role"), codes=Role, kind="select")
    office = ChoiceField(_l("Office"))
    country = CountryField(_l("Country"), description=_l("For a programme manager."))


class OfficeForm(Form):
    """An office."""

    code = TextField(_l("Code"), description=_l("Opens every reference given out there, as ADD."))
    name = TextField(_l("Name"), validators=[required()])
    country = CountryField(_l("Country"), validators=[required()])
    timezone = TextField(_l("Time zone"), description=_l("As Africa/Addis_Ababa"), validators=[required()])

    def validate_timezone(self, field: TextField) -> None:
        """Refuse zones that nobody knows."""
        if field.data not in available_timezones():
            raise ValidationError(_("No time zone is called “%(typed)s”", typed=(field.data or "")[:40]))


class Button(Form):
    """A form with nothing but its button."""
