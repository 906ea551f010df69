"""The errors that people and operators can cause."""

from typing import Any


class RuleError(Exception):
    """A rule of the field forbids what was asked; the form shows it beside `field`.

    The message is already in the person's language.
    """

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.field = field


class ConfigError(Exception):
    """The service must not start with this configuration."""
