"""Reading cases. Every read begins with what the user may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy import case as by_value
from sqlalchemy.orm import joinedload

from reintegrate.accounts import queries as accounts
from reintegrate.accounts.access import Decision, Reach, Sensitivity, Thing, Who, decide, reach, table
from reintegrate.accounts.models import Membership, Office, Role, User
from reintegrate.cases.codes import CaseStatus, ConsentPurpose, Dimension, NeedPriority, NeedStatus
from reintegrate.cases.models import (
    AbroadSpell,
    Case,
    CaseProgramme,
    Consent,
    ConsentText,
    NamedAccess,
    Need,
    Note,
    Programme,
    ReturnEpisode,
    StatusChange,
    Task,
    VulnerabilityFactor,
)
from reintegrate.cases.shielding_models import BrokenGlass
from reintegrate.cases.workflow import OPEN, Facts
from reintegrate.columns import utcnow
from reintegrate.db import dialect_name, one_of, session
from reintegrate.people.models import SpokenLanguage
from reintegrate.references import is_well_formed, key_of

IS_NAMED = exists().where(NamedAccess.user_id == Membership.user_id)
"""Whether some case has a member on its list: most are on none, and their lists stay quick."""

CONDITIONS_KEPT = 4_000
"""How many conditions of users a process keeps: what they say follows from the user alone."""

Part = TypeVar("Part", Need, VulnerabilityFactor, Consent, Task, Note)


def visible(who: Who, action: str = "case.list", *, unmasked: bool = False) -> ColumnElement[bool]:
    """The SQL twin of `decide`: which rows of `case_file` the action reaches for a user.

    With `unmasked`, only the rows that it reaches without mask, reason or second person. A case
    that she reads in an emergency is in no list.
    """
    return _visible(who, action, dialect_name(), unmasked=unmasked)


@lru_cache(CONDITIONS_KEPT)
def _visible(who: Who, action: str, _dialect: str, *, unmasked: bool) -> ColumnElement[bool]:
    ways = [
        and_(Case.sensitivity == sensitivity, _in_scope(who, reached))
        for sensitivity in Sensitivity
        if (reached := reach(who, action, unmasked=unmasked, sensitivity=sensitivity)) != Reach()
    ]
    if who.is_named:
        ways.append(_by_name(who, reach(who, action, unmasked=unmasked)))
    return or_(false(), *ways)


def _by_name(who: Who, reached: Reach) -> ColumnElement[bool]:
    named = one_of(Case.id, select(NamedAccess.case_id).where(NamedAccess.user_id == who.user_id))
    return named if (reached.own or reached.named) else and_(named, _in_scope(who, reached))


def _in_scope(who: Who, reached: Reach) -> ColumnElement[bool]:
    if reached.everything:
        return true()
    ways: list[ColumnElement[bool]] = []
    if reached.own:
        ways.append(Case.case_manager_id == who.user_id)
    if reached.office_ids:
        ways.append(Case.office_id.in_(sorted(reached.office_ids)))
    if reached.countries:
        in_countries = select(Office.id).where(Office.country.in_(sorted(reached.countries)))
        ways.append(Case.office_id.in_(in_countries))
    return or_(*ways) if ways else false()


def thing_of(case: Case, *, touched_by: Iterable[int | None] | None = None) -> Thing:
    """A case as the access table sees it.

    `touched_by` are those who had a hand in what is decided on: without it, in the case itself.
    """
    if touched_by is None:
        touched_by = (case.submitted_by_id, case.opened_by_id)
    named = select(NamedAccess.user_id, literal(True)).where(NamedAccess.case_id == case.id)
    broken = select(BrokenGlass.user_id, literal(False)).where(
        BrokenGlass.case_id == case.id, BrokenGlass.ended_at.is_(None), BrokenGlass.until_at > utcnow()
    )
    rows = session.execute(union_all(named, broken)).all()
    return Thing(
        office_id=case.office_id,
        country=case.office.country,
        owner_id=case.case_manager_id,
        sensitivity=case.sensitivity,
        named_ids=frozenset(user_id for user_id, is_named in rows if is_named),
        glass_ids=frozenset(user_id for user_id, is_named in rows if not is_named),
        touched_by=frozenset(i for i in touched_by if i is not None),
    )


def case_by_reference(reference: str) -> Case | None:
    """The case with a reference, with the rows its identity bar shows; whoever asks."""
    if not is_well_formed(reference):
        return None
    return session.scalar(
        select(Case)
        .where(Case.reference_key == key_of(reference))
        .options(
            joinedload(Case.person),
            joinedload(Case.episode),
            joinedload(Case.office),
            joinedload(Case.case_manager),
        )
    )


def case_that_names(user_id: int, reference: str) -> tuple[int, int] | None:
    """The keys of the case with a reference and of its person, where the user is on its list."""
    if not is_well_formed(reference):
        return None
    named = NamedAccess.case_id == Case.id
    row = session.execute(
        select(Case.id, Case.person_id)
        .join(NamedAccess, and_(named, NamedAccess.user_id == user_id))
        .where(Case.reference_key == key_of(reference))
    ).one_or_none()
    return (row.id, row.person_id) if row else None


@dataclass(frozen=True, slots=True)
class Looking:
    """What a user may do with one case, decided once for a page."""

    who: Who
    thing: Thing

    def may(self, action: str) -> bool:
        """Whether the action is allowed, without a second person being needed."""
        decision = decide(self.who, action, self.thing)
        return decision.allowed and not decision.needs_second

    def decision(self, action: str) -> Decision:
        """The whole decision."""
        return decide(self.who, action, self.thing)


def looking_at(case: Case, who: Who, *, touched_by: Iterable[int | None] | None = None) -> Looking:
    """What a user may do with a case, or with what others did to it."""
    return Looking(who, thing_of(case, touched_by=touched_by))


def deciders_of(case: Case) -> list[tuple[User, Role]]:
    """Those who may decide on a case that was submitted, by name, each with the role that lets her."""
    thing = thing_of(case)
    able: dict[User, Role] = {}
    for user, who in accounts.posted_in(case.office.country, table()["case.decide"]):
        for post in who.posts:
            if decide(Who(user.id, (post,)), "case.decide", thing).allowed:
                able.setdefault(user, post.role)
    return list(able.items())


def languages_of(case: Case) -> list[str]:
    """The languages that the person of a case speaks, the first one first."""
    return list(
        session.scalars(
            select(SpokenLanguage.language)
            .where(SpokenLanguage.person_id == case.person_id)
            .order_by(SpokenLanguage.position, SpokenLanguage.id)
        )
    )


def facts_of(case: Case) -> Facts:
    """What the guards of the workflow look at."""
    return Facts(
        has_consent=has_consent(case, ConsentPurpose.CASE_MANAGEMENT),
        has_case_manager=case.case_manager_id is not None,
        is_screened=case.screened_on is not None,
    )


def has_consent(case: Case, purpose: ConsentPurpose) -> bool:
    """Whether the latest answer for a purpose is a consent that stands."""
    latest = session.scalar(
        select(Consent)
        .where(Consent.case_id == case.id, Consent.purpose == purpose)
        .order_by(Consent.answered_on.desc(), Consent.id.desc())
        .limit(1)
    )
    return latest is not None and latest.given and latest.withdrawn_on is None


def needs_of(case: Case) -> Sequence[Need]:
    """The needs of a case, open ones first, urgent first."""
    soonest = by_value({priority: place for place, priority in enumerate(NeedPriority)}, value=Need.priority)
    return session.scalars(
        select(Need).where(Need.case_id == case.id).order_by(Need.status != NeedStatus.OPEN, soonest, Need.id)
    ).all()


@dataclass(frozen=True, slots=True)
class DimensionState:
    """How many needs of a dimension are open and settled, and when it was last touched."""

    dimension: Dimension
    open: int
    done: int
    updated_on: date | None


def dimensions_of(case: Case) -> list[DimensionState]:
    """All dimensions with what stands in them."""
    rows = session.execute(
        select(
            Need.dimension,
            func.count().filter(Need.status == NeedStatus.OPEN),
            func.count(),
            func.max(Need.updated_at),
        )
        .where(Need.case_id == case.id)
        .group_by(Need.dimension)
    ).all()
    found = {row[0]: row for row in rows}
    return [
        DimensionState(
            dimension=dimension,
            open=int(found[dimension][1]) if dimension in found else 0,
            done=int(found[dimension][2] - found[dimension][1]) if dimension in found else 0,
            updated_on=found[dimension][3].date() if dimension in found else None,
        )
        for dimension in Dimension
    ]


def factors_of(case: Case) -> Sequence[VulnerabilityFactor]:
    """The findings of the screening, in the order they were made."""
    return session.scalars(
        select(VulnerabilityFactor)
        .where(VulnerabilityFactor.case_id == case.id)
        .order_by(VulnerabilityFactor.id)
    ).all()


def consents_of(case: Case) -> Sequence[Consent]:
    """The answers to consent texts, newest first."""
    return session.scalars(
        select(Consent)
        .where(Consent.case_id == case.id)
        .options(joinedload(Consent.text))
        .order_by(Consent.answered_on.desc(), Consent.id.desc())
    ).all()


def open_tasks_of(case: Case) -> Sequence[Task]:
    """What is to be done on a case, earliest first."""
    return session.scalars(
        select(Task).where(Task.case_id == case.id, Task.done_on.is_(None)).order_by(Task.due_on, Task.id)
    ).all()


def notes_of(case: Case, *, before: int = 0, limit: int) -> Sequence[Note]:
    """The notes of a case, newest first, or those behind one of them."""
    place = tuple_(Note.happened_on, Note.id)
    last = session.get(Note, before) if before else None
    older = [place < tuple_(last.happened_on, last.id)] if last and last.case_id == case.id else []
    return session.scalars(
        select(Note)
        .where(Note.case_id == case.id, *older)
        .options(joinedload(Note.author))
        .order_by(Note.happened_on.desc(), Note.id.desc())
        .limit(limit)
    ).all()


def status_changes_of(case: Case) -> Sequence[StatusChange]:
    """The moves of a case, newest first."""
    return session.scalars(
        select(StatusChange)
        .where(StatusChange.case_id == case.id)
        .options(joinedload(StatusChange.by))
        .order_by(StatusChange.at.desc(), StatusChange.id.desc())
    ).all()


def last_move_of(case: Case) -> StatusChange | None:
    """The move that brought a case where it stands."""
    return session.scalar(
        select(StatusChange)
        .where(StatusChange.case_id == case.id)
        .options(joinedload(StatusChange.by))
        .order_by(StatusChange.at.desc(), StatusChange.id.desc())
        .limit(1)
    )


def spells_of(episode: ReturnEpisode) -> Sequence[AbroadSpell]:
    """The times abroad before a return, earliest first."""
    return session.scalars(
        select(AbroadSpell)
        .where(AbroadSpell.episode_id == episode.id)
        .order_by(AbroadSpell.from_on, AbroadSpell.id)
    ).all()


def cases_of_person(person_id: int, who: Who) -> Sequence[Case]:
    """The cases of a person that the user may see, newest first."""
    return session.scalars(
        select(Case)
        .where(Case.person_id == person_id, visible(who))
        .options(joinedload(Case.episode), joinedload(Case.office))
        .order_by(Case.opened_on.desc(), Case.id.desc())
    ).all()


def references_of(case_ids: Sequence[int], who: Who) -> dict[int, str]:
    """The references of those of some cases that the user may see."""
    rows = session.execute(select(Case.id, Case.reference).where(Case.id.in_(case_ids), visible(who)))
    return {key: reference for key, reference in rows}  # noqa: C416 -- typed rows are no pairs to dict


def part_of(case: Case, model: type[Part], part_id: int) -> Part | None:
    """One row of a case, None where it belongs to another."""
    return session.scalar(select(model).where(model.id == part_id, model.case_id == case.id))


def spell_of(episode: ReturnEpisode, spell_id: int) -> AbroadSpell | None:
    """One time abroad, None where it belongs to another return."""
    return session.scalar(
        select(AbroadSpell).where(AbroadSpell.id == spell_id, AbroadSpell.episode_id == episode.id)
    )


def programmes(*, active: bool = True) -> Sequence[Programme]:
    """The reintegration programmes, by name."""
    statement = select(Programme).order_by(Programme.name, Programme.id)
    return session.scalars(statement.where(Programme.active) if active else statement).all()


def programmes_of(case: Case) -> Sequence[Programme]:
    """The programmes that a case is kept under."""
    return session.scalars(
        select(Programme)
        .join(CaseProgramme, CaseProgramme.programme_id == Programme.id)
        .where(CaseProgramme.case_id == case.id)
        .order_by(Programme.name, Programme.id)
    ).all()


def consent_text(purpose: ConsentPurpose, language: str) -> ConsentText | None:
    """The newest text for a purpose in a language, else in English."""
    return session.scalar(
        select(ConsentText)
        .where(ConsentText.purpose == purpose, ConsentText.language.in_([language, "en"]))
        .order_by(ConsentText.language != language, ConsentText.version.desc())
        .limit(1)
    )


def consent_texts(language: str) -> dict[ConsentPurpose, ConsentText]:
    """What is asked for each purpose that has a text, as `consent_text` chooses it."""
    texts = ((purpose, consent_text(purpose, language)) for purpose in ConsentPurpose)
    return {purpose: text for purpose, text in texts if text is not None}


def caseload(user_ids: Sequence[int], who: Who) -> dict[int, int]:
    """How many open cases each of some users manages, as far as `who` may see them."""
    rows = session.execute(
        select(User.id, func.count(Case.id))
        .join(Case, Case.case_manager_id == User.id)
        .where(User.id.in_(user_ids), Case.status.in_(OPEN), visible(who))
        .group_by(User.id)
    )
    return {key: number for key, number in rows}  # noqa: C416 -- typed rows are no pairs to dict


def counts_by_status(condition: ColumnElement[bool]) -> dict[CaseStatus, int]:
    """How many cases stand in each status, under a condition on `case_file`."""
    rows = session.execute(select(Case.status, func.count()).where(condition).group_by(Case.status))
    return {key: number for key, number in rows}  # noqa: C416 -- typed rows are no pairs to dict
