"""Lists and their rows as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from reintegrate.accounts.access import Who
from reintegrate.cases.likely import Match, ShownMatch, shown_to
from reintegrate.cases.queries import cases_of_person
from reintegrate.db import session
from reintegrate.exchange.codes import RowStatus
from reintegrate.exchange.entries import birth_of, names_of
from reintegrate.exchange.forms import FIELD_LABELS
from reintegrate.exchange.meaning.problems import describe, problem_from
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.people.codes import Sex
from reintegrate.people.models import Person
from reintegrate.people.names import Comparison, Likeness
from reintegrate.people.queries import file_of
from reintegrate.web import formats

TONES = {
    RowStatus.READY: "ok",
    RowStatus.ERROR: "bad",
    RowStatus.DUPLICATE: "warn",
    RowStatus.KNOWN: "",
    RowStatus.BLANK: "",
}
"""The tone of each row's tag."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row as a line of a table."""

    number: int
    name: str
    born: str
    arrived: str
    status: str
    tone: str
    problems: list[str]
    url: str
    reference: str = ""


def lines_of(found: ListImport, rows: Sequence[ImportRow], references: Mapping[int, str]) -> list[RowLine]:
    """Lines for rows; those that stand in the register bear the reference of their case."""
    return [_line(found, row, references.get(row.case_id or 0, "")) for row in rows]


def _line(found: ListImport, row: ImportRow, reference: str) -> RowLine:
    return RowLine(
        number=row.number,
        name=name_of(row),
        born=_born(row.values),
        arrived=_arrived(row.values),
        status=str(row.status.label),
        tone=TONES[row.status],
        problems=sentences(row),
        url=url_for("imports.row", import_id=found.id, number=row.number),
        reference=reference,
    )


def name_of(row: ImportRow) -> str:
    """The name in a row, or what there is of it."""
    return names_of(row.values).main or _("No name")


def _born(values: Mapping[str, Any]) -> str:
    birth = birth_of(values)
    return formats.partial_date(birth.value, birth.precision) if birth.value else "–"


def _arrived(values: Mapping[str, Any]) -> str:
    text = values.get("arrived_on")
    return formats.day(date.fromisoformat(text)) if text else "–"


def sentences(row: ImportRow, kind: str = "") -> list[str]:
    """What is wrong with a row, errors first."""
    return [describe(problem_from(told)) for told in row.problems if not kind or told["kind"] == kind]


@dataclass(frozen=True, slots=True)
class Side:
    """A person as one of two that are compared; `url` opens the record where the user may.

    `told` is the likeness as the row keeps it.
    """

    title: str
    where: str
    facts: list[tuple[str, str]]
    high: bool = True
    reasons: tuple[str, ...] = ()
    url: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    case_id: int = 0

    @property
    def may_continue(self) -> bool:
        """Whether the user may open another return on this person: only whose record she may open."""
        return self.told.get("row") is not None or bool(self.url)


@dataclass(frozen=True, slots=True)
class Question:
    """A row that may be somebody who is registered, and whom it is like."""

    number: int
    mine: Side
    likes: list[Side] = field(default_factory=list)


def questions_of(
    found: ListImport, rows: Sequence[ImportRow], earlier: Mapping[int, ImportRow], who: Who
) -> list[Question]:
    """The rows with the people they are like, as far as this user may see them."""
    people = {like["person_id"] for row in rows for like in row.likes if like.get("person_id")}
    shown = _shown(sorted(people), who)
    known = _known([match.person_id for match in shown.values() if match.open], who)
    return [
        Question(
            row.number,
            _row_side(row),
            [side for like in row.likes if (side := _like_side(found, like, earlier, shown, known))],
        )
        for row in rows
    ]


def _shown(people: Sequence[int], who: Who) -> dict[int, ShownMatch]:
    matches = [Match(person_id, Comparison(Likeness.HIGH, 1.0, ())) for person_id in people]
    return {match.person_id: match for match in shown_to(matches, who)}


def _known(ids: Sequence[int], who: Who) -> dict[int, list[tuple[str, str]]]:
    people = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return {person.id: _person_facts(person, who) for person in people}


def _row_side(row: ImportRow) -> Side:
    return Side(name_of(row), _("Row %(number)s", number=row.number), _row_facts(row.values))


def _row_facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    sex = Sex(values["sex"]).label if values.get("sex") else "–"
    return [
        (_("Born"), _born(values)),
        (_("Sex"), str(sex)),
        (
            _("Nationality"),
            ", ".join(formats.country(code) for code in values.get("nationalities") or ()) or "–",
        ),
        (_("Document"), str(values.get("document_number") or "–")),
        (_("Arrived"), _arrived(values)),
        (_("Returned from"), formats.country(values.get("host_country"))),
    ]


def _like_side(
    found: ListImport,
    like: Mapping[str, Any],
    earlier: Mapping[int, ImportRow],
    shown: Mapping[int, ShownMatch],
    known: Mapping[int, list[tuple[str, str]]],
) -> Side | None:
    high, reasons = bool(like["high"]), tuple(like["reasons"])
    if like.get("row") is not None:
        row = earlier.get(int(like["row"]))
        if row is None:
            return None
        side = _row_side(row)
        return Side(side.title, side.where, side.facts, high, reasons, told=dict(like))
    match = shown.get(int(like["person_id"]))
    if match is None or not (match.open or high):
        return None
    return Side(
        title=match.name or _("A record in %(office)s", office=match.office or _("another office")),
        where=f"{match.reference} · {match.office}" if match.reference else _("another office"),
        facts=known.get(match.person_id, []),
        high=high,
        reasons=() if match.elsewhere else reasons,
        url=url_for("caseload.overview", reference=match.reference) if match.open else "",
        told=dict(like),
        case_id=match.case_id if match.open else 0,
    )


def _person_facts(person: Person, who: Who) -> list[tuple[str, str]]:
    born = formats.partial_date(person.birth_date, person.birth_precision) if person.birth_date else "–"
    file = file_of(person)
    numbers = [document.number for document in file.documents]
    return [
        (_("Born"), born),
        (_("Sex"), str(person.sex.label)),
        (_("Nationality"), ", ".join(formats.country(code) for code in file.nationalities) or "–"),
        (_("Document"), ", ".join(numbers) or "–"),
        *_return_facts(person, who),
    ]


def _return_facts(person: Person, who: Who) -> list[tuple[str, str]]:
    """The latest return among the cases that the user may see."""
    cases = cases_of_person(person.id, who)
    if not cases:
        return []
    episode = cases[0].episode
    arrived = formats.partial_date(episode.arrived_on, episode.arrived_precision)
    return [(_("Arrived"), arrived), (_("Returned from"), formats.country(episode.host_country))]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list as the page tells it: its heading, what it holds, and what it is taken for."""

    heading: str
    field: str
    samples: str


def columns_of(found: ListImport) -> list[Column]:
    """The columns of a list, those that are taken and those that go into a note."""
    headings, samples = found.facts.get("headings", []), found.facts.get("samples", [])
    return [
        Column(
            heading=headings[at] if at < len(headings) and headings[at] else _("Column %(n)s", n=at + 1),
            field=str(FIELD_LABELS.get(found.columns.get(str(at), ""), "")),
            samples=" · ".join(samples[at]) if at < len(samples) else "",
        )
        for at in range(max(len(headings), len(samples)))
    ]
