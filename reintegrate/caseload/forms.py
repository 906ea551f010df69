"""The forms about lists of cases."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from reintegrate.web.fields import ChoiceField, TextField
from reintegrate.web.forms import Form, required


class SavedViewForm(Form):
    """A name for a list, who else sees it, and whether the list opens with it."""

    name = TextField(_l("Name of the view"), validators=[required()], max_length=60)
    office = ChoiceField(
        _l("Shared with"),
        description=_l("Only the filters are shared: everybody sees the cases that are theirs to see."),
    )
    first = BooleanField(_l("Open my list of cases with this view"))


class AssignManyForm(Form):
    """Who takes several cases."""

    case_manager = ChoiceField(
        _l("New case manager"), validators=[required(lambda: str(_l("Choose who takes the cases")))]
    )
