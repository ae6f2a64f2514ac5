"""Each worker says every half minute that it serves."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, exc, select

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError
from workspace.foundation.unit import write
from workspace.operations.models import ServingWorker
from workspace.operations.state import BEAT

log = logging.getLogger(__name__)
FORGOTTEN = timedelta(days=1)
FIRST = 2.0
"""Seconds until the first sign: serving comes first."""


class Beat:
    """The signs of life of one worker."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._mark = secrets.token_hex(16)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="beat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and say so."""
        self._ended.set()
        self._thread.join(2)
        try:
            with self._app.app_context(), write():
                session().execute(delete(ServingWorker).where(ServingWorker.mark == self._mark))
        except (HouseError, exc.SQLAlchemyError):
            log.info("the sign of this worker stays until it is forgotten")

    def _go(self) -> None:
        wait = FIRST
        while not self._ended.wait(wait):
            wait = BEAT
            try:
                with self._app.app_context():
                    self.say()
            except (HouseError, exc.SQLAlchemyError) as failure:
                log.warning("this worker could not say that it serves: %s", type(failure).__name__)

    def say(self) -> None:
        """Say once that this worker serves; forget those that have been silent for a day."""
        at = now()
        crew = self._app.extensions.get("innocore.crew")
        with write():
            db = session()
            row = db.scalar(select(ServingWorker).where(ServingWorker.mark == self._mark))
            if row is None:
                row = ServingWorker(mark=self._mark, host=socket.gethostname()[:80],
                                    process=os.getpid(), seen_at=at)
                db.add(row)
                db.execute(delete(ServingWorker).where(ServingWorker.seen_at < at - FORGOTTEN))
            row.seen_at = at
            row.keeps_clock = crew is not None and crew.is_clock


def start(app: Flask) -> None:
    """Begin in this process."""
    beat = app.extensions["innocore.beat"] = Beat(app)
    beat.start()


def stop(app: Flask) -> None:
    """End in this process."""
    beat: Beat | None = app.extensions.pop("innocore.beat", None)
    if beat is not None:
        beat.stop()
