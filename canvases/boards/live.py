"""The socket door of boards: who is it, which room, is it well formed, then a word to the room.

Handlers run in the thread that reads the socket, in order. They touch no document: rooms do.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, has_app_context
from socketio import exceptions as io_errors
from socketio import packet as io_packet
from sqlalchemy import select

from canvases.boards import callers, crossing, wire
from canvases.boards.bus import HOUSE, RedisBus
from canvases.boards.callers import Caller
from canvases.boards.chronicle import Chronicle
from canvases.boards.committer import where_it_may_block
from canvases.boards.crossing import Closed, Ended, Recheck
from canvases.boards.document import Document
from canvases.boards.hands import HouseRooms
from canvases.boards.line import SocketLine, read_packet
from canvases.boards.log import SqlLog
from canvases.boards.messages import Aware, Leave, Update
from canvases.boards.models import Canvas
from canvases.boards.reader import Unreadable, read_state_vector
from canvases.boards.rights import HouseRights
from canvases.boards.room import Room
from canvases.boards.rooms import TooSlow
from canvases.boards.schema import Misfit
from workspace.accounts.facts import SessionEnded
from workspace.foundation import unit
from workspace.foundation.access import Actor
from workspace.foundation.db import Database, session
from workspace.foundation.errors import Denied, Missing, Refused, TooLarge, Unavailable
from workspace.foundation.facts import Fact
from workspace.foundation.settings import Settings
from workspace.foundation.sockets import Sockets
from workspace.foundation.text import lazy
from workspace.grants.facts import AgreementSigned, GrantChanged
from workspace.tokens import bearer
from workspace.tokens.facts import TokenRevoked

log = logging.getLogger(__name__)
T = TypeVar("T")
KEY = "innocore.live"
MOST_REFUSED = 200
"""Packets beyond the rate that a connection may send before it ends."""


class Door:
    """The live boards of one application in one process."""

    def __init__(self, app: Flask, server: Any) -> None:
        self.app = app
        self.server = server
        house: Database = app.extensions["innocore.database"]
        self.line = SocketLine(server)
        self.store = SqlLog(house)
        settings: Settings = app.config["INNOCORE"]
        self.bus = RedisBus(settings.redis_url, settings.secret()) if settings.redis_url else None
        run = where_it_may_block(house)
        self.rights = HouseRights(app)
        self.rooms = HouseRooms(self.store, self.rights, self.line, run=run, bus=self.bus)
        self.rooms.on_left = self._left
        self.rooms.each_minute.append(self._check_sessions)
        self.rooms.each_second.append(self._check_tokens)
        self.chronicle = Chronicle(app)
        self.rooms.listeners.append(self.chronicle.gather)
        self.store.on_aside = self.chronicle.put_aside
        self.rooms.each_minute.append(self.chronicle.tell)
        self.callers: dict[str, Caller] = {}
        self._logged = 0.0
        self._stopping = threading.Lock()
        self._stopped = False
        self._events: dict[str, Callable[[Caller, list[Any]], None]] = {
            "join": self.join, "leave": self.leave, "u": self.update, "aw": self.aware,
        }  # fmt: skip
        server.on("connect", self.connect, namespace=wire.NAMESPACE)
        server.on("disconnect", self.disconnect, namespace=wire.NAMESPACE)
        for name in self._events:
            server.on(name, _never, namespace=wire.NAMESPACE)
        server.eio.on("message", self.receive)
        server.eio.on("connect", self.admit)
        server.eio.cors_allowed_origins = self.is_ours

    def start(self) -> None:
        """Begin to hear the other workers; after any fork, before anybody is answered."""
        if self.bus is not None:
            self.bus.enter(HOUSE, self.hear)

    @property
    def is_speaking(self) -> bool:
        """Whether there is a line to other workers that has something to finish."""
        return self.bus is not None and self.bus.is_started

    def hear(self, body: bytes) -> None:
        """Something about who may came from another worker. Raises wire.Malformed."""
        word = crossing.unpack(body)
        if isinstance(word, Recheck):
            self.rooms.recheck(word.person_id or None, word.canvas_id or None)
        elif isinstance(word, Ended):
            self.end_session(word.sign_in_id)
        elif isinstance(word, Closed):
            self.rooms.end(word.canvas_id, word.reason)

    def tell(self, word: crossing.Word) -> None:
        """Tell the other workers what this one has just learned."""
        if self.bus is not None:
            self.bus.tell(HOUSE, crossing.pack(word))

    # -- connections

    def is_ours(self, origin: str, environ: dict[str, Any] | None = None) -> bool:
        """Whether a page of this origin may open a line."""
        settings = self.app.config["INNOCORE"]
        home, asked = urlsplit(settings.base_url), urlsplit(origin)
        if (asked.scheme, asked.netloc) == (home.scheme, home.netloc):
            return True
        # Behind another name of ours: the page's own host, if the house answers to it.
        host = (environ or {}).get("HTTP_HOST", "")
        return asked.netloc == host and asked.hostname in self.app.config["TRUSTED_HOSTS"]

    @property
    def is_leaving(self) -> bool:
        """Whether this worker ends: who comes back now would only hold it up."""
        return bool(self.app.extensions.get("innocore.leaving"))

    def admit(self, engine: str, environ: dict[str, Any]) -> Any:
        """Before a connection is one; False: come again when another worker answers."""
        return False if self.is_leaving else self.server._handle_eio_connect(engine, environ)

    def connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        """Let a signed-in person's page in, or a program with a token for being live.

        Refuses with one word: what to do is the page's. A page says where it comes from, a program
        need not; a token is heard in the payload alone, never in the address.
        """
        version = auth.get("v") if isinstance(auth, dict) else None
        if version != wire.PROTOCOL:
            ours = {"v": wire.PROTOCOL, "schema": wire.SCHEMA}
            raise io_errors.ConnectionRefusedError("protocol", ours)
        token = auth.get("token") if isinstance(auth, dict) else None
        if token is None and not environ.get("HTTP_ORIGIN"):
            raise io_errors.ConnectionRefusedError("origin")
        engine = self.server.manager.eio_sid_from_sid(sid, wire.NAMESPACE)
        if self.is_leaving:
            self.line.close(engine)
            raise io_errors.ConnectionRefusedError("restart")
        with self.app.request_context(environ):
            caller = callers.identify(engine, token)
        if caller is None:
            raise io_errors.ConnectionRefusedError("session" if token is None else "token")
        mine = sum(1 for each in list(self.callers.values()) if each.key == caller.key)
        if mine >= wire.MOST_SOCKETS:
            raise io_errors.ConnectionRefusedError("too_many")
        self.line.opened(engine, environ)
        self.callers[engine] = caller
        if caller.token_id:
            self.rooms.watch()

    def disconnect(self, sid: str, *_reason: object) -> None:
        """A connection ended, however it ended."""
        engine = self.server.manager.eio_sid_from_sid(sid, wire.NAMESPACE)
        caller = self.callers.pop(engine, None) if engine is not None else None
        if caller is not None:
            self.line.closed(caller.sid)
            for room in list(caller.rooms.values()):
                room.post(Leave(caller.sid))

    def receive(self, engine: str, data: object) -> None:
        """Every packet of every connection, before the library reads it."""
        try:
            kind, content = read_packet(data)
            if kind in (io_packet.CONNECT, io_packet.DISCONNECT):
                if kind == io_packet.CONNECT and engine in self.callers:
                    raise wire.Malformed("a second connect")
                self.server._handle_eio_message(engine, data)
                return
            caller = self.callers.get(engine)
            work = self._events.get(content[0]) if content else None
            if caller is None or work is None:
                raise wire.Malformed("an event that is unknown or too early")
            work(caller, content[1:])
        except wire.Malformed as error:
            self._hang_up(engine, str(error))
        except Exception:
            log.exception("a packet could not be served")
            self._hang_up(engine, "a fault of ours")

    def _hang_up(self, engine: str, why: str) -> None:
        if time.monotonic() - self._logged > 1:
            self._logged = time.monotonic()
            log.warning("a connection was ended: %s", why)
        self.line.close(engine)

    # -- events

    def join(self, caller: Caller, values: list[Any]) -> None:
        """`join`: into a canvas's room. Unknown and forbidden are answered alike, by the room."""
        if len(values) != 1:
            raise wire.Malformed("join")
        asked = wire.parse_join(values[0])
        try:
            vector = read_state_vector(asked.vector)
        except Unreadable as error:
            raise wire.Malformed(f"join: {error}") from error
        if not caller.joins.take() or len(caller.rooms) + caller.joining >= wire.MOST_ROOMS:
            self._refuse(caller, asked.canvas, 0, 0, wire.RATE)
            return
        with self.app.app_context():
            if not callers.is_good(caller):
                self._show_out(lambda it: it is caller)
                return
            canvas_id = session().scalar(
                select(Canvas.id).where(Canvas.public_id == asked.canvas)
            )
            if canvas_id is not None and caller.token_id and not bearer.may_be_live(
                caller.token_id, session().get_one(Canvas, canvas_id)
            ):
                canvas_id = None
        if canvas_id is None:
            self._refuse(caller, asked.canvas, 0, 0, wire.MISSING)
            return
        caller.joining += 1

        def entered(room: Room | None) -> None:
            caller.joining -= 1
            if room is not None:
                caller.rooms[room.number] = room
                if caller.ended or caller.sid not in self.callers:
                    room.post(Leave(caller.sid))

        try:
            self.rooms.join(caller.sid, caller.person, canvas_id, asked, vector, entered)
        except TooSlow:
            caller.joining -= 1
            self._refuse(caller, asked.canvas, 0, 0, wire.RATE)

    def leave(self, caller: Caller, values: list[Any]) -> None:
        """`leave`: out of a room, the connection stays."""
        room = caller.rooms.pop(wire.parse_room(tuple(values)), None)
        if room is not None:
            room.post(Leave(caller.sid))

    def update(self, caller: Caller, values: list[Any]) -> None:
        """`u`: an update for a room that this connection joined; others are ignored."""
        number, seq, data = wire.parse_update(tuple(values))
        room = caller.rooms.get(number)
        if room is None:
            return
        if not caller.updates.take():
            self._refuse(caller, room.public_id, number, seq, wire.RATE)
            return
        room.post(Update(caller.sid, seq, data))

    def aware(self, caller: Caller, values: list[Any]) -> None:
        """`aw`: where somebody is; beyond the rate it is dropped."""
        number, client, place = wire.parse_place(tuple(values))
        room = caller.rooms.get(number)
        if room is None:
            return
        if caller.places.take():
            room.post(Aware(caller.sid, client, place))
        else:
            self._count(caller)

    def _refuse(self, caller: Caller, canvas: str, number: int, seq: int, code: str) -> None:
        payload = {"canvas": canvas, "room": number, "seq": seq, "code": code, "vector": b""}
        self.line.send(caller.sid, "nack", payload)
        if code == wire.RATE:
            self._count(caller)

    def _count(self, caller: Caller) -> None:
        caller.refused += 1
        if caller.refused > MOST_REFUSED:
            self._hang_up(caller.sid, "far beyond the rate")

    # -- rights and sessions

    def end_session(self, sign_in_id: int) -> None:
        """Show out everybody of an ended session."""
        self._show_out(lambda it: it.sign_in_id == sign_in_id)

    def end_token(self, token_id: int) -> None:
        """Show out everybody who came in by a token that is worth nothing any more."""
        self._show_out(lambda it: it.token_id == token_id)

    def _show_out(self, which: Callable[[Caller], bool]) -> None:
        payload = {"room": 0, "canvas": "", "reason": wire.SESSION_ENDED, "jitter": 0}
        for caller in list(self.callers.values()):
            if which(caller):
                caller.ended = True
                self.line.send(caller.sid, "bye", payload)
                for room in list(caller.rooms.values()):
                    room.post(Leave(caller.sid))
                caller.rooms.clear()
                if caller.token_id:
                    self.line.close(caller.sid)

    def _check_sessions(self) -> None:
        self._check(lambda it: not it.token_id)

    def _check_tokens(self) -> None:
        if any(it.token_id for it in list(self.callers.values())):
            self._check(lambda it: bool(it.token_id))

    def _check(self, which: Callable[[Caller], bool]) -> None:
        with self.app.app_context():
            good: dict[tuple[int, int], bool] = {}
            for caller in [it for it in list(self.callers.values()) if which(it)]:
                if caller.key not in good:
                    good[caller.key] = callers.is_good(caller)
        self._show_out(lambda it: not good.get(it.key, True))

    def _left(self, room: Room, sid: str) -> None:
        caller = self.callers.get(sid)
        if caller is not None:
            caller.rooms.pop(room.number, None)

    def stop(self, patience: float = 10.0) -> None:
        """Finish: no edit that was acknowledged is lost, none in hand is dropped unsaid."""
        with self._stopping:
            if self._stopped:
                return
            self._stopped = True
            self.rooms.stop(patience)
            self.chronicle.tell()
            self.store.close()
            for sid in list(self.server.eio.sockets):
                self.line.close(sid)  # a server that ends waits for its connections


def _never(*_values: object) -> None:
    raise RuntimeError("events are read in Door.receive")


# -- the face

SOCKETS = Sockets(wire.NAMESPACE)
SOCKETS.event("connect", verb="own", kind="session")(Door.connect)
SOCKETS.event("disconnect", verb="own", kind="session")(Door.disconnect)
SOCKETS.event("join", verb="join", kind=Canvas)(Door.join)
SOCKETS.event("leave", verb="own", kind="session")(Door.leave)
SOCKETS.event("u", verb="edit", kind=Canvas)(Door.update)
SOCKETS.event("aw", verb="join", kind=Canvas)(Door.aware)


def install(app: Flask, server: Any) -> None:
    """Open the door; called once by the factory."""
    door = Door(app, server)
    app.extensions[KEY] = door
    known = weakref.ref(door)

    def at_end() -> None:
        found = known()
        if found is not None and (found.rooms.open_rooms or found.is_speaking):
            found.stop(5)

    atexit.register(at_end)


SOCKETS.install = install


def door() -> Door:
    """The live boards of the current application."""
    found: Door = current_app.extensions[KEY]
    return found


def rooms() -> HouseRooms:
    """The rooms of the current application."""
    return door().rooms


def edit(actor: Actor | None, canvas: Canvas, work: Callable[[Document], T], *,
         beside: bool = False) -> T:
    """Change a board from a form, an import or a restore; open boards see it at once.

    Returns what `work(document)` returns, once the change is on disk. None as the actor is the
    house itself. `beside`: the actor may write by forms, not join the board; `work` then touches
    only what she reads. Raises Denied, Missing, Refused, TooLarge or Unavailable.
    """
    if has_app_context() and unit.current() is not None:
        raise RuntimeError("a live edit would wait for the write transaction that it stands in")
    canvas_id = canvas.id
    if session().in_transaction():
        session().rollback()  # a read that stays open would see the board as it was before
    person_id = None if actor is None else actor.person_id or 0
    g.pop("innocore_answers", None)  # what this request has read of the board is no longer so
    found = door()
    try:
        if beside:
            number = person_id or 0
            return found.rooms.edit_beside(
                canvas_id, number, lambda: found.rights.may_write(canvas_id, number), work
            )
        return found.rooms.edit(canvas_id, person_id, work)
    except PermissionError:
        raise Denied(
            lazy("You can read this board. Ask the team's lead if you need to edit.")
        ) from None
    except KeyError:
        raise Missing from None
    except Misfit as error:
        if error.code == wire.TOO_LARGE:
            raise TooLarge(lazy("This is too long for a note, or the board is full. Shorten it or "
                                "take a note away.")) from error
        raise Refused(lazy("The board does not take this change. Reload the page.")) from error
    except (TooSlow, TimeoutError):
        raise Unavailable(
            lazy("The workspace cannot save right now. Look at the board before you try again.")
        ) from None


def look(canvas: Canvas, work: Callable[[Document], T]) -> T:
    """Read a board as it is on the screens now. Raises Missing, Unavailable."""
    try:
        return rooms().look(canvas.id, work)
    except KeyError:
        raise Missing from None
    except (TooSlow, TimeoutError):
        raise Unavailable(lazy("The board cannot be read right now. Try again soon.")) from None


def recheck(person_id: int | None = None, canvas_id: int | None = None) -> None:
    """Read rights anew in every worker: of a person, on a canvas."""
    found = door()
    found.rooms.recheck(person_id, canvas_id)
    found.tell(Recheck(person_id or 0, canvas_id or 0))


def close(canvas_id: int, reason: str) -> None:
    """Close a canvas's rooms in every worker: it was deleted or moved."""
    found = door()
    found.rooms.end(canvas_id, reason)
    found.tell(Closed(canvas_id, reason))


def _rights_changed(fact: GrantChanged) -> None:
    recheck(person_id=fact.person_id)


def _promised(fact: AgreementSigned) -> None:
    recheck(person_id=fact.who)


def _session_ended(fact: SessionEnded) -> None:
    found = door()
    found.end_session(fact.sign_in_id)
    found.tell(Ended(fact.sign_in_id))


def _token_revoked(fact: TokenRevoked) -> None:
    door().end_token(fact.token_id)  # the other workers look every second


AFTER: dict[type[Fact], list[Callable[[Any], None]]] = {
    GrantChanged: [_rights_changed],
    AgreementSigned: [_promised],
    SessionEnded: [_session_ended],
    TokenRevoked: [_token_revoked],
}
"""Facts after which rights on open sockets are read again; part of the feature's face."""


def start(app: Flask) -> None:
    """The application begins to serve: see `Door.start`."""
    found: Door = app.extensions[KEY]
    found.start()


def stop(app: Flask) -> None:
    """The application ends: see `Door.stop`."""
    found: Door = app.extensions[KEY]
    found.stop()
