"""The line between workers: a Redis or Valkey server, one channel a canvas and one for the house.

Nobody waits for it. What is told is queued and sent by a greenlet of its own, many at once; what is
heard is handed to the room's mailbox. It may lose messages: the log in the database is the truth,
and rooms read there what they missed. Every message is sealed (`sealed.py`): only this house can
make one, and each is taken once and while it is fresh.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from canvases.boards.crossing import MOST_BODY
from canvases.boards.sealed import Gate, Sealer, Unsealed, mark

log = logging.getLogger(__name__)
Hear = Callable[[bytes], None]

HOUSE = 0
"""The number of the house's own channel; canvases count from 1."""
BEAT = 1.5
"""Seconds between two signs of life to ourselves: a quiet line and a dead one look alike."""
DEAD = 5.0
MOST_QUEUED = 20_000
MOST_AT_ONCE = 200
ENTRY = 0.3
"""Seconds that opening a room waits for its channel at most."""
COMPLAINT = 10.0
"""Seconds between two lines of the log about messages that were not taken."""


class RedisBus:
    """`ports.Bus` over a Redis server."""

    def __init__(self, url: str, secret: str) -> None:
        """`secret` is the house's; houses with another one do not hear each other."""
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError as error:
            raise RuntimeError("INNOCORE_REDIS_URL needs the package redis: install it") from error
        self._failures: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        key = hmac.digest(secret.encode(), b"innocore between workers", "sha256")
        self._sealer, self._gate = Sealer(key), Gate(key, _now())
        # Another name for another seal: releases with different ones do not disturb each other.
        self._prefix = b"innocore:" + mark(key, b"", b"name 2").hex()[:12].encode() + b":"
        options: dict[str, Any] = {
            "protocol": 2, "socket_timeout": None, "socket_connect_timeout": 3,
            "socket_keepalive": True, "socket_keepalive_options": _keepalive(),
            "retry": Retry(NoBackoff(), 0), "health_check_interval": 0,
        }  # fmt: skip
        self._pool = redis.ConnectionPool.from_url(url, **options)
        self._pulse = b"beat" + secrets.token_bytes(8)
        self.up = False
        """Whether this worker hears what it says itself."""
        self.on_return: list[Callable[[], None]] = []
        self._ears: dict[int, Hear] = {}
        self._entered: dict[int, threading.Event] = {}
        self._queue: deque[tuple[int, bytes]] = deque()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._reader: Any = None
        self._writer: Any = None
        self._heard = 0.0
        self._dropped, self._complained = 0, -COMPLAINT
        self._threads: list[threading.Thread] = []

    @property
    def is_started(self) -> bool:
        """Whether there is anything to stop."""
        return bool(self._threads)

    def start(self) -> None:
        """Begin; called at the first room or the first listener, after any fork."""
        if self._threads:
            return
        with self._lock:
            if self._threads or self._over.is_set():
                return
            for name, work in (("read", self._read), ("write", self._write), ("beat", self._beat)):
                self._threads.append(
                    threading.Thread(target=work, name=f"bus-{name}", daemon=True)
                )
        for thread in self._threads:
            thread.start()

    def enter(self, number: int, hear: Hear) -> None:
        """Listen to a channel. Waits a moment until the server says that it is so."""
        self.start()
        entered = threading.Event()
        with self._lock:
            self._ears[number], self._entered[number] = hear, entered
        if self._subscribe("SUBSCRIBE", number) and self.up:
            entered.wait(ENTRY)

    def leave(self, number: int, hear: Hear) -> None:
        """Stop listening, unless somebody else listens meanwhile."""
        with self._lock:
            if self._ears.get(number) != hear:
                return
            del self._ears[number]
            self._entered.pop(number, None)
        self._subscribe("UNSUBSCRIBE", number)

    def tell(self, number: int, body: bytes) -> None:
        """Send to all other workers, soon; nothing is kept for a server that is away."""
        if not self.up and number != HOUSE:
            return
        self.start()
        if len(body) <= MOST_BODY and len(self._queue) < MOST_QUEUED:
            self._queue.append((number, body))
            self._wake.set()

    def stop(self) -> None:
        """Send what waits (1 s at most), then end."""
        until = time.monotonic() + 1
        while self._queue and self.up and time.monotonic() < until:
            time.sleep(0.01)
        self._over.set()
        self._wake.set()
        self.up = False
        for connection in (self._reader, self._writer):
            _hang_up(connection)
        for thread in self._threads:
            thread.join(2)

    # -- inside

    def _name(self, number: int) -> bytes:
        return self._prefix + str(number).encode()

    def _subscribe(self, command: str, *numbers: int) -> bool:
        with self._lock:
            connection = self._reader
            if connection is None:
                return False
            try:
                packed = connection.pack_command(command, *(self._name(it) for it in numbers))
                connection.send_packed_command(packed, check_health=False)
            except self._failures:
                return False  # the reader finds out by itself
        return True

    def _read(self) -> None:
        pause = 0.1
        while not self._over.is_set():
            connection: Any = self._pool.make_connection()
            try:
                connection.connect()
                with self._lock:
                    self._reader = connection
                    numbers = [HOUSE, *self._ears]
                    packed = connection.pack_command(
                        "SUBSCRIBE", *{self._name(it) for it in numbers}
                    )
                    connection.send_packed_command(packed, check_health=False)
                self._heard = time.monotonic()
                pause = 0.1
                while not self._over.is_set():
                    self._take(connection.read_response(disconnect_on_error=False, timeout=None))
            except self._failures as error:
                self._lost(error)
            except Exception:
                log.exception("the line between workers failed")
                self._lost(None)
            finally:
                with self._lock:
                    self._reader = None
                connection.disconnect()
            self._over.wait(pause)
            pause = min(1.0, pause * 2)

    def _lost(self, error: Exception | None) -> None:
        if self.up:
            log.warning("the line between workers is away: %s", type(error).__name__)
        self.up = False

    def _take(self, answer: Any) -> None:
        if not isinstance(answer, list) or len(answer) != 3:
            return
        kind, channel, data = answer
        try:
            number = int(channel.removeprefix(self._prefix))
        except ValueError:
            return
        if kind == b"subscribe":
            entered = self._entered.get(number)
            if entered is not None:
                entered.set()
            return
        if kind != b"message":
            return
        try:
            body = self._gate.open(channel, data, _now())
        except Unsealed as why:
            self._complain(why)
            return
        self._heard = time.monotonic()
        if number == HOUSE and body.startswith(b"beat"):
            if body == self._pulse and not self.up:
                self.up = True
                log.info("the line between workers is there")
                for call in self.on_return:
                    call()
            return
        hear = self._ears.get(number)
        if hear is not None:
            try:
                hear(body)
            except Exception:
                log.exception("a message between workers could not be taken")

    def _complain(self, why: Unsealed) -> None:
        self._dropped += 1
        if time.monotonic() - self._complained >= COMPLAINT:
            log.warning("%s messages between workers were dropped, the last one %s",
                        self._dropped, why)
            self._complained, self._dropped = time.monotonic(), 0

    def _beat(self) -> None:
        while not self._over.is_set():
            self._queue.appendleft((HOUSE, self._pulse))
            self._wake.set()
            self._over.wait(BEAT if self.up else 0.2)
            if self._heard and time.monotonic() - self._heard > DEAD:
                # Nothing came, not even what we said: the connection is half open.
                self._lost(TimeoutError())
                self._heard = time.monotonic()
                _hang_up(self._reader)

    def _write(self) -> None:
        connection: Any = None
        while not self._over.is_set():
            if not self._queue:
                self._wake.clear()
                if not self._queue:
                    self._wake.wait()
                continue
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
            try:
                if connection is None:
                    connection = self._pool.make_connection()
                    connection.connect()
                    self._sealer.renew()
                    self._writer = connection
                connection.send_packed_command(
                    connection.pack_commands([self._published(*each) for each in batch]),
                    check_health=False,
                )
                for _ in batch:
                    connection.read_response(timeout=None)
            except self._failures as error:
                self._lost(error)
                self._queue.clear()
                if connection is not None:
                    connection.disconnect()
                connection = self._writer = None
                self._over.wait(0.2)
        if connection is not None:
            connection.disconnect()

    def _published(self, number: int, body: bytes) -> tuple[Any, ...]:
        channel = self._name(number)
        return ("PUBLISH", channel, self._sealer.seal(channel, body, _now()))


def _now() -> int:
    """Milliseconds since 1970, by the clock of the machine."""
    return time.time_ns() // 1_000_000


def _keepalive() -> dict[int, int]:
    wanted = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
    return {getattr(socket, name): it for name, it in wanted.items() if hasattr(socket, name)}


def _hang_up(connection: Any) -> None:
    sock = getattr(connection, "_sock", None)
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
