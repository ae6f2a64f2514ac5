"""A served workspace with boards and keys to them, for runs that talk to its live line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask import session as cookie

from canvases.boards import wire
from canvases.boards.models import Canvas
from tests import servers
from tests.cast import gathered
from workspace.accounts import sessions
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from wsgi import create_app

EACH = 10
"""Sockets of one session: as many as the house allows."""


@dataclass
class Boards:
    """Boards of one team, and cookies of one of its members."""

    app: Flask
    url: str
    canvases: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def keys(self) -> dict[str, Any]:
        """What the load generator wants to know."""
        return {
            "canvases": self.canvases, "cookies": self.cookies, "origin": self.url, "each": EACH,
            "protocol": wire.PROTOCOL,
        }


def settings(database: str, data: Path, url: str, **more: Any) -> Settings:
    """The settings of the served house; an application beside it uses the same."""
    return Settings(
        environment="testing", data_dir=str(data), database_url=database,
        secret_key=servers.SECRET, base_url=url, mail="memory", jobs_in_process=False, **more,
    )


@contextlib.contextmanager
def furnished(
    database: str, data: Path, url: str, rooms: int, editors: int
) -> Iterator[Boards]:
    """Boards for so many rooms and sessions for so many sockets, on a database with the cast."""
    app = create_app(settings(database, data, url))
    made = Boards(app, url)
    try:
        with app.app_context():
            cast = gathered()
            lead = cast.person("lead")
            with write():
                # More than the forty that a team may make: put in directly.
                rows = [
                    Canvas(team_id=cast.team.id, template="business-model-canvas",
                           title=f"Board {number}", created_by_id=lead.id)
                    for number in range(rooms)
                ]
                session().add_all(rows)
                session().flush()
                made.canvases += [it.public_id for it in rows]
        for _ in range(-(-editors // EACH)):
            made.cookies.append(cookie_of(app, lead.id))
        yield made
    finally:
        for feature in app.extensions["innocore.house"].features:
            if feature.stop is not None:
                feature.stop(app)
        app.extensions["innocore.database"].close()


def cookie_of(app: Flask, person_id: int) -> str:
    """A session of that person, as the header that a browser sends."""
    with app.test_request_context():
        with write():
            sessions.begin(session().get_one(Person, person_id), now())
        response = app.make_response("")
        app.session_interface.save_session(app, cookie, response)
    return str(response.headers["Set-Cookie"]).split(";")[0]


@contextlib.contextmanager
def gunicorn(
    port: int, database: str, data: Path, *, pin: str = "", options: tuple[str, ...] = (),
    **more: str,
) -> Iterator[Any]:
    """The workspace as it is served in production; `pin` is a list of processor cores."""
    command = [
        sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}",
        *options, "wsgi:create_app()",
    ]
    if pin:
        command = ["taskset", "-c", pin, *command]
    environment = {
        "INNOCORE_ENVIRONMENT": "testing", "INNOCORE_DATA_DIR": str(data),
        "INNOCORE_DATABASE_URL": database, "INNOCORE_SECRET_KEY": servers.SECRET,
        "INNOCORE_BASE_URL": f"http://localhost:{port}", "INNOCORE_MAIL": "memory",
    } | {f"INNOCORE_{name.upper()}": value for name, value in more.items()}
    with servers.process(command, port, **environment) as (started, log):
        yield started, log
