"""The list of cases: filters, orders, counts, saved views, and giving many cases away."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reintegrate.accounts.models import Role, User
from reintegrate.audit.models import AuditEvent
from reintegrate.caseload import list_page, queries
from reintegrate.cases import services
from reintegrate.cases.codes import CaseStatus, ReturnType
from reintegrate.cases.models import Case, NamedAccess, Programme, Task
from reintegrate.columns import utcnow
from reintegrate.dates import Precision
from reintegrate.db import session
from tests import make


@pytest.fixture
def desk(site: Flask) -> dict[str, Any]:
    """An office with two caseworkers and a supervisor, four cases, and a stranger elsewhere."""
    with site.app_context():
        office = make.office("SN", name="Dakar")
        awa = make.user(Role.CASEWORKER, office, name="Awa Diop")
        ben = make.user(Role.CASEWORKER, office, name="Ben Sarr")
        boss = make.user(Role.SUPERVISOR, office, name="Bineta Fall")
        other = make.office("SN", name="Kaolack")
        stranger = make.user(Role.CASEWORKER, other, name="Sira Sow")
        lead = make.user(Role.SUPERVISOR, other)
        names = ["Amadou", "Binta", "Cheikh", "Demba"]
        cases = [make.case(office, awa if n < 3 else None, given_names=names[n]) for n in range(4)]
        tell_apart(cases)
        session.commit()
        people = {"awa": awa, "ben": ben, "boss": boss, "stranger": stranger, "lead": lead}
        return {
            "references": [case.reference for case in cases],
            "ids": {name: user.id for name, user in people.items()},
            "office": office.id,
            **{name: make.signed_in(site, user.fs_uniquifier) for name, user in people.items()},
        }


def tell_apart(cases: list[Case]) -> None:
    amadou, binta, cheikh, _demba = cases
    amadou.episode.host_country, amadou.episode.type = "IT", ReturnType.FORCED
    amadou.episode.arrived_on, amadou.episode.arrived_precision = date(2026, 3, 14), Precision.DAY
    binta.episode.return_country = "GM"
    programme = Programme(code="P1", name="Bridge", active=True)
    session.add(programme)
    session.flush()
    services.set_programmes(binta, [programme])
    cheikh.status = CaseStatus.ACTIVE
    services.add_task(cheikh, title="Call", due_on=utcnow().date() - timedelta(days=3))


def page(client: FlaskClient, address: str, **query: Any) -> str:
    answer = client.get(address, query_string=query or None)
    assert answer.status_code == 200, answer
    return answer.get_data(as_text=True)


def shown(text: str) -> set[str]:
    return {name for name in ("Amadou", "Binta", "Cheikh", "Demba") if f"<bdi>{name} Ba</bdi>" in text}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "Amadou Binta Cheikh Demba"),
        ({"status": "active"}, "Cheikh"),
        ({"status": "open", "worker": "nobody"}, "Demba"),
        ({"country": "Gambia"}, "Binta"),
        ({"country": "GM"}, "Binta"),
        ({"host": "Italy"}, "Amadou"),
        ({"type": "forced"}, "Amadou"),
        ({"arrived_from": "2026-03-01", "arrived_to": "2026-03-31"}, "Amadou"),
        ({"arrived_to": "2026-03-13"}, ""),
        ({"due": "overdue"}, "Cheikh"),
        ({"due": "none"}, "Amadou Binta Demba"),
        ({"worker": "me"}, ""),
    ],
)
def test_every_filter_narrows_the_list_and_can_be_taken_off(
    desk: dict[str, Any], query: dict[str, str], expected: str
) -> None:
    text = page(desk["boss"], "/cases", **(query or {"view": "all"}))

    assert shown(text) == set(expected.split())
    assert text.count('class="off"') == len(query)


def test_cases_of_a_colleague_a_programme_and_an_office_are_listed_by_name(desk: dict[str, Any]) -> None:
    boss = desk["boss"]
    assert shown(page(boss, "/cases", worker=desk["ids"]["awa"])) == {"Amadou", "Binta", "Cheikh"}
    assert "Case manager: Awa Diop" in page(boss, "/cases", worker=desk["ids"]["awa"])
    form = page(boss, "/cases", view="all")
    programme = re.search(r'<option value="(\d+)">Bridge</option>', form)
    assert programme
    assert shown(page(boss, "/cases", programme=programme.group(1))) == {"Binta"}
    assert "Office: Dakar" in page(boss, "/cases", office=desk["office"])


def test_a_filter_that_is_not_understood_says_so_and_the_list_stays(desk: dict[str, Any]) -> None:
    text = page(desk["boss"], "/cases", country="Senegall", host="Germani", arrived_from="soon")

    assert "Did you mean Senegal?" in text
    assert "Did you mean Germany?" in text
    assert "Write the day as 2026-01-31" in text
    assert len(shown(text)) == 4


def test_a_colleague_of_another_office_is_no_filter_that_tells_her_name(desk: dict[str, Any]) -> None:
    text = page(desk["boss"], "/cases", worker=desk["ids"]["stranger"])

    assert "Sira Sow" not in text
    assert "not among your choices" in text
    assert shown(text) == set()


def test_a_caseworker_is_not_asked_for_case_managers_and_sees_only_her_own(desk: dict[str, Any]) -> None:
    text = page(desk["awa"], "/cases", worker="nobody")

    assert 'name="worker"' not in text
    assert shown(text) == {"Amadou", "Binta", "Cheikh"}


def test_pressing_a_column_again_turns_the_order_round(desk: dict[str, Any]) -> None:
    order = re.compile(r"<bdi>(\w+) Ba</bdi></a>")
    forth = page(desk["boss"], "/cases", sort="name")
    assert order.findall(forth) == ["Amadou", "Binta", "Cheikh", "Demba"]
    assert 'aria-sort="ascending"' in forth
    back = re.search(r'href="([^"]+)">Name and reference', forth)
    assert back
    again = page(desk["boss"], back.group(1))
    assert order.findall(again) == ["Demba", "Cheikh", "Binta", "Amadou"]
    assert 'aria-sort="descending"' in again


def test_columns_are_chosen_and_kept_with_the_view(desk: dict[str, Any]) -> None:
    heads = re.compile(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)<")
    text = page(desk["boss"], "/cases", columns=["opened", "due", "made-up"])
    assert heads.findall(text) == ["Name and reference", "Next task", "Opened", "Status"]
    saved = keep(desk["boss"], {"columns": "due.opened"}, name="Short")
    text = page(desk["boss"], saved.headers["Location"])
    assert re.search(r'aria-current="page">Short</a>', text)
    assert heads.findall(text) == ["Name and reference", "Next task", "Opened", "Status"]
    assert re.search(r'href="[^"]*sort=name[^"]*columns=due.opened', text)


def test_a_long_list_says_how_long_it_is_as_far_as_was_counted(
    desk: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reintegrate.web.tables.PAGE", 2)
    monkeypatch.setattr(queries, "_page_of", queries._page_of.__wrapped__)  # kept statements know the size
    monkeypatch.setattr(list_page, "COUNTED", 3)
    text = page(desk["boss"], "/cases", view="all")
    assert "1 to 2 of 3+" in text
    exact = re.search(r'href="([^"]+)">count exactly', text)
    assert exact
    assert "1 to 2 of 4" in page(desk["boss"], exact.group(1).replace("&amp;", "&"))


def test_an_empty_list_says_which_filter_to_take_away(desk: dict[str, Any]) -> None:
    text = page(desk["boss"], "/cases", status="withdrawn")
    assert "No case fits" in text
    assert "Without “Status: Withdrawn”" in text


def keep(client: FlaskClient, query: dict[str, str], **typed: str) -> Any:
    return client.post("/cases/views/new", query_string=query, data={"name": "Mine", "office": ""} | typed)


def test_a_kept_view_is_a_tab_that_leads_to_its_list(desk: dict[str, Any]) -> None:
    saved = keep(desk["boss"], {"status": "active", "sort": "-name"}, name="Running")
    assert saved.status_code == 302
    text = page(desk["boss"], saved.headers["Location"])
    assert re.search(r'aria-current="page">Running</a>', text)
    assert shown(text) == {"Cheikh"}
    assert "Save this view" not in text
    assert "Running" not in page(desk["awa"], "/cases", view="all")


def test_a_shared_view_is_only_an_address(site: Flask, desk: dict[str, Any]) -> None:
    keep(desk["boss"], {"status": "draft"}, name="Drafts", office=str(desk["office"]))
    with site.app_context():
        case = session.scalars(select(Case).where(Case.reference == desk["references"][0])).one()
        case.sensitivity = "protected"  # type: ignore[assignment]
        session.add(NamedAccess(case_id=case.id, user_id=desk["ids"]["boss"]))
        session.commit()

    assert shown(page(desk["boss"], "/cases", status="draft")) == {"Amadou", "Binta", "Demba"}
    text = page(desk["awa"], "/cases", view="all")
    tab = re.search(r'href="([^"]+)">Shared: Drafts', text)
    assert tab
    assert shown(page(desk["awa"], tab.group(1))) == {"Binta"}
    assert "Drafts" not in page(desk["stranger"], "/cases", view="all")


def test_the_list_opens_with_the_chosen_view_until_another_is_chosen(desk: dict[str, Any]) -> None:
    boss = desk["boss"]
    keep(boss, {"status": "active"}, name="Running", first="y")
    opened = boss.get("/cases")
    assert opened.status_code == 302
    assert "status=active" in opened.headers["Location"]
    assert len(shown(page(boss, "/cases", view="all"))) == 4

    text = page(boss, "/cases/views")
    forget = re.search(r'action="(/cases/views/\d+/first)"', text)
    assert forget
    boss.post(forget.group(1), data={"wanted": "0"})
    assert boss.get("/cases").status_code == 200


def view_id(client: FlaskClient) -> str:
    found = re.search(r'href="/cases/views/(\d+)"', page(client, "/cases/views"))
    assert found
    return found.group(1)


def test_a_view_is_renamed_and_removed_by_its_owner_alone(desk: dict[str, Any]) -> None:
    keep(desk["boss"], {"status": "active"}, name="Running", office=str(desk["office"]), first="y")
    address = f"/cases/views/{view_id(desk['boss'])}"

    for name, tail, data in [("awa", "", {"name": "X"}), ("awa", "/remove", {}), ("lead", "", {"name": "X"})]:
        assert desk[name].post(address + tail, data=data).status_code == 404
    assert desk["boss"].post(address, data={"name": "Under way", "office": ""}).status_code == 302
    assert "Under way" in page(desk["boss"], "/cases", view="all")
    assert "Under way" not in page(desk["awa"], "/cases", view="all")
    assert desk["boss"].post(f"{address}/remove").status_code == 302
    assert "Under way</a>" not in page(desk["boss"], "/cases", view="all")


def test_a_supervisor_clears_away_a_view_that_somebody_left_in_her_office(desk: dict[str, Any]) -> None:
    keep(desk["awa"], {"status": "active"}, name="Old", office=str(desk["office"]))
    assert desk["boss"].post(f"/cases/views/{view_id(desk['boss'])}/remove").status_code == 302
    assert "Shared: Old" not in page(desk["awa"], "/cases", view="all")


@pytest.mark.parametrize(("typed", "message"), [({"name": ""}, "Fill this in"), ({}, "of this name already")])
def test_a_view_needs_a_name_of_its_own(desk: dict[str, Any], typed: dict[str, str], message: str) -> None:
    keep(desk["boss"], {"status": "active"})
    assert message in keep(desk["boss"], {"status": "withdrawn"}, **typed).get_data(as_text=True)


def test_a_view_is_shared_with_ones_own_office_only(desk: dict[str, Any]) -> None:
    refused = keep(desk["stranger"], {"status": "active"}, office=str(desk["office"]))
    assert refused.status_code == 200
    assert "Choose one of the answers" in refused.get_data(as_text=True)


def test_chosen_cases_change_hands_after_a_look_at_them(site: Flask, desk: dict[str, Any]) -> None:
    boss, references = desk["boss"], desk["references"][:2]
    preview = page(boss, "/cases/assign", case=references)
    assert "2 cases would change hands" in preview
    assert "Ben Sarr, 0 open cases" in preview
    assert "Sira Sow" not in preview

    data = {"case": references, "case_manager": str(desk["ids"]["ben"]), "operation_id": "many-1"}
    first, second = boss.post("/cases/assign", data=data), boss.post("/cases/assign", data=data)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert "2 cases are with Ben Sarr now" in page(boss, first.headers["Location"])
    with site.app_context():
        assert managers(desk) == ["Ben Sarr", "Ben Sarr", "Awa Diop", None]
        told = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "case_file.update")
        assert session.scalar(told)


def managers(desk: dict[str, Any]) -> list[str | None]:
    rows = session.execute(
        select(Case.reference, User.name).outerjoin(User, User.id == Case.case_manager_id)
    ).all()
    found = {row[0]: row[1] for row in rows}
    return [found[reference] for reference in desk["references"]]


def test_a_whole_caseload_is_handed_over_with_the_tasks_given_by_name(
    site: Flask, desk: dict[str, Any]
) -> None:
    with site.app_context():
        case = session.scalars(select(Case).where(Case.reference == desk["references"][0])).one()
        awa = session.get(User, desk["ids"]["awa"])
        services.add_task(case, title="Visit", due_on=date(2030, 1, 1), assignee=awa)
        session.commit()
    worklist = page(desk["boss"], "/worklist")
    over = re.search(r'href="(/cases/assign\?[^"]*)">Hand over<span class="visually-hidden">: Awa', worklist)
    assert over
    preview = page(desk["boss"], over.group(1).replace("&amp;", "&"))
    chosen = re.findall(r'name="case" value="([^"]+)"', preview)
    assert sorted(chosen) == sorted(desk["references"][:3])
    desk["boss"].post("/cases/assign", data={"case": chosen, "case_manager": str(desk["ids"]["ben"])})
    with site.app_context():
        assert managers(desk) == ["Ben Sarr", "Ben Sarr", "Ben Sarr", None]
        assert session.scalar(select(Task.assignee_id).where(Task.title == "Visit")) is None


def test_only_so_many_cases_change_hands_at_once(
    desk: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reintegrate.caseload.handovers.MOST", 2)
    preview = page(desk["boss"], "/cases/assign", all="1", status="open")
    assert len(re.findall(r'name="case" value', preview)) == 2
    assert "These are the first 2" in preview


def test_cases_of_others_cannot_be_given_away(site: Flask, desk: dict[str, Any]) -> None:
    data = {"case": desk["references"], "case_manager": str(desk["ids"]["ben"])}
    assert desk["awa"].post("/cases/assign", data=data).status_code == 403
    assert desk["lead"].post("/cases/assign", data=data).status_code == 200
    with site.app_context():
        assert managers(desk) == ["Awa Diop"] * 3 + [None]


def test_what_could_not_be_given_away_says_why(site: Flask, desk: dict[str, Any]) -> None:
    with site.app_context():
        boss = session.get(User, desk["ids"]["boss"])
        assert boss
        site_office = make.office("SN", name="Thiès")
        make_member(boss, Role.SUPERVISOR, site_office.id)
        there = make.user(Role.CASEWORKER, site_office, name="Tida Thiam")
        reference = make.case(site_office).reference
        session.commit()
        tida = there.id
    references = [desk["references"][0], reference]
    answer = desk["boss"].post("/cases/assign", data={"case": references, "case_manager": str(tida)})
    text = page(desk["boss"], answer.headers["Location"])
    assert "1 case is with Tida Thiam now" in text
    assert "Stayed: Tida Thiam does not work in this office" in text


def make_member(user: User, role: Role, office_id: int) -> None:
    from reintegrate.accounts.models import Membership

    session.add(Membership(user_id=user.id, role=role, office_id=office_id, confirmed_at=utcnow()))


@pytest.mark.parametrize("column", ["worker=nobody&amp;status=open", "status=open&amp;due=overdue"])
def test_every_number_of_the_supervisor_leads_to_as_many_cases(desk: dict[str, Any], column: str) -> None:
    text = page(desk["boss"], "/workers")
    links = re.findall(r'<a[^>]*href="(/cases\?[^"]+)">(\d+)<', text)
    assert any(all(part in url for part in column.split("&amp;")) for url, _number in links)
    for url, number in links:
        assert len(shown(page(desk["boss"], url.replace("&amp;", "&")))) == int(number), url


def test_a_list_takes_the_same_few_statements_however_long(site: Flask, desk: dict[str, Any]) -> None:
    from sqlalchemy import event

    from reintegrate.db import db

    def statements() -> int:
        seen: list[str] = []
        with site.app_context():
            engine = db.engine

        def note(_c: Any, _cur: Any, text: str, *_rest: Any) -> None:
            seen.append(text)

        event.listen(engine, "before_cursor_execute", note)
        page(desk["boss"], "/cases", status="open")
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    before = statements()
    with site.app_context():
        office = make.office("SN")
        for _number in range(8):
            make.case(office, None)
        session.commit()
    assert statements() == before <= 7
