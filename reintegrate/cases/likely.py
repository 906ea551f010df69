"""Who is likely the same person: by document, by phone, and by name in any spelling and script."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select, union_all

from reintegrate.accounts.access import Sensitivity, Who, reach
from reintegrate.accounts.models import Office
from reintegrate.accounts.queries import office_ids_within
from reintegrate.cases.models import Case, ReturnEpisode
from reintegrate.cases.queries import visible
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.people import search
from reintegrate.people.codes import Sex
from reintegrate.people.models import Contact, IdentityDocument, Nationality, Person
from reintegrate.people.names import Comparison, Identity, Likeness, compare
from reintegrate.people.naming import Names

_ORDINARY = Case.sensitivity == Sensitivity.NORMAL

ORDINARY = select(Case.person_id).where(_ORDINARY)
"""The people whom nobody hides, as far as a case tells."""

COMPARED = 60
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of somebody who is about to be registered."""

    names: Names
    sex: Sex | None = None
    birth: PartialDate = NOT_KNOWN
    countries: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def identity(self) -> Identity:
        """The facts as they are compared."""
        return Identity(
            names=self.names.every(),
            birth_date=self.birth.value,
            birth_precision=str(self.birth.precision) if self.birth.value else None,
            sex=str(self.sex) if self.sex in (Sex.FEMALE, Sex.MALE, Sex.OTHER) else None,
            countries=self.countries,
            documents=self.documents,
            phones=self.phones,
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A registered person who may be the same; `case` is one of hers, whoever may see it."""

    person_id: int
    comparison: Comparison

    @property
    def high(self) -> bool:
        """Whether she is to be taken as the same unless shown otherwise."""
        return self.comparison.likeness == Likeness.HIGH


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A match as the form shows it: whole where the user may open it, else its office and reference.

    Beyond the offices where the user registers, it says no more than that there is one.
    """

    name: str
    native_name: str | None
    native_lang: str | None
    reference: str
    likely: bool
    reasons: tuple[str, ...]
    office: str
    open: bool
    person_id: int = field(compare=False, default=0)
    case_id: int = field(compare=False, default=0)
    protected: bool = field(compare=False, default=False)

    @property
    def elsewhere(self) -> bool:
        """Whether the user is told no more than that another office knows somebody like this."""
        return not self.reference


def same_people(facts: Facts, who: Who | None = None) -> list[Match]:
    """Registered people likely the same, most likely first.

    Protected people are left out, but for those whose case `who` may open.
    """
    identity = facts.identity()
    if not identity.names:
        return []
    told = _told(who)
    return likest(identity, identities(_candidates(facts, told), told))


def _told(who: Who | None) -> ColumnElement[bool]:
    """The cases whose people may be found: all that are not protected, and those on whose list `who` is."""
    return or_(_ORDINARY, _opens(who)) if who is not None and who.is_named else _ORDINARY


def _opens(who: Who) -> ColumnElement[bool]:
    return visible(who, "case.read.c2", unmasked=True)


def likest(identity: Identity, known: Mapping[int, Identity]) -> list[Match]:
    """Those of the known people who are like somebody, most likely first."""
    compared = [(person_id, compare(identity, other)) for person_id, other in known.items()]
    found = [Match(i, comparison) for i, comparison in compared if comparison.likeness != Likeness.NONE]
    return sorted(found, key=lambda match: (not match.high, -match.comparison.score, match.person_id))


def _candidates(facts: Facts, told: ColumnElement[bool]) -> list[int]:
    ordinary = select(Case.person_id).where(told)
    found: dict[int, None] = {}
    for model, column, keys in (
        (IdentityDocument, IdentityDocument.number_key, facts.documents),
        (Contact, Contact.value_key, facts.phones),
    ):
        if keys:
            rows = select(model.person_id).where(
                column.in_(sorted(keys)), search.among(ordinary, model.person_id)
            )
            found |= dict.fromkeys(session.scalars(rows.order_by(model.person_id).limit(COMPARED)))
    born = facts.birth.value if facts.birth.precision == Precision.DAY else None
    for name in facts.names.every():
        found |= dict.fromkeys(search.namesakes(name, born=born, within=ordinary, limit=COMPARED))
    return list(found)


def identities(person_ids: Sequence[int], told: ColumnElement[bool] | None = None) -> dict[int, Identity]:
    """What is known of registered people, as it is compared, with two statements for all.

    Returns count that belong to the cases that are `told`: without it, to those not protected.
    """
    people = session.execute(
        select(Person.id, Person.search_names, Person.birth_date, Person.birth_precision, Person.sex).where(
            Person.id.in_(person_ids)
        )
    ).all()
    several = _several(person_ids, _told(None) if told is None else told)
    return {
        row.id: Identity(
            names=tuple(row.search_names.split("\n")),
            birth_date=row.birth_date,
            birth_precision=str(row.birth_precision) if row.birth_date else None,
            sex=str(row.sex) if row.sex in (Sex.FEMALE, Sex.MALE, Sex.OTHER) else None,
            countries=frozenset(several["country", row.id]),
            documents=frozenset(several["document", row.id]),
            phones=frozenset(several["phone", row.id]),
        )
        for row in people
    }


def _several(person_ids: Sequence[int], told: ColumnElement[bool]) -> dict[tuple[str, int], set[str]]:
    """The countries, documents and phones of people: of nationality and of the returns that are told."""
    returns = (
        select(literal("country"), Case.person_id, ReturnEpisode.return_country)
        .join(ReturnEpisode, ReturnEpisode.id == Case.episode_id)
        .where(Case.person_id.in_(person_ids), told)
    )
    parts: list[Select[*tuple[Any, ...]]] = [
        select(literal(kind), owner, value).where(owner.in_(person_ids))
        for kind, owner, value in (
            ("country", Nationality.person_id, Nationality.country),
            ("document", IdentityDocument.person_id, IdentityDocument.number_key),
            ("phone", Contact.person_id, Contact.value_key),
        )
    ]
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for kind, person_id, text in session.execute(union_all(returns, *parts)):
        found[kind, person_id].add(text)
    return found


def matches(facts: Facts, who: Who) -> list[ShownMatch]:
    """The likeliest matches as this user may see them: those she may not open only when very likely.

    However many there are beyond her offices, one stands for all.
    """
    shown = shown_to(same_people(facts, who)[:COMPARED], who)
    told = [match for match in shown if match.open or match.likely]
    near = [match for match in told if not match.elsewhere][:SHOWN]
    return near + [match for match in told if match.elsewhere][:1]


def shown_to(found: Sequence[Match], who: Who) -> list[ShownMatch]:
    """Matches as a user may see them; protected people for those alone who may open their case."""
    if not found:
        return []
    by_person: dict[int, Any] = {}
    rows = session.execute(
        select(
            Case.id,
            Case.person_id,
            Case.office_id,
            Case.sensitivity,
            Case.reference,
            Person.display_name,
            Person.native_name,
            Person.native_language,
            Office.name.label("office"),
            _opens(who).label("open"),
        )
        .join(Person, Person.id == Case.person_id)
        .join(Office, Office.id == Case.office_id)
        .where(Case.person_id.in_([match.person_id for match in found]), _told(who))
        .order_by(Case.opened_on, Case.id)
    )
    near = office_ids_within(reach(who, "person.register"))
    for row in rows:
        known = by_person.get(row.person_id)
        if known is None or _nearness(row, near) >= _nearness(known, near):
            by_person[row.person_id] = row
    return [
        _shown(match, by_person[match.person_id], near) for match in found if match.person_id in by_person
    ]


def _nearness(row: Any, near: frozenset[int]) -> tuple[bool, bool]:
    return bool(row.open), row.office_id in near


def _shown(match: Match, row: Any, near: frozenset[int]) -> ShownMatch:
    if not row.open and row.office_id not in near:
        return ShownMatch("", None, None, "", match.high, (), "", open=False, person_id=match.person_id)
    return ShownMatch(
        name=row.display_name if row.open else "",
        native_name=row.native_name if row.open else None,
        native_lang=row.native_language if row.open else None,
        reference=row.reference,
        likely=match.high,
        reasons=match.comparison.reasons,
        office=row.office,
        open=bool(row.open),
        person_id=match.person_id,
        case_id=row.id,
        protected=row.sensitivity != Sensitivity.NORMAL,
    )
