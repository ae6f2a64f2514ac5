"""Questions about evidence."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select

from canvases.boards.models import Canvas, NoteRow
from canvases.discovery.models import Evidence
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.teams.models import Team

STANCES = ("for", "against")


def counts(actor: Actor, canvas: Canvas) -> dict[str, int]:
    """Number of pieces of evidence by note."""
    rows = session().execute(
        visible(actor, Evidence)
        .where(Evidence.canvas_id == canvas.id, Evidence.removed_at.is_(None))
        .with_only_columns(Evidence.note_id, func.count())
        .group_by(Evidence.note_id)
    )
    return {row[0]: row[1] for row in rows}


def count_on(actor: Actor, note: type[NoteRow]) -> ScalarSelect[int]:
    """Number of pieces of evidence on the note of an enclosing query."""
    return (
        visible(actor, Evidence)
        .where(
            Evidence.canvas_id == note.canvas_id,
            Evidence.note_id == note.note_id,
            Evidence.removed_at.is_(None),
        )
        .with_only_columns(func.count(Evidence.id))
        .correlate(note)
        .scalar_subquery()
    )


def of_note(actor: Actor, canvas: Canvas, note_id: str) -> Sequence[Evidence]:
    """What speaks for and against a note: the strongest first."""
    return (
        session()
        .scalars(
            visible(actor, Evidence)
            .where(
                Evidence.canvas_id == canvas.id,
                Evidence.note_id == note_id,
                Evidence.removed_at.is_(None),
            )
            .order_by(Evidence.strength.desc(), Evidence.id)
            .limit(500)
        )
        .all()
    )


def of_team(actor: Actor, team: Team, stance: str = "") -> Sequence[tuple[Evidence, NoteRow]]:
    """All evidence of a team with its notes, newest first."""
    query = (
        visible(actor, Evidence)
        .join(Canvas, Canvas.id == Evidence.canvas_id)
        .join(
            NoteRow,
            (NoteRow.canvas_id == Evidence.canvas_id) & (NoteRow.note_id == Evidence.note_id),
        )
        .where(
            Canvas.team_id == team.id, Canvas.archived_at.is_(None), Evidence.removed_at.is_(None)
        )
        .add_columns(NoteRow)
        .order_by(Evidence.id.desc())
        .limit(500)
    )
    if stance in STANCES:
        query = query.where(Evidence.stance == stance)
    return [(row[0], row[1]) for row in session().execute(query)]


def count_of_team(team_id: int | ColumnElement[int]) -> Select[int]:
    """A query for the number of pieces of evidence of one team: a count, no content."""
    return (
        select(func.count())
        .select_from(Canvas)
        .join(Evidence, Evidence.canvas_id == Canvas.id)
        .join(
            NoteRow,
            (NoteRow.canvas_id == Evidence.canvas_id) & (NoteRow.note_id == Evidence.note_id),
        )
        .where(
            Canvas.team_id == team_id, Canvas.archived_at.is_(None), Evidence.removed_at.is_(None)
        )
    )
