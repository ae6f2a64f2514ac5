"""What happens to invitations to edit."""

from __future__ import annotations

from dataclasses import dataclass

from canvases.boards.facts import CanvasFact


@dataclass(frozen=True)
class EditorFact(CanvasFact):
    """Something about one invitation; `person_id` is the mentor."""

    invited_id: int
    person_id: int


@dataclass(frozen=True)
class EditorInvited(EditorFact):
    """A team invited a mentor to edit a canvas."""


@dataclass(frozen=True)
class EditorAccepted(EditorFact):
    """She accepted: from now on she edits."""


@dataclass(frozen=True)
class EditorEnded(EditorFact):
    """She no longer edits: taken back, given up, or over."""

    step: str
