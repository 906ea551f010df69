"""Guessing waits fifteen minutes, and nobody is locked out for good.

Five wrong passwords or codes for an account from one address make that account wait there. Five
from anywhere make it wait everywhere but at addresses where its user has signed in before, so
that strangers cannot keep her out. Twenty from one address, whatever the account, make the
address wait. Unknown accounts are counted the same way, so that the answer tells nothing.
"""

import hashlib
from datetime import timedelta

from flask import request
from sqlalchemy import delete, insert

from reintegrate.accounts import queries
from reintegrate.accounts.models import SignInFailure
from reintegrate.audit.models import Outcome
from reintegrate.audit.trail import Event, record
from reintegrate.columns import utcnow
from reintegrate.db import session

TRIES = 5
TRIES_OF_AN_ADDRESS = 20
MINUTES = 15


def account_of(email: str) -> str:
    """The name under which an account is counted; its address is not kept."""
    return _fingerprint(email.strip().lower())


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _here() -> str:
    return _fingerprint(request.remote_addr or "")


def must_wait(email: str) -> bool:
    """Whether an account has to wait at the address of this request."""
    since = utcnow() - timedelta(minutes=MINUTES)
    account, here = account_of(email), _here()
    tries = queries.failures_since(since, account=account, address=here)
    if tries.of_both >= TRIES or tries.of_address >= TRIES_OF_AN_ADDRESS:
        return True
    return tries.of_account >= TRIES and not queries.has_signed_in_from(email, request.remote_addr)


def count_failure(email: str, *, what: str) -> None:
    """Count a wrong password or code at once, whatever becomes of the request."""
    row = {"account": account_of(email), "address": _here(), "at": utcnow()}
    session.execute(insert(SignInFailure).values(row))
    session.execute(delete(SignInFailure).where(SignInFailure.at < utcnow() - timedelta(days=1)))
    record(session, Event("sign_in", subject="account", reason=what, outcome=Outcome.FAILED))
    session.commit()


def forget_failures(email: str) -> None:
    """A right password and code end the counting of this account at this address."""
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.account == account_of(email), SignInFailure.address == _here()
        )
    )
