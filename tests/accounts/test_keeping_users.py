import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reintegrate.accounts import queries, services
from reintegrate.accounts.models import Membership, Office, Role, SecondFactorReset, User
from reintegrate.audit.models import AuditEvent
from reintegrate.db import session
from reintegrate.errors import RuleError
from tests import make
from tests.accounts.people import is_signed_in, letters_of, link_in, post, strict, with_password
from tests.accounts.test_canary import tidy


def client_of(site: Flask, role: Role, at: Office | None = None, **facts: str) -> tuple[FlaskClient, User]:
    user = make.user(role, at, **facts)
    session.commit()
    return make.signed_in(site, user.fs_uniquifier), user


def two_administrators(site: Flask) -> tuple[FlaskClient, FlaskClient]:
    return client_of(site, Role.ADMINISTRATOR)[0], client_of(site, Role.ADMINISTRATOR)[0]


def test_a_role_counts_once_somebody_else_has_confirmed_it(site: Flask) -> None:
    with site.app_context():
        office = make.office()
        one, two = two_administrators(site)
        awa = make.user()
        session.commit()
        ids = office.id, awa.id
    post(one, f"/users/{ids[1]}/roles/new", role="supervisor", office=str(ids[0]))
    with site.app_context():
        membership = session.scalars(select(Membership).where(Membership.user_id == ids[1])).one()
        assert membership.confirmed_at is None
    post(one, f"/roles/{membership.id}/confirm")
    with site.app_context():
        assert session.get_one(Membership, membership.id).confirmed_at is None
    post(two, f"/roles/{membership.id}/confirm")
    with site.app_context():
        assert session.get_one(Membership, membership.id).confirmed_at is not None


def test_a_programme_manager_confirms_roles_in_her_country_alone(site: Flask) -> None:
    with site.app_context():
        here, abroad = make.office("SN"), make.office("ET")
        granter, awa = make.user(Role.ADMINISTRATOR), make.user(Role.CASEWORKER, here)
        client, _manager = client_of(site, Role.PROGRAMME_MANAGER, here)
        near, far = (
            services.grant_role(awa, role=Role.SUPERVISOR, office=o, country=None, granted_by=granter)
            for o in (here, abroad)
        )
        session.commit()
        ids = near.id, far.id
    assert post(client, f"/roles/{ids[0]}/confirm").status_code == 302
    assert post(client, f"/roles/{ids[1]}/confirm").status_code == 403
    with site.app_context():
        assert session.get_one(Membership, ids[0]).confirmed_at is not None
        assert session.get_one(Membership, ids[1]).confirmed_at is None


def test_a_supervisor_closes_no_account_that_counts_beyond_her_office(site: Flask) -> None:
    with site.app_context():
        here, there = make.office(), make.office()
        client, _me = client_of(site, Role.SUPERVISOR, here)
        hers, also = make.user(Role.CASEWORKER, here), make.user(Role.CASEWORKER, here)
        grown = services.grant_role(also, role=Role.SUPERVISOR, office=there, country=None, granted_by=hers)
        services.confirm_role(grown, confirmed_by=make.user())
        session.commit()
        ids = hers.id, also.id
    assert post(client, f"/users/{ids[1]}/disable").status_code == 404
    assert post(client, f"/users/{ids[0]}/disable").status_code == 302
    with site.app_context():
        assert [session.get_one(User, number).active for number in ids] == [False, True]


def test_closing_an_account_ends_its_sessions_at_once(site: Flask) -> None:
    with site.app_context():
        client, _other = two_administrators(site)
        hers, user = client_of(site, Role.CASEWORKER, make.office())
    assert is_signed_in(hers)
    post(client, f"/users/{user.id}/disable")
    assert not is_signed_in(hers)
    post(client, f"/users/{user.id}/enable")
    assert not is_signed_in(hers)


def test_the_last_two_administrators_stay(app: Flask) -> None:
    one, two = make.user(Role.ADMINISTRATOR), make.user(Role.ADMINISTRATOR)
    with pytest.raises(RuleError, match="two administrators"):
        services.disable_user(two, disabled_by=one)
    with pytest.raises(RuleError, match="two administrators"):
        services.revoke_role(queries.memberships_of([two.id])[two.id][0])


def test_an_administrator_may_end_the_sessions_of_somebody_who_lost_a_laptop(site: Flask) -> None:
    with site.app_context():
        client, _other = two_administrators(site)
        hers, user = client_of(site, Role.CASEWORKER, make.office())
    post(client, f"/users/{user.id}/sign-out")

    assert not is_signed_in(hers)


def test_resetting_a_second_factor_needs_another_administrator(site: Flask) -> None:
    with site.app_context():
        one, two = two_administrators(site)
        hers, user = client_of(site, Role.CASEWORKER, make.office())
        user.tf_primary_method, user.tf_totp_secret, user.mf_recovery_codes = "authenticator", "x", ["y"]
        session.commit()
    post(one, f"/users/{user.id}/second-factor", reason="She called from her desk")
    post(one, "/second-factor-resets/1/agree")
    with site.app_context():
        assert session.get_one(User, user.id).tf_primary_method == "authenticator"
    assert is_signed_in(hers)
    with letters_of(site) as sent:
        post(two, "/second-factor-resets/1/agree")
    with site.app_context():
        found = session.get_one(User, user.id)
        assert (found.tf_primary_method, found.tf_totp_secret, found.mf_recovery_codes) == (None, None, [])
        assert session.get_one(SecondFactorReset, 1).done
        changes = session.scalars(select(AuditEvent.action)).all()
    assert "second_factor_reset.update" in changes
    assert not is_signed_in(hers)
    assert sent[0].recipients == [user.email]


@pytest.mark.parametrize("who", ["asker", "herself"])
def test_neither_who_asked_nor_who_is_concerned_agrees_to_a_reset(app: Flask, who: str) -> None:
    asker, lost = make.user(Role.ADMINISTRATOR), make.user(Role.ADMINISTRATOR)
    lost.tf_primary_method = "authenticator"
    asked = services.request_reset(lost, reason="lost", requested_by=asker)

    with pytest.raises(RuleError, match="Somebody else"):
        services.decide_reset(asked, decided_by=asker if who == "asker" else lost, agrees=True)


def test_a_refused_reset_changes_nothing_and_is_not_decided_again(app: Flask) -> None:
    asker, other, lost = make.user(), make.user(), make.user()
    lost.tf_primary_method, before = "authenticator", lost.fs_uniquifier
    asked = services.request_reset(lost, reason="lost", requested_by=asker)
    services.decide_reset(asked, decided_by=other, agrees=False)

    assert (lost.tf_primary_method, lost.fs_uniquifier) == ("authenticator", before)
    with pytest.raises(RuleError, match="already"):
        services.decide_reset(asked, decided_by=other, agrees=True)


def test_a_caseworker_resets_and_grants_nothing(site: Flask) -> None:
    with site.app_context():
        client, user = client_of(site, Role.CASEWORKER, make.office())
    for path in (f"/users/{user.id}/second-factor", "/second-factor-resets/1/agree", "/users/new"):
        assert post(client, path).status_code == 403


def test_an_invitation_speaks_the_language_chosen_and_names_no_returnee(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        with app.app_context():
            office = make.office()
            make.case(office, make.user(), given_names="Zubaida", family_name="Khan")
            client, _user = client_of(app, Role.ADMINISTRATOR, name="Amina Diallo")
        facts = {"name": "Awa Sow", "email": "awa@example.org", "role": "caseworker"}
        post(client, "/users/new", **facts, language="ar", office=str(office.id))
        (letter,) = sent

        assert letter.recipients == ["awa@example.org"]
        assert "Amina Diallo" in letter.subject
        assert letter.html is None
        assert "Zubaida" not in letter.body
        assert "Khan" not in letter.body
        assert "يوم" in letter.body
        with app.app_context():
            assert queries.user_by_email("awa@example.org").language == "ar"  # type: ignore[union-attr]


def test_an_invitation_sent_again_ends_the_earlier_link(site: Flask) -> None:
    with strict(site) as app, letters_of(app) as sent:
        with app.app_context():
            client, _user = client_of(app, Role.ADMINISTRATOR)
            office = make.office()
            session.commit()
        facts = {"name": "Awa Sow", "email": "awa@example.org", "role": "caseworker", "language": "en"}
        there = post(client, "/users/new", **facts, office=str(office.id)).location
        post(client, f"{there}/invite")
        fresh = app.test_client()

        assert [fresh.get(link_in(letter)).status_code for letter in sent] == [302, 200]


def test_a_mail_server_that_is_down_loses_no_invitation(site: Flask) -> None:
    down = {"MAIL_SUPPRESS_SEND": False, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": 1}
    with strict(site, **down) as app:
        with app.app_context():
            client, _user = client_of(app, Role.ADMINISTRATOR)
            office = make.office()
            session.commit()
        facts = {"name": "Awa Sow", "email": "awa@example.org", "role": "caseworker", "language": "en"}
        there = post(client, "/users/new", **facts, office=str(office.id)).location
        page = client.get(there).text

        assert "could not be sent" in page
        assert "Send the invitation again" in page
        assert post(client, "/reset-password", email="awa@example.org").status_code == 200


@pytest.mark.parametrize("email", ["awa", "awa@", "awa sow@example.org", "a@b@example.org"])
def test_what_cannot_be_an_address_is_not_invited(site: Flask, email: str) -> None:
    with site.app_context():
        client, _user = client_of(site, Role.ADMINISTRATOR)
    facts = {"name": "Awa Sow", "role": "auditor", "language": "en"}
    answer = post(client, "/users/new", **facts, email=email)

    assert answer.status_code == 200
    assert "name@office.org" in answer.text


def names_on(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]+)', page)


def test_users_are_found_by_part_of_name_or_address_role_office_and_state(site: Flask) -> None:
    with site.app_context():
        here, there = make.office(), make.office()
        client, _me = client_of(site, Role.ADMINISTRATOR, name="Zz Admin")
        with_password(make.user(Role.CASEWORKER, here, name="Awa Sow", email="first@example.org"))
        make.user(Role.SUPERVISOR, there, name="Bilal 100% Ba", email="second@example.org")
        make.user(Role.CASEWORKER, there, name="Cheikh Fall").active = False
        session.commit()
    found = {
        query: names_on(client.get(f"/users?{query}").text)
        for query in ("q=sow+AWA", "q=SECOND", "q=%25", "role=supervisor", f"office={here.id}")
    }
    states = {s: names_on(client.get(f"/users?state={s}").text) for s in ("active", "invited", "closed")}

    assert list(found.values()) == [["Awa Sow"], ["Bilal 100% Ba"]] + [["Bilal 100% Ba"]] * 2 + [["Awa Sow"]]
    assert states == {
        "active": ["Awa Sow"],
        "invited": ["Bilal 100% Ba", "Zz Admin"],
        "closed": ["Cheikh Fall"],
    }
    for odd in ("role=x", "office=x", "office=99999999999999999999", "state=x", "place=x", "q=" + "x" * 999):
        assert client.get(f"/users?{odd}").status_code == 200


def test_many_users_come_in_pages_and_each_once(site: Flask) -> None:
    with site.app_context():
        client, _me = client_of(site, Role.ADMINISTRATOR, name="A")
        for number in range(120):
            make.user(name=f"Same {number % 3}")
        session.commit()
    seen, address = [], "/users"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<th scope="row"><a href="/users/(\d+)"', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older.group(1).replace("&amp;", "&") if older else ""

    assert len(seen) == len(set(seen)) == 121


def test_a_supervisor_sees_the_people_of_her_office_alone(site: Flask) -> None:
    with site.app_context():
        here, there = make.office(), make.office()
        client, _me = client_of(site, Role.SUPERVISOR, here, name="Me")
        make.user(Role.CASEWORKER, here, name="Near")
        far = make.user(Role.CASEWORKER, there, name="Far")
        session.commit()

    assert names_on(client.get("/users").text) == ["Me", "Near"]
    addresses = [f"/users/{number}" for number in (far.id, 999_999)]
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [404, 404]
    hidden, absent = (tidy(answer.data, at) for answer, at in zip(answers, addresses, strict=True))
    assert hidden == absent


def test_an_office_is_corrected_but_keeps_code_and_country(site: Flask) -> None:
    with site.app_context():
        client, _me = client_of(site, Role.ADMINISTRATOR)
        office = make.office("SN", code="DKR")
        session.commit()
    form = client.get(f"/offices/{office.id}/edit").text
    sent = dict(re.findall(r'name="(version|based_on)"[^>]*value="([^"]*)"', form))
    facts = {"name": "Dakar Plateau", "timezone": "Africa/Dakar", "code": "XXX", "country": "Ethiopia"}
    assert post(client, f"/offices/{office.id}/edit", **sent, **facts).status_code == 302
    with site.app_context():
        found = session.get_one(Office, office.id)
        assert (found.name, found.timezone, found.code, found.country) == (
            "Dakar Plateau",
            "Africa/Dakar",
            "DKR",
            "SN",
        )
    conflict = post(client, f"/offices/{office.id}/edit", **sent, name="Dakar Port", timezone="UTC")
    assert conflict.status_code == 409


def test_a_programme_manager_keeps_the_offices_of_her_country(site: Flask) -> None:
    with site.app_context():
        here, abroad = make.office("SN", name="Near"), make.office("ET", name="Far")
        client, _me = client_of(site, Role.PROGRAMME_MANAGER, here)
    assert names_in(client.get("/offices").text) == ["Near"]
    assert client.get(f"/offices/{abroad.id}/edit").status_code == 404
    facts = {"code": "NEW", "name": "New", "timezone": "UTC"}
    assert post(client, "/offices/new", **facts, country="Ethiopia").status_code == 403
    assert post(client, "/offices/new", **facts, country="Senegal").status_code == 302


def names_in(page: str) -> list[str]:
    return re.findall(r"<bdi>([^<]+)</bdi></a></th>", page)


def test_the_roles_of_a_reopened_account_wait_for_somebody_else(app: Flask) -> None:
    admin, other = make.user(Role.ADMINISTRATOR), make.user(Role.ADMINISTRATOR)
    gone = make.user(Role.CASEWORKER, make.office())
    services.disable_user(gone, disabled_by=admin)
    services.enable_user(gone, enabled_by=admin)
    (role,) = queries.memberships_of([gone.id])[gone.id]
    assert role.confirmed_at is None
    with pytest.raises(RuleError, match="Somebody else"):
        services.confirm_role(role, confirmed_by=admin)
    services.confirm_role(role, confirmed_by=other)
    services.enable_user(gone, enabled_by=admin)
    assert role.confirmed_at is not None
