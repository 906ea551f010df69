"""The forms of returns and cases. Fields bear the names of the services' arguments."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from reintegrate.cases.codes import (
    Answer,
    ConsentChannel,
    ConsentPurpose,
    Dimension,
    FactorCategory,
    FactorDirection,
    FactorLevel,
    Intention,
    Modality,
    NeedPriority,
    NeedStatus,
    NoteKind,
    ReturnReason,
    ReturnType,
    Severity,
    StayStatus,
)
from reintegrate.columns import Labelled
from reintegrate.dates import Precision
from reintegrate.people.codes import Sex
from reintegrate.people.services import is_phone
from reintegrate.web.datefields import BIRTH, DayField, PartialDateField
from reintegrate.web.fields import (
    ChoiceField,
    CodeField,
    CountriesField,
    CountryField,
    LongTextField,
    ManyField,
    TextField,
)
from reintegrate.web.forms import Form, required

ARRIVAL = (Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.UNKNOWN, Precision.DECLINED)

SPELL = (Precision.YEAR, Precision.MONTH, Precision.DAY, Precision.UNKNOWN, Precision.DECLINED)


class SafeContact(Labelled):
    """What is safe, in the words of the intake form."""

    ANY_TIME = "any_time", _l("Call at any time")
    EVENINGS = "evenings", _l("Evenings only")
    NO_MESSAGES = "no_messages", _l("Do not leave messages")
    RELATIVE = "relative", _l("Through a relative only")


class IntakeConsent(Labelled):
    """How consent to keep the record was given, at intake."""

    WRITTEN = "written", _l("Given in writing")
    MARK = "mark", _l("Given with a mark or thumb print")
    VERBAL_WITNESSED = "verbal_witnessed", _l("Given by word of mouth, with a witness")
    NOT_ASKED = "not_asked", _l("Not asked yet")


class IntakeForm(Form):
    """Light registration: ten questions, none of which forces a made-up answer."""

    given_names = TextField(
        _l("Given names, as the person says them"),
        description=_l("Any script. Where there is only one name, write it here."),
        validators=[required(lambda: str(_l("Write the name the person uses")))],
    )
    family_name = TextField(_l("Family name"), description=_l("Leave empty where the person has none."))
    script_name = TextField(_l("Full name in another script or spelling"))
    sex = CodeField(_l("Sex"), codes=Sex, default=Sex.UNKNOWN)
    birth = PartialDateField(
        _l("Date of birth"),
        precisions=BIRTH,
        description=_l("Fill in what is known. A year alone is a good answer."),
    )
    nationalities = CountriesField(_l("Nationalities"), description=_l("Several are separated by commas."))
    host_country = CountryField(_l("Returned from"))
    return_country = CountryField(_l("Country of return"), validators=[required()])
    arrived = PartialDateField(_l("Date of arrival"), precisions=ARRIVAL)
    type = CodeField(_l("Kind of return"), codes=ReturnType, default=ReturnType.UNKNOWN)
    modality = CodeField(_l("For how long"), codes=Modality, default=Modality.PERMANENT, kind="select")
    phone = TextField(
        _l("Phone"),
        description=_l("Leave empty if there is none."),
        max_length=40,
        render_kw={"type": "tel", "dir": "ltr"},
    )
    safe_contact = ManyField(_l("How may we get in touch?"), codes=SafeContact)
    through = TextField(_l("Through whom"), description=_l("Where contact goes through a relative."))
    consent = CodeField(
        _l("Consent to keep this record"),
        codes=IntakeConsent,
        default=IntakeConsent.NOT_ASKED,
        description=_l("“Not asked yet” keeps the record as a draft."),
    )
    witness = TextField(_l("Witness"), description=_l("Where consent was given by word of mouth."))
    office = ChoiceField(_l("Office"))
    same_person = TextField(max_length=40)

    def validate_phone(self, field: TextField) -> None:
        """A number that can be dialled: a local one in the country of return."""
        country = self.return_country.data
        if field.data and country and not is_phone(field.data, country):
            raise ValidationError(_("This is no phone number: write it with the code of its country"))

    def validate_safe_contact(self, field: ManyField) -> None:
        """At any time is not in the evenings only."""
        if {SafeContact.ANY_TIME, SafeContact.EVENINGS} <= set(field.data or ()):
            raise ValidationError(_("Choose either “Call at any time” or “Evenings only”"))


class AnotherReturnForm(Form):
    """A return of somebody who is known: the questions of registration without those about her."""

    host_country = IntakeForm.host_country
    return_country = IntakeForm.return_country
    arrived = IntakeForm.arrived
    type = IntakeForm.type
    modality = IntakeForm.modality
    consent = IntakeForm.consent
    witness = IntakeForm.witness
    office = IntakeForm.office


class ReturnForm(Form):
    """A return, whole."""

    type = CodeField(_l("Kind of return"), codes=ReturnType)
    modality = CodeField(_l("For how long"), codes=Modality)
    host_country = CountryField(_l("Returned from"))
    return_country = CountryField(_l("Country of return"), validators=[required()])
    departed_on = DayField(_l("Departure"), optional=True)
    arrived = PartialDateField(_l("Arrival"), precisions=(*ARRIVAL, Precision.NOT_APPLICABLE))
    reason = CodeField(_l("Main reason for returning"), codes=ReturnReason)
    assisted_by = TextField(
        _l("Assisted by"), description=_l("Organisations that helped with this return before.")
    )
    intention = CodeField(_l("What the person plans"), codes=Intention)
    why = TextField(
        _l("Why this is corrected"), description=_l("Kept in the history beside the change."), max_length=500
    )


class SpellForm(Form):
    """A time abroad."""

    country = CountryField(_l("Country"), validators=[required()])
    began = PartialDateField(_l("From"), precisions=SPELL)
    ended = PartialDateField(_l("Until"), precisions=SPELL)
    status = CodeField(_l("Legal status there"), codes=StayStatus, default=StayStatus.UNKNOWN)
    employed = CodeField(_l("Worked there"), codes=Answer, default=Answer.UNKNOWN)
    occupation = TextField(_l("Work done"))


class MoveForm(Form):
    """A move to another status, with its reason where one is needed."""

    reason = LongTextField(_l("Reason"), max_length=2000)


class AssignForm(Form):
    """Who manages a case."""

    case_manager = ChoiceField(_l("Case manager"))


class ProgrammesForm(Form):
    """Under which programmes a case is kept."""

    programme = ChoiceField(_l("Programme"))
    second_programme = ChoiceField(_l("Second programme"))


class ConsentForm(Form):
    """An answer to a consent text; nothing is answered beforehand."""

    purpose = CodeField(_l("Consent to"), codes=ConsentPurpose)
    given = CodeField(_l("Answer"), codes=Answer, only=(Answer.YES, Answer.NO), kind="radio")
    channel = CodeField(_l("How it was given"), codes=ConsentChannel)
    witness = TextField(_l("Witness or guardian"))
    language = ChoiceField(_l("Language of the text"))
    answered_on = DayField(_l("Day of the answer"))


class WithdrawConsentForm(Form):
    """The end of a consent."""

    on = DayField(_l("Day of the withdrawal"))


class FactorForm(Form):
    """A finding of the vulnerability screening."""

    category = CodeField(_l("What it is about"), codes=FactorCategory, kind="select")
    level = CodeField(_l("Level"), codes=FactorLevel, default=FactorLevel.INDIVIDUAL)
    direction = CodeField(_l("Weakens or protects"), codes=FactorDirection, default=FactorDirection.RISK)
    severity = CodeField(_l("How much it weighs"), codes=Severity, default=Severity.MEDIUM)
    action = TextField(_l("What is done about it"))
    review_on = DayField(_l("Look again on"), optional=True, future=True)
    note = LongTextField(_l("Note"))


class ScreeningForm(Form):
    """The end of the screening."""

    on = DayField(_l("Day of the screening"))


class NeedForm(Form):
    """A need, and what became of it."""

    dimension = CodeField(_l("Side of reintegration"), codes=Dimension, default=Dimension.ECONOMIC)
    text = TextField(_l("Need, in a few words"), max_length=500, validators=[required()])
    priority = CodeField(_l("How soon"), codes=NeedPriority, default=NeedPriority.NORMAL)
    status = CodeField(_l("State"), codes=NeedStatus, default=NeedStatus.OPEN)


class NoteForm(Form):
    """Something that happened."""

    kind = CodeField(_l("Kind"), codes=NoteKind, default=NoteKind.GENERAL)
    happened_on = DayField(_l("Day"))
    text = LongTextField(_l("What happened"), validators=[required()], max_length=20_000)


class TaskForm(Form):
    """Something to do."""

    title = TextField(_l("What is to be done"), validators=[required()])
    due_on = DayField(_l("By"), future=True)


class DoneForm(Form):
    """A task that was done."""

    on = DayField(_l("Done on"))


class WhyForm(Form):
    """Why somebody outside the daily work opens a person's data."""

    reason = TextField(
        _l("Why you need to see who this is"),
        description=_l("Your reason is kept with the case and shown to its office."),
        validators=[required()],
        max_length=500,
    )
