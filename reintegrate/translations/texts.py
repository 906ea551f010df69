"""Keep the catalogues in step with the source: `./run texts`.

    ./run texts --update          take in new texts, drop those that are gone
    ./run texts --check           fail where a catalogue does not hold every text
    ./run texts --missing > todo  the texts without a translation, as JSON
    ./run texts --fill todo       take translations back in from such a file

A text is identified by its English words. A changed text is a new one: nothing is guessed from what
it said before, so that nobody reads a translation of something else.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from reintegrate.translations.build import FOLDER

TRANSLATED = ("fr", "ar")

SHOWN = 20

SOURCE = FOLDER.parent.parent

TEMPLATE = FOLDER / "messages.pot"
"""Every text without a translation, for programs that translators use; made anew, not kept."""

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}

HEADER = """\
# Texts of reintegrate.
# Kept by ./run texts; the words are in glossary.csv. A review by native speakers is still wanted.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def texts_of_source() -> Catalog:
    """Every text for people in the source, without translations."""
    with (SOURCE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        SOURCE,
        methods,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda folder: not Path(folder).name.startswith((".", "_")),
    )
    texts = Catalog()
    for _file, _line, text, _comments, context in found:
        texts.add(text, context=context)
    return texts


def catalogue_path(language: str, domain: str = "messages") -> Path:
    """Where the translations into a language stand."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(path: Path) -> Catalog:
    """The translations in a file; an empty catalogue where there is none."""
    language = path.parent.parent.name
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Write without dates, line numbers and wrapping, so that only changed texts change the file."""
    header = HEADER.format(language=catalogue.locale or "", plural_forms=catalogue.plural_forms)
    body = BytesIO()
    write_po(
        body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body.getvalue().decode().strip() + "\n", encoding="utf-8")


def update() -> None:
    """Take new texts into the catalogues and drop those that are gone."""
    texts = texts_of_source()
    write_catalogue(TEMPLATE, texts)
    for language in TRANSLATED:
        catalogue = read_catalogue(catalogue_path(language))
        catalogue.update(texts, no_fuzzy_matching=True)
        write_catalogue(catalogue_path(language), catalogue)


def out_of_step() -> list[str]:
    """What the catalogues lack, and what they hold that the source no longer says."""
    wanted = {_key(message) for message in texts_of_source() if message.id}
    problems = []
    for language in TRANSLATED:
        held = {_key(message) for message in read_catalogue(catalogue_path(language)) if message.id}
        problems += [f"{language}: not taken in: {key[0]}" for key in sorted(wanted - held)]
        problems += [f"{language}: no longer in the source: {key[0]}" for key in sorted(held - wanted)]
    return problems


def _key(message: Message) -> tuple[str, str, str]:
    singular, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
    return str(singular), str(plural), message.context or ""


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """The texts of a catalogue for which a form or all of the translation is missing."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and (not all(forms) or len(forms) != _forms_of(catalogue, message)):
            yield message


def _forms_of(catalogue: Catalog, message: Message) -> int:
    return catalogue.num_plurals if message.pluralizable else 1


def missing() -> dict[str, dict[str, Any]]:
    """Texts without a translation: by English text the languages to fill in, plurals as lists."""
    wanted: dict[str, dict[str, Any]] = {}
    for language in TRANSLATED:
        catalogue = read_catalogue(catalogue_path(language))
        for message in untranslated(catalogue):
            singular, plural, _context = _key(message)
            entry = wanted.setdefault(singular, {"plural": plural} if plural else {})
            entry[language] = [""] * catalogue.num_plurals if plural else ""
    return wanted


def fill(translations: dict[str, dict[str, Any]]) -> list[str]:
    """Take translations in; returns the texts that no catalogue holds."""
    unknown = set()
    for language in TRANSLATED:
        catalogue = read_catalogue(catalogue_path(language))
        held = {_key(message)[0]: message for message in catalogue if message.id}
        for text, entry in translations.items():
            if text not in held:
                unknown.add(text)
            elif given := entry.get(language):
                held[text].string = tuple(given) if isinstance(given, list) else given
        write_catalogue(catalogue_path(language), catalogue)
    return sorted(unknown)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="./run texts", description="Keep the translations in step.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--update", action="store_true", help="take in new texts, drop those that are gone")
    what.add_argument("--check", action="store_true", help="fail where a catalogue is out of step")
    what.add_argument("--missing", action="store_true", help="the texts without a translation, as JSON")
    what.add_argument("--fill", type=Path, metavar="FILE", help="take translations in from such JSON")
    chosen = parser.parse_args(arguments)
    problems: list[str] = []
    if chosen.update:
        update()
    elif chosen.missing:
        sys.stdout.write(json.dumps(missing(), ensure_ascii=False, indent=1) + "\n")
    elif chosen.check:
        problems = out_of_step()
    else:
        problems = fill(json.loads(chosen.fill.read_text(encoding="utf-8")))
    sys.stderr.writelines(f"{problem}\n" for problem in problems[:SHOWN])
    if len(problems) > SHOWN:
        sys.stderr.write(f"and {len(problems) - SHOWN} more\n")
    if problems and chosen.check:
        sys.stderr.write("Run ./run texts --update, then translate what ./run texts --missing lists.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
