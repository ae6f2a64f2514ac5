"""What happens to panels and reviews."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class PanelStepped(Fact):
    """A panel went from one state to another."""

    team_id: int
    panel_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class ReviewReleased(PanelStepped):
    """The team reads the reviews from now on."""


@dataclass(frozen=True)
class ReviewerAssigned(Fact):
    """Somebody is asked to review."""

    team_id: int
    panel_id: int
    review_id: int
    reviewer_id: int


@dataclass(frozen=True)
class ReviewStepped(Fact):
    """One review went from one state to another."""

    team_id: int
    review_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class ReviewSubmitted(ReviewStepped):
    """A reviewer has finished."""


@dataclass(frozen=True)
class ReviewSaved(Fact):
    """A draft was kept."""

    team_id: int
    review_id: int


@dataclass(frozen=True)
class ConflictDeclared(Fact):
    """A tie was said."""

    team_id: int
    person_id: int
    kind: str


@dataclass(frozen=True)
class ConflictFound(Fact):
    """A tie came to be after the review was assigned."""

    team_id: int
    review_id: int


@dataclass(frozen=True)
class CommentAnswered(Fact):
    """The team answered a comment."""

    team_id: int
    panel_id: int
    kind: str


@dataclass(frozen=True)
class TaskDone(Fact):
    """A promise was kept, or opened again."""

    team_id: int
    task_id: int
    done: bool
