"""What surrounds every page: its files on the way, and the time at its foot."""

import gzip
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from reintegrate.web.formats import full_moment
from reintegrate.web.pages import assets


@pytest.mark.parametrize("name", ["reintegrate.css", "htmx.min.js", "favicon.svg"])
def test_files_of_pages_travel_packed_for_whoever_unpacks_them(site: Flask, name: str) -> None:
    page = site.test_client().get("/sign-in").get_data(as_text=True)
    with site.test_request_context():
        address = site.jinja_env.globals["asset"](name)  # type: ignore[operator]
    assert name != "reintegrate.css" or address in page

    client = site.test_client()
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert len(packed.data) < len(plain.data)
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed))


def test_the_foot_names_the_clock_in_words(site: Flask) -> None:
    foot = site.test_client().get("/sign-in").get_data(as_text=True)

    assert re.search(r"\d\d:\d\d Coordinated Universal Time", foot)
    with site.test_request_context(headers={"Accept-Language": "en"}):
        summer, winter = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)
        assert full_moment(winter, "Africa/Addis_Ababa").endswith("15:00 East Africa Time")
        assert full_moment(winter, "Europe/Berlin").endswith("13:00 Central European Standard Time")
        assert full_moment(summer, "Europe/Berlin").endswith("14:00 Central European Summer Time")


def test_the_style_sheet_is_sent_as_one_in_the_order_of_its_parts() -> None:
    parts = assets()["reintegrate.css"]

    assert [path.name for path in parts] == sorted(path.name for path in parts)
    assert parts[0].name == "01-tokens.css"
    assert parts[-1].name == "13-print.css"
