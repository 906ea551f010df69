"""Who may sign in, with which role, in which office."""

from datetime import datetime
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, relationship

from reintegrate.columns import Base, Labelled, c1, key, link, system, utcnow


class Role(Labelled):
    """The roles of the access table; each reaches as far as the membership that grants it."""

    CASEWORKER = "caseworker", _l("caseworker")
    SUPERVISOR = "supervisor", _l("supervisor")
    PROGRAMME_MANAGER = "programme_manager", _l("programme manager")
    FINANCE_OFFICER = "finance_officer", _l("finance officer")
    ADMINISTRATOR = "administrator", _l("administrator")
    AUDITOR = "auditor", _l("auditor")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _l("data protection officer")


OFFICE_ROLES = frozenset({Role.CASEWORKER, Role.SUPERVISOR, Role.FINANCE_OFFICER})
PRIVILEGED_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.DATA_PROTECTION_OFFICER})


class Theme(Labelled):
    """How the pages are lit."""

    AUTO = "auto", _l("as the device")
    LIGHT = "light", _l("light")
    DARK = "dark", _l("dark")


class UserState(Labelled):
    """What a list of users is narrowed to."""

    ACTIVE = "active", _l("Active")
    INVITED = "invited", _l("Invited, no password yet")
    CLOSED = "closed", _l("Closed")


class Office(Base):
    """A place where cases are kept; `code` opens every reference given out there."""

    __tablename__ = "office"

    id: Mapped[int] = key()
    code: Mapped[str] = c1(unique=True)
    name: Mapped[str] = c1()
    country: Mapped[str] = c1()
    timezone: Mapped[str] = c1(default="UTC")
    version: Mapped[int] = system(server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own way


class User(Base, UserMixin):
    """A person who signs in. The security library reads and writes the columns by these names."""

    __tablename__ = "app_user"
    id: Mapped[int] = key()
    email: Mapped[str] = system(unique=True)
    name: Mapped[str] = system()
    password: Mapped[str | None] = system()
    active: Mapped[bool] = system(default=True)
    fs_uniquifier: Mapped[str] = system(unique=True)
    tf_primary_method: Mapped[str | None] = system()
    tf_totp_secret: Mapped[str | None] = system()
    tf_last_counter: Mapped[int | None] = system()
    mf_recovery_codes: Mapped[list[str] | None] = system(MutableList.as_mutable(AsaList()))
    language: Mapped[str | None] = system()
    theme: Mapped[Theme] = system(default=Theme.AUTO)
    invited_by_id: Mapped[int | None] = link("app_user.id")
    created_at: Mapped[datetime] = system(default=utcnow)

    roles: ClassVar[list[RoleMixin]] = []  # type: ignore[misc]  # `access.decide` is the only judge

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """The library tells of a wrong password or code: nothing, for its forms count here."""

    def calc_username(self) -> str:
        """The name that authenticator apps show beside their code."""
        return self.email


ONCE = (
    ("uq_membership_office", ("user_id", "role", "office_id"), "office_id IS NOT NULL"),
    ("uq_membership_country", ("user_id", "role", "country"), "country IS NOT NULL"),
    ("uq_membership_everywhere", ("user_id", "role"), "office_id IS NULL AND country IS NULL"),
)
"""A role is held once at a place. A unique key over both places would see no two empty ones as equal."""


class Membership(Base):
    """A role that a user holds: in an office, a country, or everywhere. It counts once confirmed."""

    __tablename__ = "membership"
    __table_args__ = (
        *(
            Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))
            for name, columns, where in ONCE
        ),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> granted_by_id", name="second_person"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> user_id", name="not_oneself"),
    )

    id: Mapped[int] = key()
    user_id: Mapped[int] = link("app_user.id")
    role: Mapped[Role] = system()
    office_id: Mapped[int | None] = link("office.id")
    country: Mapped[str | None] = system()
    granted_by_id: Mapped[int | None] = link("app_user.id", index=False)
    granted_at: Mapped[datetime] = system(default=utcnow)
    confirmed_by_id: Mapped[int | None] = link("app_user.id", index=False)
    confirmed_at: Mapped[datetime | None] = system()

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    office: Mapped[Office | None] = relationship()


class SignIn(Base):
    """A browser in which somebody signed in; it holds the key, we its hash.

    It ends by signing out, after a time without work, and after a day's work at the latest.
    """

    __tablename__ = "sign_in"
    audited = False

    id: Mapped[int] = key()
    user_id: Mapped[int] = link("app_user.id")
    key: Mapped[str] = system(unique=True)
    started_at: Mapped[datetime] = system(default=utcnow)
    seen_at: Mapped[datetime] = system(default=utcnow)
    ended_at: Mapped[datetime | None] = system()
    address: Mapped[str | None] = system()
    browser: Mapped[str | None] = system()


class SignInFailure(Base):
    """A wrong password or code, by account and address, so that guessing waits."""

    __tablename__ = "sign_in_failure"
    audited = False

    id: Mapped[int] = key()
    account: Mapped[str] = system(index=True)
    address: Mapped[str | None] = system(index=True)
    at: Mapped[datetime] = system(default=utcnow)


class SecondFactorReset(Base):
    """An administrator asks that a lost second factor be set up anew; another one decides."""

    __tablename__ = "second_factor_reset"
    __table_args__ = (
        CheckConstraint("NOT done OR decided_by_id <> requested_by_id", name="second_person"),
        CheckConstraint("NOT done OR decided_by_id <> user_id", name="not_oneself"),
    )

    id: Mapped[int] = key()
    user_id: Mapped[int] = link("app_user.id")
    reason: Mapped[str] = system()
    requested_by_id: Mapped[int] = link("app_user.id", index=False)
    requested_at: Mapped[datetime] = system(default=utcnow)
    decided_by_id: Mapped[int | None] = link("app_user.id", index=False)
    decided_at: Mapped[datetime | None] = system()
    done: Mapped[bool] = system(default=False)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
