"""The case of each made-up returnee, told as of a day: what happened, what was written, what is to do."""

from collections.abc import Callable
from datetime import date, timedelta

from reintegrate.demo.countries import all_countries
from reintegrate.demo.offices import OFFICE_OF, OFFICES, OfficeRecord
from reintegrate.demo.people import PersonRecord, stream
from reintegrate.demo.records import (
    CaseRecord,
    ConsentRecord,
    FactorRecord,
    NeedRecord,
    NoteRecord,
    ReturnRecord,
    SpellAbroad,
    TaskRecord,
)
from reintegrate.demo.returns import returns_of
from reintegrate.demo.stages import Stages, stages_of
from reintegrate.demo.vulnerability import categories_of, factors_of
from reintegrate.demo.writing import Writer, writer

__all__ = [
    "OFFICES",
    "CaseRecord",
    "ConsentRecord",
    "FactorRecord",
    "NeedRecord",
    "NoteRecord",
    "OfficeRecord",
    "ReturnRecord",
    "SpellAbroad",
    "TaskRecord",
    "case_story",
]

Draw = Callable[[], float]

_FRENCH = frozenset(("SN", "ML", "GN", "CI", "NE", "CD", "HT", "TN", "MA", "DZ"))
_DIMENSIONS = (
    "economic",
    "business",
    "economic",
    "social",
    "business",
    "psychosocial",
    "skills",
    "rights",
    "social",
    "incentives",
)
_VIRTUAL_DIMENSIONS = ("skills", "incentives", "business")
_CHANNELS = ("written", "written", "oral", "electronic", "mark")
_PURPOSES = ("share_with_partners", "follow_up_survey", "contact_after_closing", "photographs")
_KINDS = (
    "phone_call",
    "office_meeting",
    "home_visit",
    "phone_call",
    "message",
    "referral",
    "office_meeting",
    "case_review",
)
_VERBS = ("call", "visit", "collect", "refer", "check", "review", "send")


def _needs(draw: Draw, pen: Writer, stages: Stages, *, virtual: bool) -> tuple[NeedRecord, ...]:
    if stages.status == "draft" and draw() < 0.5:
        return ()
    texts = pen.texts["need"]
    if virtual:
        dimensions = dict.fromkeys(_VIRTUAL_DIMENSIONS[: 1 + int(draw() * 3)])
        return tuple(NeedRecord(dimension, pen.say(texts[dimension]), 2) for dimension in dimensions)
    first = int(draw() * len(_DIMENSIONS))
    dimensions = dict.fromkeys(
        _DIMENSIONS[(first + step * 3) % len(_DIMENSIONS)] for step in range(1 + int(draw() * 4))
    )
    needs = []
    for dimension in dimensions:
        pen.about(stages.opened_on)
        needs.append(NeedRecord(dimension, pen.say(texts[dimension]), 1 + int(draw() * 3)))
    return tuple(needs)


def _note_days(draw: Draw, count: int, first: date, last: date) -> list[date]:
    span = (last - first).days + 1
    days = sorted(int(span * draw() ** 1.5) for _ in range(count))
    return [first + timedelta(days=day) for day in days]


def _notes(draw: Draw, pen: Writer, first: date, last: date) -> tuple[NoteRecord, ...]:
    texts = pen.texts
    facts, openings, closings = texts["fact"], texts["opening"], texts["closing"]
    count = 2 + int(7 * draw() ** 1.4)
    kind, fact = int(draw() * len(_KINDS)), int(draw() * len(facts))
    notes = []
    for day in _note_days(draw, count, first, last):
        pen.about(day)
        kind += 1 + int(draw() * 3)
        fact += 1 + int(draw() * 4)
        name = _KINDS[kind % len(_KINDS)]
        text = f"{pen.say(openings[name])} {pen.say((facts[fact % len(facts)],))}"
        if draw() < 0.35:
            text += " " + pen.say((facts[(fact + 17) % len(facts)],))
        if draw() < 0.6:
            text += " " + pen.say(closings)
        notes.append(NoteRecord(name, day, text, pen.language))
    return tuple(notes)


def _consents(
    draw: Draw, person: PersonRecord, stages: Stages, office_language: str
) -> tuple[ConsentRecord, ...]:
    if stages.status == "draft" and draw() < 0.45:
        return ()
    interpreted = person.languages[0].interpreter
    language = person.languages[0].code if interpreted or draw() < 0.5 else office_language
    channel = _CHANNELS[int(draw() * len(_CHANNELS))]
    until = stages.submitted_on or stages.opened_on
    decided_on = stages.opened_on + timedelta(days=int((until - stages.opened_on).days * draw()))
    withdrawn = stages.status == "withdrawn" and draw() < 0.4
    consents = [
        ConsentRecord(
            "assistance",
            channel,
            language,
            "withdrawn" if withdrawn else "given",
            decided_on,
            stages.ended_on if withdrawn else None,
        )
    ]
    for purpose in _PURPOSES:
        roll = draw()
        if roll < 0.55:
            decision = "given" if roll < 0.47 else "refused"
            consents.append(
                ConsentRecord(
                    purpose,
                    channel,
                    language,
                    "given" if decision == "given" else "refused",
                    decided_on,
                    None,
                )
            )
    return tuple(consents)


def _due(draw: Draw, today: date) -> date:
    roll, days = draw(), draw()
    if roll < 0.25:
        return today - timedelta(days=1 + int(20 * days))
    if roll < 0.65:
        return today + timedelta(days=int(7 * days))
    return today + timedelta(days=8 + int(60 * days))


def _tasks(draw: Draw, pen: Writer, stages: Stages, today: date) -> tuple[TaskRecord, ...]:
    if stages.ended_on is not None:
        return ()
    texts = pen.texts["task"]
    verb = int(draw() * len(_VERBS))
    tasks = []
    for _ in range(int(draw() * (5 if stages.status == "active" else 3))):
        verb += 1 + int(draw() * 3)
        name = _VERBS[verb % len(_VERBS)]
        pen.about(today)
        why = pen.say(texts[name])
        done_on = None
        due_on = _due(draw, today)
        if draw() < 0.4:
            open_days = (today - stages.opened_on).days
            done_on = today - timedelta(days=int(open_days * draw()))
            due_on = done_on + timedelta(days=int(6 * draw()) - 2)
        tasks.append(TaskRecord(name, why, due_on, done_on))
    return tuple(tasks)


def _reason(pen: Writer, stages: Stages) -> str | None:
    day = stages.ended_on or stages.returned_on
    if day is None:
        return None
    pen.about(day)
    return pen.say(pen.texts["status_reason"][stages.status])


def _language(draw: Draw, country: str) -> str:
    share = 0.8 if country in _FRENCH else 0.3 if country == "CM" else 0.0
    return "fr" if draw() < share else "en"


def case_story(person: PersonRecord, index: int, seed: int, today: date) -> CaseRecord:
    """The case of the person at `index` of `seed` as it stands on `today`.

    Nothing lies after that day but what is planned. The same arguments give the same case; another
    `today` moves its dates along.
    """
    draw = stream(seed, index, purpose=1).random
    country, office = all_countries()[person.country], OFFICE_OF[person.country]
    language = _language(draw, person.country)
    returns = returns_of(draw, person, country, today, language)
    latest = returns[0]
    asked_on = latest.arrived_on or today - timedelta(days=int(500 * draw()))
    stages = stages_of(draw, asked_on, today)
    protected = draw() < 0.01
    pen = writer(draw, person, country, latest, language, today)
    categories = categories_of(draw, person, latest, today, protected=protected) if stages.screened_on else []
    last = stages.ended_on or today
    return CaseRecord(
        index=index,
        office=office.code,
        language=language,
        status=stages.status,
        status_reason=_reason(pen, stages),
        opened_on=stages.opened_on,
        submitted_on=stages.submitted_on,
        accepted_on=stages.accepted_on,
        activated_on=stages.activated_on,
        screened_on=stages.screened_on,
        returned_on=stages.returned_on,
        ended_on=stages.ended_on,
        family=any(member.travelling_together for member in person.household),
        protected=protected,
        returns=returns,
        reason_text=pen.say((pen.texts["reason"][latest.reason],)),
        needs=_needs(draw, pen, stages, virtual=latest.modality == "virtual"),
        factors=factors_of(draw, pen, categories, stages.screened_on, today) if stages.screened_on else (),
        notes=_notes(draw, pen, stages.opened_on, last),
        consents=_consents(draw, person, stages, language),
        tasks=_tasks(draw, pen, stages, today),
    )
