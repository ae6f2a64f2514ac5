"""The committer: one worker that makes updates durable beside the ticks.

Whatever queues up during one commit goes into the next. On SQLite the work runs in one native
thread, because waiting for the disk on the event loop stops everybody (edit p99 91-128 ms instead
of 10-13); PostgreSQL's driver waits cooperatively.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from gevent import monkey

from canvases.boards.ports import Batch, Kept, Log, NeverStored
from workspace.foundation.db import Database
from workspace.foundation.threads import beside

log = logging.getLogger(__name__)
T = TypeVar("T")
Done = Callable[[Batch, Kept | None], None]
"""Called with its place in the log, or None when the batch can never be stored."""

MOST_AT_ONCE = 500
REST = 0.002
"""Seconds after a commit in which more may come together: the next costs the same for many rooms
as for one."""
MOST_UNSAVED = 64_000_000
"""Bytes that may wait for the disk before rooms take nothing more."""


class Run(Protocol):
    """Carries database work to where it may block."""

    def __call__(self, work: Callable[[], T]) -> T:
        """What `work` gives."""


def _directly(work: Callable[[], T]) -> T:
    return work()


def where_it_may_block(house: Database) -> Run:
    """Where the committer's database work runs.

    SQLite: one writer at a time, and under gevent a native thread, so that the disk stops nobody.
    PostgreSQL: here; its driver waits cooperatively.
    """
    if not house.is_sqlite:
        return lambda work: work()
    if monkey.is_module_patched("threading"):
        from gevent.threadpool import ThreadPool

        pool = ThreadPool(1)

        def away(work: Callable[[], T]) -> T:
            with house.writer:
                return beside(pool, work)

        return away

    def here(work: Callable[[], T]) -> T:
        with house.writer:
            return work()

    return here


class Committer:
    """Takes batches in order, gives every one back exactly once, in order."""

    def __init__(self, store: Log, run: Run = _directly) -> None:
        """`run` carries the database work to where it may block."""
        self._log = store
        self._run = run
        self._queue: deque[tuple[Batch, Done]] = deque()
        self._chores: deque[Callable[[], None]] = deque()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self.backlog_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether too much waits for the disk already."""
        return self.backlog_bytes > MOST_UNSAVED

    def submit(self, batch: Batch, done: Done) -> None:
        """Queue a batch; one without rows only waits for its turn."""
        self._queue.append((batch, done))
        self.backlog_bytes += sum(len(row.data) for row in batch.rows)
        self._rouse()

    def chore(self, work: Callable[[], None]) -> None:
        """Do something with the database between two commits, where it may block."""
        self._chores.append(work)
        self._rouse()

    def _rouse(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._stopped:
                    self._thread = threading.Thread(
                        target=self._work, name="canvas-committer", daemon=True
                    )
                    self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End the worker once its queue is empty."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)

    def _work(self) -> None:
        pause = 0.1
        while True:
            if self._chores:
                self._do(self._chores.popleft())
            if not self._queue:
                if self._chores:
                    continue
                if self._stopped:
                    return
                self._wake.wait()
                self._wake.clear()
                continue
            work = [self._queue[at] for at in range(min(len(self._queue), MOST_AT_ONCE))]
            try:
                answers = self._store([batch for batch, _ in work])
                pause = 0.1
            except Exception as error:
                # Nothing is acknowledged; everybody who made it still holds it.
                log.warning("the log could not be written, trying again: %s", error)
                if self._stopped and pause >= 2.0:
                    log.error("stopped with %d batches that could not be written", len(work))
                    return
                time.sleep(pause)
                pause = min(2.0, pause * 2)
                continue
            for (batch, done), answer in zip(work, answers, strict=True):
                self._queue.popleft()
                self.backlog_bytes -= sum(len(row.data) for row in batch.rows)
                try:
                    done(batch, answer)
                except Exception:
                    log.exception("a room could not take its acknowledgement")
            time.sleep(REST)

    def _do(self, chore: Callable[[], None]) -> None:
        try:
            self._run(chore)
        except Exception:
            log.exception("a chore of the log failed")

    def _store(self, batches: Sequence[Batch]) -> list[Kept | None]:
        asking = [batch for batch in batches if batch.changes]
        if not asking:
            return [Kept()] * len(batches)
        try:
            ids: list[Kept | None] = list(self._run(lambda: self._log.append(asking)))
        except NeverStored:
            ids = [self._store_one(batch) for batch in asking]
        answers = iter(ids)
        return [next(answers) if batch.changes else Kept() for batch in batches]

    def _store_one(self, batch: Batch) -> Kept | None:
        try:
            return self._run(lambda: self._log.append([batch]))[0]
        except NeverStored:
            log.warning("canvas %d is gone, its last edits with it", batch.canvas_id)
            return None
