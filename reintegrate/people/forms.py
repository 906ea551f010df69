"""The forms about a person."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from reintegrate.people.codes import Channel, DocumentType, InterpreterNeed, MaritalStatus, Relation, Sex
from reintegrate.web.datefields import BIRTH, DayField, PartialDateField
from reintegrate.web.fields import (
    CodeField,
    CountriesField,
    CountryField,
    LanguagesField,
    LongTextField,
    TextField,
    TimeOfDayField,
)
from reintegrate.web.forms import Form, required


class PersonForm(Form):
    """Who somebody is."""

    given_names = TextField(
        _l("Given names, as in the document"), description=_l("Where there is only one name, write it here.")
    )
    family_name = TextField(_l("Family name"))
    script_name = TextField(_l("Full name in another script"))
    other_names = LongTextField(_l("Other names and spellings"), description=_l("One on each line."))
    sex = CodeField(_l("Sex"), codes=Sex)
    birth = PartialDateField(_l("Date of birth"), precisions=BIRTH)
    birth_place = TextField(_l("Place of birth"))
    birth_country = CountryField(_l("Country of birth"))
    nationalities = CountriesField(_l("Nationalities"), description=_l("Several are separated by commas."))
    marital_status = CodeField(_l("Civil status"), codes=MaritalStatus)
    languages = LanguagesField(_l("Languages spoken"), description=_l("Several are separated by commas."))
    interpreter_need = CodeField(
        _l("Interpreter"), codes=InterpreterNeed, default=InterpreterNeed.UNKNOWN, kind="radio"
    )
    interpreter = TextField(
        _l("Language of the interpreter"), description=_l("With the dialect, and who may not interpret.")
    )
    address = LongTextField(_l("Address"), max_length=1000)
    address_hidden = BooleanField(_l("The address must not be passed on to anybody"))
    why = TextField(
        _l("Why this is corrected"), description=_l("Kept in the history beside the change."), max_length=500
    )


class DocumentForm(Form):
    """A paper that identifies the person."""

    type = CodeField(_l("Document"), codes=DocumentType, kind="select")
    number = TextField(_l("Number"), validators=[required()], max_length=60, render_kw={"dir": "ltr"})
    country = CountryField(_l("Issued by"))
    expires_on = DayField(_l("Valid until"), optional=True, future=True)


HOURS = {"inputmode": "numeric", "dir": "ltr"}


class ContactForm(Form):
    """A way to reach the person, and what is safe."""

    channel = CodeField(_l("Way"), codes=Channel)
    value = TextField(_l("Number, address or name"), validators=[required()], render_kw={"dir": "auto"})
    through = TextField(_l("Through whom"))
    from_time = TimeOfDayField(_l("Not before"), description=_l("As 18:00"), render_kw=HOURS)
    to_time = TimeOfDayField(_l("Not after"), description=_l("As 21:00"), render_kw=HOURS)
    no_messages = BooleanField(_l("Do not leave a message"))
    note = TextField(_l("What else to mind"))


class MemberForm(Form):
    """A member of the household."""

    name = TextField(_l("Name"), validators=[required()])
    relation = CodeField(_l("Relation to the person"), codes=Relation, kind="select")
    sex = CodeField(_l("Sex"), codes=Sex, default=Sex.UNKNOWN)
    birth = PartialDateField(_l("Date of birth"), precisions=BIRTH)
    travelled_together = BooleanField(_l("Came along on this return"))
    note = TextField(_l("Own needs or remarks"))
