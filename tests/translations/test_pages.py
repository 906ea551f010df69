"""The pages in French and Arabic: nothing of them is left in English."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_mail import Mail
from flask_security import hash_password
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length

from reintegrate.accounts.models import Role
from reintegrate.cases import services
from reintegrate.db import session
from reintegrate.translations import texts
from reintegrate.web.fields import select_choices
from reintegrate.web.forms import Form
from tests import make

HOLE = re.compile(r"%\(\w+\)[a-z]")

SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-print", "data-label", "content")


class _Texts(HTMLParser):
    """What a page says to those who see it and to those who hear it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.said += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(" ".join(data.split()))


def said_by(page: str) -> str:
    parser = _Texts()
    parser.feed(page)
    return "\n".join(parser.said)


@cache
def english(language: str) -> frozenset[str]:
    """The longest piece without a placeholder of every English text, where it tells languages apart."""
    found = set()
    for domain in ("messages", "flask_security", "wtforms"):
        for message in texts.read_catalogue(texts.catalogue_path(language, domain)):
            if not message.id:
                continue
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            ours = message.string if isinstance(message.string, tuple) else (message.string,)
            pieces = {max((p.strip() for p in HOLE.split(form)), key=len) for form in forms}
            found |= {piece for piece in pieces if not any(piece in text for text in ours)}
    return frozenset(piece for piece in found if len(piece) > 12)


def left_in_english(page: str, language: str) -> list[str]:
    said = said_by(page)
    return sorted(
        piece for piece in english(language) if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", said)
    )


@pytest.fixture
def people(site: Flask) -> dict[str, str]:
    """Whoever signs in, by role, and a case with something to show on every part."""
    with site.app_context():
        office = make.office("SN")
        worker = make.user(Role.CASEWORKER, office)
        found = {"caseworker": worker.fs_uniquifier}
        for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR):
            found[str(role)] = make.user(role, office if role == Role.SUPERVISOR else None).fs_uniquifier
        case = make.case(office, worker, consent=True)
        make.case(office, None, given_names="Mariame", family_name="Ba")
        services.add_task(case, title="xx", due_on=case.opened_on)
        session.commit()
        return found | {"reference": case.reference}


def reader(site: Flask, people: dict[str, str], role: str, language: str) -> FlaskClient:
    client = make.signed_in(site, people[role])
    client.post("/preferences", data={"language": language, "next": "/help"})
    return client


CASE = ["", "/person", "/person/edit", "/return", "/return/edit", "/return/abroad/0", "/needs", "/needs/0"]
CASE += [
    "/screening",
    "/screening/0",
    "/notes",
    "/consent",
    "/consent/new",
    "/consent/1/withdraw",
    "/history",
]
CASE += ["/person/contacts/0", "/person/documents/0", "/person/household/0", "/move/submit", "/tasks/new"]
CASE += ["/programmes", "/tasks/1/done", "/nothing"]

PAGES = {
    "caseworker": ["/worklist", "/cases", "/cases?status=active", "/cases/new", "/search?q=Mariama"]
    + ["/search?q=zzzz", "/account", "/help", "/privacy", "/users", "/change-password"]
    + [f"/cases/REFERENCE{tab}" for tab in CASE],
    "supervisor": ["/worklist", "/cases", "/cases/REFERENCE", "/cases/REFERENCE/assign", "/audit/"],
    "administrator": ["/worklist", "/users", "/users/new", "/users/1/roles/new", "/offices", "/offices/new"],
    "auditor": ["/worklist", "/audit/", "/audit/verify", "/cases", "/cases/REFERENCE"],
}

SENT: dict[str, list[tuple[str, dict[str, str]]]] = {
    "caseworker": [
        (
            "/cases/new",
            {"birth-year": "zzz", "arrived-day": "41", "nationalities": "Nowhere", "languages": "?"},
        ),
        ("/cases/new/likely", {"given_names": "Mariama", "family_name": "Ba"}),
        ("/cases/REFERENCE/person/edit", {"birth-year": "3000"}),
        ("/cases/REFERENCE/person/documents/0", {}),
        ("/cases/REFERENCE/person/contacts/0", {"channel": "relative", "from_time": "x"}),
        ("/cases/REFERENCE/return/edit", {"type": "zzz"}),
        ("/cases/REFERENCE/needs/0", {}),
        ("/cases/REFERENCE/screening/0", {}),
        ("/cases/REFERENCE/notes", {}),
        ("/cases/REFERENCE/consent/new", {}),
        ("/cases/REFERENCE/tasks/new", {}),
        ("/cases/REFERENCE/why", {}),
    ],
    "administrator": [("/users/new", {"email": "x"}), ("/offices/new", {"code": "I", "timezone": "x"})],
}


def addressed(address: str, people: dict[str, str]) -> str:
    return address.replace("REFERENCE", people["reference"])


@pytest.mark.parametrize("language", texts.TRANSLATED)
@pytest.mark.parametrize("role", PAGES)
def test_no_page_is_left_in_english(site: Flask, people: dict[str, str], role: str, language: str) -> None:
    client = reader(site, people, role, language)
    left = {}
    for address in PAGES[role]:
        page = client.get(addressed(address, people), follow_redirects=True).get_data(as_text=True)
        assert f'<html lang="{language}"' in page, address
        left[address] = left_in_english(page, language)

    assert {address: found for address, found in left.items() if found} == {}


@pytest.mark.parametrize("language", texts.TRANSLATED)
@pytest.mark.parametrize("role", SENT)
def test_no_message_about_a_form_is_left_in_english(
    site: Flask, people: dict[str, str], role: str, language: str
) -> None:
    client = reader(site, people, role, language)
    left = {}
    for address, sent in SENT[role]:
        page = client.post(addressed(address, people), data=sent, follow_redirects=True)
        left[address] = left_in_english(page.get_data(as_text=True), language)

    assert {address: found for address, found in left.items() if found} == {}


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_signing_in_is_not_left_in_english(site: Flask, people: dict[str, str], language: str) -> None:
    client = site.test_client()
    asked = {"Accept-Language": language}
    wrong = {"email": "nobody@example.org", "password": "x"}
    pages = [
        client.get("/sign-in", headers=asked),
        client.post("/sign-in", data=wrong, headers=asked),
        client.get("/worklist", headers=asked, follow_redirects=True),
        client.get("/reset-password", headers=asked),
        client.post("/reset-password", data={"email": "x"}, headers=asked, follow_redirects=True),
        client.post("/reset-password", data={"email": "a@example.org"}, headers=asked, follow_redirects=True),
        client.get("/reset-password/zzz", headers=asked, follow_redirects=True),
    ]

    for answer in pages:
        page = answer.get_data(as_text=True)
        assert f'<html lang="{language}"' in page
        assert left_in_english(page, language) == []


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_choosing_a_password_is_not_left_in_english(site: Flask, language: str) -> None:
    with site.test_request_context():
        worker = make.user(Role.CASEWORKER, make.office("SN"), password=hash_password("a-long-password"))
        address = worker.email
        session.commit()
    client = site.test_client()
    asked = {"Accept-Language": language}
    client.post("/sign-in", data={"email": address, "password": "a-long-password"}, headers=asked)
    wrong = [{}, {"password": "x", "new_password": "short", "new_password_confirm": "other"}]
    same = dict.fromkeys(("password", "new_password", "new_password_confirm"), "a-long-password")
    right = same | dict.fromkeys(("new_password", "new_password_confirm"), "another-long-password")

    for sent in [*wrong, same, right]:
        answer = client.post("/change-password", data=sent, headers=asked, follow_redirects=True)
        page = answer.get_data(as_text=True)
        assert f'<html lang="{language}"' in page
        assert left_in_english(page, language) == []
    assert answer.request.path == "/account"


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_a_form_without_its_token_is_refused_in_the_readers_language(
    site: Flask, people: dict[str, str], language: str
) -> None:
    client = reader(site, people, "caseworker", language)
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/cases/new", data={})
    finally:
        site.config["WTF_CSRF_ENABLED"] = False

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert f'<html lang="{language}"' in page
    assert left_in_english(page, language) == []


@pytest.mark.parametrize(("asked", "language"), [("ar-EG,en;q=0.5", "ar"), ("fr-SN", "fr"), ("sw", "en")])
def test_a_browser_is_answered_in_the_nearest_language(site: Flask, asked: str, language: str) -> None:
    page = site.test_client().get("/sign-in", headers={"Accept-Language": asked}).get_data(as_text=True)

    assert f'<html lang="{language}"' in page


def test_the_check_sees_a_page_in_english(site: Flask, people: dict[str, str]) -> None:
    page = reader(site, people, "caseworker", "en").get("/worklist").get_data(as_text=True)

    for language in texts.TRANSLATED:
        assert len(left_in_english(page, language)) > 5


@pytest.mark.parametrize("language", texts.TRANSLATED)
def test_the_mail_with_a_link_is_in_the_language_it_was_asked_for(
    site: Flask, people: dict[str, str], language: str
) -> None:
    with site.app_context():
        make.user(Role.CASEWORKER, make.office("SN"), email="amina@example.org", password="x" * 20)
        session.commit()
    mail: Mail = site.extensions["mail"]
    with mail.record_messages() as sent:
        answer = site.test_client().post(
            "/reset-password", data={"email": "amina@example.org"}, headers={"Accept-Language": language}
        )
        answer.close()  # the letter goes out after the answer

    assert len(sent) == 1
    assert "/reset-password/" in sent[0].body
    assert left_in_english(f"{sent[0].subject}\n{sent[0].body}", language) == []
    assert language != "ar" or re.search("[\u0600-\u06ff]", sent[0].subject)


class Library(Form):
    """Fields that say what WTForms itself says."""

    number = IntegerField()
    choice = SelectField(choices=select_choices([("a", "A")]))
    text = StringField(validators=[Length(min=4)])


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        (
            "en",
            [
                "Not a valid integer value.",
                "Not a valid choice.",
                "Field must be at least 4 characters long.",
            ],
        ),
        (
            "fr",
            ["Écrivez un nombre entier.", "Choisissez l’une des réponses.", "Écrivez au moins 4 caractères."],
        ),
        ("ar", ["اكتب رقمًا صحيحًا.", "اختر إحدى الإجابات.", "اكتب 4 أحرف على الأقل."]),
    ],
)
def test_what_wtforms_says_is_in_the_readers_language(
    site: Flask, language: str, messages: list[str]
) -> None:
    sent = {"number": "x", "choice": "z", "text": "abc"}
    with site.test_request_context(method="POST", data=sent, headers={"Accept-Language": language}):
        form = Library()
        assert not form.submitted()
        assert [field.errors[0] for field in (form.number, form.choice, form.text)] == messages
