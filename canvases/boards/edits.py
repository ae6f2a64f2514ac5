"""Editing notes from forms: through the room, so that open boards see it at once.

Nothing here may stand in a unit of work: the room commits by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select

from canvases.boards import live, patterns
from canvases.boards.document import Document, clean
from canvases.boards.hands import Hand
from canvases.boards.models import Canvas, CanvasUpdate
from canvases.boards.opening import readable
from canvases.boards.schema import Note
from workspace.foundation.access import Actor, can
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Refused, Stale
from workspace.foundation.text import lazy

T = TypeVar("T")
FIRST, LAST, STAY = "first", "last", ""


@dataclass(frozen=True)
class NoteDraft:
    """What a form says about a note; None leaves that as it is at the moment of the change."""

    text: str | None
    status: str | None
    tier: str | None
    weight: int | None
    block: str | None
    place: str = STAY
    """`first`, `last`, "" to stay, or the id of the note to stand behind."""
    was: str = ""
    """Mark of the text that the person saw; see `mark_of`."""


def _by(actor: Actor, canvas: Canvas, work: Callable[[Document, Hand], T]) -> T:
    """Edit as far as the person's hand reaches: the team's over everything."""
    hand = Hand(actor.public_id, invited=not can(actor, "edit", canvas))
    return live.edit(actor, canvas, lambda document: work(document, hand), beside=hand.invited)


def mark_of(text: str) -> str:
    """A short mark of a text: a form carries it to find out that somebody was faster."""
    return hashlib.sha256(clean(text).encode()).hexdigest()[:24]


def add_note(actor: Actor, canvas: Canvas, block: str, text: str, *,
             note_id: str | None = None) -> str:
    """Add a note at the end of a block and give its id. Never inside a unit of work.

    A note that has the wanted `note_id` already is left as it is.
    """
    _known_block(canvas, block)
    if not text.strip():
        raise Refused(lazy("Write the note first."), field="text")

    def add(document: Document, hand: Hand) -> str:
        if note_id is not None and any(it.id == note_id for it in document.read()):
            return note_id
        return document.add_note(
            block=block, author=hand.author, text=text, tier=hand.tier, note_id=note_id
        )

    return _by(actor, canvas, add)


def change_note(actor: Actor, canvas: Canvas, note_id: str, draft: NoteDraft) -> None:
    """Make a note what the form says. Raises Stale when its text changed since it was shown."""
    if draft.block is not None:
        _known_block(canvas, draft.block)

    def change(document: Document, hand: Hand) -> None:
        note = hand.take(document, note_id)
        hand.allow_tier(note, draft.tier)
        if draft.text is not None and draft.text != note.text:
            if not draft.text:
                raise Refused(
                    lazy("A note needs some text. Delete it if it is not needed."), field="text"
                )
            if draft.was != mark_of(note.text):
                raise Stale(
                    lazy(
                        "Somebody changed this note meanwhile. Your text is kept below: "
                        "compare it with theirs, then save again."
                    )
                )
            document.set_text(note_id, draft.text)
        if draft.status is not None:
            document.set_status(note_id, draft.status)
        if draft.tier is not None:
            document.set_tier(note_id, draft.tier)
        if draft.weight is not None:
            document.set_weight(note_id, draft.weight)
        block = note.block if draft.block is None else draft.block
        if block != note.block or draft.place != STAY:
            place = LAST if draft.place == STAY else draft.place
            if place not in (FIRST, LAST, *hand.row(document, block)):
                place = LAST
            document.move_note(note_id, block, _behind(place))

    _by(actor, canvas, change)


def set_status(actor: Actor, canvas: Canvas, note_id: str, status: str, only: str = "") -> str:
    """Give a note a status, and answer what it had before.

    With `only` nothing happens to a note that has another status than that one.
    """

    def change(document: Document, hand: Hand) -> str:
        before = hand.take(document, note_id).status
        if only in ("", before):
            document.set_status(note_id, status)
        return before

    return _by(actor, canvas, change)


def move_note(actor: Actor, canvas: Canvas, note_id: str, target: str) -> None:
    """Move a note: `up` or `down` one place, or to the end of the block `target`."""
    if target not in ("up", "down"):
        _known_block(canvas, target)

    def move(document: Document, hand: Hand) -> None:
        note = hand.take(document, note_id)
        if target not in ("up", "down"):
            document.move_note(note_id, target)
            return
        row = hand.row(document, note.block)
        at = row.index(note_id)
        if target == "down" and at + 1 < len(row):
            document.move_note(note_id, note.block, row[at + 1])
        elif target == "up" and at > 0:
            document.move_note(note_id, note.block, row[at - 2] if at > 1 else None)

    _by(actor, canvas, move)


def remove_note(actor: Actor, canvas: Canvas, note_id: str) -> None:
    """Take a note off the board; `bring_back` undoes it."""

    def remove(document: Document, hand: Hand) -> None:
        hand.allow_removal(hand.take(document, note_id))
        document.remove_note(note_id)

    _by(actor, canvas, remove)


def bring_back(actor: Actor, canvas: Canvas, note_id: str) -> None:
    """Put a deleted note back as it was last; one that is there stays as it is.

    An invited mentor brings back what she herself could take off; all else is not there.
    """
    kept = last_seen(canvas, note_id)
    if kept is None:
        raise Missing

    def again(document: Document, hand: Hand) -> None:
        if not (hand.reaches(kept) and hand.may_remove(kept)):
            raise Missing
        if document.note(note_id) is None:
            document.add_note(
                block=kept.block,
                author=kept.author,
                text=kept.text,
                status=kept.status,
                tier=kept.tier,
                kind=kept.kind,
                weight=kept.weight,
                note_id=note_id,
                at=datetime.fromtimestamp(kept.created / 1000, UTC),
            )

    _by(actor, canvas, again)


def last_seen(canvas: Canvas, note_id: str) -> Note | None:
    """The note as the log last held it, or None when there never was one."""
    rows = session().execute(
        select(CanvasUpdate.id, CanvasUpdate.data)
        .where(CanvasUpdate.canvas_id == canvas.id)
        .order_by(CanvasUpdate.id)
    )
    good, _bad = readable([(row.id, row.data) for row in rows])
    document = Document()
    seen: Note | None = None
    for data in good:
        document.doc.apply_update(data)
        seen = document.note(note_id) or seen
    return seen


def _behind(place: str) -> str | None:
    return {FIRST: None, LAST: ""}.get(place, place)


def _known_block(canvas: Canvas, block: str) -> None:
    if not patterns.template(canvas.template).has_block(block):
        raise Refused(lazy("Choose one of the blocks."), field="block")
