"""How well people are found by other spellings of their names, among many others."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select

from reintegrate.app import create_app, top_folder
from reintegrate.columns import utcnow
from reintegrate.config import demo_config
from reintegrate.dates import Precision
from reintegrate.db import db, insert_new, session
from reintegrate.demo.people import people
from reintegrate.migrate import upgrade
from reintegrate.people import search
from reintegrate.people.codes import MaritalStatus, Sex
from reintegrate.people.models import NameKey, NameVariant, Person
from reintegrate.people.names import Identity, Likeness, compare, neighbours
from reintegrate.people.naming import Names

BEST = 20
BATCH = 5_000
SEED = 99


def check(pairs: Path, *, filler: int, database: str | None) -> Iterator[str]:
    """Lines with the share of `same` pairs found and `different` pairs mistaken, for each kind.

    The people are written into `database`, which has to hold nobody yet, and taken out again.
    Raises ValueError where it holds people.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(demo_config(database or f"sqlite:///{folder}/names.sqlite"))
        with app.app_context():
            upgrade(db.engine, str(top_folder("migrations")))
            if session.scalar(select(func.count(Person.id))):
                raise ValueError("the database holds people already")
            with pairs.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            try:
                yield from _measure(rows, filler)
            finally:
                session.rollback()
                for model in (NameKey, NameVariant, Person):
                    session.execute(delete(model))
                session.commit()
                db.engine.dispose()


def _measure(rows: list[dict[str, str]], filler: int) -> Iterator[str]:
    records = list(dict.fromkeys(row["record"] for row in rows))
    others = [Names(p.given_names, p.family_name, p.native_name or "") for p in people(filler, SEED)]
    _write([*(Names(given_names=record) for record in records), *others])
    keys = {record: number for number, record in enumerate(records, 1)}
    total: Counter[tuple[str, str]] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for row in rows:
        pair = (row["relation"], row["kind"])
        total[pair] += 1
        hits[pair] += _is_hit(row, keys)
    for relation, kind in sorted(total):
        found, of = hits[relation, kind], total[relation, kind]
        yield f"{relation:<10} {kind:<16} {found:>4} of {of:>4}  {found / of:.2f}"
    yield f"recall@{BEST} {_share(hits, total, 'same'):.2f}, false {_share(hits, total, 'different'):.2f}"


def _is_hit(row: dict[str, str], keys: dict[str, int]) -> bool:
    if row["relation"] == "same":
        return keys[row["record"]] in search.people(row["query"], limit=BEST)
    return compare(_somebody(row["query"]), _somebody(row["record"])).likeness == Likeness.HIGH


def _somebody(name: str) -> Identity:
    """A person of that name, with the birth date and country of everybody else."""
    return Identity((name,), date(1990, 5, 5), "day", None, frozenset({"SN"}))


def _share(hits: Counter[tuple[str, str]], total: Counter[tuple[str, str]], relation: str) -> float:
    of = sum(n for kind, n in total.items() if kind[0] == relation)
    return sum(n for kind, n in hits.items() if kind[0] == relation) / of if of else 0.0


def _write(everybody: list[Names]) -> None:
    at = utcnow()
    known: set[str] = set()
    for start in range(0, len(everybody), BATCH):
        batch = list(enumerate(everybody[start : start + BATCH], start + 1))
        keyed = [row | {"person_id": number} for number, names in batch for row in names.key_rows()]
        fresh = {str(row["key"]) for row in keyed} - known
        known |= fresh
        session.execute(insert(Person), [_person(number, names, at) for number, names in batch])
        session.execute(insert(NameKey), keyed)
        insert_new(
            NameVariant, [{"variant": v, "key": k} for k in sorted(fresh) for v in {*neighbours(k), k}]
        )
    session.commit()


def _person(number: int, names: Names, at: Any) -> dict[str, Any]:
    return {
        "id": number,
        "version": 1,
        **names.columns(),
        "sex": Sex.UNKNOWN,
        "birth_precision": Precision.UNKNOWN,
        "marital_status": MaritalStatus.UNKNOWN,
        "address_hidden": False,
        "created_at": at,
        "updated_at": at,
    }
