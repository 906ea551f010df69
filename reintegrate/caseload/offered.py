"""What the form of a list offers and the views above it: one statement for all of it."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, String, Subquery, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from reintegrate.accounts.access import Who, reach
from reintegrate.accounts.models import Office, User
from reintegrate.accounts.queries import holds_cases_within, offices_of
from reintegrate.caseload.models import FirstView, SavedView
from reintegrate.caseload.saved import in_offices_of
from reintegrate.cases.models import Programme
from reintegrate.db import session

KEPT = 300
"""How many users' statements a process keeps ready."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as it stands above a list; with `first` the list opens with it."""

    id: int
    name: str
    query: str
    shared: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """Ids and names to choose among, each kind by name, and the views: one's own before the shared ones."""

    workers: Pairs = field(default_factory=list)
    offices: Pairs = field(default_factory=list)
    programmes: Pairs = field(default_factory=list)
    views: list[View] = field(default_factory=list)

    @property
    def first(self) -> View | None:
        """The view with which the list opens."""
        return next((view for view in self.views if view.first), None)


def offered_to(who: Who) -> Offered:
    """What a user may choose where her list reaches."""
    found = Offered()
    pairs = {"worker": found.workers, "office": found.offices, "programme": found.programmes}
    for kind, _own, name, row_id, query, shared, first in session.execute(_statement(who)):
        if kind == "view":
            found.views.append(View(row_id, name, query, bool(shared), bool(first)))
        else:
            pairs[kind].append((str(row_id), name))
    return found


@lru_cache(KEPT)
def _statement(who: Who) -> Select[*tuple[Any, ...]]:
    reached = reach(who, "case.list")
    parts = [_named("worker", User).where(holds_cases_within(reached))]
    parts.append(_named("office", Office).where(Office.id.in_(offices_of(reached))))
    parts += [_named("programme", Programme), _views(who)]
    rows: Subquery = union_all(*parts).subquery()
    return select(rows).order_by(rows.c.kind, rows.c.own.desc(), rows.c.name, rows.c.id)


def _named(kind: str, model: type[User | Office | Programme]) -> Select[*tuple[Any, ...]]:
    nothing = cast(null(), Integer)
    return select(
        literal(kind).label("kind"),
        literal(0).label("own"),
        model.name.label("name"),
        model.id.label("id"),
        cast(null(), String).label("query"),
        nothing.label("shared"),
        nothing.label("first"),
    )


def _views(who: Who) -> Select[*tuple[Any, ...]]:
    own, chosen = SavedView.owner_id == who.user_id, aliased(FirstView)
    return (
        select(
            literal("view").label("kind"),
            cast(own, Integer).label("own"),
            SavedView.name.label("name"),
            SavedView.id.label("id"),
            SavedView.query.label("query"),
            cast(SavedView.office_id.is_not(None), Integer).label("shared"),
            cast(chosen.view_id.is_not(None), Integer).label("first"),
        )
        .outerjoin(chosen, (chosen.view_id == SavedView.id) & (chosen.user_id == who.user_id))
        .where(or_(own, in_offices_of(who)))
    )
