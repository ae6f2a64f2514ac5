"""Questions about suggested statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from canvases.boards.models import Canvas
from canvases.suggestions.models import StatusSuggestion
from canvases.suggestions.rules import SuggestionState
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session


def of_note(actor: Actor, canvas: Canvas, note_id: str) -> Sequence[StatusSuggestion]:
    """Suggestions for a note: those that wait first, then the newest; at most 100.

    What was withdrawn is left out.
    """
    return session().scalars(
        visible(actor, StatusSuggestion)
        .where(
            StatusSuggestion.canvas_id == canvas.id, StatusSuggestion.note_id == note_id,
            StatusSuggestion.state != SuggestionState.WITHDRAWN,
        )
        .options(
            joinedload(StatusSuggestion.suggested_by), joinedload(StatusSuggestion.answered_by)
        )
        .order_by(
            StatusSuggestion.state != SuggestionState.OPEN, StatusSuggestion.id.desc()
        )
        .limit(100)
    ).all()


def open_counts(actor: Actor, canvas: Canvas) -> Mapping[str, int]:
    """How many suggestions wait, by note."""
    rows = session().execute(
        visible(actor, StatusSuggestion)
        .where(
            StatusSuggestion.canvas_id == canvas.id,
            StatusSuggestion.state == SuggestionState.OPEN,
        )
        .with_only_columns(StatusSuggestion.note_id, func.count(), maintain_column_froms=True)
        .group_by(StatusSuggestion.note_id)
    )
    return {row[0]: row[1] for row in rows}


def open_by(person_id: int, canvas: Canvas, note_id: str) -> StatusSuggestion | None:
    """The suggestion of this person for the note that waits."""
    return session().scalar(
        select(StatusSuggestion).where(
            StatusSuggestion.canvas_id == canvas.id, StatusSuggestion.note_id == note_id,
            StatusSuggestion.suggested_by_id == person_id,
            StatusSuggestion.state == SuggestionState.OPEN,
        )
    )
