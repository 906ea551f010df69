"""Signing in, by Flask-Security: passwords, second factor, recovery codes, reset."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_in, user_logged_out
from flask_mail import Mail
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.forms import LoginForm, TwoFactorVerifyCodeForm
from flask_wtf import CSRFProtect

from reintegrate.accounts import throttle
from reintegrate.accounts.models import Membership, User
from reintegrate.audit.trail import Actor, Event, act_as, record
from reintegrate.db import db, session
from reintegrate.translations.libraries import SECURITY_DOMAINS, SECURITY_FOLDERS
from reintegrate.web.pages import POLICY

csrf = CSRFProtect()
mail = Mail()
security = Security()

WAIT = _l("Too many wrong tries. Wait %(minutes)s minutes, then try again.", minutes=throttle.MINUTES)

SETTINGS: dict[str, Any] = {
    "SECURITY_URL_PREFIX": None,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": None,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=2),
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_RESET_URL": "/reset-password",
    "SECURITY_CHANGE_URL": "/change-password",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_POST_CHANGE_VIEW": "/account",
    "SECURITY_POST_RESET_VIEW": "/sign-in",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TOTP_ISSUER": "reintegrate",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": True,
    "SECURITY_I18N_DOMAIN": SECURITY_DOMAINS,
    "SECURITY_I18N_DIRNAME": SECURITY_FOLDERS,
    "SECURITY_FLASH_MESSAGES": True,
}


class SignInForm(LoginForm):
    """Address and password; wrong tries are counted before anything is looked up."""

    def validate(self, **options: Any) -> bool:
        address = str(self.email.data or "")
        if address and throttle.must_wait(address):
            self.form_errors.append(str(WAIT))
            return False
        valid = bool(super().validate(**options))
        if not valid and self.user is None and address:
            throttle.count_failure(address, what="unknown account")
        if not valid and not self.user_authenticated:
            self._say_the_same()
        return valid

    def _say_the_same(self) -> None:
        """One sentence for every way to be wrong, so that it does not tell who has an account."""
        for field in (self.email, self.password):
            field.errors = []
        self.form_errors = [str(WAIT) if self._waiting() else _("That address and password do not fit.")]

    def _waiting(self) -> bool:
        return throttle.must_wait(str(self.email.data or ""))


class CodeForm(TwoFactorVerifyCodeForm):
    """The code of the second factor; wrong ones are counted with wrong passwords."""

    def validate(self, **options: Any) -> bool:
        if self.user is not None and throttle.must_wait(self.user.email):
            self.code.errors = [str(WAIT)]
            return False
        return bool(super().validate(**options))


def _remember_sign_in(_app: Flask, user: User, **_: Any) -> None:
    throttle.forget_failures(user.email)
    act_as(session, Actor(user.id, request.remote_addr))
    record(session, Event("sign_in", subject="app_user", subject_id=user.id))


def _remember_sign_out(_app: Flask, user: User, **_: Any) -> None:
    if user and not user.is_anonymous:
        record(session, Event("sign_out", subject="app_user", subject_id=user.id))


def _allow_code_image(response: Response) -> Response:
    """The code to scan is made on the fly and never stored: only its page may show such a picture."""
    if request.endpoint == "security.two_factor_setup":
        response.headers["Content-Security-Policy"] = POLICY.replace("img-src 'self'", "img-src 'self' data:")
    return response


def init_app(app: Flask) -> None:
    """Set up tokens against forged forms first, then the security library."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    with_second_factor = not app.config["DEMO"]
    app.config.setdefault("SECURITY_TWO_FACTOR", with_second_factor)
    app.config.setdefault("SECURITY_TWO_FACTOR_REQUIRED", with_second_factor)
    csrf.init_app(app)
    mail.init_app(app)
    security.init_app(
        app,
        FSQLALiteUserDatastore(db, User, Membership),  # type: ignore[arg-type]
        login_form=SignInForm,
        two_factor_verify_code_form=CodeForm,
    )
    user_logged_in.connect(_remember_sign_in, app)
    user_logged_out.connect(_remember_sign_out, app)
    app.after_request(_allow_code_image)
