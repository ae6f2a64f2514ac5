"""What an access token may be for, and how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

PREFIX = "innocore_"
LONGEST = timedelta(days=365)
MOST = 50
"""Tokens that one person may hold at once."""
USED_AFTER = timedelta(minutes=5)
"""How exact the last use is told."""


class Verb(StrEnum):
    """What a token is for. Changing and reviewing include reading; being live is by itself."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"
    LIVE = "live"


class Place(StrEnum):
    """Where a token counts."""

    EVERYTHING = "everything"
    PROGRAMME = "programme"
    TEAM = "team"


VERB_LABELS = {
    Verb.READ: lazy("Read"),
    Verb.WRITE: lazy("Read and change"),
    Verb.REVIEW: lazy("Read and review"),
    Verb.LIVE: lazy("Be live on canvases"),
}


@dataclass(frozen=True)
class Scope:
    """One verb in one place."""

    verb: Verb
    place: Place
    place_id: int = 0

    def data(self) -> list[Any]:
        """As the table keeps it."""
        return [self.verb.value, self.place.value, self.place_id]


def scopes_of(data: Iterable[Sequence[Any]]) -> tuple[Scope, ...]:
    """Scopes as the table keeps them."""
    return tuple(Scope(Verb(it[0]), Place(it[1]), int(it[2])) for it in data)


def reach(scopes: Iterable[Scope], verb: Verb) -> tuple[Scope, ...]:
    """The scopes that allow `verb`: writing and reviewing include reading."""
    wanted = {verb} if verb != Verb.READ else {Verb.READ, Verb.WRITE, Verb.REVIEW}
    return tuple(it for it in scopes if it.verb in wanted)


def is_everything(scopes: Iterable[Scope]) -> bool:
    """Whether one of them counts everywhere."""
    return any(it.place == Place.EVERYTHING for it in scopes)


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Raise Refused unless the end lies ahead, at most a year."""
    if not now < expires_at <= now + LONGEST:
        raise Refused(lazy("Choose an end within one year."), field="days")
