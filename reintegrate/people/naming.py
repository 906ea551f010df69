"""From the names somebody gives to the columns and keys by which she is shown, sorted and found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from reintegrate.db import insert_new, session
from reintegrate.people.codes import NameKind
from reintegrate.people.models import NameKey, NameVariant, Person, PersonName
from reintegrate.people.names import fold, index_keys, neighbours, tokens
from reintegrate.people.scripts import language_of

AT_ONCE = 500
"""People whose keys are made in one go."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names of one person. The first two are as in the document; either may be empty."""

    given_names: str = ""
    family_name: str = ""
    script_name: str = ""
    other_names: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The name in the document, in one line."""
        return " ".join(part for part in (self.given_names, self.family_name) if part)

    def every(self) -> tuple[str, ...]:
        """All spellings, the main one first."""
        return tuple(name for name in (self.main, self.script_name, *self.other_names) if name)

    def columns(self) -> dict[str, Any]:
        """The columns of the person that follow from the names."""
        return {
            "display_name": self.main,
            "native_name": self.script_name or None,
            "native_language": language_of(self.script_name) if self.script_name else language_of(self.main),
            "sort_name": fold(f"{self.family_name} {self.given_names}"),
            "search_names": "\n".join(self.every()),
        }

    def rows(self) -> list[dict[str, Any]]:
        """The rows of `person_name`, without the person."""
        rows = [
            {"kind": NameKind.DOCUMENT, "given_names": self.given_names, "family_name": self.family_name},
            *(
                {"kind": kind, "given_names": name, "family_name": ""}
                for kind, name in [
                    (NameKind.SCRIPT, self.script_name),
                    *((NameKind.OTHER, other) for other in self.other_names),
                ]
                if name
            ),
        ]
        return [row | {"language": language_of(f"{row['given_names']}{row['family_name']}")} for row in rows]

    def key_rows(self) -> list[dict[str, Any]]:
        """The rows of `name_key`, without the person."""
        return key_rows(self.every())


def key_rows(spellings: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of `name_key` of somebody with these spellings, without the person."""
    count = min((len(tokens(name)) for name in spellings), default=0)
    return [{"key": key, "token_count": count} for key in sorted(index_keys(*spellings))]


def file_names(person_id: int, names: Names, *, is_new: bool = False) -> None:
    """Write the names of a person and the keys that find her; what stays the same is left alone."""
    wanted = names.rows()
    if not is_new:
        wanted = _but_the_filed(person_id, wanted)
        session.execute(delete(NameKey).where(NameKey.person_id == person_id))
    session.add_all(PersonName(person_id=person_id, **row) for row in wanted)
    keys = names.key_rows()
    insert_new(NameKey, [row | {"person_id": person_id} for row in keys])
    file_variants({row["key"] for row in keys})
    session.flush()


def _but_the_filed(person_id: int, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wanted rows that are not there yet; others than the wanted ones are taken away."""
    for filed in session.scalars(select(PersonName).where(PersonName.person_id == person_id)):
        same = [row for row in wanted if _is_filed(row, filed)]
        if same:
            wanted.remove(same[0])
        else:
            session.delete(filed)
    return wanted


def _is_filed(row: dict[str, Any], filed: PersonName) -> bool:
    return all(getattr(filed, column) == value for column, value in row.items())


def file_variants(keys: set[str]) -> None:
    """Let typos find `keys`: the variants of those that were not there yet."""
    own = select(NameVariant.key).where(NameVariant.variant.in_(keys), NameVariant.variant == NameVariant.key)
    known = set(session.scalars(own))
    insert_new(
        NameVariant,
        [
            {"variant": variant, "key": key}
            for key in sorted(keys - known)
            for variant in sorted(neighbours(key) | {key})
        ],
    )


def make_keys_anew(on_progress: Callable[[int], None] | None = None) -> int:
    """Make the search keys of everybody anew, after a change of how names are read; how many people.

    People are found by their old keys or by their new ones until the caller commits.
    """
    session.execute(delete(NameKey))
    session.execute(delete(NameVariant))
    last = done = 0
    while people := session.execute(
        select(Person.id, Person.search_names).where(Person.id > last).order_by(Person.id).limit(AT_ONCE)
    ).all():
        rows = [
            row | {"person_id": person_id}
            for person_id, names in people
            for row in key_rows(names.split("\n"))
        ]
        insert_new(NameKey, rows)
        file_variants({str(row["key"]) for row in rows})
        last, done = people[-1].id, done + len(people)
        if on_progress:
            on_progress(done)
    return done


def names_of(person_id: int) -> Names:
    """The names of a person as they were filed."""
    rows = session.scalars(
        select(PersonName).where(PersonName.person_id == person_id).order_by(PersonName.id)
    ).all()
    main = next((row for row in rows if row.kind == NameKind.DOCUMENT), None)
    return Names(
        given_names=main.given_names if main else "",
        family_name=main.family_name if main else "",
        script_name=next((row.full for row in rows if row.kind == NameKind.SCRIPT), ""),
        other_names=tuple(row.full for row in rows if row.kind == NameKind.OTHER),
    )
