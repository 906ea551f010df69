"""The catalogues: nothing is missing, and what they say can be filled in and printed."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from reintegrate.app import create_app
from reintegrate.config import LANGUAGES, demo_config
from reintegrate.exchange.files.limits import SHEET_MESSAGES, SheetError
from reintegrate.exchange.meaning.problems import FIELD_WORDS, MESSAGES, Problem, describe
from reintegrate.translations import texts
from reintegrate.translations.build import FOLDER, compile_catalogues

ROOT = Path(__file__).parent.parent.parent

DOMAINS = ("messages", "flask_security", "wtforms")
EVERY = [(language, domain) for language in texts.TRANSLATED for domain in DOMAINS]

HOLE = re.compile(r"%\(\w+\)[a-z]|%[sd]")
NUMBER = re.compile(r"%\(num\)[sd]")

SAME = {"fr": {"Second programme"}, "ar": set()}
"""What is written as in English."""


def catalogue(language: str, domain: str) -> Catalog:
    return texts.read_catalogue(texts.catalogue_path(language, domain))


def translated(language: str, domain: str) -> Iterator[tuple[str, str, str]]:
    """Every form of every translation: English singular, English of this form, translation."""
    for message in catalogue(language, domain):
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            singular, plural = message.id
            yield from ((singular, plural, str(form)) for form in message.string)
        else:
            yield message.id, message.id, str(message.string)


def test_every_language_that_can_be_chosen_has_its_catalogue() -> None:
    assert {"en", *texts.TRANSLATED} == set(LANGUAGES)


def test_the_catalogues_hold_what_the_source_says() -> None:
    assert texts.out_of_step() == []


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_every_text_is_translated_in_all_its_forms(language: str, domain: str) -> None:
    assert [message.id for message in texts.untranslated(catalogue(language, domain))] == []


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_every_catalogue_counts_as_its_language_does(language: str, domain: str) -> None:
    found = catalogue(language, domain)

    assert found.num_plurals == {"fr": 2, "ar": 6}[language]
    assert found.plural_forms == Catalog(locale=language).plural_forms


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_no_translation_is_a_guess(language: str, domain: str) -> None:
    assert [message.id for message in catalogue(language, domain) if message.id and message.fuzzy] == []


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_every_translation_has_the_placeholders_of_the_english(language: str, domain: str) -> None:
    wrong = [
        (english, text)
        for _singular, english, text in translated(language, domain)
        if sorted(set(HOLE.findall(text))) != sorted(set(HOLE.findall(english)))
        and not _says_how_many_in_words(english, text)
    ]
    assert wrong == []


def _says_how_many_in_words(english: str, text: str) -> bool:
    """Arabic says none, one and two of a thing without a figure."""
    counts = re.compile(r"%\((?:num|min|max)\)[sd]")
    return set(HOLE.findall(text)) == set(HOLE.findall(counts.sub("", english)))


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_only_the_forms_for_none_one_and_two_leave_the_number_out(language: str, domain: str) -> None:
    for message in catalogue(language, domain):
        if isinstance(message.id, tuple) and (number := NUMBER.search(message.id[1])):
            spoken = 3 if language == "ar" else int(number[0] not in message.id[0])
            assert [form for form in message.string[spoken:] if number[0] not in form] == []


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_no_long_text_was_left_in_english(language: str, domain: str) -> None:
    left = [english for _one, english, text in translated(language, domain) if text == english]

    long = [english for english in left if len(HOLE.sub("", english)) > 12]
    assert [english for english in long if english not in SAME[language]] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_arabic_text_is_written_in_arabic(domain: str) -> None:
    texts_of = [text for _one, _english, text in translated("ar", domain)]

    def worded(text: str) -> bool:
        return bool(re.search("[A-Za-z]", HOLE.sub("", text)))

    assert [text for text in texts_of if worded(text) and not re.search("[\u0600-\u06ff]", text)] == []
    assert [text for text in texts_of if re.search(r"[;?]|[\u0600-\u06ff], ", text)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_french_punctuation_does_not_begin_a_line(domain: str) -> None:
    for _one, _english, text in translated("fr", domain):
        assert not re.search(r" [:;?!»]|« |\w[;?!]|'", text), text


@pytest.mark.parametrize(("language", "domain"), EVERY)
def test_a_sentence_ends_as_in_english(language: str, domain: str) -> None:
    for _one, english, text in translated(language, domain):
        if english.strip().endswith((":", "?")) or (domain == "messages" and english.endswith(".")):
            assert text[-1] == (
                english.strip()[-1] if language == "fr" else english.strip()[-1].replace("?", "؟")
            )


def test_the_words_of_libraries_are_those_that_they_say() -> None:
    import flask_security
    import wtforms

    for library, source in {
        "flask_security": Path(flask_security.__file__).parent / "translations" / "flask_security.pot",
        "wtforms": Path(wtforms.__file__).parent / "locale" / "wtforms.pot",
    }.items():
        with source.open("rb") as file:
            said = {message.id for message in read_po(file) if message.id}
        for language in texts.TRANSLATED:
            ours = {message.id for message in catalogue(language, library) if message.id}
            assert ours <= said
            assert library != "wtforms" or ours == said


def test_the_glossary_has_every_language() -> None:
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) > 40
    for row in rows:
        assert row["English"]
        assert row["French"]
        assert re.search("[\u0600-\u06ff]", row["Arabic"])
        assert None not in row


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of two texts, with catalogues of its own."""
    folder = tmp_path / "reintegrate" / "translations"
    folder.mkdir(parents=True)
    (tmp_path / "babel.cfg").write_text((ROOT / "babel.cfg").read_text())
    (tmp_path / "templates").mkdir()
    say(tmp_path, "{{ _('Open the case') }} {{ ngettext('%(num)d day', '%(num)d days', n) }}")
    monkeypatch.setattr(texts, "FOLDER", folder)
    monkeypatch.setattr(texts, "TEMPLATE", folder / "messages.pot")
    monkeypatch.setattr(texts, "SOURCE", tmp_path)
    return tmp_path


def say(folder: Path, text: str) -> None:
    (folder / "templates" / "page.html").write_text(text)


def held(language: str) -> dict[object, Message]:
    return {message.id: message for message in catalogue(language, "messages") if message.id}


def test_new_texts_come_in_untranslated_and_old_ones_go(workshop: Path) -> None:
    assert len(texts.out_of_step()) == 4
    assert texts.main(["--check"]) == 1
    assert texts.main(["--update"]) == 0
    assert texts.main(["--check"]) == 0
    texts.fill({"Open the case": {"fr": "Ouvrir le dossier", "ar": "فتح الملف"}})

    say(workshop, "{{ _('Open the cases') }}")
    assert texts.out_of_step()
    texts.update()

    assert [(m.id, m.string, m.fuzzy) for m in held("fr").values()] == [("Open the cases", "", False)]


def test_what_is_missing_is_listed_and_taken_back_in(
    workshop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts.update()
    texts.main(["--missing"])
    todo = json.loads(capsys.readouterr().out)
    assert todo["Open the case"] == {"fr": "", "ar": ""}
    assert todo["%(num)d day"] == {"plural": "%(num)d days", "fr": [""] * 2, "ar": [""] * 6}

    todo["Open the case"] = {"fr": "Ouvrir le dossier", "ar": "فتح الملف"}
    todo["%(num)d day"] |= {"fr": ["%(num)d jour", "%(num)d jours"]}
    (tmp_path / "todo").write_text(json.dumps(todo | {"Nobody says this": {"fr": "Personne"}}))

    assert texts.main(["--fill", str(tmp_path / "todo")]) == 1
    assert "Nobody says this" in capsys.readouterr().err
    assert texts.missing() == {"%(num)d day": {"plural": "%(num)d days", "ar": [""] * 6}}


def test_an_update_without_a_new_text_changes_no_byte(workshop: Path) -> None:
    texts.update()
    before = {path: path.read_bytes() for path in workshop.rglob("*.po")}
    texts.update()

    assert len(before) == 2
    assert {path: path.read_bytes() for path in workshop.rglob("*.po")} == before
    assert all(b"page.html" not in content for content in before.values())


def test_only_catalogues_that_changed_are_compiled_and_always_to_the_same(workshop: Path) -> None:
    texts.update()
    folder = texts.FOLDER

    assert compile_catalogues(folder) == 2
    assert compile_catalogues(folder) == 0
    first = {path: path.read_bytes() for path in folder.rglob("*.mo")}
    for path in first:
        path.unlink()
    assert compile_catalogues(folder) == 2
    assert {path: path.read_bytes() for path in folder.rglob("*.mo")} == first


ABOUT = [Problem(field, code, "x", {"birth": date(2001, 2, 3)}) for code in MESSAGES for field in FIELD_WORDS]


def test_what_is_wrong_with_a_list_is_said_in_the_readers_language(site: Flask) -> None:
    with site.test_request_context(headers={"Accept-Language": "ar"}):
        assert describe(Problem("sex", "missing")) == "الحقل «الجنس» ناقص."
        assert all(re.search("[\u0600-\u06ff]", describe(problem)) for problem in ABOUT)
        assert str(SheetError("empty")) == "لا صفوف في الملف."
    with site.test_request_context(headers={"Accept-Language": "fr"}):
        assert all("%(" not in describe(problem) for problem in ABOUT)
        assert all("%(" not in str(SheetError(code)) for code in SHEET_MESSAGES)


def test_a_command_says_it_in_english() -> None:
    missing = "The date of birth is missing."
    assert describe(Problem("birth_date", "missing")) == missing
    assert json.dumps(describe(Problem("birth_date", "missing"))) == f'"{missing}"'

    app = create_app(demo_config("sqlite://"))
    with app.app_context():
        assert describe(Problem("birth_date", "missing")) == missing
        with force_locale("fr"):
            assert describe(Problem("birth_date", "missing")) != missing
