"""A browser for tests that reads every page it is given, as strictly as no real browser does."""

from collections import Counter
from typing import Any

from flask.testing import FlaskClient
from justhtml import JustHTML
from werkzeug.test import TestResponse

POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form")
"""Attributes that name the ids of other elements."""

TYPED = ("unexpected-null-character",)
"""What a page may repeat because somebody typed it."""


class Reader(FlaskClient):
    """Fails the test where a page that comes back is not well made."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        response = super().open(*args, **options)
        if response.mimetype == "text/html":
            found = mistakes(response.get_data(as_text=True))
            assert found == [], f"{response.request.path}: {found}"
        return response


def mistakes(html: str) -> list[str]:
    """What is wrong with a page, or with a part of one that a script puts into a page."""
    whole = html.lstrip().lower().startswith("<!doctype")
    document = JustHTML(html, sanitize=False, collect_errors=True, fragment=not whole)
    found = [f"line {error.line}: {error.code}" for error in document.errors if error.code not in TYPED]
    elements = document.query("*")
    ids = Counter(element.attrs["id"] for element in elements if "id" in element.attrs)
    found += [f"id {name} stands {times} times" for name, times in ids.items() if times > 1]
    for element in elements:
        found += [f"<{element.name} {trouble}>" for trouble in _forbidden(element.name, element.attrs)]
        if whole:
            found += [f"<{element.name} {where}> leads nowhere" for where in _dangling(element.attrs, ids)]
    return [*found, *(_untitled(document) if whole else [])]


def _forbidden(name: str, attributes: dict[str, str | None]) -> list[str]:
    """What the content policy would refuse in a browser."""
    inline = [attribute for attribute in attributes if attribute == "style" or attribute.startswith("on")]
    scripted = name == "script" and "src" not in attributes
    return [*inline, *(["without src"] if scripted else []), *(["in a page"] if name == "style" else [])]


def _dangling(attributes: dict[str, str | None], ids: Counter[str]) -> list[str]:
    named = [
        (pointer, name)
        for pointer in POINTERS
        if pointer in attributes
        for name in (attributes[pointer] or "").split()
    ]
    if (attributes.get("href") or "").startswith("#"):
        named.append(("href", attributes["href"] or ""))
    return [f'{pointer}="{name}"' for pointer, name in named if name.removeprefix("#") not in ids]


def _untitled(document: JustHTML) -> list[str]:
    title = document.query_one("title")
    said = title.to_text().removesuffix("· reintegrate").strip() if title else ""
    headings = document.query("h1")
    return [*([] if said else ["no title"]), *([] if len(headings) == 1 else [f"{len(headings)} h1"])]
