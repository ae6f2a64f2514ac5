"""A document behind guards: what comes out of an apply is checked before anybody sees it.

The library may panic, which is no `Exception`, and may keep what it cannot integrate yet; both
leave a document that is not to be trusted. Then `Broken` or `Misfit` is raised, and the owner opens
a new one from storage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from canvases.boards import schema
from canvases.boards.document import EMPTY, Document
from canvases.boards.reader import Reading, read_state_vector
from canvases.boards.schema import Misfit, Note

T = TypeVar("T")
MOST_AUTHORS = 20_000


class Broken(Exception):
    """The library failed or kept something pending: the document must be opened anew."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One update that was read and found without a gap, and who sent it (public id)."""

    author: str
    data: bytes
    reading: Reading


@dataclass(slots=True)
class Change:
    """What an apply brought."""

    update: bytes = b""
    """The merged update of the contributions, b"" when they brought nothing."""
    correction: bytes = b""
    """What the server put right behind them."""
    notes: dict[str, Note | None] = field(default_factory=dict)
    title: str | None = None


class Guarded:
    """One open document with its clocks, authors and observers. Belongs to one thread."""

    def __init__(self, updates: Iterable[bytes], blocks: frozenset[str]) -> None:
        """Open from updates that were checked before. Raises Broken."""
        self._updates: list[bytes] = []
        self._touched: set[str] = set()
        self._added: set[str] = set()
        self._head = False
        self.size = 0
        try:
            self.document = Document(blocks=blocks)
            for update in updates:
                if update != EMPTY:
                    self.document.doc.apply_update(update)
                    self.size += len(update)
            self.state = read_state_vector(self.document.vector())
            self.authors = {note.id: note.author for note in self.document.read()}
            doc = self.document
            self._subscriptions: list[tuple[Any, Any]] = [
                (doc.doc, doc.doc.observe(self._on_update)),
                (doc.notes, doc.notes.observe_deep(self._on_notes)),
                (doc.meta, doc.meta.observe_deep(self._on_head)),
            ]
        except BaseException as error:
            raise_exit(error)
            raise Broken(str(error)) from error

    def close(self) -> None:
        """Let go of the document: an observer that stays keeps it in memory."""
        subscriptions, self._subscriptions = self._subscriptions, []
        for owner, subscription in subscriptions:
            try:
                owner.unobserve(subscription)
            except BaseException as error:
                raise_exit(error)

    # -- changing

    def apply(self, group: list[Contribution]) -> Change:
        """Apply contributions in one transaction and check the result.

        When one of them may make notes, all must be of one author. Raises Misfit or Broken; the
        document must then be thrown away.
        """
        self._forget()
        expected = dict(self.state)
        try:
            with self.document.doc.transaction():
                for each in group:
                    self.document.doc.apply_update(each.data)
                    for client, clock in (each.reading.advance(expected) or {}).items():
                        expected[client] = clock
            change = Change(self._gained())
            for note_id in self._touched:
                change.notes[note_id] = self._read(note_id)
            if self._added and len(self.document.notes) > schema.MOST_NOTES:
                raise Misfit("the board is full", "too_large")
            if self._head:
                change.title = self._read_title()
            self._correct(change, group[0].author)
            self._settle(expected)
        except Misfit:
            raise
        except BaseException as error:
            raise_exit(error)
            raise Broken(f"{type(error).__name__}: {error}") from error
        return change

    def absorb(self, updates: list[tuple[bytes, Reading]]) -> Change:
        """Apply what another worker checked, corrected and stores. Raises Misfit or Broken."""
        self._forget()
        expected = dict(self.state)
        try:
            with self.document.doc.transaction():
                for data, reading in updates:
                    self.document.doc.apply_update(data)
                    expected.update(reading.advance(expected) or {})
            change = Change(self._gained())
            for note_id in self._touched:
                note = change.notes[note_id] = self._read(note_id)
                if note is not None:
                    self._learn(note)
            if self._head:
                change.title = self._read_title()
            self._settle(expected)
        except Misfit:
            raise
        except BaseException as error:
            raise_exit(error)
            raise Broken(f"{type(error).__name__}: {error}") from error
        return change

    def note(self, note_id: str) -> Note | None:
        """A note as it is now, None when it is not on the board. Raises Misfit."""
        return self._read(note_id)

    def edit(self, work: Callable[[Document], T]) -> tuple[Change, T]:
        """Let the server's own code change the document in one transaction.

        What `work` raises comes through; `is_dirty` then says whether the document is spoiled.
        """
        self._forget()
        with self.document.doc.transaction():
            answer = work(self.document)
        change = Change(self._gained())
        for note_id in self._touched:
            change.notes[note_id] = self._read(note_id)
            note = change.notes[note_id]
            if note is not None:
                self._learn(note)
        if self._added and len(self.document.notes) > schema.MOST_NOTES:
            raise Misfit("the board is full", "too_large")
        if self._head:
            change.title = self._read_title()
        self.state = read_state_vector(self.document.vector())
        return change, answer

    @property
    def is_dirty(self) -> bool:
        """Whether the last `edit` had changed anything before it failed."""
        return bool(self._updates)

    def fits(self, size: int) -> bool:
        """Whether the document may grow by so many bytes."""
        if self.size + size <= schema.MOST_DOCUMENT:
            return True
        # The sum of updates overestimates: deleted text is forgotten.
        self.size = len(self.document.state())
        return self.size + size <= schema.MOST_DOCUMENT

    def diff(self, vector: bytes) -> bytes:
        """What somebody at this (checked) state vector lacks. Raises Broken."""
        try:
            return bytes(self.document.doc.get_update(vector))
        except BaseException as error:
            raise_exit(error)
            raise Broken(str(error)) from error

    # -- inside

    def _forget(self) -> None:
        self._updates.clear()
        self._touched.clear()
        self._added.clear()
        self._head = False

    def _gained(self) -> bytes:
        update = self._updates[-1] if self._updates else b""
        if update == EMPTY:
            update = b""
        self.size += len(update)
        return update

    def _read(self, note_id: str) -> Note | None:
        shared = self.document.notes.get(note_id)
        if shared is None:
            return None
        return schema.read_note(note_id, shared, self.document.blocks)

    def _read_title(self) -> str:
        schema.check_title(self.document.meta)
        return self.document.title

    def _correct(self, change: Change, sender: str) -> None:
        wrong: dict[str, str] = {}
        for note_id, note in change.notes.items():
            if note is None:
                continue
            known = self.authors.get(note_id)
            # A note that comes back (undo of a removal) keeps its author; a new one has the sender.
            right = known if known is not None else sender
            if note.author != right:
                wrong[note_id] = right
            else:
                self._learn(note)
        if not wrong:
            return
        with self.document.doc.transaction():
            for note_id, right in wrong.items():
                self.document.notes[note_id]["author"] = right
        change.correction = self._gained()
        for note_id in wrong:
            note = self._read(note_id)
            change.notes[note_id] = note
            if note is not None:
                self._learn(note)

    def _learn(self, note: Note) -> None:
        if len(self.authors) < MOST_AUTHORS:
            self.authors.setdefault(note.id, note.author)

    def _settle(self, expected: dict[int, int]) -> None:
        state = read_state_vector(self.document.vector())
        for client, clock in expected.items():
            if state.get(client, 0) < clock:
                raise Broken("the library kept a part pending")
        self.state = state

    def _on_update(self, event: Any) -> None:
        self._updates.append(event.update)

    def _on_notes(self, events: list[Any]) -> None:
        for event in events:
            path = event.path
            if path:
                self._touched.add(path[0])
                continue
            for note_id, change in event.keys.items():
                self._touched.add(note_id)
                if change["action"] != "delete":
                    self._added.add(note_id)

    def _on_head(self, _events: list[Any]) -> None:
        self._head = True


def raise_exit(error: BaseException) -> None:
    """Raise `error` again when it asks this thread or process to end."""
    if isinstance(error, SystemExit | KeyboardInterrupt | GeneratorExit):
        raise error
    if type(error).__name__ in {"GreenletExit", "Timeout"}:
        raise error
