"""The factory: ground, then spine, then the wings that it is given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_request_context, request, url_for
from flask_socketio import SocketIO
from gevent import monkey
from jinja2 import BytecodeCache, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from workspace.accounts import security
from workspace.accounts.feature import FEATURE as ACCOUNTS
from workspace.administration.feature import FEATURE as ADMINISTRATION
from workspace.calendars.feature import FEATURE as CALENDARS
from workspace.challenges.feature import FEATURE as CHALLENGES
from workspace.files.feature import FEATURE as FILES
from workspace.foundation import (
    api,
    babel,
    guard,
    limits,
    logs,
    mail,
    markdown,
    metrics,
    shell,
    storage,
    stylepage,
)
from workspace.foundation.access import Rules, can
from workspace.foundation.db import Database, close_session
from workspace.foundation.facts import NoticeBoard
from workspace.foundation.features import Feature, House
from workspace.foundation.migrate import database_commands
from workspace.foundation.parts import Parts, address
from workspace.foundation.settings import Settings
from workspace.foundation.sockets import refuse_odd_frames
from workspace.foundation.statics import Workspace
from workspace.foundation.web import current_actor, declared_doors
from workspace.grants.feature import FEATURE as GRANTS
from workspace.grants.queries import held_by, with_held
from workspace.home.feature import FEATURE as HOME
from workspace.inbox.feature import FEATURE as INBOX
from workspace.journal.feature import FEATURE as JOURNAL
from workspace.operations.feature import FEATURE as OPERATIONS
from workspace.organisations.feature import FEATURE as ORGANISATIONS
from workspace.programmes.feature import FEATURE as PROGRAMMES
from workspace.readiness.feature import FEATURE as READINESS
from workspace.releases.feature import FEATURE as RELEASES
from workspace.search.feature import FEATURE as SEARCH
from workspace.submissions.feature import FEATURE as SUBMISSIONS
from workspace.teams.feature import FEATURE as TEAMS
from workspace.tokens import bearer
from workspace.tokens.feature import FEATURE as TOKENS

ROOT = Path(__file__).parent.parent
SPINE = (
    ACCOUNTS, ORGANISATIONS, GRANTS, TOKENS, FILES, PROGRAMMES, CHALLENGES, TEAMS, READINESS,
    SUBMISSIONS, RELEASES, JOURNAL, INBOX, CALENDARS, SEARCH, HOME,
    ADMINISTRATION, OPERATIONS,
)


def create_app(settings: Settings, wings: Sequence[Feature]) -> Flask:
    """The whole application. Raises when a door says not who may, or a setting is wrong."""
    settings.check()
    app = Workspace(
        "workspace", root_path=str(ROOT / "workspace"), template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "workspace" / "static"), static_url_path="/static",
    )
    _configure(app, settings)
    house = House((*SPINE, *wings))
    app.extensions.update({
        "innocore.database": Database(settings.database),
        "innocore.facts": NoticeBoard(),
        "innocore.access": Rules(),
        "innocore.house": house,
        "innocore.identify": bearer.identify,
        "innocore.held": held_by,
        "innocore.with-held": with_held,
        "innocore.limits": limits.new_limiter(settings.redis_url),
    })
    storage.start(app, settings)
    mail.install(app, settings)
    babel.install(app, settings)
    guard.install(app)
    metrics.install(app)
    logs.install(app)
    security.install(app)
    _templates(app, house)
    app.teardown_appcontext(close_session)
    _open(app, house)
    api.install(app, [it for one in house.features for it in one.api], bearer.bearer)
    if settings.environment == "development":
        app.register_blueprint(stylepage.doors.blueprint)
    _sockets(app, house, settings)
    app.cli.add_command(database_commands)
    app.view_functions["static"].door = {  # type: ignore[union-attr]
        "verb": "public", "kind": "-", "methods": ("GET",),
        "public": "styles, scripts, fonts and icons",
    }
    with app.app_context():
        declared_doors()
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def _configure(app: Flask, settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    home = urlsplit(settings.base_url).hostname or "localhost"
    trusted = [home, *(it.strip() for it in settings.trusted_hosts.split(",") if it.strip())]
    if not settings.secure:
        trusted += ["localhost", "127.0.0.1"]
    app.config.update(
        INNOCORE=settings,
        SECRET_KEY=settings.secret(),
        TESTING=settings.environment == "testing",
        PROPAGATE_EXCEPTIONS=False,
        TEMPLATES_AUTO_RELOAD=settings.environment == "development",
        TRUSTED_HOSTS=trusted,
        SESSION_COOKIE_NAME="__Host-innocore" if settings.secure else "innocore",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        # Sent when it changes and never else: not in files that others may keep, and no late answer
        # brings back a secret that was renewed meanwhile.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=26 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=200,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )


class _Compiled(BytecodeCache):
    """Templates compiled once a process; a changed source has another checksum."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()


def _templates(app: Flask, house: House) -> None:
    env = app.jinja_env
    env.bytecode_cache = COMPILED
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.do")
    env.globals.update(
        shell=shell.shell, static=static, may=lambda verb, thing: can(current_actor(), verb, thing),
        me=current_actor, role_word=shell.role_word, initials=shell.initials,
        hue=shell.hue, ui=Parts(env), address=address,
    )
    for offer in house.offered("template_globals"):
        env.globals.update(offer)
    env.filters["markdown"] = markdown.to_html
    env.filters["json_data"] = json_data


def json_data(value: Any) -> Markup:
    """JSON that may stand inside `<script type="application/json">`."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, safe in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                       ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(char, safe)
    return Markup(text)  # noqa: S704 - everything that could end the element is escaped


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    path = ROOT / "workspace" / "static" / "app" / "manifest.json"
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def static(path: str) -> str:
    """Address of a file of ours; changes with its content, so browsers may keep it for ever."""
    return _static_below(request.root_path if has_request_context() else "", path)


@lru_cache(maxsize=1000)
def _static_below(_root: str, path: str) -> str:
    # A page names some forty files, and each address would be built anew.
    mark = _manifest().get(path) or _manifest().get(path.removeprefix("app/"))
    return url_for("static", filename=path, v=mark) if mark else url_for("static", filename=path)


def _open(app: Flask, house: House) -> None:
    rules: Rules = app.extensions["innocore.access"]
    board: NoticeBoard = app.extensions["innocore.facts"]
    for feature in house.features:
        for (verb, kind), predicate in feature.may.items():
            rules.add_may(verb, kind, predicate)
        for kind, clause in feature.visible.items():
            rules.add_shown(kind, clause)
        for fact, listeners in feature.on.items():
            for listener in listeners:
                board.on(fact, listener)
        for fact, listeners in feature.after.items():
            for listener in listeners:
                board.after(fact, listener)
        for doors in feature.doors:
            app.register_blueprint(doors.blueprint)
        for command in feature.commands:
            app.cli.add_command(command)


def _sockets(app: Flask, house: House, settings: Settings) -> None:
    patched = monkey.is_module_patched("socket")
    socketio = SocketIO(
        app, async_mode="gevent" if patched else "threading", serializer="msgpack",
        cors_allowed_origins=[], async_handlers=False, max_http_buffer_size=1024 * 1024,
        ping_interval=8, ping_timeout=10, manage_session=False, logger=False,
        engineio_logger=False, transports=["websocket"],
    )
    app.extensions["innocore.socketio"] = socketio
    refuse_odd_frames(socketio.server)
    for feature in house.features:
        if feature.sockets is not None:
            if feature.sockets.install is not None:
                feature.sockets.install(app, socketio.server)
            feature.sockets.check(socketio.server)
