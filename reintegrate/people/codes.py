"""The answers that fields about people take."""

from flask_babel import lazy_gettext as _l

from reintegrate.columns import Labelled


class Sex(Labelled):
    """The person's answer; not known and declined are answers."""

    FEMALE = "female", _l("Female")
    MALE = "male", _l("Male")
    OTHER = "other", _l("Another answer")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")


class MaritalStatus(Labelled):
    """Civil status as the person says it."""

    SINGLE = "single", _l("Single")
    MARRIED = "married", _l("Married or living together")
    SEPARATED = "separated", _l("Separated or divorced")
    WIDOWED = "widowed", _l("Widowed")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")


class InterpreterNeed(Labelled):
    """Whether talks with the person need an interpreter."""

    NEEDED = "needed", _l("Needed")
    NOT_NEEDED = "not_needed", _l("Not needed")
    UNKNOWN = "unknown", _l("Not known")


class NameKind(Labelled):
    """Where a name comes from."""

    DOCUMENT = "document", _l("As in the document")
    SCRIPT = "script", _l("In another script")
    OTHER = "other", _l("Also known as")


class DocumentType(Labelled):
    """Papers that identify a person."""

    PASSPORT = "passport", _l("Passport")
    NATIONAL_ID = "national_id", _l("National identity card")
    TRAVEL_DOCUMENT = "travel_document", _l("Emergency travel document")
    BIRTH_CERTIFICATE = "birth_certificate", _l("Birth certificate")
    REFUGEE_CARD = "refugee_card", _l("Refugee or asylum card")
    RESIDENCE_PERMIT = "residence_permit", _l("Residence permit")
    DRIVING_LICENCE = "driving_licence", _l("Driving licence")
    OTHER = "other", _l("Other")


class Channel(Labelled):
    """Ways to reach somebody."""

    PHONE = "phone", _l("Phone")
    MESSAGE = "message", _l("Text or voice message")
    EMAIL = "email", _l("E-mail")
    RELATIVE = "relative", _l("Through a relative")
    VISIT = "visit", _l("Visit at home")


class Relation(Labelled):
    """How a member of the household is related to the person."""

    SPOUSE = "spouse", _l("Wife, husband or partner")
    CHILD = "child", _l("Child")
    PARENT = "parent", _l("Parent")
    SIBLING = "sibling", _l("Brother or sister")
    GRANDPARENT = "grandparent", _l("Grandparent")
    GRANDCHILD = "grandchild", _l("Grandchild")
    OTHER_RELATIVE = "other_relative", _l("Other relative")
    WARD = "ward", _l("Child in the person's care")
    NOT_RELATED = "not_related", _l("Not related")
    UNKNOWN = "unknown", _l("Not known")
