"""How often an address or a user may ask for what others could be hurt by."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits.errors import ConfigurationError

from reintegrate.accounts.guard import REFUSALS, declared
from reintegrate.accounts.throttle import account_of
from reintegrate.errors import ConfigError
from reintegrate.web.access import PUBLIC, action_of

PER_ADDRESS = {
    "security.login": "60 per 5 minutes",
    "security.two_factor_token_validation": "60 per 5 minutes",
    "security.mf_recovery": "30 per 5 minutes",
    "security.forgot_password": "20 per hour",
    "security.reset_password": "60 per hour",
    "web.preferences": "120 per 5 minutes",
}
"""Sent forms of people who are not signed in; a whole office may share one address."""

PER_USER = {
    "security.verify": "10 per 15 minutes",
    "security.change_password": "10 per 15 minutes",
    "security.two_factor_setup": "20 per 15 minutes",
    "security.two_factor_setup_validate": "10 per 15 minutes",
    "accounts.invite": "60 per hour",
    "accounts.invite_again": "30 per hour",
    "caseload.search": "60 per minute",
    "cases.likely_same": "120 per minute; 600 per hour",
    "cases.create": "600 per hour",
    "imports.upload": "30 per hour",
    "cases.give_reason": "30 per 15 minutes",
}
"""Guessing one's own password, and going through people one after the other."""

PER_ACTION = {"case.break_glass": "10 per hour"}
"""What opens a protected case, by the action that a view declares."""

REFUSALS_PER_USER = "60 per 10 minutes"
"""Addresses with somebody's number that led to nothing: mistyping has few, trying numbers has many."""

LETTERS_PER_ACCOUNT = "4 per hour"
"""Letters that strangers can have sent to somebody; asking more often answers the same for all."""


def _user_or_address() -> str:
    return f"user {current_user.id}" if current_user.is_authenticated else get_remote_address()


def _account_asked_for() -> str:
    return account_of(request.form.get("email", ""))


def _is_looking() -> bool:
    """Opening an empty form is free; searching, a GET, is not."""
    return request.method != "POST" and request.endpoint != "caseload.search"


def _was_refused(response: Response) -> bool:
    return response.status_code in REFUSALS


def _end_trying(app: Flask, limiter: Limiter) -> None:
    """Whoever was refused too often by addresses that name something waits before all of them."""
    refusals: Any = limiter.shared_limit(
        REFUSALS_PER_USER, scope="refusals", key_func=_user_or_address, deduct_when=_was_refused
    )
    naming = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments}
    for endpoint in sorted(naming):
        if declared(app, endpoint) != PUBLIC:
            app.view_functions[endpoint] = refusals(app.view_functions[endpoint])


def init_app(app: Flask) -> None:
    """Limit the views that are there; to be called when all are registered.

    Raises ConfigError where RATELIMIT_STORAGE_URI names a store that cannot be used.
    """
    try:
        limiter = Limiter(get_remote_address, app=app, strategy="moving-window")
    except ConfigurationError as error:
        raise ConfigError(f"RATELIMIT_STORAGE_URI: {error}") from error

    app.extensions["limits"] = limiter  # the wrapped views hold it weakly

    def limit(endpoint: str, rate: str, by: Callable[[], str]) -> None:
        if endpoint in app.view_functions:
            wrap: Any = limiter.limit(rate, key_func=by, exempt_when=_is_looking)
            app.view_functions[endpoint] = wrap(app.view_functions[endpoint])

    for endpoint, rate in PER_ADDRESS.items():
        limit(endpoint, rate, get_remote_address)
    for endpoint, rate in PER_USER.items():
        limit(endpoint, rate, _user_or_address)
    for endpoint, view in list(app.view_functions.items()):
        if (action := action_of(view)) in PER_ACTION:
            limit(endpoint, PER_ACTION[action], _user_or_address)
    _end_trying(app, limiter)
    limit("security.forgot_password", LETTERS_PER_ACCOUNT, _account_asked_for)
