"""The shared document of a board: verbs on notes, each merged with what others do meanwhile.

A Document belongs to one thread at a time. Text positions of pycrdt are bytes of UTF-8, so every
step between a Python string and the shared text is made here and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pycrdt
from pycrdt import Doc, Map, Text

from canvases.boards import schema
from canvases.boards.order import between, scattered
from canvases.boards.schema import Misfit, Note
from workspace.foundation.clock import now

EMPTY = b"\x00\x00"
"""An update that brings nothing."""


class Document:
    """A Yjs document with the roots `notes` and `meta`."""

    def __init__(
        self,
        state: bytes | None = None,
        *,
        blocks: frozenset[str] | None = None,
        client_id: int | None = None,
    ) -> None:
        """Open a document from its full state; `blocks` are the ids that a note may stand in."""
        self.blocks = blocks
        self.doc: Doc[Any] = Doc(client_id=client_id or secrets.randbelow(1 << 32))
        self.notes: Map[Any] = self.doc.get("notes", type=Map)
        self.meta: Map[Any] = self.doc.get("meta", type=Map)
        if state is not None and state != EMPTY:
            self.doc.apply_update(state)

    # -- reading

    def read(self) -> list[Note]:
        """All notes, by block and order. Misfits, which only an old log can hold, are left out."""
        notes = []
        for note_id, shared in self.notes.items():
            try:
                notes.append(schema.read_note(note_id, shared, None))
            except Misfit:
                continue
        return sorted(notes, key=lambda note: (note.block, note.order, note.id))

    def note(self, note_id: str) -> Note | None:
        """One note, or None when it is not on the board."""
        shared = self.notes.get(note_id)
        return None if shared is None else schema.read_note(note_id, shared, None)

    @property
    def title(self) -> str:
        """The title in the document's head, "" when none was set."""
        value = self.meta.get("title")
        return value if isinstance(value, str) else ""

    def state(self) -> bytes:
        """Everything, as one update: what a version keeps."""
        return self.doc.get_update()

    def vector(self) -> bytes:
        """The state vector: how far every client's changes are held."""
        return self.doc.get_state()

    # -- verbs

    def add_note(
        self,
        *,
        block: str,
        author: str,
        text: str = "",
        status: str = "untested",
        tier: str = "team",
        kind: str = "",
        weight: int = 3,
        behind: str | None = "",
        note_id: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Add a note and give its id.

        `author` is the public id of the person; `behind` the note to stand after (None: first,
        "": last). Raises Misfit.
        """
        note_id = note_id or secrets.token_urlsafe(16)
        created = int((at or now()).timestamp() * 1000)
        note = Note(
            note_id, block, self._place(block, note_id, behind), clean(text),
            status, tier, kind, weight, author, created,
        )  # fmt: skip
        self._add(note)
        return note_id

    def move_note(self, note_id: str, block: str, behind: str | None = "") -> None:
        """Move a note into `block`, behind another note there (None: first, "": last)."""
        shared = self._shared(note_id)
        if self.blocks is not None and block not in self.blocks:
            raise Misfit("a block is not in the template")
        order = self._place(block, note_id, behind)
        with self.doc.transaction():
            if shared["block"] != block:
                shared["block"] = block
            shared["order"] = order

    def set_text(self, note_id: str, text: str) -> None:
        """Give a note another text by the smallest change: somebody typing in it loses nothing."""
        shared = self._shared(note_id)["text"]
        fresh = clean(text)
        if len(fresh.encode()) > schema.MOST_TEXT:
            raise Misfit("the text of a note is too long", "too_large")
        replace(shared, str(shared), fresh)

    def set_status(self, note_id: str, status: str) -> None:
        """Set one of the five statuses."""
        self._set(note_id, "status", status, schema.STATUSES)

    def set_tier(self, note_id: str, tier: str) -> None:
        """Say who else may read the note."""
        self._set(note_id, "tier", tier, schema.TIERS)

    def set_kind(self, note_id: str, kind: str) -> None:
        """Set the type of hypothesis, "" for none."""
        self._set(note_id, "kind", kind, schema.KINDS)

    def set_weight(self, note_id: str, weight: int) -> None:
        """Set the importance, 1 to 5."""
        self._set(note_id, "weight", weight, (1, 2, 3, 4, 5))

    def set_title(self, title: str) -> None:
        """Set the title in the document's head."""
        title = clean(title)
        if len(title) > schema.MOST_TITLE:
            raise Misfit("the title is too long", "too_large")
        if self.title != title:
            self.meta["title"] = title

    def remove_note(self, note_id: str) -> None:
        """Take a note off the board; its text stays in the log."""
        self._shared(note_id)
        del self.notes[note_id]

    def restore(self, state: bytes) -> None:
        """Bring the board back to an older full state by new edits; the log keeps what was later.

        Notes keep their ids; those that were made since are taken off.
        """
        self.restore_notes(Document(state).read())

    def restore_notes(self, notes: Iterable[Note]) -> None:
        """Make the board hold exactly these notes."""
        wanted = {note.id: note for note in notes}
        with self.doc.transaction():
            for note_id in [each for each, _ in self.notes.items() if each not in wanted]:
                del self.notes[note_id]
            for note in wanted.values():
                present = self.note(note.id)
                if present is None:
                    self._add(note)
                    continue
                shared = self._shared(note.id)
                for key in ("block", "order", "status", "tier", "kind", "weight"):
                    if getattr(present, key) != getattr(note, key):
                        shared[key] = _plain(getattr(note, key))
                replace(shared["text"], present.text, note.text)

    # -- inside

    def _add(self, note: Note) -> None:
        values: dict[str, Any] = {
            key: _plain(getattr(note, key)) for key in schema.FIELDS if key != "text"
        }
        schema.check_values(note.id, values, note.text, self.blocks)
        if note.id not in self.notes and len(self.notes) >= schema.MOST_NOTES:
            raise Misfit("the board is full", "too_large")
        self.notes[note.id] = Map(values | {"text": Text(note.text)})

    def _shared(self, note_id: str) -> Map[Any]:
        shared = self.notes.get(note_id)
        if not isinstance(shared, Map):
            raise KeyError(note_id)
        return shared

    def _set(self, note_id: str, key: str, value: str | int, known: tuple[str | int, ...]) -> None:
        if value not in known:
            raise Misfit(f"a {key} is unknown")
        shared = self._shared(note_id)
        if shared[key] != value:
            shared[key] = _plain(value)

    def _place(self, block: str, note_id: str, behind: str | None) -> str:
        keys = sorted(
            (str(shared["order"]), each)
            for each, shared in self.notes.items()
            if each != note_id and isinstance(shared, Map) and shared.get("block") == block
        )
        at = len(keys)
        if behind is None:
            at = 0
        elif behind:
            at = next((i + 1 for i, (_, each) in enumerate(keys) if each == behind), at)
        low = keys[at - 1][0] if at > 0 else ""
        high = keys[at][0] if at < len(keys) else ""
        return scattered(between(low, high))


def replace(shared: Text, old: str, new: str) -> None:
    """Turn `old`, the present text, into `new` by one deletion and one insertion at most."""
    if old == new:
        return
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    at = len(old[:start].encode())
    gone = len(old[start : len(old) - end].encode())
    fresh = new[start : len(new) - end]
    with shared.doc.transaction():
        if gone:
            del shared[at : at + gone]
        if fresh:
            shared.insert(at, fresh)


def merge(updates: list[bytes]) -> bytes:
    """One update out of many, as a tree: all at once is 25 times slower for 10 000."""
    while len(updates) > 1:
        updates = [
            updates[at] if at + 1 == len(updates) else pycrdt.merge_updates(*updates[at : at + 32])
            for at in range(0, len(updates), 32)
        ]
    return updates[0] if updates else EMPTY


def clean(text: str) -> str:
    """Text without characters that no database keeps."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _plain(value: str | int) -> str | float:
    # pycrdt writes a Python int as a big integer, which JavaScript reads as BigInt.
    return float(value) if isinstance(value, int) else value
