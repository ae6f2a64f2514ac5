"""Work for later: with the change or not at all, once, again after a failure, never for ever."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from workspace.foundation import jobs, unit
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.jobs import Job
from workspace.foundation.unit import write

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def done(app: Flask) -> list[dict[str, Any]]:
    """What the handler `note` was given."""
    given: list[dict[str, Any]] = []
    jobs.register(app, "note", given.append)
    return given


def put(app: Flask, count: int = 1, **options: Any) -> None:
    with app.app_context(), write():
        for number in range(count):
            jobs.later(options.pop("name", "note"), {"n": number}, **options)


def rows(app: Flask) -> list[Job]:
    with app.app_context():
        return list(session().scalars(select(Job).order_by(Job.id)))


def test_a_job_is_done_once_and_forgets_what_it_was_about(
    app: Flask, done: list[dict[str, Any]]
) -> None:
    put(app)
    assert jobs.run_due(app) == 1
    assert jobs.run_due(app) == 0
    assert done == [{"n": 0}]
    (row,) = rows(app)
    assert row.done_at is not None
    assert row.payload == {}


def test_a_job_falls_with_the_change_that_asked_for_it(
    app: Flask, done: list[dict[str, Any]]
) -> None:
    with app.app_context(), write():
        jobs.later("note", {})
        unit.abandon()
    with pytest.raises(ZeroDivisionError), app.app_context(), write():
        jobs.later("note", {})
        _ = 1 / 0
    assert jobs.run_due(app) == 0
    assert rows(app) == []


def test_a_job_cannot_be_put_down_outside_a_unit(context: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside a unit"):
        jobs.later("note", {})


def test_one_key_is_one_piece_of_work(app: Flask, done: list[dict[str, Any]]) -> None:
    for _ in range(3):
        put(app, key="welcome:1")
    jobs.run_due(app)
    put(app, key="welcome:1")
    jobs.run_due(app)
    assert len(done) == 1


def test_nothing_is_done_before_its_time(app: Flask, done: list[dict[str, Any]]) -> None:
    at = now()
    put(app, at=at + timedelta(hours=1))
    assert jobs.run_due(app) == 0
    with frozen(at + timedelta(hours=1, seconds=1)):
        assert jobs.run_due(app) == 1
    assert len(done) == 1


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(app: Flask) -> None:
    tries = []

    def fail(_payload: dict[str, Any]) -> None:
        tries.append(now())
        raise ValueError("secret title")

    jobs.register(app, "fail", fail)
    at = now()
    put(app, name="fail")
    for pause in (timedelta(), *jobs.PAUSES):
        with frozen(at + pause - timedelta(seconds=1)):
            assert jobs.run_due(app) == 0 or not pause
        at += pause
        with frozen(at + timedelta(seconds=1)):
            jobs.run_due(app)
        at += timedelta(seconds=1)
    assert len(tries) == len(jobs.PAUSES) + 1
    with frozen(at + timedelta(days=30)):
        assert jobs.run_due(app) == 0
    (row,) = rows(app)
    assert row.failed_at is not None
    assert row.error.startswith("ValueError at test_jobs.py:")
    assert "secret" not in row.error


def test_what_a_failed_handler_changed_is_gone(app: Flask, done: list[dict[str, Any]]) -> None:
    def half(_payload: dict[str, Any]) -> None:
        with write():
            jobs.later("note", {"n": 7})
            raise ValueError

    jobs.register(app, "half", half)
    put(app, name="half")
    jobs.run_due(app)
    assert done == []
    assert len(rows(app)) == 1


def test_a_handler_may_put_down_more_work(app: Flask, done: list[dict[str, Any]]) -> None:
    def more(_payload: dict[str, Any]) -> None:
        with write():
            jobs.later("note", {"n": 1})

    jobs.register(app, "more", more)
    put(app, name="more")
    assert jobs.run_due(app) == 2
    assert done == [{"n": 1}]


def test_two_workers_never_do_one_twice(app: Flask) -> None:
    given: list[int] = []
    jobs.register(app, "note", lambda payload: given.append(payload["n"]))
    put(app, 40)
    crews = [threading.Thread(target=jobs.run_due, args=(app,)) for _ in range(4)]
    for crew in crews:
        crew.start()
    for crew in crews:
        crew.join()
    assert sorted(given) == list(range(40))


def test_a_worker_that_died_lets_go_after_a_while_and_is_not_followed_for_ever(
    app: Flask, done: list[dict[str, Any]]
) -> None:
    put(app)
    at = now()
    for attempt in range(len(jobs.PAUSES) + 1):
        with frozen(at + attempt * (jobs.LEASE + timedelta(seconds=1))):
            with app.app_context():
                assert jobs._take(now()) is not None, attempt
            assert jobs.run_due(app) == 0
    with frozen(at + 20 * jobs.LEASE):
        assert jobs.run_due(app) == 0
    (row,) = rows(app)
    assert row.failed_at is not None
    assert done == []


def test_a_lease_that_ran_out_is_not_marked_by_its_old_holder(app: Flask) -> None:
    put(app)
    at = now()
    with app.app_context():
        old = jobs._take(at)
    assert old is not None
    jobs.register(app, "note", lambda _payload: None)
    with app.app_context():
        new = jobs._take(at + jobs.LEASE)
    assert new is not None
    jobs._do(app, old)
    assert rows(app)[0].done_at is None
    jobs._do(app, new)
    assert rows(app)[0].done_at is not None


def test_an_unknown_job_waits_for_the_release_that_knows_it(app: Flask) -> None:
    put(app, name="from-the-future")
    jobs.run_due(app)
    (row,) = rows(app)
    assert row.done_at is None
    assert row.failed_at is None
    assert row.due_at > now()


def test_regular_work_is_put_down_once_a_period(app: Flask) -> None:
    at = now().replace(hour=12, minute=0, second=0, microsecond=0)
    with frozen(at):
        for _ in range(3):
            jobs.plan(app)
        before = [row.key for row in rows(app) if row.name == "jobs.forget"]
    with frozen(at + timedelta(days=1)):
        jobs.plan(app)
        after = [row.key for row in rows(app) if row.name == "jobs.forget"]
    assert len(before) == 1
    assert len(after) == 2


def test_old_rows_are_forgotten(app: Flask, done: list[dict[str, Any]]) -> None:
    put(app, 2)
    put(app, name="from-the-future")
    jobs.run_due(app)
    with app.app_context():
        jobs.forget_old(now() + jobs.KEPT_DONE - timedelta(minutes=1))
        assert len(rows(app)) == 3
        jobs.forget_old(now() + jobs.KEPT_DONE + timedelta(minutes=1))
    assert [row.name for row in rows(app)] == ["from-the-future"]


@pytest.fixture
def crew(app: Flask) -> Iterator[jobs.Crew]:
    jobs.start(app)
    yield app.extensions["innocore.crew"]
    jobs.stop(app)


@pytest.fixture
def awaited(app: Flask) -> Callable[[int], list[int]]:
    """`awaited(n)`: what the handler `note` was given, once it is n rows (10 s at most)."""
    given: list[int] = []
    enough = threading.Semaphore(0)

    def note(payload: dict[str, Any]) -> None:
        given.append(payload["n"])
        enough.release()

    jobs.register(app, "note", note)

    def wait(count: int) -> list[int]:
        for _ in range(count):
            assert enough.acquire(timeout=10)
        return given

    return wait


def test_the_crew_is_woken_by_the_commit(
    app: Flask, crew: jobs.Crew, awaited: Callable[[int], list[int]]
) -> None:
    began = now()
    put(app, 20)
    assert sorted(awaited(20)) == list(range(20))
    assert now() - began < timedelta(seconds=8)


@SQLITE
def test_the_crew_comes_when_the_time_has_come(
    app: Flask, crew: jobs.Crew, awaited: Callable[[int], list[int]]
) -> None:
    due = now() + timedelta(seconds=1)
    put(app, at=due)
    awaited(1)
    assert now() >= due


@SQLITE
def test_the_crew_finds_what_was_due_before_it_came(
    app: Flask, awaited: Callable[[int], list[int]]
) -> None:
    put(app)
    jobs.start(app)
    try:
        assert awaited(1) == [0]
    finally:
        jobs.stop(app)


@SQLITE
def test_a_stopped_crew_works_no_more_and_may_start_again(
    app: Flask, awaited: Callable[[int], list[int]]
) -> None:
    for _ in range(2):
        jobs.start(app)
        jobs.start(app)
        jobs.stop(app)
    assert not any(it.name.startswith("Worker-") for it in threading.enumerate())
    put(app)
    assert [row.done_at for row in rows(app) if row.name == "note"] == [None]
    jobs.start(app)
    try:
        awaited(1)
    finally:
        jobs.stop(app)


def test_the_crew_works_beside_greenlets_and_does_not_hold_them_up(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.foundation.crew_under_gevent", str(tmp_path)],
        capture_output=True, timeout=90, check=True,
    )
    told = json.loads(finished.stdout)
    assert told["given"] == list(range(100))
    assert told["longest"] < 2, "nobody else ran for this many seconds"
