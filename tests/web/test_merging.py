"""Two people save one record: what only one changed is joined, what both changed is chosen."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reintegrate.accounts.models import Role
from reintegrate.cases import services
from reintegrate.cases.codes import Dimension, NeedPriority
from reintegrate.db import session
from tests import make
from tests.sending import filled


@pytest.fixture
def two(site: Flask) -> dict[str, Any]:
    """A caseworker and her supervisor, who work on one case."""
    with site.app_context():
        office = make.office("SN")
        awa = make.user(Role.CASEWORKER, office, name="Awa Diop")
        ben = make.user(Role.SUPERVISOR, office, name="Ben Sarr")
        free = make.user(Role.CASEWORKER, office, name="Coumba Ly")
        case = make.case(office, awa)
        need = services.save_need(
            case, None, dimension=Dimension.ECONOMIC, text="A job", priority=NeedPriority.NORMAL
        )
        session.commit()
        return {
            "case": f"/cases/{case.reference}",
            "need": need.id,
            "free": free.id,
            "ids": {"awa": awa.id, "ben": ben.id},
            "awa": make.signed_in(site, awa.fs_uniquifier),
            "ben": make.signed_in(site, ben.fs_uniquifier),
        }


def both_save(two: dict[str, Any], tail: str, hers: dict[str, Any], his: dict[str, Any]) -> tuple[int, str]:
    """Both open a form, she saves, then he does: the answer to him."""
    address = two["case"] + tail
    pages = {name: two[name].get(address).get_data(as_text=True) for name in ("awa", "ben")}
    assert two["awa"].post(address, data=filled(pages["awa"], **hers)).status_code == 302
    answer = two["ben"].post(address, data=filled(pages["ben"], **his))
    return answer.status_code, answer.get_data(as_text=True)


def choose(client: FlaskClient, two: dict[str, Any], tail: str, page: str, **picks: str) -> Any:
    chosen = {f"pick:{name}": side for name, side in picks.items()}
    return client.post(two["case"] + tail, data=filled(page) | chosen)


def saved(two: dict[str, Any], tail: str) -> dict[str, list[str]]:
    """What the form of a page holds now."""
    return filled(two["awa"].get(two["case"] + tail).get_data(as_text=True))


PERSON = "/person/edit"


def test_dates_codes_and_answers_stand_in_words_and_nothing_is_chosen_beforehand(two: dict[str, Any]) -> None:
    status, page = both_save(
        two,
        PERSON,
        {"birth__day": "3", "sex": "female", "birth_country": "Mali"},
        {"birth__day": "4", "birth__month": "6", "sex": "male", "birth_country": "Guinea"},
    )
    assert status == 409
    for word in ("2 May 1990", "3 May 1990", "4 Jun 1990", "Female", "Male", "Not known", "Mali", "Guinea"):
        assert f'<bdi class="said">{word}</bdi>' in page, word
    assert "Saved by Ben Sarr" not in page
    assert "Saved by Awa Diop" in page
    radios = re.findall(r'<input type="radio"[^>]*>', page)
    assert len(radios) == 6
    assert not [radio for radio in radios if "checked" in radio]


def test_the_page_says_which_case_it_is_about(two: dict[str, Any]) -> None:
    _status, page = both_save(two, PERSON, {"birth_country": "Mali"}, {"birth_country": "Guinea"})

    assert f'<bdi class="ref" dir="ltr">{two["case"].removeprefix("/cases/")}</bdi>' in page


def test_every_field_goes_the_way_that_was_picked(two: dict[str, Any]) -> None:
    _status, page = both_save(
        two,
        PERSON,
        {"birth__day": "3", "sex": "female", "birth_place": "Kayes"},
        {"birth__day": "4", "sex": "male", "interpreter": "Wolof"},
    )
    assert choose(two["ben"], two, PERSON, page, birth="mine", sex="theirs").status_code == 302
    now = saved(two, PERSON)
    assert now["birth-day"] == ["4"]
    assert now["sex"] == ["female"]
    assert now["birth_place"] == ["Kayes"]
    assert now["interpreter"] == ["Wolof"]


def test_long_texts_and_lists_can_be_kept_both(two: dict[str, Any]) -> None:
    _status, page = both_save(
        two,
        PERSON,
        {"nationalities": "Senegal, Mali", "address": "Rue 10\nDakar"},
        {"nationalities": "Senegal, France", "address": "Rue 12\nDakar"},
    )
    answer = choose(two["ben"], two, PERSON, page, nationalities="both", address="both")
    assert answer.status_code == 302
    now = saved(two, PERSON)
    assert now["nationalities"] == ["Senegal, Mali, France"]
    assert now["address"][0].split() == ["Rue", "10", "Dakar", "Rue", "12"]


def test_without_a_choice_it_is_asked_again_and_the_choices_made_stay(two: dict[str, Any]) -> None:
    _status, page = both_save(
        two,
        PERSON,
        {"sex": "female", "birth_place": "Kayes"},
        {"sex": "male", "birth_place": "Bamako"},
    )
    again = choose(two["ben"], two, PERSON, page, sex="theirs")
    text = again.get_data(as_text=True)
    assert again.status_code == 409
    assert "choose a version of every field" in text
    assert "Kayes" in text
    assert "Bamako" in text
    assert re.search(r'name="pick:sex" value="theirs" required checked', text)
    assert choose(two["ben"], two, PERSON, text, birth_place="mine").status_code == 302
    assert (saved(two, PERSON)["sex"], saved(two, PERSON)["birth_place"]) == (["female"], ["Bamako"])


def test_a_third_save_in_between_is_noticed_as_well(two: dict[str, Any]) -> None:
    _status, page = both_save(two, PERSON, {"birth_place": "Kayes"}, {"birth_place": "Bamako"})
    address = two["case"] + PERSON
    third = two["awa"].get(address).get_data(as_text=True)
    assert two["awa"].post(address, data=filled(third, birth_place="Segou")).status_code == 302

    answer = choose(two["ben"], two, PERSON, page, birth_place="mine")
    assert answer.status_code == 409
    assert "Segou" in answer.get_data(as_text=True)


def test_one_may_go_back_to_what_was_typed(two: dict[str, Any]) -> None:
    _status, page = both_save(two, PERSON, {"birth_place": "Kayes"}, {"birth_place": "Bamako"})
    answer = two["ben"].post(two["case"] + PERSON, data=filled(page) | {"edit_again": "1"})
    form = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert filled(form)["birth_place"] == ["Bamako"]
    assert two["ben"].post(two["case"] + PERSON, data=filled(form)).status_code == 302
    assert saved(two, PERSON)["birth_place"] == ["Bamako"]


def test_what_only_the_other_changed_is_kept_and_said(two: dict[str, Any]) -> None:
    status, _page = both_save(two, PERSON, {"birth_place": "Kayes"}, {"interpreter": "Wolof"})
    assert status == 302
    assert "kept beside yours: Place of birth" in two["ben"].get("/worklist").get_data(as_text=True)
    now = saved(two, PERSON)
    assert (now["birth_place"], now["interpreter"]) == (["Kayes"], ["Wolof"])


def test_a_box_that_one_ticked_stays_ticked_when_the_other_saves(two: dict[str, Any]) -> None:
    status, _page = both_save(two, PERSON, {"address_hidden": "y"}, {"birth_place": "Kayes"})
    assert status == 302
    assert "Address is secret" in two["awa"].get(two["case"] + "/person").get_data(as_text=True)


def test_a_joined_form_with_a_mistake_still_has_one_effect(two: dict[str, Any]) -> None:
    status, page = both_save(two, PERSON, {"birth_place": "Kayes"}, {"birth_country": "Nowhereland"})
    assert status == 200
    assert filled(page)["operation_id"][0]
    assert filled(page)["birth_place"] == ["Kayes"]
    assert filled(page)["birth_country"] == ["Nowhereland"]


def test_people_to_choose_from_are_named_where_two_assign(two: dict[str, Any]) -> None:
    address = two["case"] + "/assign"
    page = two["ben"].get(address).get_data(as_text=True)
    first = filled(page, case_manager=str(two["free"]))
    assert two["ben"].post(address, data=first | {"operation_id": "other"}).status_code == 302
    answer = two["ben"].post(address, data=filled(page, case_manager=""))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Coumba Ly" in text
    assert "Nobody" in text
    assert choose(two["ben"], two, "/assign", text, case_manager="theirs").status_code == 302


def test_the_other_forms_of_a_case_are_merged_the_same_way(two: dict[str, Any]) -> None:
    tail = f"/needs/{two['need']}"
    status, page = both_save(two, tail, {"text": "A trade", "status": "met"}, {"text": "A shop"})
    assert status == 409
    assert choose(two["ben"], two, tail, page, text="mine").status_code == 302
    assert (saved(two, tail)["text"], saved(two, tail)["status"]) == (["A shop"], ["met"])

    status, page = both_save(
        two,
        "/return/edit",
        {"arrived__year": "2024", "arrived__precision": "year"},
        {"host_country": "Italy"},
    )
    assert status == 302
    assert saved(two, "/return/edit")["arrived-year"] == ["2024"]


def test_the_values_of_the_form_cannot_be_made_up(two: dict[str, Any]) -> None:
    address = two["case"] + PERSON
    his = two["ben"].get(address).get_data(as_text=True)
    hers = two["awa"].get(address).get_data(as_text=True)
    assert two["awa"].post(address, data=filled(hers, birth_place="Kayes")).status_code == 302
    forged = filled(his, birth_place="Bamako", based_on="forged")
    assert two["ben"].post(address, data=forged).status_code == 409


def test_whoever_changed_something_else_of_the_case_since_is_not_named(
    site: Flask, two: dict[str, Any]
) -> None:
    address = f"{two['case']}/needs/{two['need']}"
    pages = {name: two[name].get(address).text for name in ("awa", "ben")}
    assert two["awa"].post(address, data=filled(pages["awa"], text="A trade")).status_code == 302
    other = f"{two['case']}/needs/0"
    sent = filled(two["ben"].get(other).text, text="A house")
    assert two["ben"].post(other, data=sent).status_code == 302
    page = two["ben"].post(address, data=filled(pages["ben"], text="A shop")).text

    assert "Awa Diop saved this while you were writing" in page
    assert "Saved by Awa Diop" in page


def test_who_saved_in_another_window_herself_is_told_so(two: dict[str, Any]) -> None:
    address = f"{two['case']}/needs/{two['need']}"
    first, second = (two["awa"].get(address).text for _window in range(2))
    assert two["awa"].post(address, data=filled(first, text="A trade")).status_code == 302
    page = two["awa"].post(address, data=filled(second, text="A shop")).text

    assert "You saved this in another window" in page
    assert "Saved in another window" in page
