"""What happens to programmes and editions."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class ProgrammeCreated(Fact):
    """A programme began with its first edition."""

    programme_id: int
    edition_id: int


@dataclass(frozen=True)
class EditionChanged(Fact):
    """Names of the fields that changed."""

    programme_id: int
    edition_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class EditionStepped(Fact):
    """The edition went from one state to another."""

    programme_id: int
    edition_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class EditionJoined(Fact):
    """Somebody takes part from now on."""

    programme_id: int
    edition_id: int
    person_id: int
