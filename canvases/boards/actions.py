"""Making canvases, editing notes from forms, remarking on notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from canvases.boards import patterns
from canvases.boards.facts import (
    CanvasArchived,
    CanvasMade,
    CanvasRenamed,
    CanvasRevived,
    CommentReopened,
    CommentResolved,
    NoteCommented,
)
from canvases.boards.models import Canvas, NoteComment
from canvases.boards.queries import NoteLine, readers_of
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.inbox.mentions import settled
from workspace.teams.models import Team

MOST_CANVASES = 40
"""Of one team."""
COMMENTS = "60 per hour"
"""How many a person may write: each may tell several people at once."""

# -- canvases


def make_canvas(actor: Actor, team: Team, template: str, title: str, now: datetime) -> Canvas:
    """Make a canvas from a template. Raises Refused."""
    try:
        pattern = patterns.template(template)
    except KeyError:
        raise Refused(lazy("Choose one of the canvases."), field="template") from None
    count = (
        session().scalar(
            select(func.count()).where(Canvas.team_id == team.id, Canvas.archived_at.is_(None))
        )
        or 0
    )
    if count >= MOST_CANVASES:
        raise Refused(lazy("Your team has 40 canvases, which is the limit. Put one away first."))
    assert actor.person_id is not None
    made = Canvas(
        team_id=team.id,
        template=pattern.id,
        title=title.strip() or pattern.title,
        created_by_id=actor.person_id,
        edited_at=now,
        created_at=now,
    )
    session().add(made)
    session().flush()
    announce(CanvasMade(actor.person_id, team.id, made.id, pattern.id))
    return made


def rename(actor: Actor, canvas: Canvas, title: str) -> None:
    """Give it another title; the same one changes nothing."""
    if not title.strip():
        raise Refused(lazy("Give the canvas a title."), field="title")
    if canvas.title != title.strip():
        canvas.title = title.strip()
        announce(CanvasRenamed(actor.person_id, canvas.team_id, canvas.id))


def archive(actor: Actor, canvas: Canvas, now: datetime) -> None:
    """Put it away: open boards become read-only, nothing is lost."""
    if canvas.archived_at is None:
        canvas.archived_at = now
        announce(CanvasArchived(actor.person_id, canvas.team_id, canvas.id))


def revive(actor: Actor, canvas: Canvas) -> None:
    """Bring it back."""
    if canvas.archived_at is not None:
        canvas.archived_at = None
        announce(CanvasRevived(actor.person_id, canvas.team_id, canvas.id))


# -- remarks


def comment(actor: Actor, canvas: Canvas, note: NoteLine, text: str) -> NoteComment:
    """Remark on a note. The same words twice in a row are one remark.

    `@name` of somebody who may read the note becomes a mention.
    """
    assert actor.person_id is not None
    if not text.strip():
        raise Refused(lazy("Write your comment first."), field="comment")
    text = settled(text, readers_of(canvas, note))
    last = session().scalar(
        select(NoteComment)
        .where(NoteComment.canvas_id == canvas.id, NoteComment.note_id == note.id)
        .order_by(NoteComment.id.desc())
        .limit(1)
    )
    if last is not None and (last.written_by_id, last.text) == (actor.person_id, text):
        return last
    made = NoteComment(
        canvas_id=canvas.id, note_id=note.id, written_by_id=actor.person_id, text=text
    )
    session().add(made)
    session().flush()
    announce(NoteCommented(actor.person_id, canvas.team_id, canvas.id, made.id))
    return made


def resolve(actor: Actor, remark: NoteComment, now: datetime) -> None:
    """Say that a remark is done with."""
    if remark.resolved_at is None:
        remark.resolved_at, remark.resolved_by_id = now, actor.person_id
        announce(
            CommentResolved(actor.person_id, remark.canvas.team_id, remark.canvas_id, remark.id)
        )


def reopen(actor: Actor, remark: NoteComment) -> None:
    """Open a remark again."""
    if remark.resolved_at is not None:
        remark.resolved_at = remark.resolved_by_id = None
        announce(
            CommentReopened(actor.person_id, remark.canvas.team_id, remark.canvas_id, remark.id)
        )
