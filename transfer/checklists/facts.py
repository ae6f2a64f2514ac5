"""What happens to checklists."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.foundation.facts import Fact


@dataclass(frozen=True)
class ChecklistStarted(Fact):
    """A checklist was taken up."""

    team_id: int | None
    challenge_id: int | None
    checklist_id: int
    template: str


@dataclass(frozen=True)
class ItemAnswered(Fact):
    """The team wrote something."""

    team_id: int | None
    challenge_id: int | None
    item_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ItemStepped(Fact):
    """An item went from one state to another."""

    team_id: int | None
    challenge_id: int | None
    item_id: int
    step: str
    source: str
    target: str


@dataclass(frozen=True)
class ItemSigned(Fact):
    """Somebody signed for a role."""

    team_id: int | None
    challenge_id: int | None
    item_id: int
    role: str


@dataclass(frozen=True)
class QuestionAsked(Fact):
    """ "I don't know" went to the transfer office."""

    team_id: int | None
    challenge_id: int | None
    item_id: int
    question_id: int


@dataclass(frozen=True)
class QuestionAnswered(QuestionAsked):
    """The office answered."""


@dataclass(frozen=True)
class GateChanged(Fact):
    """A gate opened or closed, computed from the items."""

    team_id: int | None
    challenge_id: int | None
    checklist_id: int
    gate: str
    is_open: bool
