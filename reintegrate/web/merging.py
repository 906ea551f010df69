"""Joining what two people did to one record, field by field.

A form carries the values it was based on, signed. When it comes back and the record has moved on,
every field has three versions: base, theirs (saved) and mine (typed). Where only one side changed
it, that side counts; where both did, the person chooses on the merge page. Long texts and lists may
also be joined. Nothing is chosen beforehand, and a form without all its choices is asked again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import Field, FormField

from reintegrate.web import formats

Pairs = list[list[str]]
"""Names and values as a browser sends them; they rebuild a field."""

Snapshot = dict[str, Pairs]
"""The pairs of every field of a form."""

MINE, THEIRS, BOTH, PICK = "mine:", "theirs:", "both:", "pick:"

SIDES = (THEIRS, MINE, BOTH)


@dataclass(slots=True)
class Conflict:
    """A field that both changed, as texts for people and as pairs for sending.

    `both` is None where the versions cannot stand together; `picked` is the side chosen so far.
    """

    name: str
    label: str
    base_text: str
    theirs_text: str
    mine_text: str
    theirs: Pairs
    mine: Pairs
    both_text: str = ""
    both: Pairs | None = None
    picked: str = ""


@dataclass(slots=True)
class Joined:
    """A field that only the other side changed."""

    label: str
    text: str


@dataclass(slots=True)
class Merge:
    """What is settled and what has to be chosen."""

    settled: dict[str, Pairs] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    joined_fields: list[Joined] = field(default_factory=list)
    asked_again: bool = False

    def joined(self) -> list[tuple[str, str]]:
        """The settled fields as a browser would send them."""
        return [(name, value) for pairs in self.settled.values() for name, value in pairs]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="form-base")


def seal(snapshot: Snapshot) -> str:
    """A snapshot as text that cannot be changed on the way."""
    text = _serializer().dumps(snapshot)
    return text if isinstance(text, str) else text.decode()


def unseal(text: str) -> Snapshot:
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


def snapshot(form: Any) -> Snapshot:
    """The pairs of all fields of a form as it stands."""
    return {f.short_name: pairs_of(f) for f in form.content() if f.type != "FileField"}


def fill(form: Any, snapshot: Snapshot, like: Any) -> None:
    """Put the values of a snapshot into a form that offers the same choices as `like`."""
    for twin in like.content():
        if hasattr(twin, "offer"):
            form[twin.short_name].choices = twin.choices
    form.process(MultiDict([(name, value) for pairs in snapshot.values() for name, value in pairs]))


def text_of(field: Field) -> str:
    """The value of a field in words; nothing where it is empty."""
    if isinstance(field, FormField):
        return _day_text(field)
    if field.type == "BooleanField":
        return _("yes") if field.data else _("no")
    if hasattr(field, "iter_choices"):
        return _(", ").join(str(choice.label) for choice in field.iter_choices() if choice.selected)
    return str(field._value() or "")


def _day_text(field: Any) -> str:
    """A date in words, or as it was typed where it is none."""
    if not field.validate(None):
        field.messages, field.bad_parts = [], set()
        return " ".join(text for part in field.form if (text := text_of(part)))
    if isinstance(field.data, tuple):
        return formats.partial_date(*field.data)
    return formats.day(field.data) if field.data else ""


def _both(current: Any, theirs: Pairs, mine: Pairs) -> tuple[Pairs | None, str]:
    """Both versions in one, theirs first, as pairs and in words; None where that makes no sense."""
    if current.type == "ManyField":
        pairs = [*theirs, *(pair for pair in mine if pair not in theirs)]
        words = {choice.value: str(choice.label) for choice in current.choices}
        return pairs, formats.listed(words.get(value, value) for _name, value in pairs)
    mark = getattr(current, "joined_by", None)
    if mark is None:
        return None, ""
    texts = [pairs[0][1] if pairs else "" for pairs in (theirs, mine)]
    parts = dict.fromkeys(part.strip() for text in texts for part in text.split(mark) if part.strip())
    text = f"{mark} ".join(parts) if mark == "," else mark.join(parts)
    return [[current.name, text]], text


def compare(form: Any, others: Mapping[str, Any], base: Snapshot, theirs: Snapshot, mine: Snapshot) -> Merge:
    """Settle what one side changed; what both changed differently is a conflict.

    `others` has the forms filled with the base and with their version, for their words.
    """
    merge = Merge()
    for current in form.content():
        name = current.short_name
        if name not in mine:
            continue
        if mine[name] == theirs[name] or theirs[name] == base.get(name):
            merge.settled[name] = mine[name]
        elif mine[name] == base.get(name):
            merge.settled[name] = theirs[name]
            merge.joined_fields.append(Joined(str(current.label.text), _told(others["theirs"][name])))
        else:
            both, both_text = _both(current, theirs[name], mine[name])
            conflict = Conflict(
                name=name,
                label=str(current.label.text),
                base_text=_told(others["base"][name]) if name in base else "–",
                theirs_text=_told(others["theirs"][name]),
                mine_text=_told(current),
                theirs=theirs[name],
                mine=mine[name],
                both=both,
                both_text=both_text,
            )
            merge.conflicts.append(conflict)
    return merge


def _told(field: Field) -> str:
    return text_of(field) or _("(empty)")


def picks_of(sent: MultiDict[str, str]) -> dict[str, str]:
    """The side chosen for each field on the merge page."""
    return {name.removeprefix(PICK): side for name, side in sent.items() if name.startswith(PICK)}


def unpicked(sent: MultiDict[str, str]) -> bool:
    """Whether the merge page came back with a field for which no side was chosen."""
    picks = picks_of(sent)
    asked = {name.removeprefix(MINE).partition(":")[0] for name in sent if name.startswith(MINE)}
    asked |= {name.removeprefix(THEIRS).partition(":")[0] for name in sent if name.startswith(THEIRS)}
    return any(f"{picks.get(name)}:" not in SIDES for name in asked)


def chosen(sent: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    """What the merge page sends, as the plain form would: the pairs of the sides that were picked.

    Where a side is missing it is mine for all, so that nothing typed is lost while it is asked again.
    """
    picks = {} if unpicked(sent) else picks_of(sent)
    for name, value in sent.items(multi=True):
        if name.startswith(PICK):
            continue
        side = next((side for side in SIDES if name.startswith(side)), "")
        owner, _colon, plain = name.removeprefix(side).partition(":")
        if not side:
            yield name, value
        elif f"{picks.get(owner, 'mine')}:" == side:
            yield plain, value
