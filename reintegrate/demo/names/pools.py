"""The pools of names, one JSON file a country, read once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One name: as documents spell it, in its own script, and as others spell it.

    `native` is empty where people write the Latin form only; `other` repeats `latin` where no second
    spelling is usual.
    """

    latin: str
    native: str
    other: str


@dataclass(frozen=True, slots=True)
class Community:
    """The names of people who share a language and a way of naming.

    `native` is the ISO 639 code of the language whose script writes the native forms. `system` is a key
    of `compose.SYSTEMS`. With `women_agree`, the two family lists run side by side (`-ський`, `-ська`).
    The shares, from 0 to 1, are those of people with a second given name, without a
    family name, and of couples with one family name.
    """

    language: str
    native: str | None
    system: str
    weight: float
    male: tuple[Entry, ...]
    female: tuple[Entry, ...]
    family: tuple[Entry, ...]
    family_female: tuple[Entry, ...]
    women_agree: bool
    patronymic_male: tuple[Entry, ...]
    patronymic_female: tuple[Entry, ...]
    middle_male: tuple[Entry, ...]
    middle_female: tuple[Entry, ...]
    second_given_share: float
    no_family_share: float
    spouse_share: float


def _entry(text: str) -> Entry:
    latin, native, other = [*text.split("|"), "", ""][:3]
    return Entry(latin, native, other or latin)


def _community(raw: Mapping[str, Any]) -> Community:
    def entries(key: str) -> tuple[Entry, ...]:
        texts: Sequence[str] = raw.get(key, ())
        return tuple(_entry(text) for text in texts)

    return Community(
        language=raw["language"],
        native=raw["native"],
        system=raw["system"],
        weight=raw["weight"],
        male=entries("male"),
        female=entries("female"),
        family=entries("family"),
        family_female=entries("family_female") or entries("family"),
        women_agree=raw.get("women", "agree") == "agree",
        patronymic_male=entries("patronymic_male"),
        patronymic_female=entries("patronymic_female"),
        middle_male=entries("middle_male"),
        middle_female=entries("middle_female"),
        second_given_share=raw.get("second", 0.0),
        no_family_share=raw.get("nofamily", 0.0),
        spouse_share=raw.get("spouse", 0.0),
    )


@cache
def countries() -> tuple[str, ...]:
    """The ISO 3166 codes of the countries that have a pool, in order."""
    folder = files(__package__)
    return tuple(sorted(file.name[:2] for file in folder.iterdir() if file.name.endswith(".json")))


@cache
def communities(country: str) -> tuple[Community, ...]:
    """The communities of a country; FileNotFoundError for a country without a pool."""
    text = (files(__package__) / f"{country}.json").read_text(encoding="utf-8")
    return tuple(_community(raw) for raw in json.loads(text)["communities"])
