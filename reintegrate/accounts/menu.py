"""The navigation of each role: at most six entries, and where one is now."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from reintegrate.accounts import services
from reintegrate.accounts.access import Who, may_ever
from reintegrate.accounts.guard import home_office, signed_in_user, who
from reintegrate.columns import utcnow
from reintegrate.db import session
from reintegrate.web.formats import full_moment


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation, shown to whoever may perform its action somewhere."""

    endpoint: str
    label: Any
    action: str | None = None


ENTRIES = (
    Entry("caseload.worklist", _l("Worklist")),
    Entry("caseload.index", _l("Cases"), "case.list"),
    Entry("imports.index", _l("Lists"), "import.stage"),
    Entry("accounts.users", _l("Users"), "user.list"),
    Entry("accounts.offices", _l("Offices"), "office.change"),
    Entry("audit.index", _l("Audit"), "audit.read.team"),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as the header shows it."""

    label: str
    url: str
    current: bool
    count: int = 0


def menu_of(who: Who) -> list[MenuItem]:
    """What a user finds in the header."""
    here = (request.endpoint or "").split(".")[0]
    return [
        MenuItem(
            label=str(entry.label),
            url=url_for(entry.endpoint),
            current=request.endpoint == entry.endpoint
            or (here == entry.endpoint.split(".")[0] and here not in ("caseload", "accounts")),
        )
        for entry in ENTRIES
        if entry.action is None or may_ever(who, entry.action)
    ]


def role_label(who: Who) -> str:
    """The roles a user holds, in words."""
    return _(", ").join(dict.fromkeys(str(post.role.label) for post in who.posts)) or _("no role yet")


def _around() -> dict[str, Any]:
    if not current_user or not current_user.is_authenticated:
        return {"menu": [], "role_label": "", "here_zone": "UTC", "here_time": full_moment(utcnow(), "UTC")}
    office = home_office()
    zone = office.timezone if office else "UTC"
    return {
        "menu": menu_of(who()),
        "role_label": role_label(who()),
        "here_zone": zone,
        "here_time": full_moment(utcnow(), zone),
    }


def _keep_preferences(language: str | None, theme: str | None) -> None:
    if current_user.is_authenticated and (language or theme):
        services.set_preferences(signed_in_user(), language=language, theme=theme)
        session.commit()


def init_app(app: Flask) -> None:
    """Offer the navigation to templates."""
    app.context_processor(_around)
    app.extensions["keep_preferences"] = _keep_preferences
