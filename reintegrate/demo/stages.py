"""How far a case has come, and when: the earlier stages of the workflow, in order."""

from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from reintegrate.demo.countries import thresholds
from reintegrate.demo.records import CaseStatus

Draw = Callable[[], float]

# Shares of the statuses by the days since arrival: the older the case, the further it has come.
_SHARES: tuple[tuple[int, Mapping[CaseStatus, float]], ...] = (
    (30, {"draft": 34, "submitted": 34, "returned_for_info": 8, "accepted": 14, "active": 8, "withdrawn": 2}),
    (
        90,
        {"draft": 9, "submitted": 19, "returned_for_info": 8, "accepted": 22, "active": 32, "rejected": 6,
         "withdrawn": 4},
    ),
    (
        365,
        {"draft": 2, "submitted": 3, "returned_for_info": 2, "accepted": 9, "active": 70, "rejected": 8,
         "withdrawn": 6},
    ),
    (100_000, {"draft": 1, "submitted": 1, "accepted": 3, "active": 76, "rejected": 9, "withdrawn": 10}),
)  # fmt: skip
# People of long ago who ask only now: their case is opened so many days before today at most.
_OPENED_LATELY: Mapping[CaseStatus, int] = {
    "draft": 25,
    "submitted": 35,
    "returned_for_info": 45,
    "accepted": 75,
}


@dataclass(frozen=True, slots=True)
class Stages:
    """A status and the days it took to get there; each date that is not None is on or after the former."""

    status: CaseStatus
    opened_on: date
    submitted_on: date | None
    accepted_on: date | None
    activated_on: date | None
    screened_on: date | None
    returned_on: date | None
    ended_on: date | None


@cache
def _shares(at: int) -> tuple[tuple[float, ...], tuple[CaseStatus, ...]]:
    weights = _SHARES[at][1]
    return thresholds({str(status): weight for status, weight in weights.items()}), tuple(weights)


def _status(draw: Draw, days: int) -> CaseStatus:
    at = next(at for at, (limit, _) in enumerate(_SHARES) if days < limit)
    shares, statuses = _shares(at)
    return statuses[bisect(shares, draw())]


def _opened(draw: Draw, status: CaseStatus, arrived_on: date, today: date) -> date:
    soon = arrived_on + timedelta(days=int(50 * draw() ** 2))
    if (limit := _OPENED_LATELY.get(status)) is not None:
        soon = max(soon, today - timedelta(days=int(limit * draw())))
    return min(soon, today)


def _screened(draw: Draw, status: CaseStatus, opened_on: date, next_on: date) -> date | None:
    if status == "draft" or (status not in {"accepted", "active"} and draw() < 0.4):
        return None
    return opened_on + (next_on - opened_on) // 2


def stages_of(draw: Draw, arrived_on: date, today: date) -> Stages:
    """The stages of a case of somebody who arrived on the day, as they stand today."""
    status = _status(draw, (today - arrived_on).days)
    opened_on = _opened(draw, status, arrived_on, today)

    def after(day: date, days: int) -> date:
        return min(day + timedelta(days=1 + int(days * draw())), today)

    submitted_on = accepted_on = activated_on = returned_on = ended_on = None
    if status != "draft":
        submitted_on = after(opened_on, 12)
    if submitted_on and status in {"accepted", "active"}:
        accepted_on = after(submitted_on, 25)
    if accepted_on and status == "active":
        activated_on = after(accepted_on, 14)
    if submitted_on and status == "returned_for_info":
        returned_on = after(submitted_on, 10)
    if submitted_on and status in {"rejected", "withdrawn"}:
        ended_on = after(submitted_on, 60)
    screened_on = _screened(draw, status, opened_on, accepted_on or submitted_on or today)
    return Stages(
        status, opened_on, submitted_on, accepted_on, activated_on, screened_on, returned_on, ended_on
    )
