"""What the generator knows of each country of return: towns, telephone numbers, where people went."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

_HOST_KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "AT",
            "BE",
            "CH",
            "CZ",
            "DE",
            "ES",
            "FI",
            "FR",
            "GB",
            "GR",
            "IE",
            "IT",
            "NL",
            "NO",
            "PL",
            "PT",
            "RO",
            "SE",
        ),
        "europe",
    ),
    **dict.fromkeys(("AE", "BH", "KW", "OM", "QA", "SA"), "gulf"),
    **dict.fromkeys(("DZ", "LY", "MA", "TN"), "transit"),
    **dict.fromkeys(("JP", "KR", "MY", "SG"), "asia"),
    **dict.fromkeys(("BR", "MX", "US"), "americas"),
}


@dataclass(frozen=True, slots=True)
class Host:
    """A country people return from; `kind` says how people mostly live and leave there.

    Kinds: europe, gulf (contract and domestic work), transit (on the way, often irregular), neighbour
    (refuge or work next door), asia, americas.
    """

    country: str
    kind: str


@dataclass(frozen=True, slots=True)
class Country:
    """Facts of one country of return; `hosts` stand beside their running weights, which end at 1."""

    code: str
    weight: int
    currency: str
    dial: str
    mobile: tuple[str, ...]
    mobile_tail: int
    towns: tuple[str, ...]
    hosts: tuple[Host, ...]
    host_thresholds: tuple[float, ...]
    passport_prefix: str
    passport_digits: int
    national_id_digits: int
    languages: tuple[str, ...]
    trades: tuple[str, ...]
    trades_fr: tuple[str, ...] = ()


def thresholds(weights: Mapping[str, float]) -> tuple[float, ...]:
    """The running shares of the weights, for `bisect` with a number from 0 up to 1; they end at 1."""
    total = sum(weights.values())
    running = [value / total for value in accumulate(weights.values())]
    return (*running[:-1], 1.0)


def _country(code: str, raw: dict[str, Any]) -> Country:
    weights, kinds = raw.pop("hosts"), raw.pop("host_kinds")
    facts: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    hosts = tuple(Host(host, kinds.get(host) or _HOST_KINDS[host]) for host in weights)
    return Country(code=code, hosts=hosts, host_thresholds=thresholds(weights), **facts)


@cache
def all_countries() -> Mapping[str, Country]:
    """The countries of return by ISO 3166 code, in the order of the codes."""
    text = (files(__package__) / "countries.json").read_text(encoding="utf-8")
    return {code: _country(code, raw) for code, raw in json.loads(text).items()}
