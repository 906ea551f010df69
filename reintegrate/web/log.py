"""One line of JSON for each request and each mistake, without anything about the people in it.

Addresses of pages and messages of errors name people and cases, so neither is written: a line
has the name of the view, and of a mistake its kind and place.
"""

import logging
import sys
import traceback
from time import perf_counter
from types import TracebackType
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.stdlib import BoundLogger, LoggerFactory, ProcessorFormatter

from reintegrate.audit.trail import actor_of
from reintegrate.db import session

lines: BoundLogger = structlog.get_logger("reintegrate")

SHOWN_FRAMES = 12


def write_json() -> None:
    """Write everything that this process logs as lines of JSON to the standard output."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def broken(
    kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
) -> None:
    """Remember a mistake: its kind, for the database its code, and where it happened."""
    frames = traceback.extract_tb(trace)[-SHOWN_FRAMES:]
    lines.error(
        "broken",
        request=g.get("request_id") if has_request_context() else None,
        endpoint=request.endpoint if has_request_context() else None,
        error=kind.__name__ if kind else None,
        sqlstate=getattr(getattr(error, "orig", None), "sqlstate", None),
        at=[
            f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in frames
        ],
    )


def _begin() -> None:
    g.request_id, g.began = uuid4().hex, perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    lines.info(
        "request",
        request=g.request_id,
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((perf_counter() - g.began) * 1000, 1),
        user=actor_of(session).user_id,
    )
    return response


def init_app(app: Flask) -> None:
    """Log the requests of `app`; called before anything else, so that it sees them first and last."""
    if app.config.get("LOG_REQUESTS"):
        app.before_request(_begin)
        app.after_request(_end)
