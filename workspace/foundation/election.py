"""One of all workers does what only one should: keep the clock, build the search index.

On PostgreSQL the one that holds an advisory lock, which the database frees when its connection
ends; on SQLite, where all workers share one machine, the one that holds a lock on a file. Either
way whoever is killed lets go at once, and nobody has to agree about the time.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, exc, text

from workspace.foundation.db import Database
from workspace.foundation.settings import Settings

if os.name != "nt":
    import fcntl

log = logging.getLogger(__name__)


class Election:
    """Asks, and asks again, whether this worker is the one."""

    def __init__(self, database: Database, settings: Settings, office: str = "scheduler") -> None:
        """`office` is a short name, of which a file and a lock are made."""
        self._database = database
        self._path: Path = settings.data / f"{office}.lock"
        digest = hashlib.sha256(f"innocore {office}".encode()).digest()
        self._number = int.from_bytes(digest[:8], "big", signed=True)
        self._file: IO[Any] | None = None
        self._line: Connection | None = None

    def is_mine(self) -> bool:
        """Whether this worker is the one now; tries to be it if nobody is."""
        return self._by_file() if self._database.is_sqlite else self._by_database()

    def leave(self) -> None:
        """Let somebody else be the one."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._line is not None:
            line, self._line = self._line, None
            try:
                line.invalidate()  # the lock lives as long as the connection itself
            except exc.SQLAlchemyError:
                log.info("the connection of an elected worker was gone already")
            line.close()

    def _by_file(self) -> bool:
        if self._file is not None or os.name == "nt":
            return True
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def _by_database(self) -> bool:
        try:
            if self._line is not None:
                self._line.execute(text("SELECT 1"))
                return True
            line = self._database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        except exc.SQLAlchemyError as error:
            log.warning("nobody can be elected: %s", type(error).__name__)
            self.leave()
            return False
        try:
            won = bool(line.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": self._number}))
        except exc.SQLAlchemyError:
            won = False
        if won:
            self._line = line
        else:
            line.close()
        return won
