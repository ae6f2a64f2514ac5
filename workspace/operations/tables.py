"""Rows as JSON lines, the same on SQLite and PostgreSQL, and back again."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    LargeBinary,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from workspace.foundation.db import UtcDateTime

AT_ONCE = 500
NULLABLE_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Code = Callable[[Any], Any]


def _instant(words: str) -> datetime:
    return datetime.fromisoformat(words).astimezone(UTC)


def _codec(column: Column[Any]) -> tuple[Code, Code]:
    """How a value of this column is written as JSON, and read."""
    kind = column.type
    if isinstance(kind, LargeBinary):
        return lambda it: base64.b64encode(it).decode("ascii"), base64.b64decode
    if isinstance(kind, UtcDateTime):
        return lambda it: it.isoformat(), _instant
    if isinstance(kind, Date):
        return lambda it: it.isoformat(), date.fromisoformat
    return lambda it: it, lambda it: it


def columns(table: Table) -> list[Column[Any]]:
    """The columns whose values are ours; what the database reckons itself is left to it."""
    return [it for it in table.columns if it.computed is None]


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """One line a row, in the order of the primary key."""
    ours = columns(table)
    write = [_codec(it)[0] for it in ours]
    rows = connection.execute(
        select(*ours).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    )
    for row in rows:
        values = {
            column.name: None if value is None else code(value)
            for column, code, value in zip(ours, write, row, strict=True)
        }
        yield json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def digest(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows there are, and the checksum of their lines."""
    whole, rows = hashlib.sha256(), 0
    for line in dump(connection, table):
        whole.update(line)
        rows += 1
    return rows, whole.hexdigest()


def load(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Put rows into an empty table; returns how many. Raises ValueError when a line is no row."""
    ours = columns(table)
    read = {it.name: _codec(it)[1] for it in ours}
    statement = insert(table).values({
        it.name: bindparam(
            it.name,
            type_=NULLABLE_JSON if isinstance(it.type, JSON) and it.nullable else it.type,
        )
        for it in ours
    })
    batch: list[dict[str, Any]] = []
    rows = 0
    for line in lines:
        batch.append(_row(json.loads(line), read, table))
        rows += 1
        if len(batch) >= AT_ONCE:
            connection.execute(statement, batch)
            batch = []
    if batch:
        connection.execute(statement, batch)
    return rows


def _row(values: Any, read: Mapping[str, Code], table: Table) -> dict[str, Any]:
    if not isinstance(values, dict) or values.keys() != read.keys():
        raise ValueError(f"a row of {table.name} has other columns")
    return {name: None if value is None else read[name](value) for name, value in values.items()}


def suspend_references(connection: Connection, tables: Iterable[Table]) -> None:
    """Check references at the end and not row by row; PostgreSQL only, SQLite is told before."""
    if connection.dialect.name == "postgresql":
        for table, name in _references(connection, tables):
            connection.execute(text(
                f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" DEFERRABLE INITIALLY DEFERRED'
            ))


def resume_references(connection: Connection, tables: Iterable[Table]) -> None:
    """Check all references now and from now on at once. Raises ValueError on SQLite when one
    points nowhere; PostgreSQL raises itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        for table, name in _references(connection, tables):
            connection.execute(text(
                f'ALTER TABLE "{table}" ALTER CONSTRAINT "{name}" NOT DEFERRABLE'
            ))
    elif connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise ValueError("a row refers to another that is not there")


def _references(
    connection: Connection, tables: Iterable[Table]
) -> list[tuple[str, str]]:
    ours = {it.name for it in tables}
    rows = connection.execute(text(
        "SELECT r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid "
        "WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace"
    ))
    return [(table, name) for table, name in rows if table in ours]


def set_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """Let running numbers go on after the highest; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        counter = connection.scalar(
            select(func.pg_get_serial_sequence(f'"{table.name}"', column.name))
        )
        top = connection.scalar(select(func.max(column)))
        if counter is not None and top is not None:
            connection.execute(select(func.setval(counter, top)))
