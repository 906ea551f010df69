"""Writing made-up people into a database, fast: plain rows in batches, the same on both engines."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from typing import Any

from flask_security import hash_password
from sqlalchemy import select

from reintegrate.accounts.models import Membership, Office, Role, Theme, User
from reintegrate.accounts.services import new_uniquifier
from reintegrate.audit.trail import Event, record
from reintegrate.cases.codes import ConsentPurpose
from reintegrate.cases.models import Case, ConsentText, Programme
from reintegrate.columns import utcnow
from reintegrate.db import gather_statistics, loading, session
from reintegrate.demo.cases import case_story
from reintegrate.demo.offices import OFFICES
from reintegrate.demo.people import people
from reintegrate.demo.rows import Writer

BATCH = 2_000

PER_CASEWORKER = 200
"""Cases of all times that a caseworker has; about half of them are open."""

PASSWORD = "returning-home"  # noqa: S105 -- printed by the demo for everybody to use

STAFF = (
    ("tigist", "Tigist Lemlemu", Role.CASEWORKER),
    ("samuel", "Samuel Workalem", Role.CASEWORKER),
    ("meron", "Meron Tilaye", Role.SUPERVISOR),
)
"""The people of each demo office; those of the first office are the ones that the demo names."""

COUNTRY_STAFF = (
    ("kebede", "Kebede Alemu", Role.PROGRAMME_MANAGER),
    ("hanna", "Hanna Degefa", Role.FINANCE_OFFICER),
)

CENTRAL_STAFF = (
    ("amina", "Amina Diarra", Role.ADMINISTRATOR),
    ("jonas", "Jonas Weber", Role.ADMINISTRATOR),
    ("lucia", "Lucía Ferrer", Role.AUDITOR),
    ("omar", "Omar Haddad", Role.DATA_PROTECTION_OFFICER),
)


def fill(
    *, cases: int, seed: int, today: date | None = None, progress: Callable[[int], None] | None = None
) -> None:
    """Offices, staff and `cases` people with their cases, in an empty database.

    The same numbers and day give the same rows, but for passwords and sessions. Commits batch by
    batch, then calls `progress` with how many cases there are. Raises ValueError where there are some.
    """
    if session.scalar(select(Case.id).limit(1)) is not None:
        raise ValueError("the database holds cases already")
    today = today or utcnow().date()
    offices = _offices()
    managers = _staff(offices, caseworkers=max(2, cases // len(OFFICES) // PER_CASEWORKER), seed=seed)
    _texts(today)
    session.commit()
    with loading():
        writer = Writer(offices, managers)
        found = people(cases, seed)
        done = 0
        while batch := list(islice(found, BATCH)):
            writer.write([(person, case_story(person, person.index, seed, today)) for person in batch])
            session.commit()
            done += len(batch)
            if progress:
                progress(done)
        writer.finish()
        record(session, Event("demo.fill", subject="case_file", reason=f"{cases} cases"))
        session.commit()
    gather_statistics()


def _offices() -> dict[str, Office]:
    for o in OFFICES:
        session.add(Office(code=o.code, name=o.name, country=o.country, timezone=o.timezone))
    session.flush()
    return {office.code: office for office in session.scalars(select(Office))}


def _staff(offices: dict[str, Office], *, caseworkers: int, seed: int) -> dict[str, list[int]]:
    """Users of every office; the keys of those who can manage cases, by office."""
    hashed = hash_password(PASSWORD)
    first = OFFICES[0].code
    managers: dict[str, list[int]] = {}
    confirmer = _user("setup", "First set-up", None)
    for code, office in offices.items():
        for name, full, role in STAFF:
            login = name if code == first else f"{name}.{code.lower()}"
            shown = full if code == first else f"{full} ({office.name})"
            user = _user(login, shown, hashed)
            _grant(user, role, confirmer, office_id=office.id)
            if role == Role.CASEWORKER:
                managers.setdefault(code, []).append(user.id)
        for number, colleague in enumerate(people(caseworkers - 2, seed + 1), 3):
            user = _user(f"caseworker{number}.{code.lower()}", colleague.full_name, hashed)
            _grant(user, Role.CASEWORKER, confirmer, office_id=office.id)
            managers[code].append(user.id)
    for name, full, role in COUNTRY_STAFF:
        user = _user(name, full, hashed)
        place: dict[str, Any] = (
            {"country": offices[first].country}
            if role == Role.PROGRAMME_MANAGER
            else {"office_id": offices[first].id}
        )
        _grant(user, role, confirmer, **place)
    for name, full, role in CENTRAL_STAFF:
        _grant(_user(name, full, hashed), role, confirmer)
    session.flush()
    return managers


def _user(login: str, name: str, password: str | None) -> User:
    user = User(
        email=f"{login}@example.org",
        name=name,
        password=password,
        active=password is not None,
        fs_uniquifier=new_uniquifier(),
        theme=Theme.AUTO,
    )
    session.add(user)
    session.flush()
    return user


def _grant(user: User, role: Role, confirmer: User, **place: Any) -> None:
    session.add(
        Membership(user_id=user.id, role=role, confirmed_by_id=confirmer.id, confirmed_at=utcnow(), **place)
    )


TEXTS = {
    "en": "I agree that this office keeps what I tell about myself and uses it to assist me. I was told who reads it, that I may see and correct it, and that I may withdraw.",
    "fr": "J'accepte que ce bureau conserve ce que je dis de moi et l'utilise pour m'aider. On m'a dit qui le lit, que je peux le voir et le corriger, et que je peux me retirer.",
    "ar": "أوافق على أن يحتفظ هذا المكتب بما أقوله عن نفسي وأن يستخدمه لمساعدتي. وقد قيل لي من يقرؤه، وأن لي أن أراه وأصححه وأن أسحب موافقتي.",
}


def _texts(today: date) -> None:
    for language, words in TEXTS.items():
        session.add(
            ConsentText(
                purpose=ConsentPurpose.CASE_MANAGEMENT,
                language=language,
                version=1,
                text=words,
                published_on=today - timedelta(days=1200),
            )
        )
    for code, name in (("JRP", "Joint Reintegration Programme"), ("NRF", "National Return Fund")):
        session.add(Programme(code=code, name=name))
    session.flush()
