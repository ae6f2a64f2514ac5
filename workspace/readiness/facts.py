"""What happens to readiness claims."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class LevelClaimed(Fact):
    """A team claims a level."""

    team_id: int
    claim_id: int
    scale: str
    level: int


@dataclass(frozen=True)
class LevelAnswered(LevelClaimed):
    """A named person confirmed it or sent it back."""

    state: str
