"""Answers that change the note: through the room first, by itself; then they are written down.

A stop between the two leaves a suggestion that waits, for a note that has the status already.
"""

from __future__ import annotations

from datetime import datetime

from canvases.boards import edits
from canvases.suggestions.actions import KNOWN, locked, take_step
from canvases.suggestions.models import StatusSuggestion
from canvases.suggestions.rules import SUGGESTION, SuggestionState
from workspace.foundation.access import Actor
from workspace.foundation.unit import write


def accept(actor: Actor, suggestion: StatusSuggestion, now: datetime) -> None:
    """Give the note the suggested status. Accepting twice is accepting once.

    Never inside a unit of work. Raises Refused when it was answered otherwise meanwhile.
    """
    if suggestion.state == SuggestionState.ACCEPTED:
        return
    SUGGESTION.step(suggestion.state, "accept", KNOWN)
    number, status = suggestion.id, suggestion.status
    was = edits.set_status(actor, suggestion.canvas, suggestion.note_id, status)
    with write():
        held = locked(number)
        if held.state != SuggestionState.ACCEPTED:
            held.was = was if was != status else held.was
            take_step(actor, held, "accept", now)


def undo(actor: Actor, suggestion: StatusSuggestion, now: datetime) -> None:
    """Take the team's answer back. What was accepted gives the note its old status again, unless
    somebody has given it another one since. Never inside a unit of work.
    """
    if suggestion.state == SuggestionState.OPEN:
        return
    SUGGESTION.step(suggestion.state, "undo", KNOWN)
    number, canvas, note = suggestion.id, suggestion.canvas, suggestion.note_id
    if suggestion.state == SuggestionState.ACCEPTED:
        edits.set_status(actor, canvas, note, suggestion.was, only=suggestion.status)
    with write():
        held = locked(number)
        if held.state != SuggestionState.OPEN:
            take_step(actor, held, "undo", now)
