"""Several processes on one database: jobs are done once, one keeps the clock, the dead go."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.nest import Copy
from tests.servers import partner
from workspace.foundation import jobs
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.jobs import Job
from workspace.foundation.unit import write

Process = subprocess.Popen[str] | Copy
Start = Callable[..., Process]


@pytest.fixture
def start(app: Flask, tmp_path: Path) -> Iterator[Start]:
    """`start(way)`: another process on this database, ended with the test."""
    running: list[Process] = []
    settings = app.config["INNOCORE"]

    def begin(way: str, redis: str = "") -> Process:
        process = partner("tests.operations.drainer", [
            str(settings.data), settings.database, str(tmp_path / "done"), way, redis,
        ])
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait(20)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def said(process: Process, word: str = "") -> str:
    """The next line that a process writes, after it was told `word`."""
    assert process.stdin is not None
    assert process.stdout is not None
    if word:
        process.stdin.write(word + "\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def put(app: Flask, count: int) -> None:
    with app.app_context(), write():
        for number in range(count):
            jobs.later("note", {"n": number})


def done(folder: Path) -> list[int]:
    path = folder / "done"
    return sorted(int(it) for it in path.read_text().split()) if path.exists() else []


def test_three_processes_do_every_job_once(app: Flask, start: Start, tmp_path: Path) -> None:
    put(app, 90)
    crews = [start("drain") for _ in range(3)]
    assert [said(it) for it in crews] == ["done"] * 3
    assert done(tmp_path) == list(range(90))


def test_a_job_whose_worker_was_killed_is_done_after_its_lease_and_no_other_twice(
    app: Flask, start: Start, tmp_path: Path
) -> None:
    put(app, 10)
    victim = start("slow")
    assert said(victim) == "held"
    victim.kill()
    victim.wait(20)
    assert said(start("drain")) == "done"
    assert done(tmp_path) == list(range(10)), "the one in hand waits for its lease to end"
    again: list[int] = []
    jobs.register(app, "note", lambda payload: again.append(payload["n"]))
    with frozen(now() + jobs.LEASE + timedelta(seconds=1)):
        jobs.run_due(app)
    assert len(again) == 1
    with app.app_context():
        assert all(it.done_at for it in session().scalars(select(Job).where(Job.name == "note")))


def test_one_keeps_the_clock_and_another_follows_when_it_is_killed(
    app: Flask, start: Start
) -> None:
    workers = [start("clock") for _ in range(3)]
    answers = [said(it, "look") for it in workers]
    assert sorted(answers) == ["mine", "not", "not"]
    assert [said(it, "look") for it in workers] == answers
    first = workers.pop(answers.index("mine"))
    first.kill()
    first.wait(20)
    until = time.monotonic() + 10
    pause = threading.Event()
    while "mine" not in (heard := [said(it, "look") for it in workers]):
        assert time.monotonic() < until
        pause.wait(0.1)
    assert sorted(heard) == ["mine", "not"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_another_process_is_woken_through_redis(
    app: Flask, start: Start, valkey_url: str, tmp_path: Path
) -> None:
    worker = start("crew", valkey_url)
    assert said(worker) == "started"
    settings = app.config["INNOCORE"]
    from dataclasses import replace

    crew = jobs.Crew(app, replace(settings, redis_url=valkey_url))
    app.extensions["innocore.crew"] = crew  # it wakes others and does nothing itself
    began = time.monotonic()
    put(app, 5)
    pause = threading.Event()
    while len(done(tmp_path)) < 5:
        assert time.monotonic() - began < 20
        pause.wait(0.02)
    said_good_bye = said(worker, "stop")
    assert said_good_bye == ""
    del app.extensions["innocore.crew"]
    crew.huey.storage.close()
