"""Joining what two people did to one record, field by field.

A form carries the values it was based on, signed. When it comes back and the record has moved on,
every field has three versions: base, theirs (saved) and mine (typed). Where only one side changed
it, that side counts; where both did, the person chooses on the merge page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField

Pairs = list[list[str]]
"""Names and values as a browser sends them; they rebuild a field."""

Snapshot = dict[str, Pairs]
"""The pairs of every field of a form."""

MINE, THEIRS, PICK = "mine:", "theirs:", "pick:"


@dataclass(slots=True)
class Conflict:
    """A field that both changed, as texts for people and as pairs for sending."""

    name: str
    label: str
    base_text: str
    theirs_text: str
    mine_text: str
    theirs: Pairs
    mine: Pairs


@dataclass(slots=True)
class Merge:
    """What is settled and what has to be chosen."""

    settled: dict[str, Pairs] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    joined_labels: list[str] = field(default_factory=list)

    def joined(self) -> list[tuple[str, str]]:
        """The settled fields as a browser would send them."""
        return [(name, value) for pairs in self.settled.values() for name, value in pairs]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="form-base")


def seal(snapshot: dict[str, Pairs]) -> str:
    """A snapshot as text that cannot be changed on the way."""
    text = _serializer().dumps(snapshot)
    return text if isinstance(text, str) else text.decode()


def unseal(text: str) -> dict[str, Pairs]:
    """The snapshot that was sealed. Raises itsdangerous.BadSignature."""
    return dict(_serializer().loads(text))


def pairs_of(field: Field) -> Pairs:
    """What a browser would send for the field as it stands."""
    if isinstance(field, FormField):
        return [pair for part in field.form for pair in pairs_of(part)]
    if field.type == "BooleanField":
        return [[field.name, "y"]] if field.data else []
    if field.type == "ManyField":
        return [[field.name, str(value)] for value in field.data or ()]
    if field.type == "SelectField":
        return [[field.name, str(field.data or "")]]
    return [[field.name, str(field._value() or "")]]


def snapshot(form: Any) -> dict[str, Pairs]:
    """The pairs of all fields of a form as it stands."""
    return {f.short_name: pairs_of(f) for f in form.content() if f.type != "FileField"}


def text_of(field: Field) -> str:
    """The value of a field in words."""
    if isinstance(field, FormField):
        return " ".join(text for part in field.form if (text := text_of(part)))
    if field.type == "BooleanField":
        return "✓" if field.data else "–"
    if hasattr(field, "iter_choices"):
        return _(", ").join(str(choice.label) for choice in field.iter_choices() if choice.selected)
    return str(field._value() or "")


def compare(
    form: Any,
    theirs_form: Any,
    base: Snapshot,
    theirs: Snapshot,
    mine: Snapshot,
) -> Merge:
    """Settle what one side changed; what both changed differently is a conflict."""
    merge = Merge()
    for current in form.content():
        name = current.short_name
        if name not in mine:
            continue
        if mine[name] == theirs[name] or theirs[name] == base.get(name):
            merge.settled[name] = mine[name]
        elif mine[name] == base.get(name):
            merge.settled[name] = theirs[name]
            merge.joined_labels.append(str(current.label.text))
        else:
            merge.conflicts.append(_conflict(current, theirs_form[name], base, theirs, mine))
    return merge


def _conflict(
    current: Field,
    theirs_field: Field,
    base: Snapshot,
    theirs: Snapshot,
    mine: Snapshot,
) -> Conflict:
    name = current.short_name
    return Conflict(
        name=name,
        label=str(current.label.text),
        base_text=" ".join(value for _name, value in base.get(name, []) if value) or "–",
        theirs_text=text_of(theirs_field) or "–",
        mine_text=text_of(current) or "–",
        theirs=theirs[name],
        mine=mine[name],
    )


def chosen(sent: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    """What the merge page sends, as the plain form would: the pairs of the sides that were picked."""
    picks = {name.removeprefix(PICK): side for name, side in sent.items() if name.startswith(PICK)}
    for name, value in sent.items(multi=True):
        if name.startswith(PICK):
            continue
        side = MINE if name.startswith(MINE) else THEIRS if name.startswith(THEIRS) else ""
        if not side:
            yield name, value
            continue
        owner, _, plain = name.removeprefix(side).partition(":")
        if picks.get(owner) == side.rstrip(":"):
            yield plain, value
