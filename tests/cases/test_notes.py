"""The notes of a case, a page at a time."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from reintegrate.accounts.models import Role
from reintegrate.cases import services, views
from reintegrate.cases.codes import NoteKind
from reintegrate.db import session
from tests import make


def test_older_notes_are_reached_by_a_link(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "NOTES_AT_ONCE", 3)
    texts = [f"note-{number}-written" for number in range(5)]
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        case = make.case(at=office, manager=worker)
        for number, text in enumerate(texts):
            day = date(2025, 3, 1) + timedelta(days=number // 2)  # several of one day
            services.add_note(case, kind=NoteKind.GENERAL, happened_on=day, text=text, author=worker)
        session.commit()
        client, reference = make.signed_in(site, worker.fs_uniquifier), case.reference

    page = client.get(f"/cases/{reference}/notes").text
    older = re.search(r'href="([^"]+before=\d+)"', page)
    assert older
    rest = client.get(older[1]).text

    assert [text for text in texts if text in page] == texts[2:]
    assert [text for text in texts if text in rest] == texts[:2]
    assert "Older" not in rest
