"""The one gate before every view: signed in, allowed by role, remembered where not."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement

from reintegrate.accounts import queries
from reintegrate.accounts.access import Who, may_ever, table
from reintegrate.accounts.models import Office, User
from reintegrate.audit.models import Outcome
from reintegrate.audit.trail import Actor, Event, act_as, has_pending, record
from reintegrate.db import session
from reintegrate.errors import ConfigError
from reintegrate.web.access import PUBLIC, SIGNED_IN, action_of
from reintegrate.web.fields import clean_line
from reintegrate.web.pages import page_before

REFUSALS = frozenset({403, 404})

LIBRARY_ACTIONS = {
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.two_factor_setup": PUBLIC,
    "security.two_factor_setup_validate": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.change_password": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "security.static": PUBLIC,
}
"""What the views of the security library perform; each checks its own preconditions as well."""


def declared(app: Flask, endpoint: str) -> str | None:
    """The action an endpoint performs."""
    return LIBRARY_ACTIONS.get(endpoint) or action_of(app.view_functions[endpoint])


def check_declarations(app: Flask) -> None:
    """Raise ConfigError where a view declares no action, or one that the table does not have."""
    known = {PUBLIC, SIGNED_IN, *table()}
    silent = sorted(
        rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) not in known
    )
    if silent:
        raise ConfigError(f"these views declare no action of the access table: {', '.join(silent)}")


def signed_in_user() -> User:
    """The user of this request; the guard has seen to it that there is one."""
    user: User = current_user._get_current_object()
    return user


def who() -> Who:
    """The user of this request with her confirmed memberships, read once a request."""
    if "who" not in g:
        _read_who()
    found: Who = g.who
    return found


def _read_who() -> None:
    g.who, g.home_office = queries.who_and_where(signed_in_user(), current_app.extensions["is_named"])


def home_office() -> Office | None:
    """The office where the user of this request works first, read once a request."""
    if "home_office" not in g:
        _read_who()
    found: Office | None = g.home_office
    return found


def guard() -> ResponseReturnValue | None:
    """Let the request in, send it to the sign-in page, or turn it away."""
    if request.endpoint is None:
        return None
    user_id = current_user.id if current_user.is_authenticated else None
    act_as(session, Actor(user_id=user_id, address=request.remote_addr))
    action = declared(current_app, request.endpoint)
    if action == PUBLIC:
        return None
    if user_id is None:
        return redirect(url_for("security.login", next=_safe_target()))
    if action == SIGNED_IN or (action and may_ever(who(), action)):
        return None
    return abort(403)


def denied(action: str, *, what: str = "") -> Event:
    """What the trail keeps of a request that is turned away: the action, and the address or `what`."""
    reason = clean_line(what or request.path)[:500]
    return Event(action, subject="page", reason=reason, outcome=Outcome.DENIED)


def _safe_target() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else page_before() or "/"


def keep_refusals(response: Response) -> Response:
    """What somebody signed in is refused is remembered: in the same way whether it is there or not.

    Views only abort. The row names the address and nothing that may be there, or the trail of an
    office would tell which of its attempts met something; where the user sees the case, the row
    stands with it, or its address would tell of it. `limits` ends going through numbers.
    """
    action = declared(current_app, request.endpoint) if request.endpoint else PUBLIC
    if response.status_code in REFUSALS and action != PUBLIC and current_user.is_authenticated:
        session.rollback()
        case_id, person_id = _filed_under() or (None, None)
        refused = denied(g.get("refused") or action or "unknown")
        record(session, replace(refused, case_id=case_id, person_id=person_id))
        session.commit()
    return response


def _filed_under() -> tuple[int, int] | None:
    """The case, and its person, that the user opened, or that the address names and that names her."""
    if filed := g.get("filed_under"):
        return filed.case_id, filed.person_id
    reference = (request.view_args or {}).get("reference")
    found: tuple[int, int] | None = None
    if reference is not None:
        found = current_app.extensions["case_that_names"](signed_in_user().id, reference)
    return found


def keep_readings(response: Response) -> Response:
    """A page that identifies somebody goes out only with its row in the trail."""
    if request.method in ("GET", "HEAD") and has_pending(session):
        session.commit()
    return response


def init_app(
    app: Flask,
    is_named: ColumnElement[bool],
    case_that_names: Callable[[int, str], tuple[int, int] | None],
) -> None:
    """Guard every request of `app`.

    `is_named` tells whether some case has a member on its list, `case_that_names` which one with a
    reference has.
    """
    app.extensions["is_named"] = is_named
    app.extensions["case_that_names"] = case_that_names
    app.before_request(guard)
    app.after_request(keep_readings)
    app.after_request(keep_refusals)
