"""Where an import stands, what a row is, and what was decided about it."""

from flask_babel import lazy_gettext as _l

from reintegrate.columns import Labelled


class ImportStatus(Labelled):
    """The life of a list: nothing is in the register before it is done."""

    STAGED = "staged", _l("Being prepared")
    DONE = "done", _l("Imported")
    UNDONE = "undone", _l("Taken back")
    DISCARDED = "discarded", _l("Discarded")


class RowStatus(Labelled):
    """What a row of a list is: `duplicate` waits for a decision, `known` was imported before."""

    READY = "ready", _l("Ready")
    ERROR = "error", _l("To correct")
    DUPLICATE = "duplicate", _l("Perhaps registered already")
    KNOWN = "known", _l("Imported before")
    BLANK = "blank", _l("Nobody")


class RowDecision(Labelled):
    """What happens to a row whose person may be registered already."""

    OTHER_PERSON = "other_person", _l("Another person: register")
    NEW_RETURN = "new_return", _l("The same person, another return: open a new case")
    LEAVE_OUT = "leave_out", _l("The same person and return: leave the row out")


class DateReading(Labelled):
    """How dates such as 03/04/2025 are read."""

    ASK = "ask", _l("As the list itself shows")
    DAY_FIRST = "day_first", _l("The day comes first")
    MONTH_FIRST = "month_first", _l("The month comes first")
