"""The page of the trail tells in words what was done, to those who may read it."""

import pytest
from flask import Flask

from reintegrate.accounts.models import Role
from reintegrate.audit.models import AuditDetail, AuditEvent, AuditHead
from reintegrate.caseload import audit_words
from reintegrate.cases.workflow import MOVES
from reintegrate.columns import Base
from reintegrate.db import session
from reintegrate.web.access import PUBLIC, SIGNED_IN, action_of
from tests import make

TRAIL = (AuditDetail, AuditEvent, AuditHead)


def test_what_was_done_is_told_in_words_with_the_reference_of_the_case(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        worker, boss = make.user(Role.CASEWORKER, office), make.user(Role.SUPERVISOR, office)
        case = make.case(office, worker, consent=True)
        session.commit()
        reference = case.reference
        reader = make.signed_in(site, boss.fs_uniquifier)
        client = make.signed_in(site, worker.fs_uniquifier)
    assert client.get(f"/cases/{reference}").status_code == 200
    page = reader.get("/audit/").text

    assert "Opened the case" in page
    assert "Consent: added" in page
    assert "case.read.c1" not in page
    assert reference in page
    assert "UTC" in page


@pytest.mark.parametrize(("role", "reads"), [(Role.AUDITOR, True), (Role.ADMINISTRATOR, False)])
def test_the_check_leads_back_only_to_what_may_be_read(site: Flask, role: Role, reads: bool) -> None:
    with site.app_context():
        user = make.user(role, make.office("SN"))
        session.commit()
        client = make.signed_in(site, user.fs_uniquifier)
    page = client.get("/audit/verify")
    assert page.status_code == 200

    assert (client.get("/audit/").status_code == 200) == reads
    assert ('class="back"' in page.text) == reads


def test_what_has_no_words_stays_its_code(app: Flask) -> None:
    assert audit_words.action("demo.fill") == "demo.fill"
    assert audit_words.subject("no_such_table") == "no_such_table"
    assert audit_words.action("need.delete") == "Need: removed"


def test_everything_that_is_asked_for_and_kept_has_words(app: Flask) -> None:
    asked = {action_of(view) for view in app.view_functions.values()} - {None, PUBLIC, SIGNED_IN}
    moves = {move.action for move in MOVES.values()}
    kept = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "audited", True) and not issubclass(mapper.class_, TRAIL)
    }

    assert sorted(code for code in asked | moves if code and audit_words.action(code) == code) == []
    assert sorted(code for code in kept if audit_words.subject(code) == code) == []


def test_users_and_offices_stand_in_the_trail_by_name(site: Flask) -> None:
    with site.app_context():
        auditor = make.user(Role.AUDITOR, name="Lucia Ferrer")
        make.office("SN", name="Ziguinchor")
        session.commit()
        client = make.signed_in(site, auditor.fs_uniquifier)
    page = client.get("/audit/").text

    assert "Office: added" in page
    assert "Ziguinchor" in page
    assert "User <bdi>Lucia Ferrer</bdi>" in page
