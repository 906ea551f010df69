"""The list of users: who is in it, what waits in it, and how it is narrowed."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegrate.accounts import queries
from reintegrate.accounts.access import Thing, Who, decide, may_ever, reach
from reintegrate.accounts.models import PRIVILEGED_ROLES, Membership, Role, SecondFactorReset, User, UserState
from reintegrate.db import session
from reintegrate.web.tables import Page, Sort, asked, keyset, page_of, place_from

FILTERS = ("q", "role", "office", "state")


def thing_of(membership: Membership) -> Thing:
    """A granted role as far as deciding on it needs: where it is, and who has had a hand in it."""
    country = membership.office.country if membership.office else membership.country
    touched = {membership.granted_by_id, membership.user_id} - {None}
    return Thing(
        office_id=membership.office_id,
        country=country,
        user_id=membership.user_id,
        touched_by=frozenset(i for i in touched if i is not None),
    )


def grant_action(role: Role) -> str:
    """The action of granting a role."""
    return "role.grant.privileged" if role in PRIVILEGED_ROLES else "role.grant.basic"


def may_confirm(who: Who, membership: Membership) -> bool:
    """Whether a user can be the second person for a role: to confirm it, or because she could grant it."""
    thing = thing_of(membership)
    actions = ("role.confirm", grant_action(membership.role))
    return who.user_id not in thing.touched_by and any(decide(who, a, thing).allowed for a in actions)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a second person, and whether this user can be her."""

    what: Membership | SecondFactorReset
    mine_to_decide: bool


def waiting(who: Who) -> tuple[list[Waiting], list[Waiting]]:
    """The roles, and the resets of second factors, that wait for a second person."""
    roles = [Waiting(m, may_confirm(who, m)) for m in queries.waiting_roles(reach(who, "user.list"))]
    if not may_ever(who, "mfa.reset"):
        return roles, []
    resets = [
        Waiting(asked, who.user_id not in (asked.requested_by_id, asked.user_id))
        for asked in queries.waiting_resets()
    ]
    return roles, resets


def _choices(offices: Any) -> dict[str, list[tuple[str, str]]]:
    return {
        "role": [("", _("Any")), *((role.value, str(role.label)) for role in Role)],
        "office": [("", _("Any")), *((str(office.id), office.name) for office in offices)],
        "state": [("", _("Any")), *((state.value, str(state.label)) for state in UserState)],
    }


ORDER = "users name"


def _without(given: dict[str, Any], name: str) -> str:
    return url_for("accounts.users", **{k: v for k, v in given.items() if k != name})


def view_of(who: Who) -> dict[str, Any]:
    """Everything that the list's template shows, by the filters of the address."""
    given = asked(*FILTERS)
    place = place_from(request.args.get("place"), ORDER)
    reached = reach(who, "user.list")
    everybody = queries.select_users(reached)
    statement = queries.matching_users(everybody, **given)
    page_rows = keyset(statement, Sort(User.name), User.id, place, unfiltered=everybody)
    rows = session.scalars(page_rows).all()
    page: Page = page_of(rows, ORDER, place, endpoint="accounts.users", arguments=given)
    choices = _choices(queries.offices(queries.office_ids_within(reached)))
    words = {name: dict(pairs) for name, pairs in choices.items()}
    labels = {"q": _("Name or e-mail"), "role": _("Role"), "office": _("Office"), "state": _("State")}
    roles, resets = waiting(who)
    return {
        "page": page,
        "memberships": queries.memberships_of([user.id for user in page.rows]),
        "waiting_roles": roles,
        "waiting_resets": resets,
        "given": given,
        "in_use": ngettext("%(num)d in use", "%(num)d in use", len(given)) if given else "",
        "choices": choices,
        "labels": labels,
        "tags": [
            {
                "label": f"{labels[name]}: {words.get(name, {}).get(text, text)}",
                "url": _without(given, name),
            }
            for name, text in given.items()
        ],
    }
