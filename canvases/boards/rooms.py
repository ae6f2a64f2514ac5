"""All open rooms of this process, and the ways in: sockets join, the server's own code edits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from canvases.boards import wire
from canvases.boards.committer import Committer, Run
from canvases.boards.document import Document
from canvases.boards.messages import Behind, Check, Edit, Join, Message, Pulse, Stop
from canvases.boards.ports import Batch, Bus, Line, Listener, Log, Rights, Somebody
from canvases.boards.projection import rebuild
from canvases.boards.room import Room
from workspace.foundation.clock import now

log = logging.getLogger(__name__)
T = TypeVar("T")
LINGER = 30.0
"""Seconds that a room stays after its last member left."""
CALM = 10.0
"""Seconds after the last member left, changes behind them, until somebody is told of it."""
PATIENCE = 15.0
"""Seconds that server code waits for its edit to be durable."""
EVERY = 60.0
"""Seconds between two readings of everybody's rights, whatever the facts said."""
SECOND = 1.0
"""Seconds between two looks for rights that the clock alone has ended."""
AWAY = 1.5
"""The same, and between two looks at the log, while other workers cannot be heard."""
LOOK = 5.0
"""Seconds between two looks at the log while they can: what was lost on the way is found."""
MOST_MENDED = 20
"""Projections written anew in one minute."""
PULSE = 10.0
"""Seconds between two times of telling other workers who is here."""


class TooSlow(Exception):
    """The edit is in the document but not known to be durable yet."""


class Rooms:
    """The live canvases of one process. Several processes come with their own channel; see docs."""

    def __init__(
        self,
        store: Log,
        rights: Rights,
        line: Line,
        *,
        run: Run | None = None,
        linger: float = LINGER,
        bus: Bus | None = None,
    ) -> None:
        """`run` carries the committer's database work to where it may block; `bus` is the line
        to other workers, None when there are none."""
        self.log = store
        self.rights = rights
        self.line = line
        self.committer = Committer(store) if run is None else Committer(store, run)
        self.linger = linger
        self.calm = CALM
        self.bus = bus
        if bus is not None:
            bus.on_return.append(self._returned)
        self.lock = threading.Lock()
        self.dropped_states = 0
        self.listeners: list[Listener] = []
        self.on_left: Callable[[Room, str], None] | None = None
        self.on_empty: list[Callable[[int], None]] = []
        """Called (canvas id), beside the room, when everybody left a board that they changed."""
        self.each_minute: list[Callable[[], None]] = []
        self.each_second: list[Callable[[], None]] = []
        self._rooms: dict[int, Room] = {}
        self._stopping = False
        self._over = threading.Event()
        self._watch: threading.Thread | None = None
        self._looked_at = now()

    def join(
        self,
        sid: str,
        person: Somebody,
        canvas_id: int,
        asked: wire.Join,
        vector: dict[int, int],
        answer: Callable[[Room | None], None],
    ) -> None:
        """Ask a room to let a session in. `answer` is told the room, or None when it is refused.

        `vector` is the state vector of `asked`, read by the strict reader.
        """
        self._post(canvas_id, Join(sid, person, asked, vector, answer))

    def edit(self, canvas_id: int, person_id: int | None, work: Callable[[Document], T]) -> T:
        """Change the live document and wait until the change is on disk; open boards see it.

        The right to edit is read when the change is applied; None is the house itself (seeds,
        imports) and may always. Never call it inside a write transaction: the committer waits for
        the same lock. Raises PermissionError, KeyError (no such canvas), schema.Misfit, TooSlow,
        and whatever `work` raises.
        """
        answer: T = self._ask(canvas_id, Edit(work, person_id, checked=person_id is not None))
        return answer

    def look(self, canvas_id: int, work: Callable[[Document], T]) -> T:
        """Read the live document, with what is not on disk yet. `work` must not change it.

        Raises KeyError when there is no such canvas.
        """
        answer: T = self._ask(canvas_id, Edit(work, None, checked=False))
        return answer

    def state(self, canvas_id: int) -> bytes:
        """The full state for a version; `document.Document(state)` opens it again."""
        return self.look(canvas_id, lambda document: document.state())

    def recheck(self, person_id: int | None = None, canvas_id: int | None = None) -> None:
        """Read rights again now, for a person or canvas or everybody; whoever lost them leaves."""
        for room in self._all():
            if canvas_id is not None and room.canvas_id != canvas_id:
                continue
            if person_id is not None and person_id not in room.members.people():
                continue
            room.post(Check())

    def end(self, canvas_id: int, reason: str) -> None:
        """Close one room: its canvas was deleted or moved."""
        for room in self._all():
            if room.canvas_id == canvas_id:
                room.post(Stop(reason))

    def stop(self, patience: float = 10.0) -> None:
        """Take nothing more, make everything durable, acknowledge, say good-bye."""
        self._stopping = True
        self._over.set()
        farewells = [(room, Stop(wire.RESTART)) for room in self._all()]
        waiting = [stop for room, stop in farewells if room.post(stop)]
        until = time.monotonic() + patience
        for stop in waiting:
            stop.done.wait(max(0.0, until - time.monotonic()))
        self.committer.stop()
        if self.bus is not None:
            self.bus.stop()

    @property
    def open_rooms(self) -> int:
        """How many canvases are in memory."""
        return len(self._rooms)

    # -- for rooms

    def forget(self, room: Room) -> None:
        """A room ended; called with the lock held."""
        if self._rooms.get(room.canvas_id) is room:
            del self._rooms[room.canvas_id]

    def left(self, room: Room, sid: str) -> None:
        """A room showed a session out."""
        if self.on_left is not None:
            self.on_left(room, sid)

    def stored(self, batch: Batch, row: int) -> None:
        """Tell whoever listens that a batch is on disk."""
        for listener in self.listeners:
            try:
                listener(batch, row)
            except Exception:
                log.exception("a listener to canvas %d failed", batch.canvas_id)

    def emptied(self, canvas_id: int) -> None:
        """Everybody left a board that was changed."""
        for call in self.on_empty:
            threading.Thread(
                target=call, args=(canvas_id,), name=f"left-{canvas_id}", daemon=True
            ).start()

    def keep_snapshot(self, canvas_id: int) -> None:
        """Have the committer merge the log of a canvas into its next snapshot."""
        self.committer.chore(lambda: self.log.snapshot(canvas_id))

    # -- inside

    def loaded(self) -> list[Room]:
        """Every room that is loaded now."""
        return self._all()

    def _all(self) -> list[Room]:
        with self.lock:
            return list(self._rooms.values())

    def _ask(self, canvas_id: int, job: Edit) -> Any:
        self._post(canvas_id, job)
        if not job.done.wait(PATIENCE):
            raise TooSlow(f"canvas {canvas_id}")
        if job.error is not None:
            raise job.error
        return job.answer

    def _post(self, canvas_id: int, message: Message) -> None:
        if self._stopping:
            raise TooSlow("the server is stopping")
        while True:
            with self.lock:
                room = self._rooms.get(canvas_id)
                fresh = room is None
                if room is None:
                    room = self._rooms[canvas_id] = Room(self, canvas_id)
                    self._start_watch()
            if room.post(message):
                if fresh:
                    room.start()
                return

    def watch(self) -> None:
        """Look after rights from now on, also when no board is open."""
        with self.lock:
            if not self._stopping:
                self._start_watch()

    def _start_watch(self) -> None:
        if self._watch is None:
            self._watch = threading.Thread(
                target=self._look_after, name="canvas-rights", daemon=True
            )
            self._watch.start()

    def _look_after(self) -> None:
        checked = looked = pulsed = ended = time.monotonic()
        while not self._over.wait(AWAY / 3):
            at = time.monotonic()
            if at - ended >= SECOND:
                ended = at
                self._check_ended()
                self._do(self.each_second)
            is_away = self.bus is not None and not self.bus.up
            if at - checked >= (AWAY if is_away else EVERY):
                checked = at
                self._check_rights()
            if self.bus is None:
                continue
            if at - looked >= (AWAY if is_away else LOOK):
                looked = at
                self.look_at_log()
            if at - pulsed >= PULSE:
                pulsed = at
                for room in self._all():
                    room.post(Pulse())

    def _check_ended(self) -> None:
        """Read rights anew of people with an open board who held something until a moment ago.

        A fact tells of what somebody ended; nobody tells of an agreement that runs out.
        """
        until = now()
        since, self._looked_at = self._looked_at, until
        here = {person for room in self._all() for person in room.members.people()}
        if not here:
            return
        try:
            for person_id in self.rights.ended(here, since, until):
                self.recheck(person_id)
        except Exception as error:
            self._looked_at = since
            log.warning("nobody can say whose rights have ended: %s", error)

    def _check_rights(self) -> None:
        self.recheck()
        self._do([self.mend_unopened, *self.each_minute])

    def mend_unopened(self) -> None:
        """Write projections anew that crossed on canvases which nobody has open here."""
        for canvas_id in self.log.crossed(MOST_MENDED):
            if canvas_id not in self._rooms:
                rebuild(self.log, canvas_id)

    @staticmethod
    def _do(chores: list[Callable[[], None]]) -> None:
        for chore in chores:
            try:
                chore()
            except Exception:
                log.exception("a regular chore failed")

    def look_at_log(self) -> None:
        """Tell every open room where the log of its canvas ends; it reads what it lacks."""
        rooms = {room.canvas_id: room for room in self._all()}
        if not rooms:
            return
        try:
            ends = self.log.ends(list(rooms))
        except Exception as error:
            log.warning("nobody can say how far the log reaches: %s", error)
            return
        for canvas_id, end in ends.items():
            if end.crossed or end.row > rooms[canvas_id].row:
                rooms[canvas_id].post(Behind(end.row, end.crossed))

    def _returned(self) -> None:
        """Other workers can be heard again: catch up at once, and read rights anew."""
        threading.Thread(target=self._catch_up, name="canvas-return", daemon=True).start()

    def _catch_up(self) -> None:
        self.look_at_log()
        for room in self._all():
            room.post(Pulse())
        self._check_rights()
