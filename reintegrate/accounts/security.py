"""Signing in, by Flask-Security: passwords, second factor, recovery codes, reset."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from flask import session as cookie
from flask_login import user_logged_in, user_logged_out
from flask_mail import Mail
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.signals import password_changed, password_reset
from flask_wtf import CSRFProtect

from reintegrate.accounts import services, sessions, signing, throttle
from reintegrate.accounts.letters import Post
from reintegrate.accounts.models import Membership, User
from reintegrate.audit.trail import Actor, Event, act_as, record
from reintegrate.db import db, session
from reintegrate.translations.libraries import SECURITY_DOMAINS, SECURITY_FOLDERS
from reintegrate.web.pages import POLICY

csrf = CSRFProtect()
mail = Mail()


def N_(sentence: str) -> str:  # noqa: N802 -- the mark by which catalogues are gathered
    """A sentence that the library looks up in our catalogue."""
    return sentence


SENTENCES = {
    "EMAIL_NOT_PROVIDED": (N_("Write your work e-mail"), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Write a whole address, as name@office.org"), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Write your password"), "error"),
    "INVALID_PASSWORD": (N_("That is not your present password"), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("Use at least %(length)s characters"), "error"),
    "PASSWORD_IS_THE_SAME": (N_("That is the present password: choose another"), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ: type the new one twice"), "error"),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s has an account, a link is on its way. It can take a few minutes."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("The link is older than %(within)s: ask for a new one"), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("The link was used already or is not whole: ask for a new one"),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your password is set. Sign in with it."), "info"),
    "PASSWORD_CHANGE": (N_("Your password is changed, and all other devices are signed out"), "info"),
    "REAUTHENTICATION_REQUIRED": (N_("Write your password once more to go on"), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Confirmed"), "info"),
    "UNAUTHENTICATED": (N_("Sign in to go on"), "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already"), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (
        N_("This code does not fit, or was used before: wait for the next one"),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You are signed in"), "info"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (N_("The new authenticator is set up"), "info"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Sign in with your password first"), "info"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("Setting up took longer than %(within)s: begin again"), "error"),
    "INVALID_RECOVERY_CODE": (N_("This is none of your unused recovery codes"), "error"),
    "API_ERROR": (N_("That could not be understood: begin again"), "error"),
    "FAILED_TO_SEND_CODE": (N_("The code could not be sent"), "error"),
}
"""What the library says, in our words. Nothing is a `success`: that would drop typed text that waits."""

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
    "SECURITY_POST_LOGIN_VIEW": "/signed-in",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_POST_CHANGE_VIEW": "/account",
    "SECURITY_POST_RESET_VIEW": "/sign-in",
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "SECURITY_TWO_FACTOR_SETUP_WITHIN": timedelta(minutes=15),
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_FRESHNESS": timedelta(minutes=10),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
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
    "SECURITY_EMAIL_PLAINTEXT": False,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": True,
    "SECURITY_I18N_DOMAIN": SECURITY_DOMAINS,
    "SECURITY_I18N_DIRNAME": SECURITY_FOLDERS,
    "SECURITY_FLASH_MESSAGES": True,
} | {f"SECURITY_MSG_{name}": sentence for name, sentence in SENTENCES.items()}


def _remember_sign_in(_app: Flask, user: User, **_: Any) -> None:
    if earlier := sessions.here():
        services.end_sign_in(user, earlier.id)
    throttle.forget_failures(user.email)
    act_as(session, Actor(user.id, request.remote_addr))
    record(session, Event("sign_in", subject="app_user", subject_id=user.id))
    cookie[sessions.KEY] = sessions.begin(user)


def _remember_sign_out(_app: Flask, user: User, **_: Any) -> None:
    cookie.pop(sessions.KEY, None)
    if not user or user.is_anonymous:
        return
    record(session, Event("sign_out", subject="app_user", subject_id=user.id))
    if ended := sessions.here():
        services.end_sign_in(user, ended.id)
        session.commit()


def _end_others(_app: Flask, user: User, **_: Any) -> None:
    services.end_sign_ins(user, but=sessions.here())


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
    Security(
        mail_util_cls=Post,
        totp_cls=signing.OnceTotp,
        mf_recovery_codes_util_cls=signing.HashedCodes,
    ).init_app(
        app,
        FSQLALiteUserDatastore(db, User, Membership),  # type: ignore[arg-type]
        login_form=signing.SignInForm,
        forgot_password_form=signing.LinkForm,
        verify_form=signing.AgainForm,
        change_password_form=signing.ChangeForm,
        two_factor_verify_code_form=signing.CodeForm,
        two_factor_setup_form=signing.SetUpForm,
        two_factor_rescue_form=signing.HelpForm,
        mf_recovery_form=signing.RecoveryForm,
    )
    sessions.init_app(app)
    user_logged_in.connect(_remember_sign_in, app)
    user_logged_out.connect(_remember_sign_out, app)
    password_changed.connect(_end_others, app)
    password_reset.connect(_end_others, app)
    app.after_request(_allow_code_image)
