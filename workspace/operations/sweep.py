"""Files that nobody names: left when a process ends between storing bytes and writing the row."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import String, select

from workspace.foundation import migrate
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.storage import LocalStorage, storage

log = logging.getLogger(__name__)
UNNAMED = timedelta(hours=24)
"""Younger files may belong to work that is still going on."""


def sweep() -> int:
    """Delete stored files that are older than a day and that no row names; returns how many."""
    store = storage()
    before = now() - UNNAMED
    old = list(store.older_than(before))
    # Read after the list: whatever was named meanwhile is named here.
    named = _named()
    session().commit()
    gone = sum(store.delete(key) for key in old if key not in named)
    if isinstance(store, LocalStorage):
        gone += store.forget_drafts(before)
    if gone:
        log.info("%s files that nobody names were deleted", gone)
    return gone


def _named() -> set[str]:
    """Every value of every column that may name a file: rather too many than one too few."""
    db = session()
    return {
        key
        for table in migrate.metadata().sorted_tables
        for column in table.columns
        if column.name.endswith("_key") and isinstance(column.type, String)
        for key in db.scalars(select(column).where(column.is_not(None)))
    }


def sweep_daily() -> None:
    """The same as a periodic job."""
    sweep()
