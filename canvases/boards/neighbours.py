"""A room's dealings with the other workers that have the same canvas open.

Says what the room applied, takes what the others say, reads from the log what was missed, and
holds the room's own edits back until what they lean on is on disk. All of it runs in the room's
turn; without a bus nothing here does anything.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Set
from typing import Any, Protocol

from canvases.boards import crossing
from canvases.boards.crossing import Done, Hello, Said
from canvases.boards.document import EMPTY
from canvases.boards.elsewhere import ADOPT, MOST_STUCK, STUCK, Elsewhere
from canvases.boards.guarded import Broken, Guarded
from canvases.boards.members import Members
from canvases.boards.ports import Bus, Kept, Log, LogRow, Whole
from canvases.boards.reader import Reading, Unreadable, read_update
from canvases.boards.schema import Misfit
from canvases.boards.tick import Flight, Tick
from canvases.boards.wire import Frame

log = logging.getLogger(__name__)
Readings = list[tuple[bytes, Reading]]


class Owner(Protocol):
    """What is needed of the room."""

    canvas_id: int
    members: Members
    frame: Frame
    tick: Tick

    @property
    def is_storing(self) -> bool:
        """Whether the committer holds flights of the room."""

    def reopen(self) -> None:
        """Open the document anew from storage and what is on the way there."""

    def store(self, flight: Flight) -> None:
        """Hand a flight to the committer."""

    def mend(self, whole: Whole) -> None:
        """Have the committer write the whole projection anew."""


class Neighbours:
    """The room's side of the bus."""

    def __init__(self, room: Owner, bus: Bus | None, store: Log) -> None:
        self._room = room
        self._bus = bus
        self._log = store
        self.account = Elsewhere()
        self.waiting: deque[Flight] = deque()
        """Flights that lean on what another worker has not stored yet."""
        self._moved: list[dict[str, Any]] = []
        self._count = 0
        self._is_crossed = False
        """Whether the projection is to be written anew, once everything is on disk."""

    def held(self) -> list[bytes]:
        """Updates in the document that the log may lack."""
        rows = [row for flight in self.waiting for row in flight.batch.rows]
        rows += [row for kept in self.account.unsure.values() for row in kept.rows]
        return [row.data for row in rows]

    def opened(self, row: int, *, again: bool) -> None:
        """The document was opened from the log, which reached up to `row`."""
        if again:
            self.account.touch_everything(self._count)
            batch = self._room.tick.flight.batch
            self._project(self._room.tick.flight, set(batch.notes), batch.title is not None)
        self.account.read_up_to(row)

    @property
    def is_busy(self) -> bool:
        """Whether something is due without anybody saying anything."""
        account = self.account
        return bool(
            self.waiting or account.unsure or account.stuck or self._is_crossed
            or account.lacking_since is not None
        )  # fmt: skip

    def is_alone(self) -> bool:
        """Whether there are no other workers at all."""
        return self._bus is None

    def enter(self, hear: Callable[[bytes], None]) -> None:
        """Listen, before the log is read: what is said meanwhile waits in the mailbox."""
        if self._bus is not None:
            self._bus.enter(self._room.canvas_id, hear)

    def leave(self, hear: Callable[[bytes], None]) -> None:
        """Listen no more."""
        if self._bus is not None:
            self._bus.leave(self._room.canvas_id, hear)

    def greet(self) -> None:
        """The room is open: ask who is there."""
        self._tell(Hello(self.account.voice))

    # -- saying

    def show(self, entry: dict[str, Any]) -> None:
        """One of our members came, moved or went."""
        self._room.frame.others.append(entry)
        if self._bus is not None:
            session = entry["session"]
            self._moved = [it for it in self._moved if it["session"] != session]
            self._moved.append(entry)

    def send(self, flight: Flight | None) -> None:
        """Tell the others what goes to the log now, and queue it behind what it leans on."""
        if self._bus is None:
            if flight is not None:
                self._room.store(flight)
            return
        rows = flight.batch.rows if flight is not None else []
        if rows or self._moved:
            moved, self._moved = self._moved, []
            self._tell(self.account.say(rows, moved))
        if flight is not None:
            flight.number, flight.age = self.account.number, self._count
            flight.batch.known = self.account.row
            flight.needs, flight.since = self.account.needs(), time.monotonic()
            self._count += 1
            self.waiting.append(flight)
        self._release()

    def landed(self, flight: Flight, kept: Kept) -> None:
        """A flight of ours is on disk."""
        if self._bus is None:
            self.account.row = max(self.account.row, kept.row)
            return
        batch = flight.batch
        if batch.rows:
            self.account.link(kept.before, kept.row)
            before = kept.row + 1 if flight.adopted else kept.before
            self._tell(Done(self.account.voice, flight.number, before, kept.row))
        self.account.landed(kept.before, flight.age, batch.notes, batch.title is not None)
        self._mend()

    def pulse(self) -> None:
        """Tell again who is here, forget who is no longer told of."""
        self._room.frame.others.extend(self.account.fade())
        present = [member.shown() for member in self._room.members]
        if present:
            self._tell(self.account.say([], present))

    def _tell(self, word: crossing.Word) -> None:
        if self._bus is not None:
            self._bus.tell(self._room.canvas_id, crossing.pack(word))

    # -- hearing

    def hear(self, word: Said | Done | Hello) -> None:
        """Take what another worker said."""
        if word.voice == self.account.voice:
            return
        if isinstance(word, Hello):
            self.pulse()
        elif isinstance(word, Done):
            self.account.done(word)
            self._mend()
        else:
            for entry in word.others:
                self.account.show(entry, word.voice)
                self._room.frame.others.append(entry)
            if word.rows and not self._take(word):
                self.account.stuck.append((word, time.monotonic()))
                del self.account.stuck[:-MOST_STUCK]
            elif self.account.stuck:
                self._try_stuck()

    def _take(self, said: Said) -> bool:
        """Apply a message; False when it leans on something that is not here yet."""
        found = self._apply(said.rows)
        if found is None:
            return False
        self.account.took(said, *found, self._count)
        return True

    def _try_stuck(self) -> None:
        moved = True
        while moved and self.account.stuck:
            moved = False
            for entry in list(self.account.stuck):
                if self._take(entry[0]):
                    self.account.stuck.remove(entry)
                    moved = True
        before = time.monotonic() - STUCK
        self.account.stuck = [it for it in self.account.stuck if it[1] > before]

    def _apply(self, rows: list[LogRow]) -> tuple[set[str], bool] | None:
        """Apply rows that another worker checked. None: they lean on what is not here."""
        room = self._room
        clocks = dict(room.tick.guarded.state)
        updates: Readings = []
        for row in rows:
            if row.data == EMPTY:
                continue
            try:
                reading = read_update(row.data)
            except Unreadable as error:
                log.warning("canvas %d: an unreadable row was heard: %s", room.canvas_id, error)
                return set(), False
            moved = reading.advance(clocks)
            if moved is None:
                return None
            clocks.update(moved)
            updates.append((row.data, reading))
        if not updates:
            return set(), False
        try:
            change = room.tick.guarded.absorb(updates)
        except (Broken, Misfit) as error:
            log.warning("canvas %d could not take what it heard: %s", room.canvas_id, error)
            room.reopen()
            return set(), False
        if change.update:
            room.tick.gained.append(change.update)
        room.members.own(
            {row.client: row.person_id for row in rows if row.client and row.person_id}
        )
        # What this turn is about to write of the same notes was read before.
        batch = room.tick.flight.batch
        self._project(
            room.tick.flight, batch.notes.keys() & change.notes.keys(),
            batch.title is not None and change.title is not None,
        )  # fmt: skip
        return set(change.notes), change.title is not None

    # -- catching up

    def behind(self, row: int, crossed: bool) -> None:
        """The log reaches up to a row; whether its projection may miss something."""
        self.account.want(row)
        self._is_crossed = crossed

    def work(self) -> None:
        """What is due at the end of a turn."""
        if self._bus is None:
            return
        if self.account.is_lacking():
            self._catch_up()
        if self.account.stuck:
            self._try_stuck()
        oldest = self.account.oldest()
        if oldest is not None and not self.waiting and time.monotonic() - oldest > 2 * ADOPT:
            self._adopt(self._room.tick.flight)
        self._release()
        if self._is_crossed:
            self._write_anew()

    def _write_anew(self) -> None:
        """Mend a projection that two workers wrote past each other, one of which may be dead.

        Whoever lives does it, and only with a document that is exactly the log: nothing of ours on
        the way there, nothing heard that may never be stored.
        """
        room, account = self._room, self.account
        batch = room.tick.flight.batch
        if (
            batch.changes or self.waiting or room.is_storing or account.unsure or account.stuck
            or account.lacking_since is not None
        ):
            return
        self._is_crossed = False
        document = room.tick.guarded.document
        room.mend(Whole(account.row, document.read(), document.title))

    def _catch_up(self) -> None:
        room = self._room
        try:
            found = self._log.later(room.canvas_id, self.account.row)
        except Exception as error:
            log.warning("canvas %d: the log cannot be read: %s", room.canvas_id, error)
            self.account.lacking_since = time.monotonic() + 0.5
            return
        self.account.wanted = 0  # whatever is still missing afterwards will be said again
        if found:
            before = room.tick.guarded
            applied = self._apply([row for _, row in found])
            if applied is None:
                # Something is missing that no row has: a spoiled row. Opening puts it aside.
                room.reopen()
            elif room.tick.guarded is before:
                self.account.touch(*applied, self._count)
            self.account.stored({row.data for _, row in found})
            self.account.read_up_to(found[-1][0])
        else:
            self.account.forget_links()
        self._mend()
        self._release()

    def _release(self) -> None:
        while self.waiting:
            flight = self.waiting[0]
            if flight.needs and not self.account.is_sure(flight.needs):
                if time.monotonic() - flight.since < ADOPT:
                    return
                self._adopt(flight)
            self._room.store(self.waiting.popleft())

    def _adopt(self, flight: Flight) -> None:
        """Store ourselves what another worker said and did not store."""
        rows, notes, title = self.account.adopt()
        flight.adopted = flight.adopted or bool(rows)
        flight.batch.rows[:0] = rows
        self._project(flight, notes, title)

    def _mend(self) -> None:
        """Write anew what other workers' edits crossed on their way to the projection."""
        crossed = self.account.crossed()
        if crossed:
            self._project(self._room.tick.flight, crossed - {""}, "" in crossed)
        elif not self.waiting and not self._room.is_storing:
            self.account.forget_touches()

    def _project(self, flight: Flight, notes: Set[str], title: bool) -> None:
        guarded: Guarded = self._room.tick.guarded
        for note_id in notes:
            try:
                flight.batch.notes[note_id] = guarded.note(note_id)
            except Misfit:
                continue
        if title:
            flight.batch.title = guarded.document.title or None
