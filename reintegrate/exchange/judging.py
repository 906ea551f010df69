"""Rows of a list with what is wrong with them, and who is likely the same: in the list, in the register."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reintegrate.cases.likely import Match
from reintegrate.cases.likely_many import same_people_of_all
from reintegrate.exchange.codes import RowStatus
from reintegrate.exchange.entries import facts_of
from reintegrate.exchange.meaning import duplicates
from reintegrate.exchange.meaning.parsed import Parsed, Row
from reintegrate.people.names import Comparison, Likeness

Register = Callable[[Sequence[Row]], list[list[Match]]]
"""Looks up, for each row, the registered people who are likely the same."""

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Like:
    """Somebody who is likely the same: an earlier row of the list, or a registered person."""

    high: bool
    reasons: tuple[str, ...]
    row: int | None = None
    person_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The likeness as JSON holds it."""
        who = {"row": self.row} if self.row is not None else {"person_id": self.person_id}
        return {**who, "high": self.high, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what is to become of it."""

    row: Row
    status: RowStatus
    likes: list[Like] = field(default_factory=list)


def register(rows: Sequence[Row]) -> list[list[Match]]:
    """Ask the register of this service."""
    return same_people_of_all([facts_of(row.values) for row in rows])


def judge(parsed: Parsed, ask: Register | None, known: Iterable[int] = ()) -> list[Judged]:
    """All rows of a list that say something, in their order.

    `known` are the rows that were imported before. A row is a duplicate where somebody earlier in
    the list or in the register is the same with high confidence; weaker likenesses stand beside a
    ready row. Without `ask` the register is not looked at.
    """
    before = set(known)
    ready = [row for row in parsed.rows if row.status == "ready" and row.number not in before]
    inside = duplicates.within(ready)
    outside = ask(ready) if ask else [[] for _ in ready]
    likes = {
        row.number: _likes(inside.get(row.number, []), matches)
        for row, matches in zip(ready, outside, strict=True)
    }
    return [_judged(row, before, likes) for row in parsed.rows]


def judge_one(row: Row, others: Sequence[Row], ask: Register) -> tuple[Judged, dict[int, Like]]:
    """One row, compared with the other good rows and the register; and which rows below are like it."""
    if row.status != "ready":
        return Judged(row, RowStatus(row.status)), {}
    (matches,) = ask([row])
    inside = duplicates.within(sorted([*others, row], key=lambda each: each.number))
    below = {
        number: Like(comparison.likeness == Likeness.HIGH, comparison.reasons, row=row.number)
        for number, likes in inside.items()
        for earlier, comparison in likes
        if earlier == row.number
    }
    judged = _judged(row, set(), {row.number: _likes(inside.get(row.number, []), matches)})
    return judged, below


def _likes(rows: Sequence[tuple[int, Comparison]], matches: Sequence[Match]) -> list[Like]:
    found = [
        Like(comparison.likeness == Likeness.HIGH, comparison.reasons, row=number)
        for number, comparison in rows
    ]
    found += [Like(match.high, match.comparison.reasons, person_id=match.person_id) for match in matches]
    return sorted(found, key=lambda like: not like.high)[:SHOWN]


def _judged(row: Row, before: set[int], likes: dict[int, list[Like]]) -> Judged:
    if row.status == "ready" and row.number in before:
        return Judged(row, RowStatus.KNOWN)
    found = likes.get(row.number, [])
    if row.status == "ready" and any(like.high for like in found):
        return Judged(row, RowStatus.DUPLICATE, found)
    return Judged(row, RowStatus(row.status), found)
