"""The history of a case says what changed in words that people know."""

import json
from datetime import UTC, date, datetime

from flask import Flask

from reintegrate.accounts.models import Role
from reintegrate.audit import queries as audit
from reintegrate.audit.queries import Change
from reintegrate.caseload import field_labels, histories
from reintegrate.cases import queries, services
from reintegrate.cases.codes import Dimension, NeedPriority, ReturnType
from reintegrate.cases.loading import Opened
from reintegrate.cases.models import Case
from reintegrate.cases.returns import register_return
from reintegrate.columns import Base, DataClass
from reintegrate.dates import NOT_KNOWN, PartialDate, Precision
from reintegrate.db import session
from reintegrate.people import services as people
from reintegrate.people.codes import Sex
from reintegrate.people.naming import Names
from tests import make


def filed_tables() -> dict[str, object]:
    """The tables whose changes stand in the history of a case."""
    classes = [mapper.class_ for mapper in Base.registry.mappers]
    return {
        kind.__tablename__: kind.__table__
        for kind in classes
        if getattr(kind, "audited", True) and hasattr(kind, "concerns")
    }


def test_every_table_of_the_history_has_a_name() -> None:
    assert sorted(filed_tables().keys() - field_labels.TABLES.keys()) == []


def test_every_column_that_people_may_read_is_called_something_in_the_history() -> None:
    silent = [
        str(column)
        for table in filed_tables().values()
        for column in table.columns  # type: ignore[attr-defined]
        if column.info["data_class"] != DataClass.X
        and str(column) not in field_labels.UNTOLD
        and field_labels.label_of(column.table.name, column.name) is None
    ]

    assert silent == [], "add a form field of that name, or a line to caseload/field_labels.py"


def test_the_labels_name_columns_that_exist() -> None:
    known = {str(column) for table in Base.metadata.sorted_tables for column in table.columns}
    named = (
        field_labels.OWN.keys()
        | field_labels.UNTOLD
        | field_labels.PRECISIONS.keys()
        | field_labels.EXACTNESS
    )

    assert sorted(named - known) == []


def opened_by(user: object, case: Case) -> Opened:
    from reintegrate.accounts.queries import who_and_where

    return Opened(case, queries.looking_at(case, who_and_where(user, queries.IS_NAMED)[0]))  # type: ignore[arg-type]


def told(opened: Opened) -> list[tuple[str, str, str, str]]:
    """Event, label, before and after of everything that is shown."""
    case = opened.case
    spells = [spell.id for spell in queries.spells_of(case.episode)]
    returns = {"return_episode": [case.episode_id], "abroad_spell": spells}
    rows = histories.rows_of(audit.changes_of(case.id, case.person_id, returns=returns), opened)
    return [(row.what, c.label, c.before, c.after) for row in rows for c in row.changes]


def test_codes_dates_and_people_stand_in_words(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office, name="Awa Diop")
    case = make.case(office, awa)
    session.commit()
    people.update_person(
        case.person,
        Names("Mariama", "Ba", other_names=("Mari",)),
        sex=Sex.FEMALE,
        birth=PartialDate(date(1987, 1, 1), Precision.ESTIMATED),
        birth_country="SN",
        nationalities=["SN", "FR"],
    )
    session.commit()

    lines = told(opened_by(awa, case))
    assert ("Person: changed", "Sex", "Not known", "Female") in lines
    assert ("Person: changed", "Date of birth", "2 May 1990", "c. 1987") in lines
    assert ("Person: changed", "Country of birth", "", "Senegal") in lines
    assert ("Nationality: added", "Nationality", "", "France") in lines
    assert ("Name: added", "Name", "", "Mari") in lines
    assert not [line for line in lines if line[0] == "Name: removed"]

    boss = make.user(Role.SUPERVISOR, office)
    services.assign_case(case, None)
    session.commit()
    assert ("Case: changed", "Case manager", "Awa Diop", "") in told(opened_by(boss, case))


def test_a_year_that_stays_a_year_is_no_first_of_january(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa, birth=PartialDate(date(1980, 1, 1), Precision.YEAR))
    session.commit()
    people.update_person(
        case.person, Names("Mariama", "Ba"), birth=PartialDate(date(1981, 1, 1), Precision.YEAR)
    )
    session.commit()

    assert ("Person: changed", "Date of birth", "1980", "1981") in told(opened_by(awa, case))


def test_the_history_of_a_case_holds_nothing_of_the_persons_other_cases(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa)
    episode = register_return(
        case.person, type=ReturnType.FORCED, return_country="GN", host_country="IT", arrived=NOT_KNOWN
    )
    other = services.open_case(episode, office=make.office("GN"), opened_by=None)
    session.commit()

    lines = told(opened_by(awa, case))
    assert other.reference not in str(lines)
    assert "Guinea" not in str(lines)
    assert case.reference in str(lines)


def test_a_secret_address_is_not_told_by_the_history(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa)
    people.update_person(case.person, Names("Mariama", "Ba"), address="Rue 10", address_hidden=True)
    session.commit()

    assert "Rue 10" not in str(told(opened_by(awa, case)))


def test_details_that_were_erased_leave_the_event(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa)
    gone = Change(8, datetime(2026, 1, 2, tzinfo=UTC), "Awa", "person.update", None, None, case.person_id)
    odd = Change(7, gone.at, "Awa", "need.update", None, json.dumps({"no_such_column": [1, 2]}), 1)

    rows = histories.rows_of([gone, odd], opened_by(awa, case))
    assert [row.what for row in rows] == ["Person: changed"]
    assert rows[0].changes == []


def test_what_was_corrected_is_told_as_one_change_from_and_to(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa)
    session.commit()
    people.update_person(case.person, Names("Maryam", "Ba", other_names=("Mari",)), nationalities=["ML"])
    session.commit()

    lines = told(opened_by(awa, case))
    assert ("Name: changed", "Name", "Mariama", "Maryam") in lines
    assert ("Nationality: changed", "Nationality", "Senegal", "Mali") in lines
    assert ("Name: added", "Name", "", "Mari") in lines
    assert not [line for line in lines if line[0].endswith("removed")]
    assert [line for line in lines if line[2] == line[3]] == []


def test_what_was_removed_and_added_in_two_saves_stays_two_changes(app: Flask) -> None:
    office = make.office("SN")
    awa = make.user(Role.CASEWORKER, office)
    case = make.case(office, awa)
    for countries in ([], ["ML"]):
        session.commit()
        people.update_person(case.person, Names("Mariama", "Ba"), nationalities=countries)
    session.commit()

    lines = told(opened_by(awa, case))
    assert ("Nationality: removed", "Nationality", "Senegal", "") in lines
    assert ("Nationality: added", "Nationality", "", "Mali") in lines


def change(seq: int, second: int) -> Change:
    return Change(seq, datetime(2026, 1, 2, 3, 4, second, tzinfo=UTC), "Awa", "need.update", None, None, 1)


def test_a_page_of_the_history_never_cuts_through_what_was_saved_at_once() -> None:
    changes = [change(9, 5), change(8, 4), change(7, 3), change(6, 3)]

    assert histories.page_of(changes, 4) == (changes, None)
    assert histories.page_of(changes, 3) == (changes[:2], 8)
    assert histories.page_of(changes, 2) == (changes[:2], 8)
    assert histories.page_of(changes[2:], 1) == (changes[2:3], 7)


def test_the_pages_of_a_history_hold_every_change_once(app: Flask) -> None:
    office = make.office("SN")
    case = make.case(office, make.user(Role.CASEWORKER, office))
    for number in range(7):
        services.save_need(
            case, None, dimension=Dimension.SOCIAL, text=f"Need {number}", priority=NeedPriority.NORMAL
        )
        session.commit()
    returns = {"return_episode": [case.episode_id], "abroad_spell": list[int]()}

    def read(before: int | None, limit: int) -> list[Change]:
        return audit.changes_of(case.id, case.person_id, returns=returns, before=before, limit=limit)

    found: list[int] = []
    before = None
    while True:
        page, before = histories.page_of(read(before, 4), 3)
        found += [change.seq for change in page]
        if before is None:
            break
    assert found == [change.seq for change in read(None, 200)]
    assert len(found) > 7
