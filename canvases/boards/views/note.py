"""One note: its form, its evidence, its comments. For the board's panel a fragment of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, request, url_for
from markupsafe import Markup

from canvases.boards import actions, edits, queries
from canvases.boards.edits import NoteDraft, mark_of
from canvases.boards.forms import CommentForm, NoteForm, note_form
from canvases.boards.models import Canvas, NoteComment
from canvases.boards.views.door import CANVAS, doors, frame
from canvases.boards.views.notes import removable
from canvases.discovery import queries as discovery
from canvases.discovery.forms import EvidenceForm
from canvases.suggestions import queries as suggestions
from canvases.suggestions.forms import SuggestForm, status_form
from canvases.suggestions.rules import SUGGESTION
from workspace.foundation import limits, unit
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import HouseError, Missing, Refused
from workspace.foundation.text import _
from workspace.foundation.web import go, go_to, page, wants_fragment
from workspace.releases.rules import TIER_LABELS

REMARK = {"canvas": Canvas, "comment": NoteComment}


@doors.page("/canvases/<canvas>/notes/<note>/panel", verb="read", things=CANVAS)
def panel(actor: Actor, canvas: Canvas, note: str) -> Any:
    """A note with what is known of it; htmx gets the region of the panel.

    A board asks for notes that the database does not know yet: those, and notes that the person
    may not read, give an empty region.
    """
    try:
        return note_page(actor, canvas, note)
    except Missing:
        if not wants_fragment():
            raise
        return Markup('<div class="note-panel" id="note-panel"></div>')


def note_page(
    actor: Actor,
    canvas: Canvas,
    note: str,
    *,
    form: NoteForm | None = None,
    evidence_form: EvidenceForm | None = None,
    comment_form: CommentForm | None = None,
    suggest_form: SuggestForm | None = None,
    removed: str = "",
    said: str = "",
) -> Any:
    """The page of a note with the forms as they were sent; 422 when one has errors."""
    line = queries.note_of(actor, canvas, note)
    everything = queries.notes_of(actor, canvas)
    template = queries.template_of(canvas)
    fresh = note_form(
        line,
        [(it.id, it.title) for it in template.reading_order],
        [it for it in everything if it.block == line.block],
        mark_of(line.text),
    )
    shared = frame(actor, canvas, "")
    if not shared["may_edit"]:
        del fresh.tier
    forms = (form, evidence_form, comment_form, suggest_form)
    sent = next((it for it in forms if it is not None), None)
    found = discovery.of_note(actor, canvas, note)
    comments = queries.comments_of(actor, canvas, note)
    wrong = sent is not None and bool(sent.errors)
    if wrong:
        unit.abandon()
    return page(
        "canvases/note.html",
        fragment="panel",
        status=422 if wrong else None,
        form=sent,
        note=line,
        spot=template.block(line.block),
        note_form=form or fresh,
        evidence_form=evidence_form or EvidenceForm(formdata=None),
        comment_form=comment_form or CommentForm(formdata=None),
        suggest_form=suggest_form or status_form(line.status),
        suggested=suggestions.of_note(actor, canvas, note),
        suggested_word=SUGGESTION.label,
        found=found,
        comments=comments,
        removed=removed,
        said=said,
        open_comments=sum(1 for it in comments if it.resolved_at is None),
        strengths=EvidenceForm.words(),
        tiers=TIER_LABELS,
        may_comment=bool(can(actor, "comment", canvas)),
        may_suggest=bool(can(actor, "suggest", canvas)),
        full=not wants_fragment(),
        resolvable={it.id for it in comments if can(actor, "resolve", it)},
        **shared | removable(actor, canvas),
    )


def answer(actor: Actor, canvas: Canvas, note: str, message: str, removed: str = "") -> Any:
    """After a change: the region for htmx, else the page again."""
    if wants_fragment():
        return note_page(actor, canvas, note, removed=removed, said=message)
    if message:
        flash(message, "done")
    anchor = "evidence" if removed else None
    if removed:
        return note_page(actor, canvas, note, removed=removed)
    return go_to(url_for("canvases.panel", canvas=canvas.public_id, note=note, _anchor=anchor))


@doors.page(
    "/canvases/<canvas>/notes/<note>", verb="write", things=CANVAS, methods=["POST"], writes="room"
)
def change(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Save what the form says."""
    line = queries.note_of(actor, canvas, note)
    everything = queries.notes_of(actor, canvas)
    template = queries.template_of(canvas)
    form = NoteForm()
    if not can(actor, "edit", canvas):
        del form.tier  # who may read a note is for the team to decide
    form.block.choices = [(it.id, it.title) for it in template.reading_order]
    form.place.choices = [
        ("", ""),
        ("first", ""),
        ("last", ""),
        *((it.id, "") for it in everything),
    ]
    if form.validate_on_submit():
        draft = NoteDraft(
            form.text.data or "",
            form.chosen("status"),
            form.chosen("tier"),
            form.chosen("weight"),
            form.chosen("block"),
            form.place.data or "",
            form.was.data or "",
        )
        if draft.place not in ("", "first", "last") and draft.block not in (None, line.block):
            draft = replace(draft, place="last")
        try:
            edits.change_note(actor, canvas, note, draft)
        except Refused as refusal:
            form.refuse(refusal.reason, refusal.field)
        except HouseError as refusal:
            if refusal.status not in (409, 413):
                raise
            form.refuse(refusal.reason, "text")
        else:
            return go(
                ".list_view", _("Note saved"), canvas=canvas.public_id, _anchor=f"note-{note}"
            )
    now_there = queries.note_of(actor, canvas, note)
    form.was.data = mark_of(now_there.text)
    form.was.raw_data = None
    form.place.choices = note_form(
        now_there, form.block.choices, [it for it in everything if it.block == line.block], ""
    ).place.choices
    return note_page(actor, canvas, note, form=form)


@doors.page(
    "/canvases/<canvas>/notes/<note>/comments", verb="comment", things=CANVAS, methods=["POST"]
)
def comment(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Remark on a note."""
    line = queries.note_of(actor, canvas, note)
    form = CommentForm()
    if form.validate_on_submit():
        limits.count("comment", actions.COMMENTS, actor.person_id)
        try:
            actions.comment(actor, canvas, line, form.comment.data)
        except Refused as refusal:
            form.refuse(refusal.reason, refusal.field)
        else:
            return answer(actor, canvas, note, _("Comment added"))
    return note_page(actor, canvas, note, comment_form=form)


@doors.page("/canvases/<canvas>/notes/<note>/people", verb="comment", things=CANVAS)
def people(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Whom a comment on the note may mention, by the beginning of a name in `?q=`."""
    line = queries.note_of(actor, canvas, note)
    begun = request.args.get("q", "")[:100].strip().casefold()
    found = []
    for it in queries.readers_of(canvas, line):
        names = [it.name.casefold(), *it.name.casefold().split()]
        if it.id != actor.person_id and any(name.startswith(begun) for name in names):
            found.append(it)
    return page("canvases/_people.html", people=found[:8])


@doors.page(
    "/canvases/<canvas>/comments/<comment>/resolve", verb="resolve", things=REMARK, methods=["POST"]
)
def resolve(actor: Actor, canvas: Canvas, comment: NoteComment) -> Any:
    """Say that a remark is done with."""
    actions.resolve(actor, comment, now())
    return answer(actor, canvas, comment.note_id, _("Comment resolved"))


@doors.page(
    "/canvases/<canvas>/comments/<comment>/reopen", verb="resolve", things=REMARK, methods=["POST"]
)
def reopen(actor: Actor, canvas: Canvas, comment: NoteComment) -> Any:
    """Open a remark again."""
    actions.reopen(actor, comment)
    return answer(actor, canvas, comment.note_id, _("Comment is open again"))
