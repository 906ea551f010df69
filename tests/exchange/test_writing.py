"""A prepared list written to the register, all of it or nothing."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reintegrate.audit.models import AuditEvent
from reintegrate.audit.verify import verify
from reintegrate.cases.codes import CaseStatus, NoteKind, ReturnType
from reintegrate.cases.models import Case, Note, ReturnEpisode
from reintegrate.dates import Precision
from reintegrate.db import db, session
from reintegrate.exchange import writing
from reintegrate.exchange.codes import ImportStatus
from reintegrate.exchange.models import ImportRow, ListImport
from reintegrate.people import search
from reintegrate.people.codes import DocumentType, Sex
from reintegrate.people.models import Contact, IdentityDocument, Nationality, Person
from tests.exchange.lists import AWA, FATOU, HEADINGS, OMAR, as_csv, as_xlsx
from tests.exchange.staged import number_of, stage


def test_a_good_row_becomes_a_person_a_return_and_a_case_in_draft(app: Flask) -> None:
    staged = stage(as_csv([AWA]))

    assert writing.commit_import(staged, by=None) == 1
    session.commit()
    person = session.scalars(select(Person)).one()
    episode = session.scalars(select(ReturnEpisode)).one()
    case = session.scalars(select(Case)).one()
    document = session.scalars(select(IdentityDocument)).one()
    assert (person.display_name, person.sex, person.birth_date, person.birth_precision) == (
        "Awa Diop",
        Sex.FEMALE,
        date(1990, 3, 13),
        Precision.DAY,
    )
    assert session.scalars(select(Nationality.country)).all() == ["SN"]
    assert (document.type, document.number_key) == (DocumentType.PASSPORT, "A0112345")
    assert session.scalars(select(Contact.value_key)).all() == ["+221771234567"]
    assert (episode.type, episode.host_country, episode.return_country, episode.arrived_on) == (
        ReturnType.AVRR,
        "DE",
        "SN",
        date(2025, 3, 14),
    )
    assert (case.status, case.office_id, case.person_id) == (CaseStatus.DRAFT, staged.office_id, person.id)
    assert search.people("Diop Awa") == [person.id]


def test_what_no_field_takes_is_kept_in_a_note(app: Flask) -> None:
    staged = stage(as_csv([AWA]))
    writing.commit_import(staged, by=None)
    session.commit()

    note = session.scalars(select(Note)).one()
    assert note.kind == NoteKind.GENERAL
    for text in ("liste.csv", "mère isolée", "appeler le soir", "Chef de groupe: Modou"):
        assert text in note.text


def test_the_trail_tells_of_every_row_that_a_list_brought(app: Flask) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    writing.commit_import(staged, by=None)
    session.commit()

    actions = session.scalars(select(AuditEvent.action)).all()
    assert [actions.count(f"{table}.create") for table in ("person", "case_file", "identity_document")] == [
        2,
        2,
        1,
    ]
    assert "import.commit" in actions
    assert verify(db.session)[1] == []


def test_an_import_that_breaks_off_has_written_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage(as_csv([AWA, OMAR]))
    monkeypatch.setattr(writing, "AT_ONCE", 1)
    real, calls = writing.open_cases, []

    def breaks(*arguments: Any, **options: Any) -> list[int]:
        calls.append(1)
        if len(calls) == 2:
            raise ConnectionError
        return real(*arguments, **options)

    monkeypatch.setattr(writing, "open_cases", breaks)
    with pytest.raises(ConnectionError):
        writing.commit_import(staged, by=None)
    session.rollback()

    assert number_of(Person) == number_of(Case) == 0
    assert session.scalars(select(ListImport.status)).one() == ImportStatus.STAGED


def test_what_was_imported_stands_in_the_register_alone(app: Flask) -> None:
    staged = stage(as_csv([AWA, FATOU]))
    writing.commit_import(staged, by=None)
    session.commit()
    session.expire_all()

    assert staged.content is None
    assert "samples" not in staged.facts
    values = {row.number: row.values for row in session.scalars(select(ImportRow))}
    assert values[2] == {}
    assert values[3]["family_name"] == "Ndiaye"


def test_a_departure_after_the_arrival_is_left_to_the_note(app: Flask) -> None:
    headings = [*HEADINGS, "Date de départ"]
    staged = stage(as_xlsx([[*AWA, "20/03/2025"]], headings), name="liste.xlsx")

    writing.commit_import(staged, by=None)
    session.commit()

    assert session.scalars(select(ReturnEpisode.departed_on)).one() is None
    assert "2025-03-20" in session.scalars(select(Note.text)).one()
