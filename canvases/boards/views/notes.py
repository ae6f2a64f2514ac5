"""The list: the same notes as on the board, server-rendered, edited by forms."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from canvases.boards import edits, queries
from canvases.boards.forms import STATUS_WORDS, NewNoteForm
from canvases.boards.models import Canvas
from canvases.boards.strings import SENTENCES
from canvases.boards.views.door import CANVAS, doors, frame
from canvases.discovery import queries as discovery
from canvases.invited import queries as invited
from canvases.suggestions import queries as suggestions
from workspace.foundation.access import Actor, can
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.foundation.web import go, go_to, page
from workspace.releases.rules import TIER_LABELS

GROUPINGS = ("block", "status", "author")


@doors.page("/canvases/<canvas>/list", verb="read", things=CANVAS)
def list_view(actor: Actor, canvas: Canvas) -> Any:
    """All notes that the person may read, grouped and filtered as the address says."""
    return list_page(actor, canvas)


def list_page(actor: Actor, canvas: Canvas, form: NewNoteForm | None = None) -> Any:
    """The list, with the form of a new note as it was sent."""
    by = request.args.get("group", "block")
    by = by if by in GROUPINGS else "block"
    status = request.args.get("status", "")
    status = status if status in STATUS_WORDS else ""
    words = request.args.get("q", "").strip()[:200]
    notes = queries.notes_of(actor, canvas)
    shown = [
        it
        for it in notes
        if (not status or it.status == status) and words.casefold() in it.text.casefold()
    ]
    groups = queries.grouped(canvas, shown, by, {it: str(w) for it, w in STATUS_WORDS.items()})
    if status or words:
        groups = [it for it in groups if it.notes]
    return page(
        "canvases/list.html",
        form=form,
        notes=notes,
        shown=shown,
        groups=groups,
        group=by,
        chosen=status,
        typed=words,
        on_board=bool(can(actor, "join", canvas)),
        statuses=STATUS_WORDS,
        tiers={it: SENTENCES[f"tier_short_{it}"] for it in TIER_LABELS},
        evidence=discovery.counts(actor, canvas),
        comments=queries.comment_counts(actor, canvas),
        blocks=queries.template_of(canvas).reading_order,
        undo=_undo(actor, canvas),
        credit=queries.template_of(canvas).credit,
        invitation=invited.mine(actor, canvas),
        suggested=suggestions.open_counts(actor, canvas),
        may_invite=bool(can(actor, "invite", canvas)),
        **frame(actor, canvas, "list") | removable(actor, canvas),
    )


def removable(actor: Actor, canvas: Canvas) -> dict[str, Any]:
    """Which notes the person may take off: None for all, as the team; else those that are hers."""
    if can(actor, "edit", canvas) or not can(actor, "write", canvas):
        return {"own_notes": None}
    return {"own_notes": queries.written_by(actor, canvas)}


def _undo(actor: Actor, canvas: Canvas) -> str | None:
    """Where the note that was just deleted is brought back."""
    note = request.args.get("undo", "")
    if not note or len(note) > 40:
        return None
    return url_for("canvases.bring_back", canvas=canvas.public_id, note=note)


@doors.page(
    "/canvases/<canvas>/notes", verb="write", things=CANVAS, methods=["POST"], writes="room"
)
def add(actor: Actor, canvas: Canvas) -> Any:
    """One more note at the end of a block."""
    form = NewNoteForm()
    if form.validate_on_submit():
        try:
            edits.add_note(actor, canvas, form.block.data or "", form.text.data)
        except Refused as refusal:
            form.refuse(refusal.reason, refusal.field)
        else:
            return go(
                ".list_view",
                _("Note added"),
                canvas=canvas.public_id,
                _anchor=f"block-{form.block.data}",
            )
    return list_page(actor, canvas, form)


@doors.page(
    "/canvases/<canvas>/notes/<note>/move",
    verb="write",
    things=CANVAS,
    methods=["POST"],
    writes="room",
)
def move(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Move a note up, down or into another block."""
    queries.note_of(actor, canvas, note)
    edits.move_note(actor, canvas, note, request.form.get("to", "")[:60])
    return go(".list_view", _("Note moved"), canvas=canvas.public_id, _anchor=f"note-{note}")


@doors.page(
    "/canvases/<canvas>/notes/<note>/delete",
    verb="write",
    things=CANVAS,
    methods=["POST"],
    writes="room",
)
def delete(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Take a note off the board; the list offers to undo it."""
    queries.note_of(actor, canvas, note)
    edits.remove_note(actor, canvas, note)
    return go_to(url_for("canvases.list_view", canvas=canvas.public_id, undo=note))


@doors.page(
    "/canvases/<canvas>/notes/<note>/bring-back",
    verb="write",
    things=CANVAS,
    methods=["POST"],
    writes="room",
)
def bring_back(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Undo a deletion."""
    edits.bring_back(actor, canvas, note)
    return go(".list_view", _("The note is back"), canvas=canvas.public_id, _anchor=f"note-{note}")
