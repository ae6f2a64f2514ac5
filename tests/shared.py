"""What the houses of one process share: work that has the same result for all of them.

A house is built for nearly every test and thrown away again. A house that serves people lives for
weeks and does this work once; without sharing, a run of the tests would be busy with little else.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 4000
"""More than the whole house asks in all its ways."""


def share() -> None:
    """Begin sharing; once in a process, before the first house is built."""
    # Looking through all of memory for each house costs more than building it.
    gc.set_threshold(100_000, 20, 50)
    _addresses()
    _statements()


def _addresses() -> None:
    """Share the code that Werkzeug writes to build an address.

    It writes and compiles two small functions for every door, which is half the building of a
    house. They know nothing of the map they stand in: the rule is handed to them as an argument.
    """
    compiled = Rule._compile_builder
    kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:  # they are turned into words by the converters of this very map
            return compiled(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = builder  # type: ignore[assignment,method-assign]


def _statements() -> None:
    """Share the words of the statements that SQLAlchemy has written for a kind of database.

    They are kept for each engine under its dialect, and a dialect equals only itself. Ours are all
    made with the same options, so that two of one class write the same words.
    """
    kept: dict[type, LRUCache[Any, Any]] = {}

    @event.listens_for(Engine, "engine_connect")
    def share_statements(connection: Connection) -> None:
        engine = connection.engine
        engine._compiled_cache = kept.setdefault(type(engine.dialect), LRUCache(STATEMENTS))

    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign,assignment]
        kind.__eq__ = lambda dialect, other: (  # type: ignore[method-assign]
            type(dialect) is type(other)
        )
