"""Tables and sessions: one session per application context, on SQLite or PostgreSQL."""

from __future__ import annotations

import functools
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from flask import current_app, g
from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    exc,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from workspace.foundation.clock import now

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITE = "innocore_write"
PATIENCE = 10.0
"""Seconds that a write waits for its turn on SQLite before it gives up."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; naive values are refused, UTC comes back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table of the house."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: UtcDateTime(),
        date: Date(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def new_public_id() -> str:
    """A random name for URLs: 128 bits less a hair, 22 URL-safe characters.

    It does not begin with a hyphen: commands would take it for an option, spreadsheets for a sum.
    """
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


class Row:
    """A table with a running number, which never leaves the database."""

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class PublicRow(Row):
    """A row that has an address."""

    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)


class Database:
    """The engine and what SQLite needs: WAL, full durability, one writer at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        # What people typed never reaches a log line by way of an error of the database.
        options: dict[str, Any] = {"pool_pre_ping": not self.is_sqlite, "hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 5}
        options |= {"pool_size": 10, "max_overflow": 20}
        self.engine = create_engine(url, **options)
        # Greenlets and threads of one process queue here instead of polling the file.
        self.writer = threading.RLock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def new_session(self) -> Session:
        """A session of its own, to be closed by whoever asked for it."""
        return Session(self.engine, expire_on_commit=False)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Waiting inside SQLite would stop every greenlet, so it waits only briefly; `_begin_sqlite`
    # tries again politely.
    cursor.execute("PRAGMA busy_timeout=25")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITE):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except exc.OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > until:
                raise
            time.sleep(0.003)


@functools.cache
def _upsert(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    key: tuple[str, ...],
    unless: tuple[str, ...],
) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[table.c[name] for name in key],
        set_={name: new[name] for name in names if name not in key},
        where=or_(*(table.c[name] != new[name] for name in unless)) if unless else None,
    )


def upsert(
    connection: Connection,
    kind: type[Base],
    rows: Sequence[dict[str, Any]],
    key: Collection[str],
    unless_equal: Collection[str] = (),
) -> None:
    """Insert rows, or replace those that have the same `key`.

    `rows` all name the same columns, as the table calls them. With `unless_equal` a row that has
    equal values there is left as it is. One statement, made once: with the values in it, the
    making costs more than the database's work.
    """
    if rows:
        table = kind.metadata.tables[kind.__tablename__]
        made = _upsert(
            connection.dialect.name, table, tuple(rows[0]), tuple(key), tuple(unless_equal)
        )
        connection.execute(made, rows)


def database() -> Database:
    """The database of the current application."""
    found: Database = current_app.extensions["innocore.database"]
    return found


def engine() -> Engine:
    """The engine of the current application."""
    return database().engine


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that goes on seeing the database as it is now, while others write."""
    with engine().connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def session() -> Session:
    """The session of the current application context; made at first use, closed with it."""
    found: Session | None = g.get("innocore_session")
    if found is None:
        found = database().new_session()
        g.innocore_session = found
    return found


def close_session(_error: BaseException | None = None) -> None:
    """Give the context's session back; registered as a teardown by the factory."""
    found: Session | None = g.pop("innocore_session", None)
    if found is not None:
        found.close()
