"""How well people are found by other spellings of their names, among many others."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from click import ClickException
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
COLUMNS = ("query", "record", "relation", "kind")
RELATIONS = ("same", "different")

Kind = tuple[str, str]


def check(pairs: Path, *, filler: int, database: str | None) -> Iterator[str]:
    """Lines with the share of `same` pairs found and `different` pairs mistaken, for each kind.

    The people are written into `database`, which has to hold nobody yet, and taken out again.
    Raises ClickException where it holds people, or where the file cannot be read as pairs.
    """
    rows = read_pairs(pairs)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(demo_config(database or f"sqlite:///{folder}/names.sqlite"))
        with app.app_context():
            upgrade(db.engine, str(top_folder("migrations")))
            if session.scalar(select(func.count(Person.id))):
                raise ClickException("The database holds people already. Give one that holds nobody.")
            try:
                yield from _measure(rows, filler)
            finally:
                session.rollback()
                for model in (NameKey, NameVariant, Person):
                    session.execute(delete(model))
                session.commit()
                db.engine.dispose()


def read_pairs(path: Path) -> list[dict[str, str]]:
    """The rows of a file of pairs, which has at least the columns `COLUMNS`.

    Raises ClickException, with the line, where it has not, is no UTF-8, or says neither same nor different.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise ClickException(f"{path}: the first line has no column {', '.join(missing)}.")
            rows = [_checked(row, f"{path}, line {reader.line_num}") for row in reader]
    except UnicodeDecodeError as error:
        raise ClickException(f"{path} is not written in UTF-8 (byte {error.start}).") from error
    except csv.Error as error:
        raise ClickException(f"{path}, line {reader.line_num}: {error}.") from error
    if not rows:
        raise ClickException(f"{path} holds no pairs.")
    return rows


def _checked(row: dict[str, str | None], place: str) -> dict[str, str]:
    found = {column: (row[column] or "").strip() for column in COLUMNS}
    empty = [column for column, value in found.items() if not value]
    if empty:
        raise ClickException(f"{place}: nothing stands under {', '.join(empty)}.")
    if found["relation"] not in RELATIONS:
        raise ClickException(f"{place}: the relation is {found['relation']}, not same or different.")
    return found


def _measure(rows: list[dict[str, str]], filler: int) -> Iterator[str]:
    total, hits = count(rows, filler)
    for relation, kind in sorted(total):
        found, of = hits[relation, kind], total[relation, kind]
        yield f"{relation:<10} {kind:<16} {found:>4} of {of:>4}  {found / of:.2f}"
    yield f"recall@{BEST} {share(hits, total, 'same'):.2f}, false {share(hits, total, 'different'):.2f}"


def count(rows: list[dict[str, str]], filler: int) -> tuple[Counter[Kind], Counter[Kind]]:
    """Of each relation and kind the pairs, and those found or mistaken; into an empty database."""
    records = list(dict.fromkeys(row["record"] for row in rows))
    others = [Names(p.given_names, p.family_name, p.native_name or "") for p in people(filler, SEED)]
    _write([*(Names(given_names=record) for record in records), *others])
    keys = {record: number for number, record in enumerate(records, 1)}
    total: Counter[Kind] = Counter()
    hits: Counter[Kind] = Counter()
    for row in rows:
        kind = (row["relation"], row["kind"])
        total[kind] += 1
        hits[kind] += _is_hit(row, keys)
    return total, hits


def _is_hit(row: dict[str, str], keys: dict[str, int]) -> bool:
    if row["relation"] == "same":
        return keys[row["record"]] in search.people(row["query"], limit=BEST)
    return compare(_somebody(row["query"]), _somebody(row["record"])).likeness == Likeness.HIGH


def _somebody(name: str) -> Identity:
    """A person of that name, with the birth date and country of everybody else."""
    return Identity((name,), date(1990, 5, 5), "day", None, frozenset({"SN"}))


def share(hits: Counter[Kind], total: Counter[Kind], relation: str) -> float:
    """The share of the pairs of a relation that were found or mistaken, from 0 to 1."""
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
