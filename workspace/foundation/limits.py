"""How often something may be done; counted per key in the shared store."""

from __future__ import annotations

import time

from flask import current_app, request
from limits import parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from workspace.foundation.errors import TooMany
from workspace.foundation.text import lazy


def count(what: str, rate: str, *keys: object, cost: int = 1) -> None:
    """Count one `what` for `keys`, or `cost` of them at once.

    Raises TooMany beyond `rate` ("10 per 15 minutes"); nothing is counted then.
    """
    limiter: MovingWindowRateLimiter = current_app.extensions["innocore.limits"]
    item = parse(rate)
    names = [what, *(str(key) for key in keys)]
    if not limiter.hit(item, *names, cost=cost):
        raise _too_many(int(limiter.get_window_stats(item, *names).reset_time - time.time()))


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


def _too_many(seconds: int) -> TooMany:
    wait = max(1, seconds)
    return TooMany(
        lazy("That was too often. Wait %(minutes)d min and try again.", minutes=wait // 60 + 1),
        retry_after=wait,
    )


def address() -> str:
    """The network address of the asker, as far as it is needed to count."""
    return request.remote_addr or "-"


def new_limiter() -> MovingWindowRateLimiter:
    """A limiter on this process's memory; several workers bring a shared store."""
    storage: Storage = MemoryStorage()
    return MovingWindowRateLimiter(storage)
