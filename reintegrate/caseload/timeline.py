"""What happened on a case, newest first, as far as this user may read it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask_babel import gettext as _

from reintegrate.cases import queries
from reintegrate.cases.codes import CaseStatus
from reintegrate.cases.loading import Opened
from reintegrate.web import formats

LONGEST = 12


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline; `recorded_at` orders what happened on one day."""

    on: date
    recorded_at: datetime
    when: str
    title: str
    by: str
    text: str = ""
    state: str = "done"


def of(opened: Opened) -> list[Happening]:
    """Moves of the case, and notes where they may be read."""
    case = opened.case
    found = [
        Happening(
            on=change.at.date(),
            recorded_at=change.at,
            when=formats.day(change.at.date()),
            title=_("Registered") if change.from_status is None else str(change.to_status.label),
            by=change.by.name if change.by else "",
            text=change.reason or "" if opened.sees("case.read.c2") else "",
            state="late" if change.to_status in (CaseStatus.REJECTED, CaseStatus.WITHDRAWN) else "done",
        )
        for change in queries.status_changes_of(case)
    ]
    if opened.sees("case.read.c3"):
        found += [
            Happening(
                on=note.happened_on,
                recorded_at=note.written_at,
                when=formats.day(note.happened_on),
                title=str(note.kind.label),
                by=note.author.name if note.author else "",
                text=note.text,
            )
            for note in queries.notes_of(case, limit=LONGEST)
        ]
    if case.episode.arrived_on is not None:
        arrived = case.episode.arrived_on
        when = formats.partial_date(arrived, case.episode.arrived_precision)
        found.append(Happening(arrived, datetime.min.replace(tzinfo=UTC), when, _("Arrived"), by=""))
    return sorted(found, key=lambda line: (line.on, line.recorded_at), reverse=True)[:LONGEST]
