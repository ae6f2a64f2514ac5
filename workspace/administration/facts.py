"""What administrators did."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class BreakGlassOpened(Fact):
    """An administrator may read a team's work from now on."""

    glass_id: int
    team_id: int
    person_id: int


@dataclass(frozen=True)
class BreakGlassEnded(BreakGlassOpened):
    """She was done, or somebody ended it."""


@dataclass(frozen=True)
class ReadInEmergency(Fact):
    """An administrator opened a page of the team meanwhile."""

    team_id: int
    door: str


@dataclass(frozen=True)
class RecordChecked(Fact):
    """Somebody had the whole record checked."""

    faults: int


@dataclass(frozen=True)
class RecordExported(Fact):
    """Lines of the record were taken out as a file."""

    lines: int
