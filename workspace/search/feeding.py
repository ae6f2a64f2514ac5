"""How words come into the index: with every row that a session writes, in the same transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app, has_app_context
from sqlalchemy import delete, event, exists, func, select
from sqlalchemy.orm import Session, UOWTransaction

from workspace.foundation.clock import now
from workspace.foundation.db import Base, session
from workspace.foundation.election import Election
from workspace.foundation.features import Documents, house
from workspace.foundation.unit import write
from workspace.search import index
from workspace.search.models import Document, IndexState

log = logging.getLogger(__name__)
AT_ONCE = 500
RULES = 1
"""Counts up when folding changes: the index is built anew at the next start."""
READY = "innocore.search"


def sources() -> tuple[Documents, ...]:
    """Everything that features let people search."""
    found: tuple[Documents, ...] | None = current_app.extensions.get(READY)
    if found is None:
        found = tuple(one for offer in house().offered("documents") for one in offer)
        current_app.extensions[READY] = found
    return found


def key_of(source: Documents, row: Any) -> index.Key:
    """What names the row in the index."""
    return getattr(row, source.keys[0]), getattr(row, source.keys[1]) if source.keys[1:] else ""


def entry_of(source: Documents, row: Any) -> index.Entry | None:
    """The words of a row; None when it has none to be found by."""
    words = source.words(row)
    if words is None or not any(it.strip() for it in words):
        return None
    return index.Entry(key_of(source, row), *words, getattr(row, source.changed))


@event.listens_for(Session, "after_flush")
def feed(db: Session, _flush: UOWTransaction) -> None:
    """Follow what the session has written. No feature can forget to tell."""
    if not has_app_context() or "innocore.house" not in current_app.extensions:
        return
    for source in sources():
        fed = source.fed or source.model
        gone = [it for it in db.deleted if type(it) is fed]
        put = []
        for row in (it for it in (*db.new, *db.dirty) if type(it) is fed):
            entry = entry_of(source, row)
            if entry is None:
                gone.append(row)
            else:
                put.append(entry)
        if put:
            index.put(db.connection(), source.kind, source.family, put)
        for row in gone:
            index.take(db.connection(), source.kind, *key_of(source, row))


def rebuild() -> int:
    """Build the whole index from the tables while people work; returns the number of things.

    In steps of their own, so that nobody waits long. Each step reads and writes in one transaction:
    what is changed meanwhile is fed by its own.
    """
    for source in sources():
        for rows in _steps(source):
            with write():
                _put(source, rows)
    with write():
        sweep()
        state = session().get(IndexState, 1) or IndexState(id=1)
        state.built_with, state.built_at = _mark(), now()
        session().add(state)
        return session().scalar(select(func.count()).select_from(Document)) or 0


def _steps(source: Documents) -> Iterator[list[Any]]:
    """Names of all rows of a source, a step at a time."""
    fed: type[Base] = source.fed or source.model
    columns = [getattr(fed, it) for it in source.keys]
    names = [tuple(it) for it in session().execute(select(*columns).order_by(*columns))]
    session().commit()
    for first in range(0, len(names), AT_ONCE):
        yield names[first : first + AT_ONCE]


def _put(source: Documents, names: list[Any]) -> None:
    fed: Any = source.fed or source.model
    columns = [getattr(fed, it) for it in source.keys]
    low, high = names[0], names[-1]
    query = select(fed).where(columns[0] >= low[0], columns[0] <= high[0])
    wanted = set(names)
    entries = []
    # Held until this step ends (PostgreSQL): a change waits, and then feeds its newer words.
    for row in session().scalars(query.with_for_update(read=True, of=fed)).unique():
        if tuple(getattr(row, it) for it in source.keys) not in wanted:
            continue
        entry = entry_of(source, row)
        if entry is None:
            index.take(session().connection(), source.kind, *key_of(source, row))
        else:
            entries.append(entry)
    index.put(session().connection(), source.kind, source.family, entries)


def sweep() -> None:
    """Take out what no table holds any more; after rows went without the session knowing."""
    session().execute(delete(Document).where(Document.kind.not_in([it.kind for it in sources()])))
    for source in sources():
        fed: Any = source.fed or source.model
        same = [getattr(fed, source.keys[0]) == Document.thing_id]
        if source.keys[1:]:
            same.append(getattr(fed, source.keys[1]) == Document.part)
        session().execute(
            delete(Document).where(Document.kind == source.kind, ~exists().where(*same))
            .execution_options(synchronize_session=False)
        )


def _mark() -> str:
    kinds = f"{RULES} {sorted(it.kind for it in sources())}"
    return hashlib.sha256(kinds.encode()).hexdigest()


def start(app: Flask) -> None:
    """Build the index once when it was never built, or by older rules; one worker does it."""
    with app.app_context():
        if _is_built():
            return
        election = Election(app.extensions["innocore.database"], app.config["INNOCORE"], "index")
        try:
            # The one before us may just be done.
            if election.is_mine() and not _is_built():
                log.info("the search index is built with %d things", rebuild())
        finally:
            election.leave()


def _is_built() -> bool:
    session().expire_all()
    state = session().get(IndexState, 1)
    built = state.built_with if state else None
    session().commit()
    return built == _mark()
