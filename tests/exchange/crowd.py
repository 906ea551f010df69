"""A long list of made-up people, for measuring: `python -m tests.exchange.crowd ROWS FILE`."""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.exchange import lists

HEADINGS = [text for text in lists.HEADINGS if text not in ("Vulnérabilité", "Chef de groupe")]
STARTS = ["Ba", "Ma", "Sa", "Ka", "Di", "Fo", "Tou", "Ndi", "Cou", "Bam", "Kei", "Ous", "Gue", "Ha", "Traw"]
MIDDLES = ["ba", "ra", "li", "do", "sso", "ma", "ka", "na", "la", "ou", "di", "go", "ki", "te", "vi"]
ENDS = ["ré", "ne", "llo", "té", "ye", "ga", "dia", "mbé", "la", "ma", "sse", "ta", "na", "ko", "wé"]
COUNTRIES = ["Sénégal", "Mali", "Guinée", "Côte d'Ivoire", "Gambie", "Cameroun"]
HOSTS = ["Libye", "Algérie", "Niger", "Tunisie", "Allemagne"]
KINDS = ["AVRR", "RVHA", "forcé", ""]
ARRIVED = date(2025, 1, 1)


def people(count: int, seed: int = 7) -> Iterator[list[str]]:
    """The rows of as many people; one in a hundred stands there twice, one in two hundred is wrong."""
    random_of = random.Random(seed)  # noqa: S311 -- made-up people
    last: list[str] = []
    for number in range(1, count + 1):
        if last and number % 100 == 0:
            yield [str(number), last[1].upper(), *last[2:]]
            continue
        last = [str(number), *_person(random_of, number)]
        if number % 200 == 1:
            last[4] = "31/02/1990"
        yield last


def _person(random_of: random.Random, number: int) -> list[str]:
    def name() -> str:
        return random_of.choice(STARTS) + random_of.choice(MIDDLES) + random_of.choice(ENDS)

    born = date(1960, 1, 1) + timedelta(days=random_of.randrange(16_000))
    arrived = ARRIVED + timedelta(days=random_of.randrange(400))
    return [
        name(),
        name(),
        random_of.choice("MF"),
        f"{born:%d/%m/%Y}" if random_of.random() < 0.9 else str(born.year),
        random_of.choice(COUNTRIES),
        f"A{number:07d}" if random_of.random() < 0.6 else "",
        random_of.choice(HOSTS),
        f"{arrived:%d/%m/%Y}",
        f"77{number:07d}" if random_of.random() < 0.5 else "",
        random_of.choice(KINDS),
        random_of.choice(["", "", "", "à rappeler", "mère isolée"]),
    ]


def main() -> None:
    count, path = int(sys.argv[1]), Path(sys.argv[2])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(people(count))


if __name__ == "__main__":
    main()
