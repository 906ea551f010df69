"""The application: the only place that knows every package."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import IntegerConverter, Map

from reintegrate import db as database
from reintegrate.accounts import guard, limits, menu, security, user_views
from reintegrate.accounts import views as accounts
from reintegrate.audit import trail
from reintegrate.caseload import audit_views, file_views, handovers, person_views, saved_views
from reintegrate.caseload import views as caseload
from reintegrate.cases import glass_views, intake_views, protection_views, shielding_views
from reintegrate.cases import views as cases
from reintegrate.cases.queries import IS_NAMED, case_that_names
from reintegrate.db import db, session
from reintegrate.exchange import decision_views as import_decisions
from reintegrate.exchange import views as imports
from reintegrate.migrate import refuse_other_states
from reintegrate.web import errors, formats, log, operations, pages
from reintegrate.web import views as web

PACKAGES = (
    web,
    accounts,
    user_views,
    audit_views,
    cases,
    protection_views,
    intake_views,
    imports,
    import_decisions,
    shielding_views,
    glass_views,
    caseload,
    file_views,
    person_views,
    saved_views,
    handovers,
)
"""The modules whose views make up the site; several share a blueprint."""

ATTEMPTS = 3

MAX_NUMBER = 2**63 - 1

RETRIED = frozenset({"40001", "40P01", "23505"})
"""SQLSTATE of serialization failures, deadlocks and keys that somebody else took at that moment: the
same work may succeed again, or finds what is there and says so."""


def top_folder(name: str) -> Path:
    """Templates or migrations: inside the package when installed, beside it in a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


class NumberConverter(IntegerConverter):
    """Numbers in addresses as far as a database keeps them; beyond, there is nothing."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": MAX_NUMBER, **options})


class Application(Flask):
    """Flask that does a request again where another one came between, as a whole or not at all."""

    def dispatch_request(self) -> ResponseReturnValue:
        for _attempt in range(ATTEMPTS - 1):
            try:
                return super().dispatch_request()
            except StaleDataError:
                session.rollback()
            except DBAPIError as error:
                if not _again(error):
                    raise
                session.rollback()
            if (done := operations.claim()) is not None:
                return done
        return super().dispatch_request()

    def log_exception(self, exc_info: Any) -> None:
        if self.config.get("LOG_REQUESTS"):
            log.broken(*exc_info)
        else:
            super().log_exception(exc_info)


def _again(error: DBAPIError) -> bool:
    """Whether the same work may succeed, and cannot happen twice.

    Where the connection broke, nobody knows whether the commit arrived: only a request whose number
    tells that may be done again.
    """
    if error.connection_invalidated:
        return operations.is_repeatable()
    return getattr(error.orig, "sqlstate", None) in RETRIED


def refuse_other_state(app: Flask) -> None:
    """Raise ConfigError where the database of `app` is older or newer than this version needs."""
    with app.app_context():
        refuse_other_states(db.engine, str(top_folder("migrations")))
        db.engine.dispose()


def create_app(config: dict[str, Any]) -> Flask:
    """The application with `config` (see reintegrate.config).

    Raises ConfigError where a view declares no action, or the store of limits cannot be used.
    """
    app = Application(__name__, static_folder=None, template_folder=str(top_folder("templates")))
    app.config.update(config)
    app.url_map.converters["int"] = NumberConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    database.init_app(app)
    with app.app_context():
        trail.watch(db.sessionmaker)
    log.init_app(app)
    pages.init_app(app)
    formats.init_app(app)
    errors.init_app(app)
    security.init_app(app)
    guard.init_app(app, IS_NAMED, case_that_names)
    operations.init_app(app)
    menu.init_app(app)
    for blueprint in dict.fromkeys(package.bp for package in PACKAGES):
        app.register_blueprint(blueprint)
    limits.init_app(app)
    guard.check_declarations(app)
    return app
