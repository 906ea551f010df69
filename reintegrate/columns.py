"""Column kinds: every column says how sensitive it is, in the place where it is declared.

The classes are those of the access table: C1 operational, C2 identity and contact, C3 health,
psychosocial and vulnerability, C4 trafficking, violence and safe address, F money and payee,
X system.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, Self

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column


class DataClass(StrEnum):
    """How sensitive a column is."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    F = "F"
    X = "X"


class Labelled(StrEnum):
    """A code with its words: `AVRR = "avrr", _l("Assisted voluntary return")`.

    The code goes into the database, `label` is shown, in the reader's language.
    """

    label: Any

    def __new__(cls, value: str, label: Any = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


def utcnow() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; naive values are refused, because nobody knows what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(choices: type[StrEnum]) -> list[str]:
    return [str(choice.value) for choice in choices]


Key = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The base of all models: big keys, text without length, enums as text, instants in UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads it from the class
        int: Key,
        str: Text(),
        datetime: Instant(),
        StrEnum: Enum(StrEnum, native_enum=False, length=40, values_callable=_values, validate_strings=True),
    }


def _column(data_class: DataClass, *args: Any, **options: Any) -> MappedColumn[Any]:
    return mapped_column(*args, info={"data_class": data_class}, **options)


c1: Callable[..., MappedColumn[Any]] = partial(_column, DataClass.C1)
c2: Callable[..., MappedColumn[Any]] = partial(_column, DataClass.C2)
c3: Callable[..., MappedColumn[Any]] = partial(_column, DataClass.C3)
c4: Callable[..., MappedColumn[Any]] = partial(_column, DataClass.C4)
system: Callable[..., MappedColumn[Any]] = partial(_column, DataClass.X)


def key() -> MappedColumn[int]:
    """The primary key of a table that has one row per thing."""
    return _column(DataClass.X, primary_key=True)


def link(target: str, *, index: bool = True, **options: Any) -> MappedColumn[Any]:
    """A reference to another row, `link("person.id")`, indexed so that the other way is quick."""
    return _column(DataClass.X, ForeignKey(target), index=index, **options)
