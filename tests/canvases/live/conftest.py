"""A live engine on a real database, with a line that remembers instead of a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from canvases.boards import wire
from canvases.boards.document import Document
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas
from canvases.boards.ports import Somebody
from canvases.boards.reader import read_state_vector
from canvases.boards.rights import HouseRights
from canvases.boards.room import Room
from canvases.boards.rooms import Rooms
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.unit import write

WAIT = 5.0
PAUSE = threading.Event()


class Ear:
    """The edge of the house: what would go to sockets is kept, and can be waited for."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Any]] = []
        self.waiting: dict[str, int] = {}
        self.closed: list[str] = []
        self.most_waiting = 32
        self._news = threading.Condition()

    def send(self, sid: str, event: str, payload: Any) -> None:
        with self._news:
            self.heard.append((sid, event, payload))
            self._news.notify_all()

    def broadcast(self, sids: Sequence[str], blob: bytes) -> None:
        with self._news:
            self.heard += [(sid, "s", blob) for sid in sids]
            self._news.notify_all()

    def backlog(self, sid: str) -> int:
        return self.waiting.get(sid, 0)

    def close(self, sid: str) -> None:
        with self._news:
            self.closed.append(sid)
            self._news.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so; fails after five seconds."""
        with self._news:
            assert self._news.wait_for(holds, WAIT), self.heard[-5:]


@dataclass
class Editor:
    """A member without a browser: its own document, kept up to date from what is heard."""

    rooms: Rooms
    ear: Ear
    person: Person
    sid: str
    canvas: Canvas
    document: Document = field(default_factory=Document)
    room: Room | None = None
    seq: int = 0
    read: int = 0
    session: int = 0
    merging: bool = False
    """Whether something went up under number 0."""
    acked: set[int] = field(default_factory=set)
    nacks: list[dict[str, Any]] = field(default_factory=list)
    byes: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    others: dict[int, dict[str, Any]] = field(default_factory=dict)

    def join(self) -> None:
        """Ask in and wait for the answer."""
        vector = self.document.vector()
        asked = wire.Join(self.canvas.public_id, vector, 0, self.document.doc.client_id)
        somebody = Somebody(self.person.id, self.person.public_id, self.person.name)
        answered = threading.Event()

        def answer(room: Room | None) -> None:
            self.room = room
            answered.set()

        clocks = read_state_vector(vector)
        self.rooms.join(self.sid, somebody, self.canvas.id, asked, clocks, answer)
        assert answered.wait(WAIT)
        self.ear.until(lambda: self.take() or bool(self.session or self.nacks))

    def take(self) -> bool:
        """Read what was heard since; always False, so that it can stand in a condition."""
        heard = self.ear.heard
        while self.read < len(heard):
            sid, event, payload = heard[self.read]
            self.read += 1
            if sid != self.sid:
                continue
            if event == "joined":
                self.session = payload.get("session", self.session)
                for other in payload.get("others", ()):
                    self.others[other["session"]] = other
                self.document.doc.apply_update(payload["diff"])
            elif event == "s":
                frame = wire.Frame.decode(payload)
                self.acked |= {seq for session, seq in frame.acks if session == self.session}
                for other in frame.others:
                    if other.get("gone"):
                        self.others.pop(other["session"], None)
                    else:
                        self.others[other["session"]] = other
                if frame.update:
                    self.document.doc.apply_update(frame.update)
            elif event == "nack":
                self.nacks.append(payload)
            elif event == "role":
                self.roles.append(payload["role"])
            else:
                self.byes.append(payload["reason"])
        return False

    def offer(self, update: bytes, seq: int | None = None) -> int:
        """Send an update as it is; the answer is its number."""
        from canvases.boards.messages import Update

        if seq is None:
            self.seq += 1
            seq = self.seq
        assert self.room is not None
        self.room.post(Update(self.sid, seq, update))
        return seq

    def edit(self, change: Callable[[Document], Any]) -> int:
        """Change the own document and offer what changed."""
        made: list[bytes] = []
        watching = self.document.doc.observe(lambda event: made.append(event.update))
        with self.document.doc.transaction():
            change(self.document)
        self.document.doc.unobserve(watching)
        return self.offer(made[0])

    def saved(self, seq: int) -> None:
        """Wait for the acknowledgement of a number."""
        self.ear.until(lambda: self.take() or seq in self.acked)

    def texts(self) -> list[str]:
        """The texts on the own board."""
        self.take()
        return [note.text for note in self.document.read()]

    def sees(self, *texts: str) -> None:
        """Wait until the own board holds exactly these texts."""
        self.ear.until(lambda: sorted(self.texts()) == sorted(texts))

    def add(self, text: str, block: str = "bmc-customer-segments") -> str:
        """Add a note and give its id; does not wait."""
        made: list[str] = []
        self.edit(
            lambda document: made.append(
                document.add_note(block=block, author=self.person.public_id, text=text)
            )
        )
        return made[0]


@dataclass
class Stage:
    """Everything that a live test needs."""

    app: Flask
    cast: Cast
    canvas: Canvas
    rooms: Rooms
    ear: Ear
    store: SqlLog
    count: int = 0
    earlier: list[Rooms] = field(default_factory=list)
    """Those of starts before the last, which nobody has stopped."""

    def enter(self, seat: str, client_id: int | None = None) -> Editor:
        """Somebody of the cast opens the board."""
        self.count += 1
        editor = self.stranger(seat, client_id)
        editor.join()
        return editor

    def stranger(self, seat: str, client_id: int | None = None) -> Editor:
        """Somebody who has not asked to join yet."""
        self.count += 1
        document = Document(client_id=client_id)
        person = self.cast.person(seat)
        return Editor(self.rooms, self.ear, person, f"s{self.count}", self.canvas, document)

    def again(self, linger: float = 30.0) -> Rooms:
        """A second start of the server on the same database."""
        self.earlier.append(self.rooms)
        self.rooms = Rooms(self.store, HouseRights(self.app), self.ear, linger=linger)
        return self.rooms


@pytest.fixture
def canvas(context: Flask, cast: Cast) -> Canvas:
    """A business model canvas of the cast's team."""
    with write():
        made = Canvas(
            team_id=cast.team.id, template="business-model-canvas", title="Gel imager",
            created_by_id=cast.person("lead").id,
        )
        session().add(made)
        session().flush()
    return made


@pytest.fixture
def stage(context: Flask, cast: Cast, canvas: Canvas) -> Iterator[Stage]:
    """A live engine for one canvas."""
    ear = Ear()
    house = context.extensions["innocore.database"]
    store = SqlLog(house)
    made = Stage(context, cast, canvas, Rooms(store, HouseRights(context), ear), ear, store)
    yield made
    for rooms in (*made.earlier, made.rooms):
        rooms.stop(5)
    store.close()
