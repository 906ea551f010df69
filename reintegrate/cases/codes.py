"""The code lists of returns and cases: what their fields may say."""

from flask_babel import lazy_gettext as _l

from reintegrate.columns import Labelled


class ReturnType(Labelled):
    """How somebody came to return."""

    SPONTANEOUS_UNASSISTED = "spontaneous_unassisted", _l("On one's own, unassisted")
    END_OF_CONTRACT = "end_of_contract", _l("End of work abroad")
    AVRR = "avrr", _l("Assisted voluntary return")
    VHR = "vhr", _l("Voluntary humanitarian return")
    VOLUNTARY_OTHER = "voluntary_other", _l("Voluntary, other")
    COMPULSORY_VOLUNTARY_DEPARTURE = (
        "compulsory_voluntary_departure",
        _l("Left after an obligation to leave"),
    )
    FORCED = "forced", _l("Forced return")
    REFUGEE_REPATRIATION = "refugee_repatriation", _l("Voluntary repatriation of a refugee")
    READMISSION = "readmission", _l("Readmission")
    EVACUATION = "evacuation", _l("Evacuation")
    OTHER = "other", _l("Other")
    UNKNOWN = "unknown", _l("Not known")


class Modality(Labelled):
    """Whether the return is for good, for a time, repeated, or of skills and capital alone."""

    PERMANENT = "permanent", _l("Permanent")
    TEMPORARY = "temporary", _l("Temporary")
    CIRCULAR = "circular", _l("Circular")
    VIRTUAL = "virtual", _l("Virtual: skills or capital, without moving")


class ReturnReason(Labelled):
    """Why somebody returned, in the person's own view."""

    NO_PAPERS = "no_papers", _l("No papers, or refused asylum")
    NO_WORK = "no_work", _l("No work, or pay too low")
    END_OF_CONTRACT = "end_of_contract", _l("Work or studies ended")
    FAMILY = "family", _l("Family needs")
    HEALTH = "health", _l("Health")
    VIOLENCE = "violence", _l("Violence or exploitation abroad")
    CONFLICT = "conflict", _l("Conflict or disaster abroad")
    PLANS_AT_HOME = "plans_at_home", _l("Plans at home: work, business, studies")
    SAFE_AGAIN = "safe_again", _l("Safe again at home")
    OTHER = "other", _l("Other")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")


class Intention(Labelled):
    """What the person plans, asked at registration."""

    STAY = "stay", _l("Stay")
    LEAVE_AGAIN = "leave_again", _l("Leave again")
    UNDECIDED = "undecided", _l("Undecided")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")


class StayStatus(Labelled):
    """The legal status during a time abroad."""

    REGULAR = "regular", _l("Regular")
    IRREGULAR = "irregular", _l("Irregular")
    ASYLUM = "asylum", _l("Asylum sought or granted")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")


class Answer(Labelled):
    """A plain question with all its honest answers."""

    YES = "yes", _l("Yes")
    NO = "no", _l("No")
    UNKNOWN = "unknown", _l("Not known")
    DECLINED = "declined", _l("Declined to say")
    NOT_APPLICABLE = "not_applicable", _l("Does not apply")


class CaseStatus(Labelled):
    """Where a case stands in its life; the moves between are in `workflow`."""

    DRAFT = "draft", _l("Draft")
    SUBMITTED = "submitted", _l("Submitted")
    RETURNED_FOR_INFO = "returned_for_info", _l("Returned for information")
    ACCEPTED = "accepted", _l("Accepted")
    REJECTED = "rejected", _l("Rejected")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    ACTIVE = "active", _l("Active")


class Dimension(Labelled):
    """The sides of reintegration by which needs and work are sorted."""

    ECONOMIC = "economic", _l("Economic")
    SOCIAL = "social", _l("Social")
    PSYCHOSOCIAL = "psychosocial", _l("Psychosocial")
    SKILLS = "skills", _l("Skills and recognition")
    BUSINESS = "business", _l("Business")
    INCENTIVES = "incentives", _l("Incentives")
    RIGHTS = "rights", _l("Rights and documents")


class NeedPriority(Labelled):
    """How soon a need wants an answer."""

    URGENT = "urgent", _l("Urgent")
    HIGH = "high", _l("High")
    NORMAL = "normal", _l("Normal")


class NeedStatus(Labelled):
    """What became of a need."""

    OPEN = "open", _l("Open")
    MET = "met", _l("Met")
    NOT_MET = "not_met", _l("Could not be met")
    DROPPED = "dropped", _l("No longer a need")


class FactorLevel(Labelled):
    """The four levels on which vulnerability arises."""

    INDIVIDUAL = "individual", _l("Individual")
    HOUSEHOLD = "household", _l("Household and family")
    COMMUNITY = "community", _l("Community")
    STRUCTURAL = "structural", _l("Structural")


class FactorDirection(Labelled):
    """Whether a factor weakens or protects."""

    RISK = "risk", _l("Risk")
    PROTECTIVE = "protective", _l("Protective")


class Severity(Labelled):
    """How much a factor weighs."""

    LOW = "low", _l("Low")
    MEDIUM = "medium", _l("Medium")
    HIGH = "high", _l("High")


class FactorCategory(Labelled):
    """What published counts of vulnerability distinguish; belonging to a group alone is not vulnerability."""

    UNACCOMPANIED_CHILD = "unaccompanied_child", _l("Unaccompanied or separated child")
    CHILD_AT_RISK = "child_at_risk", _l("Child in a family at risk")
    VIOLENCE_IN_TRANSIT = "violence_in_transit", _l("Violence or crime on the way")
    PREGNANT_OR_LACTATING = "pregnant_or_lactating", _l("Pregnant or breast-feeding")
    GENDER_BASED_VIOLENCE = "gender_based_violence", _l("Gender-based violence")
    SOGIESC = "sogiesc", _l("Sexual orientation or gender identity")
    SMUGGLED_ABUSED = "smuggled_abused", _l("Abused by smugglers")
    PROTECTION_NEEDS = "protection_needs", _l("International protection needs")
    TRAFFICKING = "trafficking", _l("Trafficking in persons")
    SINGLE_PARENT = "single_parent", _l("Single parent")
    OLDER_PERSON = "older_person", _l("Older person at risk")
    DISABILITY = "disability", _l("Disability")
    MEDICAL_CONDITION = "medical_condition", _l("Serious medical condition")
    MENTAL_HEALTH = "mental_health", _l("Mental health")
    STATELESS_OR_UNDOCUMENTED = "stateless_or_undocumented", _l("Stateless or without papers")
    EXPLOITATION = "exploitation", _l("Exploitation or forced labour")
    DETAINED = "detained", _l("Detained abroad")
    INDIGENOUS = "indigenous", _l("Indigenous or minority group")
    DESTITUTE = "destitute", _l("Without shelter or means")
    INDEBTED = "indebted", _l("Heavily indebted")
    SUPPORT_NETWORK = "support_network", _l("Family and friends")
    SKILLS_OR_MEANS = "skills_or_means", _l("Skills, savings or property")
    OTHER = "other", _l("Other")


class ConsentPurpose(Labelled):
    """What a consent covers; each purpose is asked for and withdrawn by itself."""

    CASE_MANAGEMENT = "case_management", _l("Keeping and working on this case")
    REFERRAL = "referral", _l("Referral to partners")
    DONOR_REPORTING = "donor_reporting", _l("Reporting by name to a donor")
    RESEARCH = "research", _l("Research")
    PHOTO_OR_STORY = "photo_or_story", _l("Photo or story")


class ConsentChannel(Labelled):
    """How the answer was given."""

    WRITTEN = "written", _l("In writing")
    MARK = "mark", _l("With a mark or thumb print")
    VERBAL_WITNESSED = "verbal_witnessed", _l("By word of mouth, with a witness")
    GUARDIAN = "guardian", _l("By a parent or guardian")


class NoteKind(Labelled):
    """What a note tells about."""

    GENERAL = "general", _l("Note")
    CALL = "call", _l("Call")
    VISIT = "visit", _l("Visit")
    MEETING = "meeting", _l("Meeting")
    DECISION = "decision", _l("Decision")


class TaskOrigin(Labelled):
    """Whether somebody set a task or it followed from something."""

    BY_HAND = "by_hand", _l("Set by hand")
    REVIEW = "review", _l("Review of a vulnerability")
