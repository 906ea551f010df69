"""What a browser would send for the form on a page."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Collects the fields of every form on a page, as pairs of name and value."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.open_select: str | None = None
        self.open_text: str | None = None
        self.chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and "name" in given and self.forms:
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.forms[-1].append((given["name"], given.get("value", "on")))
        elif tag == "select":
            self.open_select, self.chosen = given.get("name"), None
        elif tag == "option" and self.open_select:
            if "selected" in given or self.chosen is None:
                self.chosen = given.get("value", "")
        elif tag == "textarea":
            self.open_text = given.get("name")
            self.forms[-1].append((given["name"], ""))

    def handle_data(self, data: str) -> None:
        if self.open_text:
            name, text = self.forms[-1].pop()
            self.forms[-1].append((name, text + data.removeprefix("\r\n").removeprefix("\n")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.open_select and self.forms:
            self.forms[-1].append((self.open_select, self.chosen or ""))
            self.open_select = None
        elif tag == "textarea":
            self.open_text = None


def filled(page: str, **typed: Any) -> dict[str, Any]:
    """The fields of the form with a number of its own, as sent after typing; None takes a field away."""
    reader = _Forms()
    reader.feed(page)
    found: dict[str, Any] = {}
    for form in reader.forms:
        if any(name == "operation_id" for name, _value in form):
            for name, value in form:
                found.setdefault(name, []).append(value)
            break
    found |= {name.replace("__", "-"): [value] for name, value in typed.items() if value is not None}
    return {
        name: values for name, values in found.items() if typed.get(name.replace("-", "__"), "") is not None
    }
