"""Who suggests a status, who answers."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from canvases.boards.access import about_visible_note
from canvases.boards.models import Canvas
from canvases.suggestions.models import StatusSuggestion
from workspace.foundation.access import Actor, No, Verdict, can
from workspace.foundation.text import lazy
from workspace.teams import access as teams


def suggestion_clause(actor: Actor) -> ColumnElement[bool]:
    """Suggestions for notes that the person may read now."""
    return about_visible_note(actor, StatusSuggestion.canvas_id, StatusSuggestion.note_id)


def may_suggest(actor: Actor, canvas: Canvas) -> Verdict:
    """Suggest a status: mentors of the team, as long as the canvas is in use."""
    if canvas.archived_at is not None:
        return No(lazy("This canvas was put away. The team can bring it back."))
    if actor.has("break-glass", "team", canvas.team_id):
        return No(lazy("You read this in an emergency. Nothing can be written meanwhile."))
    return teams.may_mentor(actor, canvas.team)


def may_answer(actor: Actor, suggestion: StatusSuggestion) -> Verdict:
    """Accept, decline, or take the answer back: whoever may edit the board."""
    return can(actor, "edit", suggestion.canvas)


def may_withdraw(actor: Actor, suggestion: StatusSuggestion) -> Verdict:
    """Withdraw it: whoever suggested it."""
    if suggestion.suggested_by_id == actor.person_id:
        return True
    return No(lazy("Only the mentor who suggested this can withdraw it."))
