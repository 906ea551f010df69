"""What the security library asks of us: its forms counted, its codes kept so that each counts once."""

import hashlib
import hmac
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_security import MfRecoveryCodesUtil, Totp
from flask_security.forms import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
)
from flask_security.forms import VerifyForm as PasswordAgainForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import hash_password, validate_redirect_url
from passlib.exc import TokenError
from sqlalchemy import or_, update
from wtforms import RadioField

from reintegrate.accounts import throttle
from reintegrate.accounts.models import User
from reintegrate.db import session
from reintegrate.web.fields import select_choices

WAIT = _l("Too many wrong tries. Wait %(minutes)s minutes, then try again.", minutes=throttle.MINUTES)


class SignInForm(LoginForm):
    """Address and password; wrong tries are counted, and every way to be wrong looks the same."""

    def validate(self, **options: Any) -> bool:
        address = str(self.email.data or "")
        if address and throttle.must_wait(address):
            self._say(str(WAIT))
            return False
        self.remember.data = False
        if self.next.data and not validate_redirect_url(self.next.data):
            self.next.data = ""
        if super().validate(**options):
            return True
        if address and self.password.data:
            throttle.count_failure(address, what="password")
        self._say(str(WAIT) if throttle.must_wait(address) else _("That address and password do not fit."))
        return False

    def _say(self, sentence: str) -> None:
        for field in (self.email, self.password):
            field.errors = []
        self.form_errors = [sentence]


class LinkForm(ForgotPasswordForm):
    """Asks for a link to set a password; it takes as long for a stranger as for a user."""

    def validate(self, **options: Any) -> bool:
        valid = bool(super().validate(**options))
        if valid:
            hash_password("as long as for those without an account")
        return valid


class Counted:
    """A form that asks a known user for a secret: wrong answers are counted with wrong passwords."""

    user: Any
    asks = "code"

    def validate(self, **options: Any) -> bool:
        user, field = self.user, getattr(self, self.asks)
        if user is None:
            return bool(super().validate(**options))  # type: ignore[misc]
        if throttle.must_wait(user.email):
            field.errors = [str(WAIT)]
            return False
        valid = bool(super().validate(**options))  # type: ignore[misc]
        if field.errors and field.data:
            throttle.count_failure(user.email, what=self.asks)
        return valid


class CodeForm(Counted, TwoFactorVerifyCodeForm):
    """The code of the authenticator."""


class SetUpForm(TwoFactorSetupForm):
    """The one way of a second factor that is offered."""

    setup = RadioField(choices=select_choices([("authenticator", "")]), validate_choice=False)


class HelpForm(TwoFactorRescueForm):
    """What the library asks of those without a code; our pages say whom to ask instead."""

    help_setup = RadioField(choices=select_choices([("help", "")]))


class RecoveryForm(Counted, MfRecoveryForm):
    """A recovery code, however its letters and gaps are typed."""

    def validate(self, **options: Any) -> bool:
        self.code.data = _tidy(self.code.data or "")
        return super().validate(**options)


class AgainForm(Counted, PasswordAgainForm):
    """The password once more, before something that protects the account."""

    asks = "password"


class ChangeForm(Counted, ChangePasswordForm):
    """The present password and a new one."""

    asks = "password"

    def validate(self, **options: Any) -> bool:
        self.user = current_user._get_current_object()
        return super().validate(**options)


def _tidy(code: str) -> str:
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


class HashedCodes(MfRecoveryCodesUtil):
    """Recovery codes of which only fingerprints are kept: they are shown once, when they are made."""

    def create_recovery_codes(self, user: Any) -> list[str]:
        codes: list[str] = super().create_recovery_codes(user)
        user.mf_recovery_codes = [_fingerprint(user, code) for code in codes]
        return codes

    def get_recovery_codes(self, user: Any) -> list[str]:
        """None: they cannot be shown again."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Whether the code is one of those left; the row is held so that each counts once."""
        session.refresh(user, with_for_update=True)
        print_ = _fingerprint(user, code)
        return any(hmac.compare_digest(print_, kept) for kept in user.mf_recovery_codes or [])

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        user.mf_recovery_codes = [kept for kept in user.mf_recovery_codes if kept != _fingerprint(user, code)]
        return True


def _fingerprint(user: User, code: str) -> str:
    pepper = str(current_app.config["SECURITY_TOTP_SECRETS"]["1"]).encode()
    return hmac.new(pepper, f"{user.id}:{code}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class OnceTotp(Totp):
    """Codes of the authenticator of which each counts once: one looked at in passing is of no use."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep the number of the code. Raises TokenError where another request was faster."""
        older = or_(User.tf_last_counter.is_(None), User.tf_last_counter < tmatch.counter)
        newer = update(User).where(User.id == user.id, older).values(tf_last_counter=tmatch.counter)
        if session.execute(newer.returning(User.id)).first() is None:
            raise TokenError
