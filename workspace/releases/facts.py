"""What happens to releases."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class ReleaseStepped(Fact):
    """A request went from one state to another."""

    team_id: int
    release_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class ReleaseRequested(ReleaseStepped):
    """A team asks to show something."""


@dataclass(frozen=True)
class ReleaseDecided(ReleaseStepped):
    """The transfer officer has decided."""


@dataclass(frozen=True)
class ReleasePublished(ReleaseStepped):
    """The audience sees it from now on."""


@dataclass(frozen=True)
class ReleaseWithdrawn(ReleaseStepped):
    """The audience sees it no more."""


@dataclass(frozen=True)
class ReleaseOpened(Fact):
    """Somebody of the audience looked."""

    team_id: int
    release_id: int
