"""Where operations are measured: an application on a filled database, and a plain connection beside it."""

import re
from collections.abc import Callable, Iterable
from contextlib import closing
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from reintegrate.accounts import sessions
from reintegrate.accounts.models import Membership, Role, SignIn, User
from reintegrate.cases.models import Case
from reintegrate.db import session

_FILLER = re.compile(r"[ \n]+")


@dataclass(frozen=True, slots=True)
class Member:
    """A user who sends requests, and an office where she works."""

    id: int
    office_id: int | None
    cookie: str
    token: str


@dataclass
class Ground:
    """The application, whose requests go through the whole of WSGI, and the raw driver."""

    app: Flask
    connection: Any
    is_postgresql: bool = False

    def member(self, role: Role, office_id: int | None = None) -> Member:
        """The user of a role, in an office or anywhere, with the most cases of her own or her office."""
        theirs = Case.case_manager_id == Membership.user_id
        if role != Role.CASEWORKER:
            theirs = Case.office_id == Membership.office_id
        statement = (
            select(User, Membership.office_id)
            .join(Membership, Membership.user_id == User.id)
            .outerjoin(Case, theirs)
            .where(Membership.role == role, Membership.confirmed_at.is_not(None), User.active)
            .group_by(User.id, Membership.office_id)
            .order_by(func.count(Case.id).desc(), User.id)
            .limit(1)
        )
        if office_id is not None:
            statement = statement.where(Membership.office_id == office_id)
        return self._signed_in(*session.execute(statement).one())

    def _signed_in(self, user: User, office_id: int | None) -> Member:
        key = token_urlsafe(32)
        session.add(SignIn(user_id=user.id, key=sessions.kept(key)))
        session.commit()
        seal: Any = self.app.session_interface
        raw_token = sha256(user.fs_uniquifier.encode()).hexdigest()
        content = {"_user_id": user.fs_uniquifier, "_fresh": True, sessions.KEY: key, "csrf_token": raw_token}
        token = URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(raw_token)
        cookie = seal.get_signing_serializer(self.app).dumps(content)
        return Member(user.id, office_id, f"{self.app.config['SESSION_COOKIE_NAME']}={cookie}", str(token))

    def page(self, member: Member, address: str) -> Callable[[], str]:
        """A GET of an address, to be repeated."""
        environ = EnvironBuilder(address, headers=[("Cookie", member.cookie)]).get_environ()
        return lambda: self._answer(environ.copy(), 200)

    def post(self, member: Member, address: str, form: dict[str, str], *, status: int = 302) -> str:
        """Send a form."""
        builder = EnvironBuilder(
            address,
            method="POST",
            headers=[("Cookie", member.cookie)],
            data=form | {"csrf_token": member.token},
        )
        return self._answer(builder.get_environ(), status)

    def _answer(self, environ: dict[str, Any], status: int) -> str:
        # In a context of its own: inside another one the request would share its session.
        parts, line, headers = Context().run(run_wsgi_app, self.app, environ, buffered=True)
        if int(line.split()[0]) != status:
            raise RuntimeError(f"{environ['PATH_INFO']} answered {line} {headers.get('Location', '')}")
        return b"".join(parts).decode()

    def sql(self, text: str, **values: Any) -> Callable[[], list[Any]]:
        """A statement with `:name` for values, to be repeated; gives its rows."""
        return self.several([(text, values)])

    def several(self, statements: Iterable[tuple[str, dict[str, Any]]]) -> Callable[[], list[Any]]:
        """Several statements in one transaction; gives the rows of the first."""
        ready = [(self._native(text), values) for text, values in statements]
        return partial(self._run, ready)

    def _run(self, statements: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        with closing(self.connection.cursor()) as cursor:
            if any(not text.startswith("SELECT") for text, _values in statements):
                cursor.execute("BEGIN" if self.is_postgresql else "BEGIN IMMEDIATE")
            found: list[Any] = []
            for place, (text, values) in enumerate(statements):
                cursor.execute(text, values)
                rows = cursor.fetchall() if cursor.description else []
                found = found if place else rows
            if any(not text.startswith("SELECT") for text, _values in statements):
                cursor.execute("COMMIT")
        return found

    def _native(self, text: str) -> str:
        text = _FILLER.sub(" ", text).strip()
        return re.sub(r":([a-z_]\w*)", r"%(\1)s", text) if self.is_postgresql else text
