"""How often something may be done; counted per key in the shared store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request
from limits import RateLimitItem, WindowStats, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from workspace.foundation.errors import TooMany
from workspace.foundation.text import lazy

log = logging.getLogger(__name__)
T = TypeVar("T")
AWAY = 10.0
"""Seconds before a Redis server that failed is asked again."""


def count(what: str, rate: str, *keys: object, cost: int = 1) -> None:
    """Count one `what` for `keys`, or `cost` of them at once.

    Raises TooMany beyond `rate` ("10 per 15 minutes"); nothing is counted then.
    """
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    item = parse(rate)
    names = [what, *(str(key) for key in keys)]
    if not limiter.hit(item, *names, cost=cost):
        raise _too_many(int(limiter.get_window_stats(item, *names).reset_time - time.time()))


def fits(what: str, rate: str, *keys: object) -> bool:
    """Count one `what` if the rate allows it, and say whether it did."""
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    return limiter.hit(parse(rate), what, *(str(key) for key in keys))


def check(what: str, rate: str, *keys: object) -> None:
    """Raise TooMany when `what` was already counted up to the rate; counts nothing itself."""
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    item, names = parse(rate), [what, *(str(key) for key in keys)]
    if not limiter.test(item, *names):
        raise _too_many(int(limiter.get_window_stats(item, *names).reset_time - time.time()))


def note(what: str, rate: str, *keys: object) -> None:
    """Count one `what` without refusing it; `check` refuses the next."""
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    limiter.hit(parse(rate), what, *(str(key) for key in keys))


def forget(what: str, rate: str, *keys: object) -> None:
    """Take away what was counted: who is in did not guess."""
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    limiter.clear(parse(rate), what, *(str(key) for key in keys))


def left(what: str, rate: str, *keys: object) -> tuple[int, float]:
    """How many more `what` the rate allows now, and when (Unix time) it allows the next."""
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    stats = limiter.get_window_stats(parse(rate), what, *(str(key) for key in keys))
    return stats.remaining, stats.reset_time


def _too_many(seconds: int) -> TooMany:
    wait = max(1, seconds)
    return TooMany(
        lazy("That was too often. Wait %(minutes)d min and try again.", minutes=wait // 60 + 1),
        retry_after=wait,
    )


def address() -> str:
    """The network address of the asker, as far as it is needed to count."""
    return request.remote_addr or "-"


class Shared(MovingWindowRateLimiter):
    """Counts that all workers share in Redis; on this worker's own memory while Redis is away."""

    def __init__(self, url: str) -> None:
        super().__init__(
            RedisStorage(url, wrap_exceptions=True, socket_timeout=1, socket_connect_timeout=1,
                         key_prefix="innocore:limits")
        )
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._away_until = 0.0

    def _ask(self, shared: Callable[[], T], own: Callable[[], T]) -> T:
        if time.monotonic() >= self._away_until:
            try:
                return shared()
            except StorageError:
                log.warning("Redis does not count; this worker counts for itself for a while")
                self._away_until = time.monotonic() + AWAY
        return own()

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count, when the rate allows it."""
        return self._ask(lambda: super(Shared, self).hit(item, *identifiers, cost=cost),
                         lambda: self._own.hit(item, *identifiers, cost=cost))

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Whether the rate allows one more."""
        return self._ask(lambda: super(Shared, self).test(item, *identifiers, cost=cost),
                         lambda: self._own.test(item, *identifiers, cost=cost))

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """When the rate allows the next."""
        return self._ask(lambda: super(Shared, self).get_window_stats(item, *identifiers),
                         lambda: self._own.get_window_stats(item, *identifiers))

    def clear(self, item: RateLimitItem, *identifiers: str) -> None:
        """Forget what was counted, in either place."""
        self._own.clear(item, *identifiers)
        self._ask(lambda: super(Shared, self).clear(item, *identifiers), lambda: None)


def new_limiter(redis_url: str = "") -> MovingWindowRateLimiter:
    """A limiter on the Redis server that several workers share, else on this process's memory."""
    return Shared(redis_url) if redis_url else MovingWindowRateLimiter(MemoryStorage())
