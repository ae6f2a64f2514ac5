"""Jobs on each store that wakes workers, on real servers: woken by the commit, done once, tried
again after a failure, and not lost when a worker or the store goes away."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, make_url, select, text

from tests.servers import ROOT
from workspace.foundation import jobs
from workspace.foundation.db import session
from workspace.foundation.election import Election
from workspace.foundation.jobs import Job
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from wsgi import create_app

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
PATIENCE = 20
"""Seconds; nobody keeps the clock in these tests, so only the store can wake anybody."""

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(params=["postgresql", "redis"])
def store(request: pytest.FixtureRequest) -> str:
    """What wakes workers."""
    return str(request.param)


@pytest.fixture
def woken(
    request: pytest.FixtureRequest, settings: Settings, store: str
) -> Iterator[Flask]:
    """An application whose crews never keep the clock: somebody else holds it."""
    redis = request.getfixturevalue("valkey_url") if store == "redis" else ""
    app = create_app(replace(settings, jobs_store=store, redis_url=redis))
    database = app.extensions["innocore.database"]
    keeper = Election(database, app.config["INNOCORE"])
    assert keeper.is_mine()
    yield app
    jobs.stop(app)
    keeper.leave()
    database.close()


@pytest.fixture
def other(woken: Flask, tmp_path: Path) -> Iterator[Start]:
    """`other()`: a crew in a process of its own, under gevent as when it serves."""
    running: list[subprocess.Popen[str]] = []
    settings: Settings = woken.config["INNOCORE"]

    def begin() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.operations.drainer", str(settings.data),
             settings.database, str(tmp_path / "done"), "crew", settings.redis_url,
             settings.jobs_store],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait(20)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture
def waker(woken: Flask) -> Iterator[Flask]:
    """A crew of this process that wakes others and does nothing itself."""
    crew = jobs.Crew(woken, woken.config["INNOCORE"])
    woken.extensions["innocore.crew"] = crew
    yield woken
    del woken.extensions["innocore.crew"]
    crew.huey.storage.close()


def put(app: Flask, *numbers: int, name: str = "note") -> None:
    with app.app_context(), write():
        for number in numbers:
            jobs.later(name, {"n": number})


def done(folder: Path) -> list[int]:
    path = folder / "done"
    return sorted(int(it) for it in path.read_text().split()) if path.exists() else []


def done_rows(app: Flask) -> int:
    """How many jobs their workers have put down as done."""
    with app.app_context():
        return session().scalar(
            select(func.count()).where(Job.name == "note", Job.done_at.is_not(None))
        ) or 0


def until(what: Callable[[], bool]) -> None:
    """Wait for it, twenty seconds at most."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        pause.wait(0.02)


def test_the_commit_wakes_the_crew_of_its_own_process(woken: Flask) -> None:
    given: list[int] = []
    jobs.register(woken, "note", lambda payload: given.append(payload["n"]))
    jobs.start(woken)
    put(woken, *range(20))
    until(lambda: len(given) >= 20)
    assert sorted(given) == list(range(20))


def test_the_commit_wakes_another_process(waker: Flask, other: Start, tmp_path: Path) -> None:
    other()
    put(waker, *range(5))
    until(lambda: len(done(tmp_path)) >= 5)
    assert done(tmp_path) == list(range(5))


def test_two_crews_do_each_job_once(waker: Flask, other: Start, tmp_path: Path) -> None:
    for _ in range(2):
        other()
    for number in range(60):
        put(waker, number)
    until(lambda: len(done(tmp_path)) >= 60)
    assert done(tmp_path) == list(range(60))
    until(lambda: done_rows(waker) == 60)
    with waker.app_context():
        assert set(session().scalars(select(Job.attempts).where(Job.name == "note"))) == {1}


def test_a_failed_job_is_done_again_when_its_pause_is_over(
    woken: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAUSES", (timedelta(seconds=0.5),) * 3)
    tries: list[int] = []

    def note(payload: dict[str, Any]) -> None:
        tries.append(payload["n"])
        if len(tries) < 3:
            raise ConnectionError

    jobs.register(woken, "note", note)
    jobs.start(woken)
    put(woken, 7)
    until(lambda: len(tries) >= 3)
    assert tries == [7, 7, 7]


def test_what_was_put_down_while_nobody_worked_is_done_after_the_start(
    waker: Flask, other: Start, tmp_path: Path
) -> None:
    first = other()
    put(waker, 0)
    until(lambda: done(tmp_path) == [0])
    first.kill()
    first.wait(20)
    put(waker, 1, 2)
    other()
    until(lambda: len(done(tmp_path)) >= 3)
    assert done(tmp_path) == [0, 1, 2]


def test_a_store_that_dropped_every_connection_wakes_again(
    request: pytest.FixtureRequest, waker: Flask, other: Start, tmp_path: Path, store: str
) -> None:
    other()
    put(waker, 0)
    until(lambda: done_rows(waker) == 1)
    crew: jobs.Crew = waker.extensions["innocore.crew"]
    until(lambda: crew.huey.storage.queue_size() == 0)
    if store == "redis":
        import redis

        with redis.Redis.from_url(request.getfixturevalue("valkey_url")) as line:
            line.client_kill_filter(_type="normal", skipme=True)
    else:
        _drop_connections(waker.config["INNOCORE"].database)
    put(waker, 1)
    until(lambda: len(done(tmp_path)) >= 2)
    assert done(tmp_path) == [0, 1]


def _drop_connections(url: str) -> None:
    """End all but the one that keeps the clock, as when the server is started anew."""
    engine = create_engine(make_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as line:
        line.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname = current_database() AND pid NOT IN "
            "(SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
        ))
    engine.dispose()
