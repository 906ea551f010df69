"""A consent is an answer of the person to a text, never one that the page gave for her."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.models import Role
from reintegrate.cases import services
from reintegrate.cases.models import Case, Consent
from reintegrate.db import session
from reintegrate.errors import RuleError
from tests import make
from tests.sending import filled

TEXTS = {"en": "I agree to be helped", "fr": "J'accepte d'être aidée"}


@pytest.fixture
def desk(site: Flask) -> tuple[FlaskClient, str]:
    """A caseworker, and the address of the page on which she records the consent to a case."""
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        case = make.case(office, worker)
        for language, text in TEXTS.items():
            make.consent_text(language, text)
        session.commit()
        return make.signed_in(site, worker.fs_uniquifier), f"/cases/{case.reference}/consent/new"


def test_nothing_is_answered_before_the_person_answers(desk: tuple[FlaskClient, str]) -> None:
    client, address = desk
    sent = filled(client.get(address).text)
    answer = client.post(address, data=sent)

    assert not {"purpose", "given", "channel"} & sent.keys()
    assert answer.status_code == 200
    for field in ("purpose", "given", "channel"):
        assert f'id="{field}-error"' in answer.text, field


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_text_stands_on_the_page_in_the_language_of_the_form(
    desk: tuple[FlaskClient, str], language: str
) -> None:
    client, address = desk
    page = client.get(address, query_string={"language": language})

    shown = {code for code, text in TEXTS.items() if text.replace("'", "&#39;") in page.text}
    assert shown == {language}
    assert f'<option selected value="{language}">' in page.text


def test_what_was_given_once_is_not_given_again_while_it_stands(
    site: Flask, desk: tuple[FlaskClient, str]
) -> None:
    client, address = desk
    answers = {"purpose": "case_management", "given": "yes", "channel": "written"}
    assert client.post(address, data=filled(client.get(address).text, **answers)).status_code == 302
    again = client.post(address, data=filled(client.get(address).text, **answers))

    assert again.status_code == 200
    assert "given before and still stands" in again.text
    with site.app_context():
        assert session.scalar(select(func.count(Consent.id))) == 1


def test_a_withdrawn_consent_can_be_given_again(app: Flask) -> None:
    case: Case = make.case(consent=True)
    with pytest.raises(RuleError, match="still stands"):
        make.consent(case)
    first = session.scalars(select(Consent)).one()
    services.withdraw_consent(case, first, on=date(2024, 3, 1))
    make.consent(case)

    assert session.scalar(select(func.count(Consent.id))) == 2


@pytest.mark.parametrize(("asked_for", "kept"), [("fr", "fr"), ("ar", "en")])
def test_the_text_stands_at_registration_and_is_kept_with_the_answer(
    site: Flask, desk: tuple[FlaskClient, str], asked_for: str, kept: str
) -> None:
    client, _address = desk
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = asked_for
    page = client.get("/cases/new").text
    sent = filled(page, given_names="Aminata", consent="written", only="1")
    sent |= {"birth-precision": "unknown", "arrived-precision": "unknown"}
    answer = client.post("/cases/new", data=sent)

    assert f'<blockquote lang="{kept}" dir="auto">{TEXTS[kept]}'.replace("'", "&#39;") in page
    assert answer.status_code == 302
    with site.app_context():
        consent = session.scalars(select(Consent)).one()
        assert (consent.language, consent.text.text) == (kept, TEXTS[kept])


def test_what_was_read_to_the_person_can_be_read_again(desk: tuple[FlaskClient, str]) -> None:
    client, address = desk
    sent = filled(client.get(address).text, purpose="case_management", given="yes", channel="written")
    assert client.post(address, data=sent).status_code == 302

    assert f'dir="auto">{TEXTS["en"]}</blockquote>' in client.get(address.removesuffix("/new")).text
