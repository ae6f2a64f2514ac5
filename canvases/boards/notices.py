"""Who hears of remarks on notes."""

from __future__ import annotations

from sqlalchemy import select

from canvases.boards.access import admitted, circle
from canvases.boards.facts import NoteCommented
from canvases.boards.models import NoteComment, NoteRow
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.inbox.actions import tell
from workspace.inbox.mentions import named_in, tell_mentioned

SENTENCES = {
    "note-commented": lazy("There is a new comment on a note of your team's canvas."),
    "note-answered": lazy("There is a new comment on a note that you have commented on."),
}


def _mentioned(comment: NoteComment, note: NoteRow | None) -> set[int]:
    """Whoever the remark names and may read the note now."""
    named = named_in(comment.text)
    if note is None or not named:
        return set()
    people = session().scalars(
        select(Person).where(Person.public_id.in_(named), Person.active)
    )
    team = comment.canvas.team
    return {
        it.id for it in people if admitted([note], circle(actor_for(it, now()), team))
    }


def commented(fact: NoteCommented) -> None:
    """The team, and whoever has commented before and may still read the note."""
    comment = session().get_one(NoteComment, fact.comment_id)
    canvas = comment.canvas
    url = path_to(
        "canvases.panel", canvas=canvas.public_id, note=comment.note_id, anchor="comments"
    )
    note = session().get(NoteRow, (canvas.id, comment.note_id))
    named = _mentioned(comment, note) - {fact.who or 0}
    tell_mentioned(named, comment, url)
    members = {it.person_id for it in canvas.team.present}
    tell(members - named - {fact.who or 0}, "note-commented", "news", canvas, url)
    before = (
        session()
        .scalars(
            select(Person)
            .join(NoteComment, NoteComment.written_by_id == Person.id)
            .where(
                NoteComment.canvas_id == canvas.id,
                NoteComment.note_id == comment.note_id,
                Person.active,
                Person.id.not_in(members | named),
                Person.id != (fact.who or 0),
            )
            .distinct()
        )
        .all()
        if note is not None
        else ()
    )
    readers = [
        it.id
        for it in before
        if note and admitted([note], circle(actor_for(it, now()), canvas.team))
    ]
    tell(readers, "note-answered", "news", canvas, url)
