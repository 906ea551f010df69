"""Keeping lists by name, and finding one's own and those of one's offices."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import joinedload

from reintegrate.accounts.access import Who, reach
from reintegrate.accounts.models import Office
from reintegrate.accounts.queries import office_ids_within
from reintegrate.caseload.models import FirstView, SavedView
from reintegrate.db import session
from reintegrate.errors import RuleError

MOST = 30
"""Views of one's own: more than that nobody finds anything in."""


def _is_office_of(who: Who) -> ColumnElement[bool]:
    """The offices of a user: those of her posts, and all of a country where a post has no office.

    A post in an office bears the country too, but makes her no member of the other offices there.
    """
    offices = {post.office_id for post in who.posts if post.office_id is not None}
    countries = {post.country for post in who.posts if post.office_id is None and post.country is not None}
    return or_(Office.id.in_(sorted(offices)), Office.country.in_(sorted(countries)))


def in_offices_of(who: Who) -> ColumnElement[bool]:
    """Whether a view is shared with an office of a user."""
    return SavedView.office_id.in_(select(Office.id).where(_is_office_of(who)))


def views_for(who: Who) -> Sequence[SavedView]:
    """The views of a user, then those shared with her offices, each by name."""
    own = SavedView.owner_id == who.user_id
    return session.scalars(
        select(SavedView)
        .where(or_(own, in_offices_of(who)))
        .options(joinedload(SavedView.office), joinedload(SavedView.owner))
        .order_by(own.desc(), SavedView.name, SavedView.id)
    ).all()


def view_of(view_id: int, who: Who) -> SavedView | None:
    """One view, None where it is neither the user's nor shared with her."""
    return next((view for view in views_for(who) if view.id == view_id), None)


def offices_to_share_with(who: Who) -> Sequence[Office]:
    """The offices of a user."""
    statement = select(Office).where(_is_office_of(who)).order_by(Office.name, Office.id)
    return session.scalars(statement).all()


def may_change(view: SavedView, who: Who) -> bool:
    """Whether a user may rename or remove a view: its owner, or who leads its office."""
    if view.owner_id == who.user_id:
        return True
    return view.office_id is not None and view.office_id in office_ids_within(reach(who, "case.assign"))


def first_view(who: Who) -> SavedView | None:
    """The view with which a user's list opens, None where she chose none or it is no longer hers to open."""
    return session.scalar(
        select(SavedView)
        .join(FirstView, FirstView.view_id == SavedView.id)
        .where(FirstView.user_id == who.user_id, or_(SavedView.owner_id == who.user_id, in_offices_of(who)))
    )


def save_view(
    view: SavedView | None, *, who: Who, name: str, query: str, office: Office | None, first: bool
) -> SavedView:
    """Keep a list by name, or change `view`; with `first` the user's list opens with it.

    Raises RuleError for a name she has already, one view too many, or an office that is not hers.
    """
    owner_id = view.owner_id if view else who.user_id
    others = session.scalars(select(SavedView).where(SavedView.owner_id == owner_id)).all()
    if any(other.name.casefold() == name.casefold() and other is not view for other in others):
        raise RuleError(_("There is a view of this name already"), field="name")
    if view is None and len(others) >= MOST:
        raise RuleError(_("You have %(n)s views: remove one first", n=MOST))
    if office is not None and office.id not in {o.id for o in offices_to_share_with(who)}:
        raise RuleError(_("That is not your office"), field="office")
    view = view or SavedView(owner_id=owner_id)
    view.name, view.query = name, query
    view.office_id, view.office = (office.id, office) if office else (None, None)
    session.add(view)
    session.flush()
    choose_first(view, who, wanted=first)
    return view


def choose_first(view: SavedView, who: Who, *, wanted: bool) -> None:
    """Open the user's list with a view from now on, or no longer."""
    chosen = session.get(FirstView, who.user_id)
    if wanted:
        chosen = chosen or FirstView(user_id=who.user_id)
        chosen.view_id = view.id
        session.add(chosen)
    elif chosen is not None and chosen.view_id == view.id:
        session.delete(chosen)
    session.flush()


def remove_view(view: SavedView) -> None:
    """Forget a view; lists that opened with it open with everything."""
    session.execute(delete(FirstView).where(FirstView.view_id == view.id))
    session.delete(view)
    session.flush()
