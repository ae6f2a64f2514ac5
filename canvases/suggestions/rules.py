"""A status that a mentor suggests for a note: its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from canvases.boards.schema import STATUSES
from workspace.foundation.checks import Problem
from workspace.foundation.states import Machine, Sentence, Step, step
from workspace.foundation.text import _, lazy

LONGEST_REASON: Final = 2000


class SuggestionState(StrEnum):
    """Where a suggestion stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class SuggestionFacts:
    """What the guards look at: nothing, so far."""


ANSWERED: Final = (SuggestionState.ACCEPTED, SuggestionState.DECLINED)
LABELS: Final[Mapping[SuggestionState, Sentence]] = {
    SuggestionState.OPEN: lazy("Waits for the team"),
    SuggestionState.ACCEPTED: lazy("Accepted"),
    SuggestionState.DECLINED: lazy("Declined"),
    SuggestionState.WITHDRAWN: lazy("Withdrawn"),
}
STEPS: Final[tuple[Step[SuggestionState, SuggestionFacts], ...]] = (
    step("accept", lazy("Accept"), SuggestionState.OPEN, SuggestionState.ACCEPTED, "team"),
    step("decline", lazy("Decline"), SuggestionState.OPEN, SuggestionState.DECLINED, "team"),
    step("withdraw", lazy("Withdraw"), SuggestionState.OPEN, SuggestionState.WITHDRAWN, "mentor"),
    step("undo", lazy("Undo"), ANSWERED, SuggestionState.OPEN, "team"),
)
SUGGESTION: Final = Machine("Suggested status", SuggestionState.OPEN, LABELS, STEPS)


def check_suggestion(status: str, present: str, reason: str) -> list[Problem]:
    """Problems of a suggestion (fields `status`, `reason`). `present`: what the note says now."""
    if status not in STATUSES:
        return [Problem("status", _("Choose a status."))]
    if status == present:
        return [Problem("status", _("The note has this status already. Choose another one."))]
    if not reason.strip():
        return [Problem("reason", _("Say what makes you think so."))]
    return []
