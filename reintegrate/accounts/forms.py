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
    language = ChoiceField(_l("Language"), description=_l("Of the invitation, and of the first pages."))
    role = CodeField(_l("Role"), codes=Role, kind="select")
    office = ChoiceField(_l("Office"), description=_l("For a caseworker, a supervisor or a finance officer."))
    country = CountryField(_l("Country"), description=_l("For a programme manager."))


class RoleForm(Form):
    """Another role of a user."""

    role = CodeField(_l("Role"), codes=Role, kind="select")
    office = ChoiceField(_l("Office"), description=_l("For a caseworker, a supervisor or a finance officer."))
    country = CountryField(_l("Country"), description=_l("For a programme manager."))


class OfficeEditForm(Form):
    """What of an office can be corrected."""

    name = TextField(_l("Name"), validators=[required()])
    timezone = TextField(_l("Time zone"), description=_l("As Africa/Addis_Ababa"), validators=[required()])

    def validate_timezone(self, field: TextField) -> None:
        """Refuse zones that nobody knows."""
        if field.data not in available_timezones():
            raise ValidationError(_("No time zone is called “%(typed)s”", typed=(field.data or "")[:40]))


class OfficeForm(OfficeEditForm):
    """A new office; its code and country stay as they are from then on."""

    code = TextField(
        _l("Code"), description=_l("Opens every reference given out there, as ADD."), validators=[required()]
    )
    country = CountryField(_l("Country"), validators=[required()])


class LostFactorForm(Form):
    """Why a second factor is to be set up anew."""

    reason = TextField(
        _l("How you know that it is lost"),
        description=_l("For instance: she called from her office number, and I know her voice."),
        validators=[required()],
    )
