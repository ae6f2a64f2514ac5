"""A WebSocket client that hides nothing: for talking to the door in any words."""

from __future__ import annotations

import socket
import time

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    RejectConnection,
    Request,
    TextMessage,
)


class Rejected(Exception):
    """The server did not open a WebSocket."""


class Ended(Exception):
    """The server ended the connection."""


class WebSocket:
    """One connection; messages are whole."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 5)
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events: list[Event] = []
        self._parts: list[str | bytes] = []
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = Request(host=f"localhost:{port}", target=path, extra_headers=extra)
        self._socket.sendall(self._protocol.send(request))
        if not isinstance(self._next(5), AcceptConnection):
            raise Rejected

    def send(self, data: str | bytes) -> None:
        """Send one message."""
        message = TextMessage(data) if isinstance(data, str) else BytesMessage(data)
        self._socket.sendall(self._protocol.send(message))

    def receive(self, seconds: float) -> str | bytes | None:
        """The next message, or None when none comes in time. Raises Ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            event = self._next(left)
            if isinstance(event, TextMessage | BytesMessage):
                self._parts.append(bytes(event.data) if isinstance(event, BytesMessage)
                                   else event.data)
                if event.message_finished:
                    parts, self._parts = self._parts, []
                    return b"".join(parts) if isinstance(parts[0], bytes) else "".join(parts)  # type: ignore[arg-type]
            elif isinstance(event, CloseConnection | RejectConnection):
                raise Ended
        return None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _next(self, seconds: float) -> Event | None:
        if not self._events:
            self._socket.settimeout(seconds)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                raise Ended from None
            if not data:
                raise Ended
            self._protocol.receive_data(data)
            self._events = list(self._protocol.events())
        return self._events.pop(0) if self._events else None
