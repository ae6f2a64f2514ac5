"""What happens to the record itself."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class AccessDenied(Fact):
    """Somebody asked for what is not there for her; `things` are the random ids of the address.

    Of many in a minute only some are written down: `sampled` says so.
    """

    door: str
    code: str
    things: tuple[str, ...]
    sampled: bool


@dataclass(frozen=True)
class RateLimitHit(Fact):
    """Somebody did something too often; told once a minute for each door."""

    door: str


@dataclass(frozen=True)
class RecordSigned(Fact):
    """The newest lines of all chains were signed; `statement` is the digest of what was signed."""

    number: int
    statement: str


@dataclass(frozen=True)
class RecordKeyMade(Fact):
    """The house signs with a key of its own from now on; `key` is the public one."""

    number: int
    key: str


@dataclass(frozen=True)
class RecordKeyRotated(RecordKeyMade):
    """The key before it signed that this one follows."""


@dataclass(frozen=True)
class RecordKeyReplaced(RecordKeyMade):
    """The key before it was lost: nothing but this line says that the new one follows."""
