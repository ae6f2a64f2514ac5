"""Who is at the other end of a connection: a page of a session, or a program with a token."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from canvases.boards.ports import Somebody
from canvases.boards.room import Room
from workspace.accounts import sessions
from workspace.accounts.models import SignIn
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.tokens import bearer


@dataclass(slots=True)
class Bucket:
    """A rate with a burst: `take` answers whether one more is allowed now."""

    rate: float
    burst: float
    level: float = field(init=False)
    at: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self) -> bool:
        """Use one."""
        at = time.monotonic()
        self.level = min(self.burst, self.level + (at - self.at) * self.rate)
        self.at = at
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Caller:
    """One connection: whose it is and which rooms it is in, by their numbers."""

    sid: str
    person: Somebody
    sign_in_id: int
    """0 when a token came in."""
    token_id: int = 0
    """0 when a session came in."""
    rooms: dict[int, Room] = field(default_factory=dict)
    joining: int = 0
    refused: int = 0
    ended: bool = False
    """Shown out, because that by which it came in is over; a room may still be letting it in."""
    joins: Bucket = field(default_factory=lambda: Bucket(1.0, 60))
    updates: Bucket = field(default_factory=lambda: Bucket(30, 60))
    places: Bucket = field(default_factory=lambda: Bucket(10, 20))

    @property
    def key(self) -> tuple[int, int]:
        """By what it came in; a few connections are allowed for each."""
        return self.sign_in_id, self.token_id


def identify(sid: str, token: object) -> Caller | None:
    """Whoever comes in: by the token when one was sent, else by the session of the request."""
    if token is not None:
        found = bearer.live(token) if isinstance(token, str) else None
        return None if found is None else Caller(
            sid, Somebody(found.person.id, found.person.public_id, found.person.name), 0, found.id
        )
    row = sessions.present()
    return None if row is None else Caller(
        sid, Somebody(row.person.id, row.person.public_id, row.person.name), row.id
    )


def is_good(caller: Caller) -> bool:
    """Whether that by which somebody came in still counts."""
    if caller.ended:
        return False
    if caller.token_id:
        return bearer.is_live(caller.token_id)
    row = session().get(SignIn, caller.sign_in_id)
    return row is not None and sessions.is_good(row, now())
