"""From the words of a made-up story to the codes and rows of the register."""

from typing import Any

from reintegrate.columns import Base

Row = tuple[type[Base], dict[str, Any]]
"""A table, and the columns of one row of it."""


def code_of(codes: Any, value: str, otherwise: Any) -> Any:
    """The member with that code, or another where the made-up story knows more than the list."""
    try:
        return codes(value)
    except ValueError:
        return otherwise
