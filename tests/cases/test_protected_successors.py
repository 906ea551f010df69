"""What is protected stays so: for the next case, the next manager and the next user of a browser."""

from flask import Flask
from sqlalchemy import select

from reintegrate.accounts.access import Sensitivity
from reintegrate.accounts.models import Role
from reintegrate.cases.assigning import Outcome, assign_cases
from reintegrate.cases.models import Case, NamedAccess, SensitivityGround
from reintegrate.db import session
from tests import make


def test_another_return_of_a_protected_person_is_protected_for_the_same_people(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        worker, named, boss = (
            make.user(Role.CASEWORKER, office),
            make.user(Role.CASEWORKER, office),
            make.user(Role.SUPERVISOR, office),
        )
        case = make.case(office, worker)
        case.sensitivity = Sensitivity.SEALED
        session.add_all(NamedAccess(case_id=case.id, user_id=user.id) for user in (worker, named))
        session.add(SensitivityGround(case_id=case.id, reason="A threat"))
        session.commit()
        reference, office_id, people = case.reference, office.id, {worker.id, named.id}
        client = make.signed_in(site, worker.fs_uniquifier)
        stranger = make.signed_in(site, boss.fs_uniquifier)

    answer = client.post(
        f"/cases/{reference}/another",
        data={
            "return_country": "SN",
            "arrived-precision": "unknown",
            "type": "unknown",
            "modality": "permanent",
            "consent": "not_asked",
            "office": str(office_id),
        },
    )

    assert answer.status_code == 302, answer.get_data(as_text=True)
    with site.app_context():
        made = session.scalars(select(Case).order_by(Case.id.desc())).first()
        assert made is not None
        assert made.reference != reference
        assert made.sensitivity == Sensitivity.SEALED
        assert (
            set(session.scalars(select(NamedAccess.user_id).where(NamedAccess.case_id == made.id))) == people
        )
        assert session.get_one(SensitivityGround, made.id).reason == "A threat"
        address = f"/cases/{made.reference}"
    assert stranger.get(address).status_code == 404
    assert client.get(address).status_code == 200


def test_a_protected_case_is_not_handed_to_somebody_who_is_not_named(app: Flask) -> None:
    office = make.office("SN")
    worker, other = make.user(Role.CASEWORKER, office), make.user(Role.CASEWORKER, office)
    case = make.case(office, worker)
    case.sensitivity = Sensitivity.PROTECTED
    session.add(NamedAccess(case_id=case.id, user_id=worker.id))
    session.flush()

    assert assign_cases([case], other) == {case.id: Outcome.NOT_NAMED}
    assert case.case_manager_id == worker.id


def test_a_reason_opens_nothing_for_the_next_user_of_a_browser_nor_after_signing_out(site: Flask) -> None:
    with site.app_context():
        office = make.office("SN")
        managers = [make.user(Role.PROGRAMME_MANAGER, office) for _ in range(2)]
        case = make.case(office)
        session.commit()
        reference = case.reference
        first, second = (make.signed_in(site, user.fs_uniquifier) for user in managers)
        uniquifier = managers[0].fs_uniquifier

    first.post(f"/cases/{reference}/why", data={"reason": "A complaint of the person"})

    assert "Mariama" in first.get(f"/cases/{reference}/person").get_data(as_text=True)
    assert "Mariama" not in second.get(f"/cases/{reference}/person").get_data(as_text=True)
    assert "complaint" not in str(first.get_cookie("session"))
    with site.app_context():
        again = make.signed_in(site, uniquifier)
    assert "Mariama" not in again.get(f"/cases/{reference}/person").get_data(as_text=True)
