"""What happens to entries and submissions."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class EntryStepped(Fact):
    """An entry went from one state to another."""

    team_id: int
    entry_id: int
    challenge_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class SubmissionStarted(Fact):
    """A draft was begun."""

    team_id: int
    submission_id: int


@dataclass(frozen=True)
class SubmissionChanged(Fact):
    """Names of the fields of a draft that changed."""

    team_id: int
    submission_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SubmissionStepped(Fact):
    """A submission went from one state to another."""

    team_id: int
    submission_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class SubmissionMade(SubmissionStepped):
    """A version is handed in and closed to change."""

    edition_id: int
    purpose: str
    version: int


@dataclass(frozen=True)
class SubmissionWithdrawn(SubmissionStepped):
    """The team took it back."""


@dataclass(frozen=True)
class LateAllowed(Fact):
    """The programme lead lets a team hand in later."""

    team_id: int
    purpose: str
