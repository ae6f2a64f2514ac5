"""A room: one open canvas, its members and its tick. One thread (or greenlet) owns the document.

Everybody else drops a message into the mailbox. A turn takes what is there, applies it, sends one
frame to everybody, hands the rows to the committer, and rests in proportion to the processor time
that it used. Acknowledgements come back from the committer as messages of their own.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from canvases.boards import pace, wire
from canvases.boards.crossing import Done, Hello, Said, unpack
from canvases.boards.guarded import Broken, Contribution, raise_exit
from canvases.boards.members import Member, Members
from canvases.boards.messages import (
    Aware,
    Behind,
    Check,
    Durable,
    Edit,
    Heard,
    Join,
    Leave,
    Message,
    Pulse,
    Stop,
    Update,
)
from canvases.boards.neighbours import Neighbours
from canvases.boards.opening import open_canvas
from canvases.boards.ports import Batch, Kept, Role, Whole
from canvases.boards.reader import Unreadable, read_update, write_state_vector
from canvases.boards.tick import Flight, Offer, Tick

if TYPE_CHECKING:
    from canvases.boards.rooms import Rooms

log = logging.getLogger(__name__)

FRESH = 1.0
"""Seconds that rights read from the database hold; facts about rights end them at once."""
LATE = 10.0
"""Seconds after which edits are held back when the database cannot say who may."""
ROWS_PER_SNAPSHOT = 500


class Room:
    """One open canvas. Made by Rooms, ends by itself when it is empty for a while."""

    def __init__(self, rooms: Rooms, canvas_id: int) -> None:
        self.rooms = rooms
        self.canvas_id = canvas_id
        self.public_id = ""
        self.number = secrets.randbelow((1 << 31) - 1) + 1
        self.members = Members()
        self.closed = False
        self._mail: deque[Message] = deque()
        self._wake = threading.Event()
        self._inflight: deque[Flight] = deque()
        self._roles: dict[int, Role | None] = {}
        self._roles_at = -1e9
        self._rows_since = 0
        self._changed = False
        self._is_void = False
        self._stopping: Stop | None = None
        self.frame = wire.Frame(self.number)
        self.tick = Tick(self)
        self.neighbours = Neighbours(self, rooms.bus, rooms.log)
        self._thread = threading.Thread(
            target=self._live, name=f"canvas-{canvas_id}", daemon=True
        )

    def start(self) -> None:
        """Begin to live."""
        self._thread.start()

    def post(self, message: Message) -> bool:
        """Drop a message; False when the room has ended meanwhile."""
        with self.rooms.lock:
            if self.closed:
                return False
            self._mail.append(message)
        self._wake.set()
        return True

    @property
    def row(self) -> int:
        """Every row of the log up to here is in the document."""
        return self.neighbours.account.row

    @property
    def is_storing(self) -> bool:
        """Whether the committer holds flights of this room."""
        return bool(self._inflight)

    def hear(self, body: bytes) -> None:
        """Something came from another worker. Raises wire.Malformed."""
        word = unpack(body)
        if isinstance(word, Said | Done | Hello):
            self.post(Heard(word))

    # -- life

    def _live(self) -> None:
        try:
            self.neighbours.enter(self.hear)
            found = self._open()
            self.neighbours.greet()
        except BaseException as error:
            raise_exit(error)
            log.exception("canvas %d could not be opened", self.canvas_id)
            found = False
        if not found:
            self._refuse_all()
            return
        empty_since = time.monotonic()
        while True:
            if not self._mail:
                self._wake.clear()
                if not self._mail:
                    self._wake.wait(self._patience(empty_since))
            began = time.thread_time()
            try:
                self._turn()
            except BaseException as error:
                raise_exit(error)
                log.exception("a turn of canvas %d failed", self.canvas_id)
                self.reopen()
            used = time.thread_time() - began
            is_idle = not (self._inflight or self.neighbours.waiting)
            if self._stopping is not None and is_idle:
                self._say_goodbye(self._stopping)
                return
            if len(self.members) or not is_idle or self._mail:
                empty_since = time.monotonic()
            elif self._is_over(empty_since):
                return
            time.sleep(pace.rest(used))

    def _patience(self, empty_since: float) -> float | None:
        due = self.rooms.calm if self._changed else self.rooms.linger
        return pace.patience(
            is_behind=any(member.behind is not None for member in self.members),
            is_busy=self.neighbours.is_busy,
            is_empty=not len(self.members) and not self._inflight,
            until_due=min(due, self.rooms.linger) - (time.monotonic() - empty_since),
        )

    def _is_over(self, empty_since: float) -> bool:
        """What an empty room does by itself; True when it ended."""
        empty_for = time.monotonic() - empty_since
        if self._changed and empty_for >= min(self.rooms.calm, self.rooms.linger):
            self._changed = False
            if not self.neighbours.account.shown():
                self.rooms.emptied(self.canvas_id)
        return empty_for >= self.rooms.linger and self._end()

    def _end(self) -> bool:
        if self._rows_since:
            self._keep_snapshot()
        with self.rooms.lock:
            if self._inflight or any(not isinstance(it, Heard | Pulse) for it in self._mail):
                return False
            self.closed = True
            self.rooms.forget(self)
            self._mail.clear()
        self.neighbours.leave(self.hear)
        self.tick.guarded.close()
        return True

    def _refuse_all(self) -> None:
        with self.rooms.lock:
            self.closed = True
            self.rooms.forget(self)
            mail = list(self._mail)
            self._mail.clear()
        self.neighbours.leave(self.hear)
        for message in mail:
            self._refuse(message)

    def _refuse(self, message: Message) -> None:
        if isinstance(message, Join):
            self._turn_away(message, wire.MISSING)
        elif isinstance(message, Edit):
            message.finish(KeyError(self.canvas_id))
        elif isinstance(message, Stop):
            message.done.set()

    # -- the document

    def _open(self) -> bool:
        held = [row.data for flight in self._inflight for row in flight.batch.rows]
        held += self.neighbours.held() + self.tick.held()
        opened = open_canvas(self.rooms.log, self.canvas_id, held)
        if opened is None:
            return False
        self.tick.guarded = opened.guarded
        self.neighbours.opened(opened.row, again=bool(self.public_id))
        self._rows_since = opened.rows_since
        self.public_id = opened.public_id
        self.members.own(opened.owners)
        return True

    def reopen(self) -> None:
        """Open the document anew from storage and what is on the way there."""
        old = self.tick.guarded
        old.close()
        while True:
            try:
                if self._open():
                    fresh = self.tick.guarded
                    fresh.authors = old.authors | fresh.authors
                    if not self.neighbours.is_alone():
                        # The log may have brought what nobody here has seen.
                        self.tick.gained.append(fresh.diff(write_state_vector(old.state)))
                else:
                    self._stopping = self._stopping or Stop(wire.DELETED)
                return
            except BaseException as error:
                raise_exit(error)
                log.exception("canvas %d could not be opened again", self.canvas_id)
                time.sleep(0.5)

    def _keep_snapshot(self) -> None:
        self.rooms.keep_snapshot(self.canvas_id)
        self._rows_since = 0

    # -- a turn

    def _turn(self) -> None:
        with self.rooms.lock:
            mail, self._mail = self._mail, deque()
        try:
            self._work_through(mail)
        finally:
            if mail:  # a failure, or nobody knows the rights: nothing may be lost or overtaken
                with self.rooms.lock:
                    self._mail.extendleft(reversed(mail))
                self._wake.set()

    def _work_through(self, mail: deque[Message]) -> None:
        pending: list[Offer] = []
        clocks = dict(self.tick.guarded.state)
        before = self.tick.guarded.state
        while mail:
            message = mail.popleft()
            if isinstance(message, Update | Edit) and not self._knows_rights(message):
                # Nobody can say who may: hold everything, in order, until somebody can.
                mail.appendleft(message)
                time.sleep(0.2)
                break
            if isinstance(message, Update):
                taken = self._read(message, clocks)
                if taken is not None:
                    pending.append(taken)
                continue
            if pending:
                self.tick.apply(pending)
                pending = []
            self._handle(message)
            clocks = dict(self.tick.guarded.state)
        if pending:
            self.tick.apply(pending)
        self.neighbours.work()
        self._flush(before)

    def _handle(self, message: Message) -> None:
        if isinstance(message, Durable):
            self._land(message)
        elif isinstance(message, Heard):
            self.neighbours.hear(message.word)
        elif isinstance(message, Behind):
            self.neighbours.behind(message.row, message.crossed)
        elif isinstance(message, Pulse):
            self.neighbours.pulse()
        elif isinstance(message, Aware):
            self._notice(message)
        elif isinstance(message, Join):
            self._admit(message)
        elif isinstance(message, Leave):
            self._drop(message.sid)
        elif isinstance(message, Edit):
            self._edit(message)
        elif isinstance(message, Check):
            self._roles_at = -1e9
            self._knows_rights(None)
        elif isinstance(message, Stop):
            self._stopping = message

    def _read(self, message: Update, clocks: dict[int, int]) -> Offer | None:
        member = self.members.by_sid.get(message.sid)
        if member is None or self._stopping is not None:
            return None  # left or leaving: what was not acknowledged is still at its maker's
        if member.role != "editor":
            self.nack(member, message.seq, wire.READONLY)
            return None
        data = message.data
        most = wire.MOST_MERGE if message.seq == 0 else wire.MOST_UPDATE
        if len(data) > most or not self.tick.guarded.fits(len(data)):
            self.nack(member, message.seq, wire.TOO_LARGE)
            return None
        if self.rooms.committer.is_full:
            self.nack(member, message.seq, wire.RATE)
            return None
        try:
            reading = read_update(data)
        except Unreadable as error:
            self.strike(member, message.seq, wire.BAD_UPDATE, str(error))
            return None
        moved = reading.advance(clocks)
        if moved is None or not all(self.members.may_use(c, member.person.id) for c in moved):
            self.nack(member, message.seq, wire.GAP)
            return None
        clocks.update(moved)
        return member, message, Contribution(member.person.public_id, data, reading)

    def _edit(self, job: Edit) -> None:
        if job.checked and self._roles.get(job.person_id or 0) != "editor":
            job.finish(PermissionError(self.canvas_id))
        elif self._stopping is not None:
            job.finish(TimeoutError("the room is closing"))
        else:
            self.tick.edit(job)

    def _flush(self, before: dict[int, int]) -> None:
        """Broadcast first, commit beside it, acknowledge after the commit."""
        afar, diff = self.neighbours.account.shown(), self.tick.guarded.diff
        for slow in self.members.catch_up(self.rooms.line, self.number, diff, afar):
            log.info("canvas %d: a reader was too slow for too long", self.canvas_id)
            self._drop(slow.sid)
            self.rooms.line.close(slow.sid)
        frame = self.frame
        frame.update, flight = self.tick.take()
        if frame.acks or frame.others or frame.update:
            self.frame = wire.Frame(self.number)
            self.members.broadcast(self.rooms.line, frame, before)
        self.neighbours.send(flight)

    def store(self, flight: Flight) -> None:
        """Hand a flight to the committer."""
        self._inflight.append(flight)
        self.rooms.committer.submit(flight.batch, self._durable)

    def mend(self, whole: Whole) -> None:
        """Have the committer write the whole projection anew."""
        self.rooms.committer.chore(lambda: self.rooms.log.mend(self.canvas_id, whole))

    def _durable(self, batch: Batch, kept: Kept | None) -> None:
        self.post(Durable(kept))
        if kept is not None and batch.rows:
            self.rooms.stored(batch, kept.row)

    def _land(self, message: Durable) -> None:
        flight = self._inflight.popleft()
        # What comes behind a flight that is never stored may lean on it, and is not acknowledged.
        self._is_void = self._is_void or message.kept is None
        if message.kept is None or self._is_void:
            self._stopping = self._stopping or Stop(wire.DELETED)
            for job in flight.edits:
                job.finish(KeyError(self.canvas_id))
            return
        self.neighbours.landed(flight, message.kept)
        self._rows_since += len(flight.batch.rows)
        self._changed = self._changed or bool(flight.acks and flight.batch.rows)
        self.frame.acks.extend(flight.acks)
        for job in flight.edits:
            job.finish()
        if self._rows_since >= ROWS_PER_SNAPSHOT:
            self._keep_snapshot()

    # -- members

    def _admit(self, join: Join) -> None:
        self._drop(join.sid)
        try:
            role = self.rooms.rights.roles(self.canvas_id, [join.person.id]).get(join.person.id)
        except Exception:
            log.exception("nobody can say who may join canvas %d", self.canvas_id)
            self._turn_away(join, wire.RATE)
            return
        if role is None or self._stopping is not None:
            self._turn_away(join, wire.MISSING if role is None else wire.RATE)
            return
        if not self.members.bind(join.asked.client, join.person.id, join.sid):
            self._turn_away(join, wire.BAD_UPDATE)
            return
        try:
            diff = self.tick.guarded.diff(join.asked.vector)
        except Broken:
            self.reopen()
            self._turn_away(join, wire.BAD_UPDATE)
            return
        self._roles[join.person.id] = role
        member = Member(
            join.sid,
            secrets.randbelow((1 << 32) - 1) + 1,
            join.person,
            join.asked.client,
            role,
            self.members.colour(join.person.id),
        )
        parts = wire.pieces(diff)
        head = {
            "canvas": self.public_id,
            "room": self.number,
            "session": member.session,
            "schema": wire.SCHEMA,
            "role": role,
            "row": self.row,
            "vector": self.tick.guarded.document.vector(),
            "others": [other.shown() for other in self.members] + self.neighbours.account.shown(),
            "me": member.shown(),
            "parts": len(parts),
        }
        join.answer(self)
        for part, piece in enumerate(parts):
            self.rooms.line.send(join.sid, "joined", head | {"part": part, "diff": piece})
            head = {"canvas": self.public_id, "room": self.number}
        self.members.by_sid[join.sid] = member
        self.neighbours.show(member.shown())

    def _turn_away(self, join: Join, code: str) -> None:
        join.answer(None)
        payload = {"canvas": join.asked.canvas, "room": 0, "seq": 0, "code": code, "vector": b""}
        self.rooms.line.send(join.sid, "nack", payload)

    def _drop(self, sid: str) -> None:
        member = self.members.by_sid.pop(sid, None)
        if member is not None:
            self.neighbours.show({"session": member.session, "gone": True})

    def _notice(self, message: Aware) -> None:
        member = self.members.by_sid.get(message.sid)
        if member is None:
            return
        if message.client != member.client:
            self.rooms.dropped_states += 1
            return
        member.place = message.place
        others = self.frame.others
        others[:] = [each for each in others if each["session"] != member.session]
        self.neighbours.show(member.shown())

    def nack(self, member: Member, seq: int, code: str) -> None:
        """Refuse an update; the client undoes it or joins again."""
        where = {"canvas": self.public_id, "room": self.number}
        vector = write_state_vector(self.tick.guarded.state)
        payload = where | {"seq": seq, "code": code, "vector": vector}
        self.rooms.line.send(member.sid, "nack", payload)

    def strike(self, member: Member, seq: int, code: str, why: str) -> None:
        """Refuse an update that no honest client sends; a few of them end the connection."""
        log.warning("canvas %d refused an update (%s): %s", self.canvas_id, code, why)
        self.nack(member, seq, code)
        if member.strike():
            self._drop(member.sid)
            self.rooms.line.close(member.sid)

    def _knows_rights(self, message: Update | Edit | None) -> bool:
        """Have rights that were read within the last second. False: nobody can say."""
        asker = message.person_id if isinstance(message, Edit) and message.checked else None
        age = time.monotonic() - self._roles_at
        if age < FRESH and (asker is None or asker in self._roles):
            return True
        people = self.members.people() | ({asker} if asker is not None else set())
        try:
            roles = dict(self.rooms.rights.roles(self.canvas_id, people)) if people else {}
        except Exception as error:
            log.warning("nobody can say who may edit canvas %d: %s", self.canvas_id, error)
            return age < LATE and (asker is None or asker in self._roles)
        self._roles, self._roles_at = roles, time.monotonic()
        for member in self.members:
            self._hold_to(member, roles.get(member.person.id))
        return True

    def _hold_to(self, member: Member, role: Role | None) -> None:
        if role is None:
            self._bye(member, wire.REMOVED)
        elif role != member.role:
            member.role = role
            self.rooms.line.send(member.sid, "role", {"room": self.number, "role": role})
            self.neighbours.show(member.shown())

    def _bye(self, member: Member, reason: str, jitter: int = 0) -> None:
        self._drop(member.sid)
        self.rooms.left(self, member.sid)
        payload = {"room": self.number, "canvas": self.public_id, "reason": reason}
        self.rooms.line.send(member.sid, "bye", payload | {"jitter": jitter})

    def _say_goodbye(self, stop: Stop) -> None:
        self._flush(self.tick.guarded.state)
        if stop.reason != wire.DELETED and self._rows_since:
            self._keep_snapshot()
        for member in self.members:
            jitter = secrets.randbelow(3000) if stop.reason == wire.RESTART else 0
            self._bye(member, stop.reason, jitter)
        self.neighbours.send(None)
        self._refuse_all()
        self.tick.guarded.close()
        stop.done.set()
