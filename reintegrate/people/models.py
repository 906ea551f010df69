"""People: who they are in their own words and papers, how they may be reached, who belongs to them.

A person never exists without a case, so the access table decides on the person through the cases.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reintegrate.columns import Base, DataClass, c1, c2, key, link, system, utcnow
from reintegrate.dates import Precision
from reintegrate.people.codes import (
    Channel,
    DocumentType,
    InterpreterNeed,
    MaritalStatus,
    NameKind,
    Relation,
    Sex,
)


class Person(Base):
    """One human being, who survives several returns and cases.

    `display_name`, `native_name`, `native_language`, `sort_name` and `search_names` follow from the
    names by `naming.Names.columns`; lists read nothing else.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(
            "(birth_date IS NULL) = (birth_precision IN ('unknown', 'declined'))", name="birth_date_or_reason"
        ),
    )

    id: Mapped[int] = key()
    version: Mapped[int] = system()
    display_name: Mapped[str] = c2()
    native_name: Mapped[str | None] = c2()
    native_language: Mapped[str | None] = c2()
    sort_name: Mapped[str] = c2(index=True)
    search_names: Mapped[str] = c2()
    sex: Mapped[Sex] = c1(default=Sex.UNKNOWN)
    birth_date: Mapped[date | None] = c2(index=True)
    birth_precision: Mapped[Precision] = c2(default=Precision.UNKNOWN)
    birth_place: Mapped[str | None] = c2()
    birth_country: Mapped[str | None] = c2()
    marital_status: Mapped[MaritalStatus] = c2(default=MaritalStatus.UNKNOWN)
    interpreter_need: Mapped[InterpreterNeed] = c2(default=InterpreterNeed.UNKNOWN, server_default="unknown")
    interpreter: Mapped[str | None] = c2()
    address: Mapped[str | None] = c2()
    address_hidden: Mapped[bool] = c2(default=False)
    created_at: Mapped[datetime] = system(default=utcnow)
    created_by_id: Mapped[int | None] = link("app_user.id", index=False)
    updated_at: Mapped[datetime] = system(default=utcnow)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"person_id": self.id}


class _OfPerson:
    """Rows that belong to one person and are filed with her in the trail."""

    person_id: Any

    def concerns(self) -> dict[str, Any]:
        """Where the trail files a change of this row."""
        return {"person_id": self.person_id}


class PersonName(_OfPerson, Base):
    """A name in one spelling or script. The parts are as the person orders them; either may be empty."""

    __tablename__ = "person_name"

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id")
    kind: Mapped[NameKind] = c2(default=NameKind.DOCUMENT)
    given_names: Mapped[str] = c2(default="")
    family_name: Mapped[str] = c2(default="")
    language: Mapped[str | None] = c2()

    person: Mapped[Person] = relationship()

    @property
    def full(self) -> str:
        """The name in one line."""
        return " ".join(part for part in (self.given_names, self.family_name) if part)


class NameKey(Base):
    """A search key of a person: see `people.names`."""

    __tablename__ = "name_key"
    audited = False

    key: Mapped[str] = c2(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True, info={"data_class": DataClass.X}
    )
    token_count: Mapped[int] = system()


class NameVariant(Base):
    """A way to misspell a key that occurs, so that a typo finds it."""

    __tablename__ = "name_variant"
    audited = False

    variant: Mapped[str] = c2(primary_key=True)
    key: Mapped[str] = c2(primary_key=True)


class Nationality(_OfPerson, Base):
    """A nationality, by ISO 3166-1 code; `position` 0 is the one named first."""

    __tablename__ = "nationality"
    __table_args__ = (UniqueConstraint("person_id", "country"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id", index=False)
    country: Mapped[str] = c2()
    position: Mapped[int] = system(default=0)

    person: Mapped[Person] = relationship()


class SpokenLanguage(_OfPerson, Base):
    """A language the person speaks, by ISO 639 code."""

    __tablename__ = "spoken_language"
    __table_args__ = (UniqueConstraint("person_id", "language"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id", index=False)
    language: Mapped[str] = c2()
    position: Mapped[int] = system(default=0)

    person: Mapped[Person] = relationship()


class IdentityDocument(_OfPerson, Base):
    """A paper with its number; `number_key` is the number without spaces and signs, in capitals."""

    __tablename__ = "identity_document"
    __table_args__ = (Index("ix_identity_document_number_key", "number_key"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id")
    type: Mapped[DocumentType] = c2(default=DocumentType.PASSPORT)
    number: Mapped[str] = c2()
    number_key: Mapped[str] = c2()
    country: Mapped[str | None] = c2()
    expires_on: Mapped[date | None] = c2()

    person: Mapped[Person] = relationship()


class Contact(_OfPerson, Base):
    """A way to reach the person, with what is safe: hours, messages, through whom."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_value_key", "value_key"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id")
    channel: Mapped[Channel] = c2(default=Channel.PHONE)
    value: Mapped[str] = c2()
    value_key: Mapped[str] = c2()
    through: Mapped[str | None] = c2()
    from_time: Mapped[time | None] = c2()
    to_time: Mapped[time | None] = c2()
    no_messages: Mapped[bool] = c2(default=False)
    note: Mapped[str | None] = c2()

    person: Mapped[Person] = relationship()


class HouseholdMember(_OfPerson, Base):
    """Somebody who lives with the person, or travelled along; often not registered themselves."""

    __tablename__ = "household_member"
    __table_args__ = (
        CheckConstraint(
            "(birth_date IS NULL) = (birth_precision IN ('unknown', 'declined'))", name="birth_date_or_reason"
        ),
    )

    id: Mapped[int] = key()
    person_id: Mapped[int] = link("person.id")
    name: Mapped[str] = c2()
    relation: Mapped[Relation] = c2(default=Relation.UNKNOWN)
    sex: Mapped[Sex] = c2(default=Sex.UNKNOWN)
    birth_date: Mapped[date | None] = c2()
    birth_precision: Mapped[Precision] = c2(default=Precision.UNKNOWN)
    travelled_together: Mapped[bool] = c2(default=False)
    note: Mapped[str | None] = c2()

    person: Mapped[Person] = relationship()
