"""Compile the catalogues that changed: `python -m reintegrate.translations.build`.

Runs when the package is set up and when a wheel is made, so it imports nothing of ours.
"""

from datetime import UTC, datetime
from os import getpid
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent

LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)
"""Written into compiled catalogues as their date, so that the same texts give the same file."""


def compile_catalogues(folder: Path = FOLDER) -> int:
    """How many catalogues below `folder` were compiled."""
    stale = [
        source
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po"))
        if not (compiled := source.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < source.stat().st_mtime
    ]
    for source in stale:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        catalogue.creation_date = catalogue.revision_date = LONG_AGO
        whole = source.with_suffix(f".mo.{getpid()}")
        with whole.open("wb") as file:
            write_mo(file, catalogue)
        whole.replace(source.with_suffix(".mo"))  # at once: somebody may be reading the old one
    return len(stale)


if __name__ == "__main__":
    compile_catalogues()
