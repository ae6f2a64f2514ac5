"""Suggesting a status, declining it, withdrawing it. What changes the note is in `answers.py`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from canvases.boards.models import Canvas
from canvases.boards.queries import NoteLine
from canvases.suggestions import queries, rules
from canvases.suggestions.facts import StatusSuggested, SuggestionStepped
from canvases.suggestions.models import StatusSuggestion
from canvases.suggestions.rules import SUGGESTION, SuggestionFacts, SuggestionState
from workspace.foundation.access import Actor
from workspace.foundation.checks import refuse
from workspace.foundation.db import new_public_id, session
from workspace.foundation.facts import announce
from workspace.foundation.history import record_step

KNOWN = SuggestionFacts()
SUGGESTIONS = "60 per hour"
"""How many a person may make, whichever door she comes through."""


def suggest(actor: Actor, canvas: Canvas, note: NoteLine, status: str, reason: str,
            now: datetime, *, key: str | None = None) -> StatusSuggestion:
    """Suggest a status for a note, with the reason. Raises Refused.

    One waits for each mentor and note: the same one is kept, another one takes its place. `key` is
    the public id that it gets.
    """
    assert actor.person_id is not None
    refuse(rules.check_suggestion(status, note.status, reason))
    # The row of the canvas is held, so that a form sent twice suggests once.
    session().execute(select(Canvas.id).where(Canvas.id == canvas.id).with_for_update())
    before = queries.open_by(actor.person_id, canvas, note.id)
    if before is not None:
        if (before.status, before.reason) == (status, reason):
            return before
        take_step(actor, before, "withdraw", now)
    made = StatusSuggestion(
        public_id=key or new_public_id(), canvas_id=canvas.id, note_id=note.id,
        suggested_by_id=actor.person_id, was=note.status, status=status, reason=reason,
        created_at=now,
    )
    made.canvas = canvas
    session().add(made)
    session().flush()
    announce(StatusSuggested(actor.person_id, canvas.team_id, canvas.id, made.id, status))
    return made


def locked(number: int) -> StatusSuggestion:
    """The suggestion as it is on disk now, held until the end of the unit."""
    return session().scalars(
        select(StatusSuggestion).where(StatusSuggestion.id == number)
        .with_for_update(of=StatusSuggestion).execution_options(populate_existing=True)
    ).one()


def take_step(actor: Actor, suggestion: StatusSuggestion, name: str, now: datetime) -> None:
    """Take a step of the machine and say so."""
    source = suggestion.state
    target = SUGGESTION.step(source, name, KNOWN)
    suggestion.state = target
    answered = target in rules.ANSWERED
    suggestion.answered_at = now if answered else None
    suggestion.answered_by_id = actor.person_id if answered else None
    session().flush()
    record_step("status_suggestion", suggestion.id, name, source, target, actor.person_id, now)
    announce(SuggestionStepped(
        actor.person_id, suggestion.team_id, suggestion.canvas_id, suggestion.id, name, source,
        target,
    ))


def decline(actor: Actor, suggestion: StatusSuggestion, now: datetime) -> None:
    """Leave the note as it is. Declining twice is declining once."""
    held = locked(suggestion.id)
    if held.state != SuggestionState.DECLINED:
        take_step(actor, held, "decline", now)


def withdraw(actor: Actor, suggestion: StatusSuggestion, now: datetime) -> None:
    """Take the suggestion back before the team has answered."""
    held = locked(suggestion.id)
    if held.state != SuggestionState.WITHDRAWN:
        take_step(actor, held, "withdraw", now)
