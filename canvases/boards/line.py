"""Frames to and from sockets, under Flask-SocketIO: encoded once, read strictly, never blocking."""

from __future__ import annotations

import contextlib
import socket as sockets
from collections.abc import Sequence
from typing import Any

import msgpack  # type: ignore[import-untyped]
from engineio import exceptions as engine_errors
from engineio import packet as engine_packet
from socketio import packet as io_packet

from canvases.boards.wire import MOST_FRAME, NAMESPACE, Malformed


class SocketLine:
    """`ports.Line` over an Engine.IO server. `sid` is the Engine.IO id of the connection."""

    most_waiting = 32

    def __init__(self, server: Any) -> None:
        self._server = server
        self._engine = server.eio
        self._raw: dict[str, Any] = {}

    def opened(self, sid: str, environ: dict[str, Any]) -> None:
        """Take a fresh connection: small frames must not wait for each other (Nagle)."""
        raw = _raw_socket(environ)
        if raw is not None:
            self._raw[sid] = raw
            with contextlib.suppress(OSError):
                raw.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)

    def closed(self, sid: str) -> None:
        """Forget a connection."""
        self._raw.pop(sid, None)

    def send(self, sid: str, event: str, payload: Any) -> None:
        """Queue one event for one socket."""
        self._queue([sid], event, payload)

    def broadcast(self, sids: Sequence[str], blob: bytes) -> None:
        """Queue one frame for many sockets, encoded once."""
        self._queue(sids, "s", blob)

    def backlog(self, sid: str) -> int:
        """Frames that wait for this socket."""
        connection = self._engine.sockets.get(sid)
        return 0 if connection is None else int(connection.queue.qsize())

    def close(self, sid: str) -> None:
        """End the connection, even when its reader has stopped reading."""
        connection = self._engine.sockets.get(sid)
        if connection is not None:
            with contextlib.suppress(engine_errors.SocketIsClosedError):
                connection.close(wait=False, abort=True, reason="server disconnect")
        raw = self._raw.pop(sid, None)
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(sockets.SHUT_RDWR)

    def _queue(self, sids: Sequence[str], event: str, payload: Any) -> None:
        packet = self._server.packet_class(
            io_packet.EVENT, namespace=NAMESPACE, data=[event, payload]
        )
        engine = engine_packet.Packet(engine_packet.MESSAGE, data=packet.encode())
        for sid in sids:
            connection = self._engine.sockets.get(sid)
            if connection is not None:
                with contextlib.suppress(engine_errors.SocketIsClosedError):
                    connection.send(engine)


def read_packet(data: object) -> tuple[int, list[Any]]:
    """Read one Socket.IO packet in msgpack: (type, data). Raises Malformed.

    The library's own reader has no limits: a megabyte of nested lists becomes sixty.
    """
    if not isinstance(data, bytes) or len(data) > MOST_FRAME:
        raise Malformed("a packet that is text or too large")
    try:
        packet = msgpack.unpackb(
            data, strict_map_key=True, max_array_len=8, max_map_len=8, max_ext_len=1
        )
    except (ValueError, RecursionError, TypeError) as error:
        raise Malformed("a packet that is not msgpack") from error
    if not isinstance(packet, dict) or packet.get("nsp") != NAMESPACE:
        raise Malformed("a packet for another namespace")
    kind, content = packet.get("type"), packet.get("data")
    if type(kind) is not int:
        raise Malformed("a packet without a type")
    if kind != io_packet.EVENT:
        return kind, []
    if not isinstance(content, list) or not content or not isinstance(content[0], str):
        raise Malformed("an event without a name")
    return kind, content


def _raw_socket(environ: dict[str, Any]) -> Any:
    for name in ("werkzeug.socket", "gunicorn.sock", "gunicorn.socket"):
        if environ.get(name) is not None:
            return environ[name]
    websocket = environ.get("wsgi.websocket")
    handler = getattr(getattr(websocket, "stream", None), "handler", None)
    return getattr(handler, "socket", None)
