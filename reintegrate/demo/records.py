"""What the generator hands over: plain frozen records that know nothing of a database."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["male", "female", "other", "unknown", "declined"]
BirthPrecision = Literal["day", "month", "year", "estimated"]
MissingReason = Literal["unknown", "declined"]
CaseStatus = Literal["draft", "submitted", "returned_for_info", "accepted", "rejected", "withdrawn", "active"]


@dataclass(frozen=True, slots=True)
class LanguageRecord:
    """A spoken language (ISO 639) and whether talks in the office's language need an interpreter."""

    code: str
    interpreter: bool


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """An identity document: `passport`, `national_id`, `birth_certificate`, `travel_document` and so on."""

    document_type: str
    number: str
    country: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How the person may be reached without harm.

    `channels` are codes, the preferred one first; hours are local, 0 to 24, both None for any time.
    """

    channels: tuple[str, ...]
    hours_from: int | None
    hours_to: int | None
    no_messages: bool
    hidden_address: bool


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Somebody of the household; `relation` is theirs to the person."""

    name: str
    sex: Literal["male", "female"]
    relation: str
    birth_year: int
    travelling_together: bool


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One made-up returnee, wholly given by (seed, index).

    `country` is the country of return (ISO 3166). `family_name` is empty for people with a single name;
    where there are no family names it holds the father's and the grandfather's. `native_script` is the
    ISO 639 code of the language of `native_name`. A birth date of month or year precision stands on the
    first day of it; without one, `birth_missing` says why. `phones` are E.164.
    """

    index: int
    country: str
    given_names: str
    family_name: str
    native_name: str | None
    native_script: str | None
    other_names: tuple[str, ...]
    sex: Sex
    birth_date: date | None
    birth_precision: BirthPrecision | None
    birth_missing: MissingReason | None
    birth_place: str
    nationalities: tuple[str, ...]
    languages: tuple[LanguageRecord, ...]
    documents: tuple[DocumentRecord, ...]
    phones: tuple[str, ...]
    email: str | None
    contact: ContactRules
    address: str
    marital_status: str
    household: tuple[HouseholdMember, ...]

    @property
    def full_name(self) -> str:
        """The name as addressed, given names first."""
        return f"{self.given_names} {self.family_name}".rstrip()


@dataclass(frozen=True, slots=True)
class SpellAbroad:
    """A time in a country abroad; `isco` is the ISCO-08 sub-major group (two digits) of the occupation."""

    country: str
    status: Literal["regular", "irregular", "asylum", "unknown"]
    employed: bool
    occupation: str | None
    isco: str | None
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """A return from one country to another.

    `forced_by` is `charter`, `scheduled` or `escorted` for forced returns only. A virtual return has
    neither departure nor arrival, and its last spell goes on (to the day the story was told). The
    spells stand in order of time. `assisted_by` is the kind of body that helped, None for nobody.
    """

    from_country: str
    to_country: str
    return_type: str
    forced_by: str | None
    modality: Literal["permanent", "temporary", "circular", "virtual"]
    departed_on: date | None
    arrived_on: date | None
    reason: str
    assisted_by: str | None
    intention: str
    spells: tuple[SpellAbroad, ...]


@dataclass(frozen=True, slots=True)
class NeedRecord:
    """A need in one dimension, in the caseworker's words; priority 1 is the most urgent of 3."""

    dimension: str
    text: str
    priority: int


@dataclass(frozen=True, slots=True)
class FactorRecord:
    """A risk or protective factor; `category` is None for a protective one outside the list."""

    category: str | None
    level: Literal["individual", "household", "community", "structural"]
    direction: Literal["risk", "protective"]
    severity: Literal["low", "medium", "high"]
    text: str
    review_on: date


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A note of the file, as typed; `language` is that of the text."""

    kind: str
    written_on: date
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """What the person said to one purpose; `withdrawn_on` only where given first."""

    purpose: str
    channel: str
    language: str
    decision: Literal["given", "refused", "withdrawn"]
    decided_on: date
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """Something to do, open while `done_on` is None."""

    verb: str
    why: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """The case of the person with the same index.

    Dates that are not None are ordered: opened, submitted, accepted, activated, and none lies after the
    day the story was told. `ended_on` belongs to rejected and withdrawn cases, `returned_on` to those
    sent back for information; `status_reason` says why for these three. `family` says that the household
    is assisted with the person. `returns` has the latest first and `reason_text` its reason in the
    person's words. The first consent is the one to processing for assistance.
    """

    index: int
    office: str
    language: str
    status: CaseStatus
    status_reason: str | None
    opened_on: date
    submitted_on: date | None
    accepted_on: date | None
    activated_on: date | None
    screened_on: date | None
    returned_on: date | None
    ended_on: date | None
    family: bool
    protected: bool
    returns: tuple[ReturnRecord, ...]
    reason_text: str
    needs: tuple[NeedRecord, ...]
    factors: tuple[FactorRecord, ...]
    notes: tuple[NoteRecord, ...]
    consents: tuple[ConsentRecord, ...]
    tasks: tuple[TaskRecord, ...]
