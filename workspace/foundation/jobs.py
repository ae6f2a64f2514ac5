"""Work for later: outbox rows in the same transaction as the change, done one by one after it.

The table is the truth; Huey only wakes the workers of this house when something is due. A row is
taken under a lease, so that two workers never do one at the same time; whoever dies with it lets
the lease run out. Handlers must therefore be idempotent: a row is done at least once.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import ColumnElement, Index, String, and_, delete, make_url, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation import unit
from workspace.foundation.clock import now
from workspace.foundation.db import Base, Row, session
from workspace.foundation.election import Election
from workspace.foundation.errors import Stale
from workspace.foundation.features import house
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]
LEASE = timedelta(minutes=10)
"""Longer than any handler may take."""
PAUSES = tuple(timedelta(seconds=it) for it in (10, 60, 300, 1800, 7200, 21600))
"""After the first failure, the second, ...; a row that fails once more is given up."""
KEPT_DONE = timedelta(days=7)
KEPT_FAILED = timedelta(days=90)
WORKERS = 2
STAND = 2.0
"""Seconds between two looks at who keeps the clock."""


class Job(Row, Base):
    """One piece of work. It forgets its payload when it is done."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_open", "done_at", "failed_at", "due_at"),)

    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Two rows with one key are one piece of work."""
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    """Kind and place of the last failure; never its text, which may hold content."""


@dataclass(frozen=True)
class Taken:
    """A row that this worker holds."""

    id: int
    name: str
    payload: dict[str, Any]
    attempts: int
    lease: str


def later(
    name: str, payload: Mapping[str, Any], at: datetime | None = None, key: str | None = None
) -> None:
    """Have the handler `name` called with `payload` (plain JSON) once the open unit is on disk.

    `at` is the earliest instant. With `key` the work is put down once, however often it is asked
    for. Must be called inside `unit.write()`.
    """
    if unit.current() is None:
        raise RuntimeError(f"the job {name} was put down outside a unit of work")
    db = session()
    if key is not None and db.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    due = at or now()
    db.add(Job(name=name, payload=dict(payload), key=key, due_at=due))
    db.flush()
    _wake_after_commit(due)


def _wake_after_commit(due: datetime) -> None:
    crew: Crew | None = current_app.extensions.get("innocore.crew")
    if crew is None:
        return
    work = unit.current()
    told: tuple[unit.Unit | None, set[datetime]] = g.get("innocore_wakes", (None, set()))
    if told[0] is not work:
        told = (work, set())
        g.innocore_wakes = told
    if due not in told[1]:
        told[1].add(due)
        unit.afterwards(lambda: crew.wake(due))


# --- taking and doing -----------------------------------------------------------------------


def _waiting(at: datetime) -> ColumnElement[bool]:
    return and_(
        Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= at,
        or_(Job.leased_until.is_(None), Job.leased_until <= at),
    )


def _take(at: datetime) -> Taken | None:
    """Hold the oldest due row for a while; None when there is none."""
    db = session()
    waiting = select(Job.id).where(_waiting(at)).limit(1)
    while db.scalar(waiting) is not None:
        with write():
            row = db.scalar(
                select(Job).where(_waiting(at)).order_by(Job.due_at, Job.id).limit(1)
                .with_for_update(skip_locked=True)
            )
            if row is None:
                return None  # somebody else has taken it
            if row.attempts > len(PAUSES):
                # Every attempt ended with its process: it may be what ends them.
                row.failed_at, row.error = at, row.error or "the worker died"
                continue
            row.attempts += 1
            row.lease, row.leased_until = secrets.token_hex(16), at + LEASE
            return Taken(row.id, row.name, dict(row.payload), row.attempts, row.lease)
    return None


def _do(app: Flask, job: Taken) -> bool:
    error = ""
    with app.app_context():  # a session of its own: what a handler leaves behind goes with it
        try:
            handler = handlers().get(job.name)
            if handler is None:
                raise LookupError(f"nobody does {job.name}")
            handler(job.payload)
        except Exception as failure:
            error = _place(failure)
            log.warning("job %s failed at attempt %s: %s", job.name, job.attempts, error)
    with app.app_context(), write():
        row = session().scalar(select(Job).where(Job.id == job.id, Job.lease == job.lease))
        if row is None:
            return not error  # the lease ran out and somebody else has it
        at = now()
        row.lease, row.leased_until, row.error = None, None, error
        if not error:
            row.done_at, row.payload = at, {}
        elif job.attempts > len(PAUSES):
            row.failed_at = at
            log.error("job %s is given up after %s attempts: %s", job.name, job.attempts, error)
        else:
            row.due_at = at + PAUSES[job.attempts - 1]
            _wake_after_commit(row.due_at)
    return not error


def _place(failure: Exception) -> str:
    frames = traceback.extract_tb(failure.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(failure).__name__} at {where}"[:300]


def run_due(app: Flask, most: int = 10_000) -> int:
    """Do everything that is due now, one by one; returns how many rows were done without error.

    For workers, commands and tests. Must not be called inside a unit of work.
    """
    done = 0
    for _ in range(most):
        with app.app_context():
            job = _take(now())
        if job is None:
            break
        done += _do(app, job)
    return done


# --- who does what --------------------------------------------------------------------------


def register(app: Flask, name: str, handler: Handler) -> None:
    """Name a handler of the ground itself; features name theirs on their faces."""
    app.extensions.setdefault("innocore.ground_jobs", {})[name] = handler


def handlers() -> dict[str, Handler]:
    """Every handler of the current application, by name."""
    found: dict[str, Handler] = {"jobs.forget": lambda _payload: forget_old(now())}
    found.update(current_app.extensions.get("innocore.ground_jobs", {}))
    for feature in house().features:
        for name, handler in feature.jobs.items():
            if name in found:
                raise ValueError(f"the job {name} has two handlers")
            found[name] = handler
        for name, (_, call) in feature.every.items():
            found[f"every.{name}"] = lambda _payload, call=call: call()  # type: ignore[misc]
    return found


def plan(app: Flask) -> None:
    """Put down this period's row of everything that is done regularly, once for all workers.

    A period begins at a whole multiple of its length since 1970; the shortest is a minute.
    """
    with app.app_context():
        at = now()
        regular = {
            f"every.{name}": seconds
            for feature in house().features for name, (seconds, _) in feature.every.items()
        }
        regular["jobs.forget"] = 86_400
        keys = {f"{name}:{int(at.timestamp()) // max(60, seconds)}": name
                for name, seconds in regular.items()}
        known = set(session().scalars(select(Job.key).where(Job.key.in_(keys))))
        try:
            with write():
                for key, name in keys.items():
                    if key not in known:
                        later(name, {}, key=key)
        except Stale:
            return  # another worker put the same rows down at the same instant


def forget_old(at: datetime) -> None:
    """Delete rows that were done or given up long ago."""
    with write():
        session().execute(delete(Job).where(Job.done_at < at - KEPT_DONE))
        session().execute(delete(Job).where(Job.failed_at < at - KEPT_FAILED))


# --- the workers ----------------------------------------------------------------------------


class _Quiet(Consumer):  # type: ignore[misc]
    """Huey's workers inside a web process, which answers signals itself."""

    def _set_signal_handlers(self) -> None:
        return


def _huey(settings: Settings) -> Huey:
    """What wakes workers: a file, Redis or PostgreSQL. The table `job` stays the truth."""
    signed = SignedSerializer(secret=settings.secret(), salt="jobs")
    # Houses that share a server do not take each other's calls.
    name = "innocore-" + hashlib.sha256(f"jobs {settings.secret()}".encode()).hexdigest()[:12]
    if settings.store_of_jobs == "redis":
        return RedisHuey(name, url=settings.redis_url, results=False, serializer=signed)
    if settings.store_of_jobs == "postgresql":
        url = make_url(settings.database).set(drivername="postgresql")
        return PostgresHuey(
            name, dsn=url.render_as_string(hide_password=False), results=False,
            serializer=signed, create_tables=False,  # the migrations do
        )
    return SqliteHuey(
        "innocore", filename=str(settings.data / "jobs.db"), fsync=True, results=False,
        serializer=signed,
    )


class Crew:
    """The workers of this process. Under gevent they are greenlets, elsewhere threads."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self.app = app
        self.huey = _huey(settings)
        self._drain = self.huey.task(name="drain")(self._do_due)
        self.consumer = _Quiet(
            self.huey, workers=WORKERS, worker_type="thread", initial_delay=0.02, max_delay=0.2,
            check_worker_health=False, shutdown_timeout=5, periodic=False,
        )
        self.election = Election(app.extensions["innocore.database"], settings)
        self.is_clock = False
        """Whether this worker puts down what is done regularly, at its last look."""
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._keep_time, name="scheduler", daemon=True)

    def _do_due(self) -> None:
        run_due(self.app)

    def _keep_time(self) -> None:
        """Stand for election every few seconds; once a minute see to what is regular.

        What nobody was woken for is done here as well, without the store that wakes: work goes on
        while Redis is away.
        """
        swept = -1
        while not self._ended.wait(STAND):
            try:
                self.is_clock = self.election.is_mine()
                minute = int(now().timestamp()) // 60
                if self.is_clock and minute != swept:
                    swept = minute
                    plan(self.app)
                    run_due(self.app)
            except Exception as failure:
                log.warning("the scheduler failed: %s", _place(failure))

    def wake(self, due: datetime) -> None:
        """Have somebody look at the table when `due` has come."""
        wait = (due - now()).total_seconds()
        for is_last in (False, True):
            try:
                if wait > 0:
                    self._drain.schedule(delay=wait)
                else:
                    self._drain()
                return
            except Exception as failure:
                # The store's connection may have ended with its server; the next one is new. At
                # the worst the row is on disk, and the scheduler finds it within a minute.
                if is_last:
                    log.warning("nobody could be woken: %s", _place(failure))

    def start(self) -> None:
        """Begin to work; what is due already is done first."""
        plan(self.app)
        self.consumer.start()
        self._clock.start()
        self.wake(now())

    def stop(self) -> None:
        """Let the rows in hand be finished (5 s), then leave; an unfinished one is done again."""
        self._ended.set()
        self.consumer.stop(graceful=True)
        self._clock.join(5)
        self.election.leave()
        self.huey.storage.close()


def start(app: Flask) -> None:
    """Begin to work in this process. Called by whoever serves, after any fork."""
    if "innocore.crew" in app.extensions:
        return
    crew = Crew(app, app.config["INNOCORE"])
    app.extensions["innocore.crew"] = crew
    crew.start()


def stop(app: Flask) -> None:
    """Stop the workers of this process, if there are any."""
    crew: Crew | None = app.extensions.pop("innocore.crew", None)
    if crew is not None:
        crew.stop()
