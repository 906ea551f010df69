"""What is measured: each operation is one function that makes it ready, with its targets beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reintegrate.bench.ground import Ground

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Trial:
    """An operation made ready: the whole request, and the best hand-written SQL for the same rows.

    `request` gives the text that came back; every text of `shows` has to stand in it.
    """

    request: Callable[[], str]
    raw: Callable[[], Rows]
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """Something users wait for; targets are for the whole request, None where there is none.

    `times_raw` bounds the ratio, `most_ms` the milliseconds, `statements` those of the page itself:
    without signing in, the trail and the numbers of forms.
    """

    name: str
    make: Callable[[Ground], Trial]
    times_raw: float | None = None
    most_ms: float | None = None
    statements: int | None = None

    @property
    def target(self) -> str:
        """The targets in words."""
        bounds = {"{:g} ms": self.most_ms, "{:g} × raw": self.times_raw, "{} statements": self.statements}
        return ", ".join(words.format(bound) for words, bound in bounds.items() if bound is not None)

    def met(self, request_ms: float, raw_ms: float, statements: int) -> bool | None:
        """Whether the figures keep all the bounds; None where there are none."""
        bounds = (
            (request_ms / raw_ms, self.times_raw),
            (request_ms, self.most_ms),
            (statements, self.statements),
        )
        kept = [value <= bound for value, bound in bounds if bound is not None]
        return all(kept) if kept else None


OPERATIONS: list[Operation] = []
"""All operations, in the order of the table."""


def operation(name: str, **targets: Any) -> Callable[[Callable[[Ground], Trial]], Callable[[Ground], Trial]]:
    """Measure what the decorated function makes ready."""

    def register(make: Callable[[Ground], Trial]) -> Callable[[Ground], Trial]:
        OPERATIONS.append(Operation(name, make, **targets))
        return make

    return register
