"""Guessing waits: after five wrong passwords or codes an account rests for fifteen minutes.

Unknown addresses are counted the same way, so that the answer tells nothing.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, insert

from reintegrate.accounts import queries
from reintegrate.accounts.models import SignInFailure
from reintegrate.audit.models import Outcome
from reintegrate.audit.trail import Event, record
from reintegrate.columns import utcnow
from reintegrate.db import session

TRIES = 5
MINUTES = 15


def account_of(email: str) -> str:
    """The name under which an address is counted; the address itself is not kept."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]


def must_wait(email: str) -> bool:
    """Whether the account behind an address has to wait."""
    return queries.must_wait(account_of(email), tries=TRIES, minutes=MINUTES)


def count_failure(email: str, *, what: str) -> None:
    """Count a wrong password or code at once, whatever becomes of the request."""
    account = account_of(email)
    session.execute(insert(SignInFailure).values(account=account, at=utcnow()))
    session.execute(delete(SignInFailure).where(SignInFailure.at < utcnow() - timedelta(days=1)))
    record(session, Event("sign_in", subject="account", reason=what, outcome=Outcome.FAILED))
    session.commit()


def forget_failures(email: str) -> None:
    """A right password and code end the counting."""
    session.execute(delete(SignInFailure).where(SignInFailure.account == account_of(email)))
