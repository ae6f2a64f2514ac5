"""What happens to suggested statuses."""

from __future__ import annotations

from dataclasses import dataclass

from canvases.boards.facts import CanvasFact


@dataclass(frozen=True)
class StatusSuggested(CanvasFact):
    """A mentor suggested a status for a note."""

    suggestion_id: int
    status: str


@dataclass(frozen=True)
class SuggestionStepped(CanvasFact):
    """The team answered it or took its answer back, or the mentor withdrew it."""

    suggestion_id: int
    step: str
    source: str
    target: str
