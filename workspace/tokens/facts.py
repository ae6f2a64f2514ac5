"""What happens to access tokens."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class TokenMade(Fact):
    """A person made an access token."""

    person_id: int
    token_id: int


@dataclass(frozen=True)
class TokenFirstUsed(Fact):
    """A program came with the token for the first time."""

    person_id: int
    token_id: int


@dataclass(frozen=True)
class TokenRevoked(Fact):
    """A token counts no longer; what it opened closes."""

    person_id: int
    token_id: int
