"""Waking after an unclean stop: SQLite's file is looked through before anybody is served."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from sqlalchemy import exc

from workspace.foundation.db import Database
from workspace.foundation.settings import Settings

log = logging.getLogger(__name__)
LARGE = 256 * 1024 * 1024
"""A larger file gets the quick look, which leaves its indexes out, so that people wait less."""
FAULTS = 10


class Damaged(RuntimeError):
    """The database file is not whole."""


def look(database: Database, settings: Settings) -> bool:
    """Check the file when the last stop was unclean; returns whether it was.

    Raises Damaged rather than serve from a file that is not whole.
    """
    mark = _mark(settings)
    unclean = database.is_sqlite and mark.exists()
    if unclean:
        log.warning("the last stop was unclean; the database is being looked through")
        faults = check(database)
        if faults:
            log.critical("the database file is damaged; restore the last backup")
            raise Damaged(
                "The database file is damaged. Restore the last backup: see docs/operate.md."
            )
    if database.is_sqlite:
        mark.write_text(f"{os.getpid()}\n", encoding="ascii")
    return unclean


def sleep(database: Database, settings: Settings) -> None:
    """Write down that this stop was clean."""
    if database.is_sqlite:
        _mark(settings).unlink(missing_ok=True)


def check(database: Database) -> int:
    """How many faults SQLite finds in its own file, at most FAULTS."""
    name = database.engine.url.database
    size = Path(name).stat().st_size if name and Path(name).exists() else 0
    pragma = "quick_check" if size > LARGE else "integrity_check"
    try:
        with database.engine.connect() as connection:
            found = connection.exec_driver_sql(f"PRAGMA {pragma}({FAULTS})").scalars().all()
    except exc.DatabaseError:
        return FAULTS
    return 0 if found == ["ok"] else len(found)


def _mark(settings: Settings) -> Path:
    return settings.data / "serving"
