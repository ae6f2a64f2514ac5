"""What can be searched of boards: canvases and the notes of the reader's circle."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from canvases.boards.access import note_clause
from canvases.boards.indexing import CANVAS, FAMILY, NOTE
from canvases.boards.models import Canvas, NoteRow
from canvases.boards.queries import template_of
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import Deed, Documents, Hit
from workspace.foundation.text import _
from workspace.teams.access import member_teams

MOST = 30


def _canvases(actor: Actor) -> Select[Any]:
    return visible(actor, Canvas).where(Canvas.archived_at.is_(None))


def _notes(actor: Actor) -> Select[Any]:
    kept = select(Canvas.id).where(Canvas.archived_at.is_(None))
    return select(NoteRow).where(note_clause(actor), NoteRow.canvas_id.in_(kept))


def _canvas(_actor: Actor, row: Canvas) -> Hit:
    return Hit(row.title, url_for("canvases.board", canvas=row.public_id), row.team.name)


def _note(_actor: Actor, row: NoteRow) -> Hit:
    canvas = row.canvas
    titles = {it.id: it.title for it in template_of(canvas).reading_order}
    # Through the list view: it works for every reader and without a script.
    url = url_for("canvases.list_view", canvas=canvas.public_id, _anchor=f"note-{row.note_id}")
    return Hit(
        row.text, url, f"{canvas.team.name} · {titles.get(row.block, canvas.title)}",
        tag=row.status,
    )


def deeds(actor: Actor) -> list[Deed]:
    """Canvases of the person's teams, to write on."""
    own = session().scalars(
        _canvases(actor).where(Canvas.team_id.in_(member_teams(actor)))
        .order_by(Canvas.edited_at.desc(), Canvas.id).limit(MOST)
    ).all()
    return [
        Deed(
            _("Add a note to %(canvas)s of %(team)s", canvas=it.title, team=it.team.name),
            url_for("canvases.board", canvas=it.public_id),
        )
        for it in own
    ]


DOCUMENTS = [
    Documents(CANVAS, FAMILY, "layout-grid", Canvas, lambda row: (row.title, ""), _canvases,
              _canvas),
    Documents(
        NOTE, FAMILY, "lightbulb", NoteRow, lambda row: (row.text, ""), _notes, _note,
        keys=("canvas_id", "note_id"), changed="changed_at",
    ),
]
