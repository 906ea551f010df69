"""The operations that users wait for. The SQL is what one would write by hand for just these rows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, func, select

from reintegrate.accounts.models import Role
from reintegrate.bench.ground import Ground, Member
from reintegrate.bench.registry import Rows, Trial, operation
from reintegrate.cases.models import Case, Need
from reintegrate.columns import utcnow
from reintegrate.dates import Precision
from reintegrate.db import session
from reintegrate.demo.people import person
from reintegrate.people.models import Person
from reintegrate.people.names import neighbours, query_keys
from reintegrate.web.tables import place_text

ROW = """
    c.reference, c.id, c.status, c.next_due_on, c.last_activity_at, c.opened_on, c.sensitivity,
    c.case_manager_id, p.display_name, p.native_name, p.native_language, p.sort_name,
    e.return_country, e.host_country, e.arrived_on, e.arrived_precision, u.name"""

JOINS = """
    JOIN person p ON p.id = c.person_id JOIN return_episode e ON e.id = c.episode_id
    LEFT JOIN app_user u ON u.id = c.case_manager_id"""

OWN = """
    (c.case_manager_id = :me AND (c.sensitivity = 'normal' OR EXISTS
    (SELECT 1 FROM named_access n WHERE n.case_id = c.id AND n.user_id = :me)))"""

OFFICE = "c.office_id = :office AND c.sensitivity = 'normal'"

EVERYTHING = "c.sensitivity = 'normal'"

NEWEST = "ORDER BY c.last_activity_at DESC, c.id DESC LIMIT 50"

DEEP = 10_000

NEWCOMERS = 7
"""The seed of the made-up people who are registered, others than those of the demo."""


def _list(ground: Ground, role: Role, condition: str, address: str = "/cases") -> Trial:
    member = ground.member(role)
    text = f"SELECT {ROW} FROM case_file c {JOINS} WHERE {condition} {NEWEST}"
    raw = ground.sql(text, me=member.id, office=member.office_id)
    return Trial(ground.page(member, address), raw, tuple(row[0] for row in raw()))


@operation("list, caseworker", times_raw=15, statements=3)
def own_list(ground: Ground) -> Trial:
    """The cases of a caseworker, as they come."""
    return _list(ground, Role.CASEWORKER, OWN)


@operation("list, supervisor", times_raw=15, statements=3)
def office_list(ground: Ground) -> Trial:
    """The cases of an office, as they come."""
    return _list(ground, Role.SUPERVISOR, OFFICE)


@operation("list, everything", times_raw=15, statements=3)
def whole_list(ground: Ground) -> Trial:
    """The cases of all offices, as they come."""
    return _list(ground, Role.AUDITOR, EVERYTHING)


@operation("list, filtered", times_raw=15, statements=3)
def filtered_list(ground: Ground) -> Trial:
    """The active cases of an office."""
    return _list(ground, Role.SUPERVISOR, f"{OFFICE} AND c.status = 'active'", "/cases?status=active")


@operation("list, deep page", times_raw=15, statements=3)
def deep_list(ground: Ground) -> Trial:
    """All cases from the 10,000th row on, or from the middle where there are fewer."""
    number = min(DEEP, len(session.scalars(select(Case.id).limit(2 * DEEP)).all()) // 2)
    at, last = session.execute(
        select(Case.last_activity_at, Case.id)
        .where(Case.sensitivity == "normal")
        .order_by(Case.last_activity_at.desc(), Case.id.desc())
        .offset(number)
        .limit(1)
    ).one()
    place = place_text(last, "cases activity", before=False, number=number)
    further = "(c.last_activity_at, c.id) < (:at, :last)"
    text = f"SELECT {ROW} FROM case_file c {JOINS} WHERE {EVERYTHING} AND {further} {NEWEST}"
    raw = ground.sql(text, at=_stored(ground, at), last=last)
    page = ground.page(ground.member(Role.AUDITOR), f"/cases?place={place}")
    return Trial(page, raw, tuple(row[0] for row in raw()))


def _stored(ground: Ground, at: datetime) -> Any:
    """A moment as the driver compares it."""
    return at if ground.is_postgresql else at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _somebody(*conditions: ColumnElement[bool]) -> tuple[Case, Person]:
    """The first ordinary case of a person with two names, and the person."""
    statement = (
        select(Case, Person)
        .join(Person, Person.id == Case.person_id)
        .where(Case.id > 0, Case.sensitivity == "normal", Person.sort_name.contains(" "), *conditions)
        .order_by(Case.id)
        .limit(1)
    )
    case, person = session.execute(statement).one()
    return case, person


def _search(ground: Ground, case: Case, text: str, *, typos: bool = False) -> Trial:
    member = ground.member(Role.SUPERVISOR, case.office_id)
    values: dict[str, Any] = {"me": member.id, "office": member.office_id}
    first, *others = [
        _keys(values, f"k{place}_", sorted(group), typos=typos)
        for place, group in enumerate(query_keys(text))
    ]
    within = "".join(
        f" AND k.person_id IN (SELECT person_id FROM name_key k WHERE {keys})" for keys in others
    )
    raw = ground.sql(
        f"""SELECT {ROW} FROM case_file c {JOINS} WHERE {OFFICE} AND c.person_id IN (
        SELECT person_id FROM name_key k WHERE {first}{within}) LIMIT 50""",
        **values,
    )
    return Trial(ground.page(member, f"/search?q={text}"), raw, (case.reference,))


def _keys(values: dict[str, Any], prefix: str, group: list[str], *, typos: bool) -> str:
    """The condition that a key is one of a group, or one slip away; adds its values."""
    wanted = sorted({*group, *(n for key in group for n in neighbours(key))}) if typos else group
    names = [f"{prefix}{place}" for place in range(len(wanted))]
    values |= dict(zip(names, wanted, strict=True))
    places = ", ".join(f":{name}" for name in names)
    if typos:
        return f"k.key IN (SELECT v.key FROM name_variant v WHERE v.variant IN ({places}))"
    return f"k.key IN ({places})"


@operation("search, exact name", most_ms=25)
def exact_search(ground: Ground) -> Trial:
    """Somebody by the name in her document."""
    case, person = _somebody()
    return _search(ground, case, person.display_name)


@operation("search, other script", most_ms=25)
def other_script_search(ground: Ground) -> Trial:
    """Somebody by her name in its own script."""
    case, person = _somebody(Person.native_name.is_not(None))
    return _search(ground, case, person.native_name or "")


@operation("search, with a typo", most_ms=25)
def typo_search(ground: Ground) -> Trial:
    """Somebody by her name with a letter too few."""
    case, person = _somebody(func.length(Person.sort_name) > 15)
    name = person.display_name
    return _search(ground, case, name[:2] + name[3:], typos=True)


@operation("likely the same", most_ms=15)
def likely_same(ground: Ground) -> Trial:
    """Who may be the person that is being registered: somebody registered already."""
    case, person = _somebody(Person.birth_precision == Precision.DAY)
    member, born = ground.member(Role.SUPERVISOR, case.office_id), person.birth_date or date.min
    form = _intake(member, person.display_name, born)
    values: dict[str, Any] = {"born": born if ground.is_postgresql else born.isoformat()}
    named = [
        f"p.id IN (SELECT person_id FROM name_key k WHERE "
        f"{_keys(values, f'k{place}_', sorted(group), typos=False)})"
        for place, group in enumerate(query_keys(person.display_name))
    ]
    columns = "p.id, p.search_names, p.birth_date, p.birth_precision, p.sex"
    raw = ground.sql(
        f"""SELECT {columns} FROM person p WHERE {" AND ".join(named)} UNION
        SELECT {columns} FROM person p WHERE p.birth_date = :born AND ({" OR ".join(named)}) LIMIT 60""",
        **values,
    )
    return Trial(lambda: ground.post(member, "/cases/new/likely", form, status=200), raw, (case.reference,))


PARTS = (
    ("status_change", "case_id", "at"),
    ("note", "case_id", "happened_on"),
    ("need", "case_id", "id"),
    ("task", "case_id", "due_on"),
    ("consent", "case_id", "id"),
    ("named_access", "case_id", "id"),
    ("person_name", "person_id", "id"),
    ("nationality", "person_id", "position"),
    ("spoken_language", "person_id", "position"),
    ("identity_document", "person_id", "id"),
    ("contact", "person_id", "id"),
    ("household_member", "person_id", "id"),
)
"""The tables of a case page, with the column of their owner and their order."""


@operation("case page", most_ms=20)
def case_page(ground: Ground) -> Trial:
    """The first page of a case, which is remembered in the trail."""
    case, person = _somebody()
    owners = {"case_id": case.id, "person_id": person.id}
    head = """
        SELECT c.*, p.*, e.*, o.*, u.name FROM case_file c JOIN office o ON o.id = c.office_id
        JOIN person p ON p.id = c.person_id JOIN return_episode e ON e.id = c.episode_id
        LEFT JOIN app_user u ON u.id = c.case_manager_id WHERE c.reference_key = :key"""
    raw = ground.several(
        [
            (head, {"key": case.reference_key}),
            *(
                (f"SELECT * FROM {table} WHERE {owner} = :owner ORDER BY {order}", {"owner": owners[owner]})
                for table, owner, order in PARTS
            ),
        ]
    )
    page = ground.page(ground.member(Role.SUPERVISOR, case.office_id), f"/cases/{case.reference}")
    return Trial(page, raw, (case.reference, person.display_name.split()[0]))


TASKS = f"""
    SELECT c.reference, t.id, t.title, t.due_on, p.display_name, p.native_name, p.native_language FROM (
    SELECT * FROM (SELECT t.id, t.due_on FROM case_file c JOIN task t ON t.case_id = c.id
    WHERE {OWN} AND c.next_due_on <= :until AND coalesce(t.assignee_id, 0) = 0
    AND t.done_on IS NULL AND t.due_on > :after AND t.due_on <= :until UNION ALL
    SELECT t.id, t.due_on FROM task t JOIN case_file c ON c.id = t.case_id
    WHERE {OWN} AND t.assignee_id = :me AND t.done_on IS NULL AND t.due_on > :after AND t.due_on <= :until
    ) a ORDER BY due_on, id LIMIT 11) d JOIN task t ON t.id = d.id
    JOIN case_file c ON c.id = t.case_id JOIN person p ON p.id = c.person_id ORDER BY t.due_on, t.id"""


@operation("worklist, caseworker", most_ms=15)
def worklist(ground: Ground) -> Trial:
    """What is late, due and new for a caseworker."""
    member, today = ground.member(Role.CASEWORKER), utcnow().date()
    yesterday, me = today - timedelta(days=1), {"me": member.id}
    case = f"SELECT {ROW} FROM case_file c {JOINS} WHERE {OWN}"
    raw = ground.several(
        [
            (TASKS, me | {"after": date(1970, 1, 1), "until": yesterday}),
            (TASKS, me | {"after": yesterday, "until": today + timedelta(days=7)}),
            *(
                (
                    f"{case} AND c.status = :status ORDER BY c.status_since, c.id LIMIT 11",
                    me | {"status": status},
                )
                for status in ("returned_for_info", "accepted")
            ),
            ("SELECT status, count(*) FROM case_file WHERE case_manager_id = :me GROUP BY status", me),
        ]
    )
    return Trial(ground.page(member, "/worklist"), raw, tuple(row[0] for row in raw()[:10]))


@operation("worklist, supervisor")
def boss_worklist(ground: Ground) -> Trial:
    """What waits for the decision of a supervisor, and how many cases stand where in her office."""
    member = ground.member(Role.SUPERVISOR)
    values = {"me": member.id, "office": member.office_id}
    case = f"SELECT {ROW} FROM case_file c {JOINS} WHERE {OFFICE}"
    late = "ORDER BY c.status_since, c.id LIMIT 11"
    raw = ground.several(
        [
            (f"{case} AND c.status = 'submitted' {late}", values),
            (
                f"{case} AND c.case_manager_id IS NULL AND c.status IN ('submitted', 'accepted') {late}",
                values,
            ),
            (f"SELECT c.status, count(*) FROM case_file c WHERE {OFFICE} GROUP BY c.status", values),
        ]
    )
    return Trial(ground.page(member, "/worklist"), raw, tuple(row[0] for row in raw()[:10]))


def _intake(member: Member, name: str, born: date, phone: str = "") -> dict[str, str]:
    return {
        "given_names": name,
        "sex": "female",
        "birth-day": str(born.day),
        "birth-month": str(born.month),
        "birth-year": str(born.year),
        "birth-precision": "day",
        "nationalities": "Senegal",
        "return_country": "Senegal",
        "host_country": "Germany",
        "arrived-precision": "unknown",
        "type": "avrr",
        "modality": "permanent",
        "phone": phone,
        "consent": "written",
        "office": str(member.office_id),
        "anyway": "1",
    }


@operation("registration", most_ms=12)
def registration(ground: Ground) -> Trial:
    """A new person with her return and her case, with the trail, in one transaction."""
    member = ground.member(Role.CASEWORKER)
    numbers, run = count(int(utcnow().timestamp()) * 10), token_hex(4)

    def request() -> str:
        number = next(numbers)
        born = date(1960, 1, 1) + timedelta(days=number % 16_000)
        name = person(NEWCOMERS, number).full_name
        form = _intake(member, name, born, f"+221 77 {number % 10_000_000:07}")
        return ground.post(member, "/cases/new", form | {"operation_id": f"bench-{run}-{number}"})

    return Trial(request, _raw_registration(ground, member))


def _raw_registration(ground: Ground, member: Member) -> Callable[[], Rows]:
    lowest = min(0, int(ground.sql("SELECT min(id) FROM person")()[0][0]))
    numbers = count(1 - lowest)

    def raw() -> Rows:
        number, now = next(numbers), _stored(ground, utcnow())
        facts = {
            "n": -number,
            "now": now,
            "today": now if ground.is_postgresql else now[:10],
        }
        facts |= {"me": member.id, "office": member.office_id, "name": person(NEWCOMERS, number).full_name}
        facts |= {"reference": f"BENCH-{number}", "seq": -number, "no": False}
        return ground.several([(text, facts) for text in REGISTRATION])()

    return raw


REGISTRATION = (
    """INSERT INTO person (id, version, display_name, sort_name, search_names, sex, birth_precision,
    marital_status, address_hidden, created_at, updated_at)
    VALUES (:n, 1, :name, :name, :name, 'female', 'unknown', 'unknown', :no, :now, :now)""",
    """INSERT INTO person_name (person_id, kind, given_names, family_name)
    VALUES (:n, 'document', :name, '')""",
    "INSERT INTO name_key (key, person_id, token_count) VALUES ('bnx', :n, 2), (:reference, :n, 2)",
    "INSERT INTO nationality (person_id, country, position) VALUES (:n, 'SN', 0)",
    """INSERT INTO contact (person_id, channel, value, value_key, no_messages)
    VALUES (:n, 'phone', '+221771234567', '+221771234567', :no)""",
    """INSERT INTO return_episode (id, version, person_id, type, modality, host_country, return_country,
    arrived_precision, reason, intention, updated_at)
    VALUES (:n, 1, :n, 'avrr', 'permanent', 'DE', 'SN', 'unknown', 'unknown', 'unknown', :now)""",
    """INSERT INTO case_file (id, version, reference, reference_key, person_id, episode_id, office_id,
    case_manager_id, status, status_since, sensitivity, opened_on, opened_by_id, last_activity_at)
    VALUES (:n, 1, :reference, :reference, :n, :n, :office,
    :me, 'draft', :now, 'normal', :today, :me, :now)""",
    "INSERT INTO status_change (case_id, to_status, at, by_id) VALUES (:n, 'draft', :now, :me)",
    """INSERT INTO consent (case_id, purpose, given, channel, language, answered_on, recorded_by_id)
    VALUES (:n, 'case_management', NOT :no, 'written', 'en', :today, :me)""",
    """INSERT INTO audit_event (seq, at, actor_id, action, outcome, subject, subject_id, case_id, hash)
    VALUES (:seq, :now, :me, 'bench', 'done', 'case_file', :n, :n, 'x')""",
    "INSERT INTO audit_detail (seq, salt, body) VALUES (:seq, 'x', :name)",
)
"""The rows of a registration, with keys below zero, where nothing else is: the chain begins with 1."""


@operation("edit of a need", most_ms=12)
def edit_need(ground: Ground) -> Trial:
    """The words of a need are changed, with the trail, in one transaction."""
    member = ground.member(Role.CASEWORKER)
    reference, need = session.execute(
        select(Case.reference, Need)
        .join(Case, Case.id == Need.case_id)
        .where(Case.case_manager_id == member.id, Case.sensitivity == "normal", Case.status == "active")
        .order_by(Case.id, Need.id)
        .limit(1)
    ).one()
    versions = count(need.version)

    def request() -> str:
        version = next(versions)
        form = {"dimension": need.dimension, "text": f"Bench {version}", "priority": need.priority}
        form |= {
            "status": need.status,
            "version": str(version),
            "operation_id": f"need-{utcnow().timestamp()}",
        }
        return ground.post(member, f"/cases/{reference}/needs/{need.id}", form)

    other = session.scalars(select(Need.id).where(Need.id != need.id).order_by(Need.id).limit(1)).one()
    return Trial(request, _raw_edit(ground, member, other))


def _raw_edit(ground: Ground, member: Member, need_id: int) -> Callable[[], Rows]:
    numbers = count(int(ground.sql("SELECT coalesce(max(-seq), 0) FROM audit_event")()[0][0]) + 2_000_000_000)

    def raw() -> Rows:
        number, now = next(numbers), _stored(ground, utcnow())
        facts = {"need": need_id, "now": now, "me": member.id, "seq": -number, "text": f"Bench {number}"}
        return ground.several([(text, facts) for text in EDIT])()

    return raw


EDIT = (
    "UPDATE need SET text = :text, version = version + 1, updated_at = :now WHERE id = :need",
    """UPDATE case_file SET last_activity_at = :now, version = version + 1
    WHERE id = (SELECT case_id FROM need WHERE id = :need)""",
    """INSERT INTO audit_event (seq, at, actor_id, action, outcome, subject, subject_id, hash)
    VALUES (:seq, :now, :me, 'bench', 'done', 'need', :need, 'x')""",
    "INSERT INTO audit_detail (seq, salt, body) VALUES (:seq, 'x', :text)",
)
