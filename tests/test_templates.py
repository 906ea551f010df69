"""What the linter of templates does not know: who uses them, what they trust, what they call themselves."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError, meta, nodes

from tests.reading import mistakes

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))

WAITING = {"ui/charts.html", "ui/decisions.html"}
"""Macros of the style guide for pages that are still to come."""

TRUSTED = {"reintegrate/web/words.py": "marks translations, which are our own, and escapes their variables"}
"""Files that may call a text safe as it is, each with the reason."""


def test_every_template_compiles(sqlite_app: Flask) -> None:
    assert NAMES
    for name in NAMES:
        sqlite_app.jinja_env.get_template(name)


def _said_by_python() -> set[str]:
    said = set()
    for path in (ROOT / "reintegrate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
    return said


def _of_the_security_library() -> set[str]:
    spec = find_spec("flask_security")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "templates"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}


def test_every_template_is_used(sqlite_app: Flask) -> None:
    used = _said_by_python() | _of_the_security_library()
    environment = sqlite_app.jinja_env
    for name in NAMES:
        parsed = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        used |= {found for found in meta.find_referenced_templates(parsed) if found}

    assert sorted(set(NAMES) - used - WAITING) == []


def test_every_page_has_a_title(sqlite_app: Flask) -> None:
    environment = sqlite_app.jinja_env
    parents = {}
    titled = set()
    for name in NAMES:
        parsed = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        for extends in parsed.find_all(nodes.Extends):
            parents[name] = extends.template.value
        if name != "base.html" and any(b.name == "title" for b in parsed.find_all(nodes.Block)):
            titled.add(name)

    def has_title(name: str) -> bool:
        return name in titled or (name in parents and has_title(parents[name]))

    assert parents
    pages = set(parents) - set(parents.values())
    assert sorted(name for name in pages if not has_title(name)) == []


def test_an_unknown_name_in_a_template_is_an_error(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ no_such_name }}")


def test_what_people_type_is_escaped_everywhere() -> None:
    trusting = re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false|\|\s*forceescape\b")
    files = [*TEMPLATES.rglob("*.html"), *(ROOT / "reintegrate").rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if trusting.search(path.read_text(encoding="utf-8"))
    }

    assert sorted(found - set(TRUSTED)) == []


def test_no_text_of_the_templates_escapes_translation() -> None:
    naked = []
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"{[#%{].*?[#%}]}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"<[^>]*>", "|", text)
        naked += [f"{path.name}: {word}" for word in re.findall(r"[A-Z][a-z]{3,} [a-z]{2,}", text)]
    assert naked == []


@pytest.mark.parametrize(
    ("page", "mistake"),
    [
        ("<!doctype html><title>A page</title><h1>A</h1></p>", "line 1: unexpected-end-tag"),
        ("<!doctype html><title>· reintegrate</title><h1>A</h1>", "no title"),
        ("<!doctype html><title>A page</title>", "0 h1"),
        ("<p id=a><p id=a>", "id a stands 2 times"),
        ("<p style='x'>", "<p style>"),
        ("<script>1</script>", "<script without src>"),
        ("<!doctype html><title>A page</title><h1>A</h1><label for=b>", '<label for="b"> leads nowhere'),
        ("<!doctype html><title>A page</title><h1>A</h1><a href='#c'>", '<a href="#c"> leads nowhere'),
    ],
)
def test_a_page_that_is_not_well_made_is_noticed(page: str, mistake: str) -> None:
    assert mistake in mistakes(page)
