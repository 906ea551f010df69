"""The application as a web server loads it; it refuses a database that is not up to date."""

import gc
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from granian.utils.proxies import wrap_wsgi_with_proxy_headers
from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import get_host

from reintegrate.app import create_app, refuse_other_state
from reintegrate.config import production_config
from reintegrate.web import log


def behind_proxies(app: Flask) -> Any:
    """What reaches `app` came over TLS, which ends at the proxy; only trusted ones say for whom they ask.

    The host is the one that the request names, and has to be that of BASE_URL; what a proxy says
    about it is never read.
    """

    def over_tls(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        try:
            get_host(environ, app.config["ALLOWED_HOSTS"])
        except SecurityError as error:
            return error(environ, start_response)
        return app(environ, start_response)

    proxies: list[str] = app.config["TRUSTED_PROXIES"]
    return wrap_wsgi_with_proxy_headers(over_tls, proxies) if proxies else over_tls


def load() -> Any:
    """The application of the environment, as each worker of the server starts it.

    What was made until then lives as long as the worker: left to be looked through for garbage
    again and again, it would stop some request for a tenth of a second every time.
    """
    log.write_json()
    app = create_app(production_config())
    refuse_other_state(app)
    gc.collect()
    gc.freeze()
    return behind_proxies(app)
