"""Restoring into an empty house: everything is checked first, then put, then checked again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Table, delete, exc, inspect, select, update

from workspace.accounts.models import ErasedKey, OneTimeLink, SignIn
from workspace.foundation import migrate
from workspace.foundation.clock import now
from workspace.foundation.db import engine, session
from workspace.foundation.errors import HouseError
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.storage import KEY, storage
from workspace.foundation.unit import write
from workspace.journal import statements
from workspace.journal.checking import check
from workspace.journal.keys import KeyAway, newest, own
from workspace.operations import tables
from workspace.operations.archive import BadBackup, Reader
from workspace.operations.erased import ERASED, read_list
from workspace.operations.facts import BackupRestored


@dataclass(frozen=True)
class Restored:
    """What was put back and found right."""

    version: str
    made_at: str
    tables: int
    rows: int
    files: int
    missing: int
    erased: int
    """People of the list of erased keys who were erased again."""
    had_list: bool
    """Whether there was such a list."""
    faults: tuple[str, ...]
    """What the record of everything does not hold; empty when it holds."""


def restore(path: Path, erased: Path | None = None, trust_erased: bool = False) -> Restored:
    """Restore a backup into an empty database and an empty store. Raises BadBackup.

    `erased` is the list of erased keys; without one, the list beside the backup is taken. It must
    be signed by the house, unless it is to be trusted as it is. When something fails nothing of
    the backup stays.
    """
    reader = Reader(path, current_app.config["INNOCORE"].secret())
    try:
        _fits(reader.manifest)
        gone = read_list(
            erased or path.with_name(ERASED), _keys(reader), reader.manifest["made_at"],
            named=erased is not None, trusted=trust_erased,
        )
        _empty()
        reader.check()
        _put(reader)
        return _finish(reader, gone)
    finally:
        reader.close()


def _fits(manifest: dict[str, Any]) -> None:
    newest = migrate.newest()
    if manifest["revision"] != newest:
        raise BadBackup(
            f"This backup has the tables of revision {manifest['revision']}, and this release has "
            f"{newest}. Restore it with release {manifest.get('version', '?')}, then upgrade."
        )
    known = {it.name for it in migrate.metadata().sorted_tables}
    unknown = sorted(set(manifest["tables"]) - known)
    if unknown:
        raise BadBackup(f"This release has no table {unknown[0]}.")


def _keys(reader: Reader) -> set[str]:
    """The public keys that are believed: those in the backup, and the one of this machine."""
    name = "tables/record_key.jsonl"
    rows = [json.loads(it) for it in reader.lines(name)] if name in reader.members else []
    known = {str(it["public_key"]) for it in rows}
    try:
        mine = own()
    except KeyAway as problem:
        raise BadBackup(str(problem)) from problem
    return known if mine is None else known | {mine.public}


def _empty() -> None:
    there = set(inspect(engine()).get_table_names())
    with engine().connect() as connection:
        for table in migrate.metadata().sorted_tables:
            if table.name in there and connection.execute(
                select(*table.primary_key.columns).limit(1)
            ).first() is not None:
                raise BadBackup(
                    "The database is not empty. Restore into a new database and a new data folder."
                )
    if next(iter(storage().older_than(now() + timedelta(days=1))), None) is not None:
        raise BadBackup("The store of files is not empty. Restore into a new data folder.")


def _put(reader: Reader) -> None:
    kept: list[str] = []
    try:
        migrate.upgrade(engine())
        for name in reader.members:
            if name.startswith("files/"):
                key = name.removeprefix("files/")
                _file(reader, name, key, kept)
        _rows(reader)
    except BaseException as failure:
        for key in kept:
            storage().delete(key)
        session().rollback()
        migrate.downgrade(engine())
        if isinstance(failure, HouseError):
            raise BadBackup(failure.reason) from failure
        if isinstance(failure, (exc.SQLAlchemyError, ValueError, OSError)):
            raise BadBackup(
                f"The backup could not be put back ({type(failure).__name__}). Nothing of it was "
                "kept; see that there is room and that the database answers, then try again."
            ) from failure
        raise


def _file(reader: Reader, name: str, key: str, kept: list[str]) -> None:
    if not KEY.fullmatch(key):
        raise BadBackup(f"{name} is no file of ours.")
    with reader.open(name) as source:
        stored = storage().put(key, source)  # type: ignore[arg-type]
    kept.append(key)
    if stored.sha256 != reader.members[name]["sha256"]:
        raise BadBackup(f"The checksum of {name} is wrong. Copy the file once more.")


def _rows(reader: Reader) -> None:
    counts: dict[str, int] = reader.manifest["tables"]
    ours = [it for it in migrate.metadata().sorted_tables if it.name in counts]
    with engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")  # the switch is heard outside a transaction only
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            tables.suspend_references(connection, ours)
            for table in reversed(ours):
                connection.execute(delete(table))  # what the migrations themselves put there
            for table in ours:
                _table(connection, reader, table, counts[table.name])
            tables.set_counters(connection, ours)
            tables.resume_references(connection, ours)
            connection.commit()
        finally:
            if connection.in_transaction():
                connection.rollback()
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
                connection.exec_driver_sql("BEGIN")


def _table(connection: Connection, reader: Reader, table: Table, count: int) -> None:
    name = f"tables/{table.name}.jsonl"
    tables.load(connection, table, reader.lines(name))
    rows, checksum = tables.digest(connection, table)
    if rows != count or checksum != reader.members[name]["sha256"]:
        raise BadBackup(f"The table {table.name} is not what it was: {rows} rows of {count}.")


def _finish(reader: Reader, gone: Sequence[str] | None) -> Restored:
    """End all sessions and links, erase again whoever was erased since, and check the record."""
    manifest = reader.manifest
    known = set(session().scalars(select(ErasedKey.key)))
    session().commit()
    again = [key for key in gone or () if key not in known]
    with write():
        session().execute(
            update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now())
        )
        session().execute(  # whether a link was used since, the backup does not know
            update(OneTimeLink).where(OneTimeLink.used_at.is_(None)).values(used_at=now())
        )
        announce(BackupRestored(None, reader.checksum))
    for call in house().offered("after_restore"):
        call(again)
    statements.forget_here()
    key = newest()  # the backup bears our signature: its keys are the house's
    session().commit()
    report = check(trusted=key.public_key if key else "")
    faults = tuple(f"{it.place}: {it.why}" for it in report.faults)
    files = sum(it.startswith("files/") for it in reader.members)
    return Restored(
        str(manifest.get("version", "?")), str(manifest.get("made_at", "?")),
        len(manifest["tables"]), sum(manifest["tables"].values()), files,
        len(manifest.get("missing", ())), len(again), gone is not None, faults,
    )
