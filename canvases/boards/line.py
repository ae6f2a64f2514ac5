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

from canvases.boards.pipe import Pipe, framed
from canvases.boards.wire import MOST_FRAME, NAMESPACE, Malformed


class SocketLine:
    """`ports.Line` over an Engine.IO server. `sid` is the Engine.IO id of the connection."""

    most_waiting = 32
    """Where there are no pipes, in a server of threads."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._engine = server.eio
        self._raw: dict[str, Any] = {}
        self._pipes: dict[str, Pipe] = {}

    def opened(self, sid: str, environ: dict[str, Any]) -> None:
        """Take a fresh connection: small frames must not wait for each other (Nagle)."""
        raw = _raw_socket(environ)
        if raw is None:
            return
        self._raw[sid] = raw
        with contextlib.suppress(OSError):
            raw.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        websocket: Any = environ.get("wsgi.websocket")
        if hasattr(raw, "_sock") and hasattr(websocket, "raw_write"):
            pipe = self._pipes[sid] = Pipe(raw)
            # What the library says itself (is somebody there?) must not fall into our frames.
            websocket.raw_write = pipe.send

    def closed(self, sid: str) -> None:
        """Forget a connection."""
        self._raw.pop(sid, None)
        self._pipes.pop(sid, None)

    def send(self, sid: str, event: str, payload: Any) -> None:
        """Queue one event for one socket."""
        self._send([sid], event, payload)

    def broadcast(self, sids: Sequence[str], blob: bytes) -> None:
        """Send one frame to many sockets, encoded once."""
        self._send(sids, "s", blob)

    def backlog(self, sid: str) -> int:
        """Frames that wait for this socket; more than is allowed while one is half out."""
        pipe = self._pipes.get(sid)
        if pipe is not None:
            return self.most_waiting + 1 if pipe.is_busy else 0
        connection = self._engine.sockets.get(sid)
        return 0 if connection is None else int(connection.queue.qsize())

    def close(self, sid: str) -> None:
        """End the connection, even when its reader has stopped reading."""
        connection = self._engine.sockets.get(sid)
        # Closing tells whoever listens, and they forget the connection: take these first.
        pipe, raw = self._pipes.pop(sid, None), self._raw.pop(sid, None)
        if connection is not None:
            with contextlib.suppress(engine_errors.SocketIsClosedError):
                connection.close(wait=False, abort=True, reason="server disconnect")
        if pipe is not None:
            pipe.close()
        elif raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(sockets.SHUT_RDWR)

    def _send(self, sids: Sequence[str], event: str, payload: Any) -> None:
        packet = self._server.packet_class(
            io_packet.EVENT, namespace=NAMESPACE, data=[event, payload]
        )
        encoded = packet.encode()
        frame: bytes | None = None
        engine: engine_packet.Packet | None = None
        for sid in sids:
            pipe = self._pipes.get(sid)
            if pipe is not None:
                frame = frame or framed(encoded)
                pipe.send(frame)
                continue
            connection = self._engine.sockets.get(sid)
            if connection is not None:
                engine = engine or engine_packet.Packet(engine_packet.MESSAGE, data=encoded)
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
