"""The life of a case as data: which moves there are, who makes them, and what has to be there first.

Moves and guards follow the field's practice: nothing is rejected silently, nobody decides on what
they submitted themselves, work begins only with consent, a case manager and a screening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from reintegrate.cases.codes import CaseStatus


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards look at."""

    has_consent: bool
    has_case_manager: bool
    is_screened: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a move; `missing` says what to do where it does not hold, `tab` where."""

    holds: Callable[[Facts], bool]
    missing: Any
    tab: str


CONSENT = Guard(lambda f: f.has_consent, _l("Record the consent to keep and work on this case"), "consent")
CASE_MANAGER = Guard(lambda f: f.has_case_manager, _l("Assign a case manager"), "assign")
SCREENING = Guard(lambda f: f.is_screened, _l("Complete the vulnerability screening"), "screening")


@dataclass(frozen=True, slots=True)
class Move:
    """A way from one status to another, performed as an action of the access table."""

    name: str
    sources: frozenset[CaseStatus]
    target: CaseStatus
    action: str
    label: Any
    needs_reason: bool = False
    guards: tuple[Guard, ...] = ()
    primary: bool = False


_S = CaseStatus

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(
            "submit",
            frozenset({_S.DRAFT, _S.RETURNED_FOR_INFO}),
            _S.SUBMITTED,
            "case.submit",
            _l("Submit for acceptance"),
            guards=(CONSENT,),
            primary=True,
        ),
        Move(
            "accept",
            frozenset({_S.SUBMITTED}),
            _S.ACCEPTED,
            "case.decide",
            _l("Accept the case"),
            guards=(CONSENT,),
            primary=True,
        ),
        Move(
            "return",
            frozenset({_S.SUBMITTED}),
            _S.RETURNED_FOR_INFO,
            "case.decide",
            _l("Return for information"),
            needs_reason=True,
        ),
        Move(
            "reject",
            frozenset({_S.SUBMITTED}),
            _S.REJECTED,
            "case.decide",
            _l("Reject the case"),
            needs_reason=True,
        ),
        Move(
            "activate",
            frozenset({_S.ACCEPTED}),
            _S.ACTIVE,
            "case.activate",
            _l("Start work on the case"),
            guards=(CASE_MANAGER, SCREENING),
            primary=True,
        ),
        Move(
            "withdraw",
            frozenset({_S.DRAFT, _S.SUBMITTED, _S.RETURNED_FOR_INFO, _S.ACCEPTED, _S.ACTIVE}),
            _S.WITHDRAWN,
            "case.withdraw",
            _l("Record the withdrawal"),
            needs_reason=True,
        ),
    )
}

OPEN = frozenset({_S.DRAFT, _S.SUBMITTED, _S.RETURNED_FOR_INFO, _S.ACCEPTED, _S.ACTIVE})
"""Statuses in which somebody still has something to do."""

TONES = {
    _S.DRAFT: "",
    _S.SUBMITTED: "wait",
    _S.RETURNED_FOR_INFO: "warn",
    _S.ACCEPTED: "live",
    _S.ACTIVE: "live",
    _S.REJECTED: "bad",
    _S.WITHDRAWN: "",
}
"""The tone of each status's tag."""


def moves_from(status: CaseStatus) -> list[Move]:
    """The moves that leave a status, in the order they are offered."""
    return [move for move in MOVES.values() if status in move.sources]


def missing_for(move: Move, facts: Facts) -> list[Guard]:
    """The guards of a move that do not hold."""
    return [guard for guard in move.guards if not guard.holds(facts)]
