"""What the house writes about itself: one line an event, JSON in production.

A line holds names of doors, numbers and request ids. It never holds what people typed: no query
strings, no addresses with tokens, and of an exception only its kind and where it was raised, since
its text may quote a value. Everything but plain ASCII is escaped, so that no text can start a new
line or steer a terminal.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.typing import EventDict, WrappedLogger

from workspace.foundation.settings import Settings

SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
FRAMES = 8
MOST = 2000
log = logging.getLogger("workspace.requests")


def new_request_id(asked: str | None, trusted: bool) -> str:
    """The number of a request: the proxy's own, when a proxy is trusted and it is a sane one."""
    if trusted and asked is not None and SANE_ID.fullmatch(asked):
        return asked
    return secrets.token_hex(8)


def _request_id(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    if has_request_context():
        event.setdefault("request", g.get("request_id", ""))
        event.setdefault("door", request.endpoint or "none")
    return event


def places(
    error: tuple[type[BaseException], BaseException, TracebackType | None],
) -> list[str]:
    """Kind and frames of an exception and of what caused it; never a text."""
    told: list[str] = []
    failure: BaseException | None = error[1]
    while failure is not None and len(told) < 4 * FRAMES:
        told.append(type(failure).__name__)
        frames = traceback.extract_tb(failure.__traceback__)[-FRAMES:]
        told += [f"{Path(it.filename).name}:{it.lineno} {it.name}" for it in frames]
        failure = failure.__cause__ or failure.__context__
    return told


def _without_texts(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    error = event.pop("exc_info", None) or (record.exc_info if record is not None else None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        event["error"] = places(error)
    for name, value in event.items():
        if isinstance(value, str) and len(value) > MOST:
            event[name] = value[:MOST]
    return event


def _line(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return json.dumps(event, ensure_ascii=True, default=str).replace("\x7f", "\\u007f")


def _plain(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    head = [str(event.pop(it, "")) for it in ("at", "level", "room", "event")]
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    rest = [f"{name}={value}" for name, value in event.items() if value not in ("", None)]
    return CONTROL.sub(lambda it: f"\\u{ord(it[0]):04x}", " ".join([*head, *rest]))


def _room(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    event["room"] = event.pop("logger", "")
    return event


def formatter(as_json: bool) -> structlog.stdlib.ProcessorFormatter:
    """The shape of a line."""
    before: list[Any] = [
        structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=("method", "status", "ms")),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"), _request_id, _room,
        _without_texts,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before, pass_foreign_args=False, keep_exc_info=False,
        keep_stack_info=False, use_get_message=True,
        processors=[ _line if as_json else _plain],
    )


class Lines(logging.StreamHandler[TextIO]):
    """Writes our lines; there is one in a process."""


def begin(settings: Settings, stream: TextIO | None = None) -> None:
    """Write lines from now on, in this process; called by whoever serves."""
    root = logging.getLogger()
    for old in [it for it in root.handlers if isinstance(it, Lines)]:
        root.removeHandler(old)
    lines = Lines(stream or sys.stderr)
    lines.setFormatter(formatter(settings.logs_json))
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    for noisy in ("alembic", "huey", "geventwebsocket", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Write one line for every request but those for our own files and for probes."""
    quiet = frozenset({"static", "operations.alive", "operations.ready"})

    def told(response: Response) -> Response:
        began = g.get("innocore_began")
        if request.endpoint not in quiet and began is not None:
            log.info(
                "answered", extra={
                    "method": request.method[:10], "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                },
            )
        return response

    app.after_request(told)
