"""What no linter knows about the Python: who may import the web, who commits, what people read."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "reintegrate"

SOURCES = {
    path.relative_to(PACKAGE).as_posix().removesuffix(".py"): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}

PURE = {"models", "queries", "services", "codes", "rules", "workflow", "trail", "access", "search"}
"""File names that know no request, in whichever package they stand."""

COMMITTING = {
    "accounts/command",
    "accounts/guard",
    "accounts/menu",
    "accounts/sessions",
    "accounts/security",
    "accounts/throttle",
    "bench/ground",
    "bench/names",
    "cases/loading",
    "db",
    "demo/load",
}
"""Besides views and commands: what has to stay whatever becomes of the request, and whole databases."""

IN_THE_ORDER_OF_THE_CODES = {"cases/queries.dimensions_of"}
"""Queries whose rows are put into the order of a code list."""

LATE = {"cases/returns", "people/services"}
"""Where a column is chosen by a table of ours, never by what was sent."""


def _name(node: ast.AST) -> str:
    """`b` of `a.b`, `b` of `b`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_rule_and_no_query_knows_the_web() -> None:
    web = {"flask", "wtforms", "flask_wtf", "flask_login", "werkzeug"}
    found = [
        f"{module} imports {imported}"
        for module, tree in SOURCES.items()
        if module.rsplit("/", 1)[-1] in PURE
        for imported in _imports(tree)
        if imported.split(".")[0] in web
    ]

    assert found == []


def test_every_package_has_its_rung() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        ladder = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    rungs = {name.strip() for rung in ladder for name in rung.replace("|", ":").split(":")}
    there = {module.split("/")[0] for module in SOURCES} - {"__init__", "__main__"}

    assert sorted(there - {rung.removeprefix("reintegrate.") for rung in rungs}) == []


def _commits(module: str) -> bool:
    name = module.rsplit("/", 1)[-1]
    return module in COMMITTING or name.endswith("views") or module in ("cli", "web/operations")


def test_views_commit_and_nothing_below_them() -> None:
    found = [
        f"{module}:{call.lineno}"
        for module, tree in SOURCES.items()
        if not _commits(module)
        for call in _calls(tree, "commit")
    ]

    assert found == []


def test_nothing_that_was_sent_names_a_column() -> None:
    found = []
    for module, tree in SOURCES.items():
        found += [f"{module}:{call.lineno} populate_obj" for call in _calls(tree, "populate_obj")]
        found += [
            f"{module}:{call.lineno} setattr"
            for call in _calls(tree, "setattr")
            if module not in LATE and not isinstance(call.args[1], ast.Constant)
        ]
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            spread = [word.value for word in call.keywords if word.arg is None]
            found += [
                f"{module}:{call.lineno} **{ast.unparse(value)}"
                for value in spread
                if ast.unparse(value).startswith("request.")
            ]

    assert found == []


def test_every_list_that_is_queried_has_an_order() -> None:
    found = []
    for module, tree in SOURCES.items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef) or module.rsplit("/", 1)[-1] != "queries":
                continue
            returned = ast.unparse(function.returns) if function.returns else ""
            reads = any(_calls(function, "scalars", "execute"))
            sorts = any(_calls(function, "order_by", "keyset", "sorted"))
            if reads and not sorts and returned.startswith(("list[", "Sequence[", "tuple[list[")):
                found.append(f"{module}.{function.name}")

    assert sorted(set(found) - IN_THE_ORDER_OF_THE_CODES) == []


SPEAKING = {
    "flash": (0, ()),
    "commit_and_go": (1, ("message",)),
    "RuleError": (0, ("message",)),
    "ValidationError": (0, ("message",)),
    "render_template": (None, ("title", "button", "heading", "text")),
}
"""Functions whose text people read: its place, and its keywords."""


def _naked(node: ast.expr | None) -> bool:
    """Whether a text is written down as it is, in one language."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return any(letter.isalpha() for letter in node.value)
    if isinstance(node, ast.JoinedStr):
        return any(_naked(part) for part in node.values)
    if isinstance(node, ast.IfExp):
        return _naked(node.body) or _naked(node.orelse)
    if isinstance(node, ast.BinOp):
        return _naked(node.left) or _naked(node.right)
    return False


def _spoken(call: ast.Call) -> Iterator[ast.expr]:
    name = _name(call.func)
    place, words = SPEAKING.get(name, (None, ()))
    if name.endswith("Field"):
        place, words = 0, ("label", "description")
    if place is not None and len(call.args) > place:
        yield call.args[place]
    yield from (word.value for word in call.keywords if word.arg in words)


def _members(tree: ast.AST) -> Iterator[ast.expr]:
    """The labels of code lists."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_name(base) == "Labelled" for base in node.bases):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
                    yield line.value.elts[1]


def _untranslated(tree: ast.AST) -> Iterator[ast.expr]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        yield from (text for text in _spoken(call) if _naked(text))
    yield from (text for text in _members(tree) if _naked(text))


def test_every_text_that_python_says_to_people_is_translatable() -> None:
    found = [f"{module}:{text.lineno}" for module, tree in SOURCES.items() for text in _untranslated(tree)]

    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'flash("Saved")',
        'commit_and_go(url, f"Saved {name}")',
        'raise RuleError("Not so", field="a")',
        'render_template("a.html", title="Cases" if many else _("Case"))',
        'name = TextField("Name")',
        'name = TextField(_l("Name"), description="In any script")',
        'class Kind(Labelled):\n    A = "a", "The first"',
    ],
)
def test_a_text_in_one_language_is_noticed(code: str) -> None:
    assert len(list(_untranslated(ast.parse(code)))) == 1


def test_a_translated_text_passes() -> None:
    code = 'flash(_("Saved"))\nname = TextField(_l("Name"), max_length=3)\nflash(message)'

    assert list(_untranslated(ast.parse(code))) == []
