"""Whole WebSocket frames straight onto a socket: one attempt, and a greenlet for what is left over.

Engine.IO's queue has no end: a reader who stops reading would cost memory for every frame. Here a
socket holds at most the frame that it is in the middle of; whoever wants to send the next one asks
first, and comes back later with all that was missed in one.
"""

from __future__ import annotations

import contextlib
import socket as sockets
from collections import deque
from typing import Any

import gevent

SEND_BUFFER = 256 * 1024
"""Bytes that the kernel may hold for one reader; left alone it takes megabytes."""


class Pipe:
    """The way out to one gevent socket. Belongs to the event loop's thread."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._raw = sock._sock
        self._after: deque[bytes] = deque()
        self.is_busy = False
        """Whether a frame is half out; the next must wait."""
        self.is_dead = False
        for option, value in (
            ((sockets.IPPROTO_TCP, sockets.TCP_NODELAY), 1),
            ((sockets.SOL_SOCKET, sockets.SO_SNDBUF), SEND_BUFFER),
        ):
            with contextlib.suppress(OSError):
                sock.setsockopt(*option, value)

    def send(self, frame: bytes) -> None:
        """Send a frame, behind the one that is half out if there is one. Never waits."""
        if self.is_busy:
            self._after.append(frame)
            return
        if self.is_dead:
            return
        try:
            sent = self._raw.send(frame)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self.is_dead = True
            return
        if sent < len(frame):
            self.is_busy = True
            gevent.spawn(self._finish, memoryview(frame)[sent:])

    def close(self) -> None:
        """Hang up; whoever reads the socket finds out."""
        self.is_dead = True
        self._after.clear()
        with contextlib.suppress(OSError):
            self._sock.shutdown(sockets.SHUT_RDWR)

    def _finish(self, rest: memoryview) -> None:
        try:
            self._sock.sendall(rest)
            while self._after and not self.is_dead:
                self._sock.sendall(self._after.popleft())
        except OSError:
            self.is_dead = True
            self._after.clear()
        finally:
            self.is_busy = False


def framed(data: bytes) -> bytes:
    """A whole binary message as one WebSocket frame from a server (RFC 6455, 5.2)."""
    size = len(data)
    if size < 126:
        return bytes((0x82, size)) + data
    if size < 1 << 16:
        return b"\x82\x7e" + size.to_bytes(2, "big") + data
    return b"\x82\x7f" + size.to_bytes(8, "big") + data
