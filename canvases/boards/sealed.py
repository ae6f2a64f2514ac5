"""The seal on every message between workers: whose it is, which one, when it was made, and a mark
that only this house can make over all of it, the channel and the body.

A message counts once and for half a minute. So whoever may write to the Redis server, and not only
listen there, can neither make a message nor say an old one again.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from typing import Final

MARK: Final = 16
HEAD: Final = struct.Struct(">8sQQ")
"""The sender's random name, its count, and milliseconds since 1970."""
LONGEST: Final = 30_000
"""Milliseconds after which a message counts no more."""
ASKEW: Final = 5_000
"""Milliseconds that the clocks of two machines may differ."""
MOST_SENDERS: Final = 4_096
"""Each is one connection of one worker; a sender that has been silent is forgotten first."""


class Unsealed(Exception):
    """A message that is not taken; the text says why, for the log."""


class Sealer:
    """Seals what one worker sends. Belongs to the thread that writes: order is what is counted."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.renew()

    def renew(self) -> None:
        """Be a new sender: for a new connection, which may overtake what is left in the old."""
        self._sender = secrets.token_bytes(8)
        self._count = 0

    def seal(self, channel: bytes, body: bytes, at: int) -> bytes:
        """The message to publish; `at` is in milliseconds since 1970."""
        self._count += 1
        told = HEAD.pack(self._sender, self._count, at) + body
        return mark(self._key, channel, told) + told


class Gate:
    """Opens what one worker hears. Belongs to the thread that reads."""

    def __init__(self, key: bytes, at: int) -> None:
        """`at` is when this worker began: what is much older was said to others."""
        self._key = key
        self._floor = at - ASKEW
        self._heard: dict[bytes, tuple[int, int]] = {}

    def open(self, channel: bytes, data: bytes, at: int) -> bytes:
        """The body of a message, the first time that it is heard. Raises Unsealed."""
        told = data[MARK:]
        if len(told) < HEAD.size or not hmac.compare_digest(
            data[:MARK], mark(self._key, channel, told)
        ):
            raise Unsealed("without our mark")
        sender, count, made = HEAD.unpack_from(told)
        if made < max(self._floor, at - LONGEST):
            raise Unsealed("too old, or of a worker whose clock is slow")
        if made > at + ASKEW:
            raise Unsealed("of a worker whose clock is fast")
        last, newest = self._heard.get(sender, (0, 0))
        if count <= last:
            raise Unsealed("heard before")
        if not last:
            self._make_room(at)
        self._heard[sender] = (count, max(newest, made))
        return told[HEAD.size :]

    def _make_room(self, at: int) -> None:
        if len(self._heard) < MOST_SENDERS:
            return
        # What a forgotten sender said is too old to be taken again.
        self._heard = {
            sender: kept for sender, kept in self._heard.items() if kept[1] >= at - LONGEST
        }
        if len(self._heard) >= MOST_SENDERS:
            raise Unsealed("of more senders than workers can be")


def mark(key: bytes, channel: bytes, told: bytes) -> bytes:
    """What only this house can reckon."""
    return hmac.digest(key, channel + b"\n" + told, "sha256")[:MARK]
