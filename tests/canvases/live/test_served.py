"""gunicorn with two workers, as several machines would be: one canvas, everybody together."""

from __future__ import annotations

import signal
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgpack  # type: ignore[import-untyped]
import pytest
from flask import Flask
from sqlalchemy import select

from canvases.boards import live, wire
from canvases.boards.document import Document
from canvases.boards.models import Canvas, NoteRow
from tests import builders, servers
from tests.canvases.live.test_door import CONNECT, EVENT, Caller, House
from tests.canvases.live.websocket import Ended
from tests.cast import Cast
from workspace.accounts import sessions
from workspace.accounts.models import SignIn
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.grants import actions as grants

postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""gunicorn refuses several workers on SQLite."""


@dataclass
class Page:
    """A browser's board on a bare line."""

    caller: Caller
    joined: dict[str, Any]
    document: Document
    acked: set[int] = field(default_factory=set)
    seq: int = 0
    byes: list[dict[str, Any]] = field(default_factory=list)
    frames: int = 0

    @property
    def worker(self) -> int:
        """A room has another number in every worker."""
        return int(self.joined["room"])

    def hear(self, seconds: float) -> bool:
        """Take one packet; False when none came."""
        data = self.caller.socket.receive(seconds)
        if data == "2":
            self.caller.socket.send("3")
        if not isinstance(data, bytes):
            return data is not None
        packet = msgpack.unpackb(data)
        if packet["type"] == EVENT and packet["data"][0] == "s":
            frame = wire.Frame.decode(packet["data"][1])
            mine = self.joined["session"]
            self.acked |= {seq for number, seq in frame.acks if number == mine}
            self.frames += 1
            if frame.update:
                self.document.doc.apply_update(frame.update)
        elif packet["type"] == EVENT and packet["data"][0] == "bye":
            self.byes.append(packet["data"][1])
        return True

    def texts(self) -> set[str]:
        return {note.text for note in self.document.read()}

    def until(self, holds: Any, seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            assert left > 0, (self.texts(), self.acked, self.byes)
            self.hear(min(0.2, left))

    def add(self, text: str) -> int:
        made: list[bytes] = []
        watching = self.document.doc.observe(lambda event: made.append(event.update))
        self.document.add_note(block="bmc-channels", author="", text=text)
        self.document.doc.unobserve(watching)
        self.seq += 1
        self.caller.event("u", self.joined["room"], self.seq, made[0])
        return self.seq


def open_page(house: House, seat: str, cookie: str | None = None) -> Page:
    """A board of somebody of the cast."""
    document = Document()
    caller = house.call(cookie or house.cookie(seat))
    caller.send(CONNECT, {"v": wire.PROTOCOL})
    caller.until(lambda packet: packet["type"] == CONNECT)
    joined = house.join(caller, document)
    document.doc.apply_update(joined["diff"])
    return Page(caller, joined, document)


def _apart(house: House) -> tuple[Page, Page]:
    """Two boards in two workers. A worker at rest takes all that come one by one, so: many."""
    first = open_page(house, "lead")
    for _ in range(10):
        cookies = [house.cookie("member") for _ in range(8)]
        with ThreadPoolExecutor(len(cookies)) as crowd:
            others = list(crowd.map(lambda it: open_page(house, "member", it), cookies))
        apart = [each for each in others if each.worker != first.worker]
        for each in others:
            if each not in apart[:1]:
                each.caller.socket.close()
        if apart:
            return first, apart[0]
    raise AssertionError("all connections went to one worker")


@pytest.fixture
def settings(settings: Settings, valkey_url: str) -> Settings:
    url = f"http://localhost:{servers.free_port()}"
    return replace(settings, base_url=url, redis_url=valkey_url)


@contextmanager
def _two_workers(settings: Settings) -> Iterator[Any]:
    port = urlsplit(settings.base_url).port
    assert port is not None
    environment = {
        "INNOCORE_ENVIRONMENT": "testing", "INNOCORE_DATA_DIR": settings.data_dir,
        "INNOCORE_DATABASE_URL": settings.database_url, "INNOCORE_BASE_URL": settings.base_url,
        "INNOCORE_SECRET_KEY": settings.secret_key, "INNOCORE_MAIL": "memory",
        "INNOCORE_REDIS_URL": settings.redis_url, "INNOCORE_JOBS_IN_PROCESS": "no",
    }  # fmt: skip
    command = [
        sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}",
        "--workers", "2", "wsgi:create_app()",
    ]  # fmt: skip
    with servers.process(command, port, **environment) as started:
        yield started


@pytest.fixture
def house(
    context: Flask, cast: Cast, canvas: Canvas, settings: Settings, tmp_path: Path
) -> Iterator[tuple[House, Any, list[str]]]:
    port = urlsplit(settings.base_url).port
    assert port is not None
    with _two_workers(settings) as (server, log):
        yield House(context, cast, canvas, port), server, log
    live.door().stop(2)


@postgresql
def test_two_workers_carry_one_canvas(
    house: tuple[House, Any, list[str]],
) -> None:
    ours, _server, log = house
    one, two = _apart(ours)
    took = []
    for number in range(20):
        began = time.monotonic()
        one.add(f"note {number}")
        two.until(lambda number=number: f"note {number}" in two.texts())
        took.append(time.monotonic() - began)
    two.add("from the other side")
    one.until(lambda: "from the other side" in one.texts())
    one.until(lambda: one.acked == set(range(1, 21)))
    two.until(lambda: two.acked == {1})
    assert statistics.median(took) < 0.1, took

    # This process is a third worker: what it changes about rights is heard in both.
    member = ours.cast.person("member")
    with write():
        grants.end(builders.NOBODY, member.id, ("team-member",), "team", ours.cast.team.id, now())
    two.until(lambda: [bye["reason"] for bye in two.byes] == [wire.REMOVED], 2.0)
    with write():
        lead = ours.cast.person("lead").id
        for row in session().scalars(select(SignIn).where(SignIn.person_id == lead)):
            sessions.end(row, row.person_id, now())
    one.until(lambda: [bye["reason"] for bye in one.byes] == [wire.SESSION_ENDED], 2.0)

    session().rollback()
    kept = set(session().scalars(select(NoteRow.text).where(NoteRow.canvas_id == ours.canvas.id)))
    assert kept == {f"note {number}" for number in range(20)} | {"from the other side"}
    assert not [line for line in log if "Traceback" in line]


@postgresql
def test_a_worker_that_is_stopped_says_good_bye_and_loses_nothing(
    house: tuple[House, Any, list[str]],
) -> None:
    ours, server, log = house
    one, two = _apart(ours)
    last = one.add("in the last moment")
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    for page in (one, two):
        page.until(lambda page=page: bool(page.byes))
        assert page.byes[0]["reason"] == wire.RESTART
        assert 0 <= page.byes[0]["jitter"] <= 3000
        assert _is_hung_up(page)
    server.wait(15)
    assert time.monotonic() - began < 12
    assert last in one.acked
    session().rollback()
    assert session().scalars(select(NoteRow.text)).all() == ["in the last moment"]
    assert not [line for line in log if "Traceback" in line]


def _is_hung_up(page: Page) -> bool:
    try:
        end = time.monotonic() + 8
        while time.monotonic() < end:
            page.hear(0.5)
    except Ended:
        return True
    return False
