"""What a view performs, declared where it is written; `accounts.guard` decides on it."""

from collections.abc import Callable
from typing import Any, TypeVar

PUBLIC = "public"
"""Open to everybody, signed in or not: sign-in, health, assets, preferences."""

SIGNED_IN = "signed_in"
"""Open to every user: one's own account, and pages that show each what each may see."""

View = TypeVar("View", bound=Callable[..., Any])


def performs(action: str) -> Callable[[View], View]:
    """Declare the action of the access table (or PUBLIC, SIGNED_IN) that a view performs."""

    def declare(view: View) -> View:
        view.__performs__ = action  # type: ignore[attr-defined]
        return view

    return declare


def action_of(view: Callable[..., Any]) -> str | None:
    """The action a view declares, None where it declares none."""
    return getattr(view, "__performs__", None)
