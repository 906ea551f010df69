"""Who may do what to which thing: a table, read by one function, with a twin for lists.

The table is `access.csv`: action, data class, and for each role a scope with flags. A scope is
one of own, office, country, all, named, self, `-` (never) or g (what an API client was granted);
the flags are m (identity masked), r (a reason is typed and kept), 2 (a second person is needed)
and n (never whoever requested, proposed or last edited it).
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

from reintegrate.accounts.models import Role

ROLE_COLUMNS = {
    Role.CASEWORKER: "cw",
    Role.SUPERVISOR: "sv",
    Role.PROGRAMME_MANAGER: "pm",
    Role.FINANCE_OFFICER: "fo",
    Role.ADMINISTRATOR: "ad",
    Role.AUDITOR: "au",
    Role.DATA_PROTECTION_OFFICER: "dp",
}

MANAGES_PROTECTION = frozenset(
    {"case.protect.clear", "case.named.grant", "case.named.revoke", "case.break_glass.review"}
)
"""Actions that reach a protected or sealed case from outside where the table gives them everywhere:
so a case cannot be lost to everybody, and an office does not learn of what it does not see."""

GLASS_OPENS = frozenset({"case.read.c1", "case.read.c2"})
"""What breaking the glass allows: reading what is in the class of `case.break_glass`, and below."""


class Sensitivity(StrEnum):
    """Who a case exists for: everybody in scope, or the people on its list alone."""

    NORMAL = "normal"
    PROTECTED = "protected"
    SEALED = "sealed"


Scope = Literal["own", "office", "country", "all", "named", "self", "g"]


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell of the table."""

    scope: Scope
    masked: bool = False
    needs_reason: bool = False
    needs_second: bool = False
    not_self: bool = False

    @property
    def burdens(self) -> tuple[bool, bool, bool, bool]:
        """What the grant asks, heaviest first: the lighter of two grants is used."""
        return (self.needs_second, self.masked, self.needs_reason, self.not_self)


@dataclass(frozen=True, slots=True)
class Post:
    """A confirmed membership, as far as deciding needs it."""

    role: Role
    office_id: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """The user whose request is decided; `is_named` where some case has her on its list."""

    user_id: int
    posts: tuple[Post, ...] = ()
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted on: where it is, whose it is, and who has had a hand in it.

    `named_ids` are on its list; for `glass_ids` an emergency reading runs at this moment.
    """

    office_id: int | None = None
    country: str | None = None
    owner_id: int | None = None
    user_id: int | None = None
    sensitivity: Sensitivity = Sensitivity.NORMAL
    named_ids: frozenset[int] = frozenset()
    glass_ids: frozenset[int] = frozenset()
    touched_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not; `hidden` where the thing must seem not to exist, `by_glass` in an emergency."""

    allowed: bool
    masked: bool = False
    needs_reason: bool = False
    needs_second: bool = False
    own_work: bool = False
    hidden: bool = False
    by_glass: bool = False


HIDDEN = Decision(allowed=False, hidden=True)
BY_GLASS = Decision(allowed=True, by_glass=True)


@cache
def table() -> dict[str, dict[Role, Grant]]:
    """The access table: action to role to grant; cells with `-` are absent."""
    source = files("reintegrate.accounts").joinpath("access.csv").read_text(encoding="utf-8")
    return {
        row["action"]: {
            role: _grant(row[column]) for role, column in ROLE_COLUMNS.items() if row[column] != "-"
        }
        for row in csv.DictReader(source.splitlines())
    }


def _grant(cell: str) -> Grant:
    scope, _, flags = cell.partition(":")
    return Grant(
        scope,  # type: ignore[arg-type]
        masked="m" in flags,
        needs_reason="r" in flags,
        needs_second="2" in flags,
        not_self="n" in flags,
    )


def grants(who: Who, action: str) -> list[tuple[Post, Grant]]:
    """The cells that apply to `who`, with the membership each comes from, lightest first.

    Raises KeyError where the table has no such action: that is a mistake in the code.
    """
    row = table()[action]
    found = [(post, row[post.role]) for post in who.posts if post.role in row]
    return sorted(found, key=lambda pair: pair[1].burdens)


def may_ever(who: Who, action: str) -> bool:
    """Whether some thing could exist on which `who` may perform `action`."""
    return bool(grants(who, action))


def decide(who: Who, action: str, thing: Thing) -> Decision:
    """Whether `who` may perform `action` on `thing`, and at what price."""
    decision = _decide(who, action, thing)
    if not decision.allowed and action in GLASS_OPENS and _through_glass(who, thing):
        return BY_GLASS
    return decision


def _decide(who: Who, action: str, thing: Thing) -> Decision:
    usable = [
        (post, grant)
        for post, grant in grants(who, action)
        if who.user_id in thing.named_ids or passes(action, grant, thing.sensitivity)
    ]
    if thing.sensitivity != Sensitivity.NORMAL and who.user_id not in thing.named_ids and not usable:
        return HIDDEN
    own_work = False
    for post, grant in usable:
        if not _reaches(who, post, grant, thing):
            continue
        if grant.not_self and who.user_id in thing.touched_by:
            own_work = True
            continue
        return Decision(
            allowed=True,
            masked=grant.masked,
            needs_reason=grant.needs_reason,
            needs_second=grant.needs_second,
        )
    return Decision(allowed=False, own_work=own_work)


def passes(action: str, grant: Grant, sensitivity: Sensitivity) -> bool:
    """Whether a grant counts for people who are not on the list of a case this sensitive."""
    if sensitivity == Sensitivity.NORMAL:
        return True
    if action == "case.break_glass":
        return sensitivity == Sensitivity.PROTECTED
    return action in MANAGES_PROTECTION and grant.scope == "all"


def _through_glass(who: Who, thing: Thing) -> bool:
    """Whether an emergency reading of hers runs, and she could still begin it."""
    return who.user_id in thing.glass_ids and _decide(who, "case.break_glass", thing).allowed


def _reaches(who: Who, post: Post, grant: Grant, thing: Thing) -> bool:
    is_named = who.user_id in thing.named_ids
    reached: dict[Scope, bool] = {
        "own": thing.owner_id == who.user_id or is_named,
        "office": post.office_id is not None and thing.office_id == post.office_id,
        "country": post.country is not None and thing.country == post.country,
        "named": is_named,
        "self": thing.user_id == who.user_id,
        "all": True,
    }
    return reached.get(grant.scope, False)


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows an action reaches, for building the condition of a list."""

    everything: bool = False
    own: bool = False
    named: bool = False
    office_ids: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()


def reach(
    who: Who,
    action: str,
    *,
    unmasked: bool = False,
    sensitivity: Sensitivity = Sensitivity.NORMAL,
) -> Reach:
    """How far `action` reaches for `who` among the things of one sensitivity that do not name her.

    With `unmasked`, only as far as no price is asked.
    """
    found = [
        (post, grant)
        for post, grant in grants(who, action)
        if passes(action, grant, sensitivity)
        and not (unmasked and (grant.masked or grant.needs_reason or grant.needs_second))
    ]
    scopes = {grant.scope for _, grant in found}
    return Reach(
        everything="all" in scopes,
        own="own" in scopes,
        named="named" in scopes,
        office_ids=_places(found, "office"),
        countries=frozenset(p.country for p, g in found if g.scope == "country" and p.country),
    )


def _places(found: Iterable[tuple[Post, Grant]], scope: Scope) -> frozenset[int]:
    return frozenset(p.office_id for p, g in found if g.scope == scope and p.office_id is not None)
