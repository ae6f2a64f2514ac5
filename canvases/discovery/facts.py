"""What happens to evidence."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class EvidenceFact(Fact):
    """Something about one piece of evidence of a team."""

    team_id: int
    canvas_id: int
    evidence_id: int


@dataclass(frozen=True)
class EvidenceAdded(EvidenceFact):
    """Something speaks for or against a note."""

    stance: str
    strength: int


@dataclass(frozen=True)
class EvidenceRemoved(EvidenceFact):
    """It was taken away."""


@dataclass(frozen=True)
class EvidenceBroughtBack(EvidenceFact):
    """It counts again."""
