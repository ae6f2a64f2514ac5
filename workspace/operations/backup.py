"""Making a backup while people work: one snapshot of the database, then the files that it names."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import Connection, Select, select

from workspace.accounts.models import ErasedKey
from workspace.files.models import File, FilePage
from workspace.foundation import migrate
from workspace.foundation.clock import now
from workspace.foundation.db import engine, session, snapshot
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.storage import CHUNK, KEY, storage
from workspace.foundation.unit import write
from workspace.journal import statements
from workspace.journal.keys import KeyAway, Signer, links
from workspace.operations import tables
from workspace.operations.archive import BadBackup, Reader, Writer
from workspace.operations.erased import write_list
from workspace.operations.facts import BackupFailed, BackupMade
from workspace.operations.models import Backup
from workspace.operations.release import VERSION

log = logging.getLogger(__name__)
LEFT_OUT = frozenset({"backup", "serving_worker"})
"""Tables about this installation and not about its people's work."""


@dataclass(frozen=True)
class Made:
    """What was written."""

    path: Path
    size: int
    rows: int
    files: int
    missing: int
    signed: bool
    """Whether the list of erased people is; not on a machine without the key of the record."""


def stored_keys() -> list[Select[tuple[str]]]:
    """Queries for the keys of all files that rows name; features with more offer `stored_keys`."""
    more = [query for offer in house().offered("stored_keys") for query in offer()]
    return [select(File.storage_key), select(FilePage.image_key), *more]


def back_up(target: Path | None = None) -> Made:
    """Write a backup, read it back, and record it.

    `target` is a folder, or a `.zip` file that is not there yet; without one it lies in `backups`
    in the data folder. Raises BadBackup in words for a person.
    """
    at = now()
    path = _path(target, at)
    with write():
        row = Backup(name=path.name)
        session().add(row)
        session().flush()
        number = row.id
    signer = _signer()
    session().commit()
    try:
        made = _make(path, at, signer)
    except BaseException as failure:
        with write():
            row = session().get_one(Backup, number)
            row.ended_at, row.result, row.error = now(), "failed", type(failure).__name__[:80]
            announce(BackupFailed(None, number))
        if isinstance(failure, OSError):
            raise BadBackup(f"The backup cannot be written: {failure.strerror}.") from failure
        raise
    with write():
        row = session().get_one(Backup, number)
        row.ended_at, row.result, row.size = now(), "made", made.size
        row.table_rows, row.files, row.missing = made.rows, made.files, made.missing
        announce(BackupMade(None, number))
    return made


def _path(target: Path | None, at: datetime) -> Path:
    name = f"innocore-{at:%Y%m%d-%H%M%S}.zip"
    folder: Path = current_app.config["INNOCORE"].data / "backups"
    if target is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / name
    if target.is_dir():
        path = target / name
    elif target.suffix == ".zip":
        path = target
    else:  # a folder that is not there, perhaps because a disk is not mounted
        raise BadBackup(f"There is no folder {target}. Make it first, or name a file that ends in "
                        ".zip.")
    if path.exists():
        raise BadBackup(f"{path} is there already. Name another file.")
    if not path.parent.is_dir():
        raise BadBackup(f"There is no folder {path.parent}. Make it first.")
    return path


def _signer() -> Signer | None:
    try:
        with write():
            return statements.prepared()
    except (KeyAway, statements.Behind) as problem:
        log.warning("the list of erased people is not signed: %s", problem)
        return None


def _make(path: Path, at: datetime, signer: Signer | None) -> Made:
    secret = current_app.config["INNOCORE"].secret()
    draft = path.with_name(path.name + ".part")
    writer = _writer(draft, secret)
    try:
        with snapshot() as connection:
            rows = _tables(writer, connection)
            erased = list(connection.scalars(select(ErasedKey.key).order_by(ErasedKey.key)))
            keys = sorted({
                str(key) for it in stored_keys() for key in connection.execute(it).scalars() if key
            })
        missing = [key for key in keys if not _file(writer, key)]
        writer.finish({
            "version": VERSION, "revision": migrate.newest(), "made_at": at.isoformat(),
            "database": engine().dialect.name, "tables": rows, "missing": missing,
        })
        _settle(draft)
        reader = Reader(draft, secret)
        try:
            reader.check()
        finally:
            reader.close()
        draft.rename(path)
    except BaseException:
        writer.abandon()
        draft.unlink(missing_ok=True)
        raise
    write_list(path.parent, erased, at, signer, links())
    return Made(path, path.stat().st_size, sum(rows.values()), len(keys) - len(missing),
                len(missing), signer is not None)


def _writer(draft: Path, secret: str) -> Writer:
    draft.unlink(missing_ok=True)
    before = os.umask(0o077)
    try:
        return Writer(draft, secret)
    finally:
        os.umask(before)


def _tables(writer: Writer, connection: Connection) -> dict[str, int]:
    return {
        table.name: writer.add(f"tables/{table.name}.jsonl", tables.dump(connection, table))
        for table in migrate.metadata().sorted_tables
        if table.name not in LEFT_OUT
    }


def _file(writer: Writer, key: str) -> bool:
    """Add a file; False when the store does not have it."""
    if not KEY.fullmatch(key):
        return False
    try:
        source = storage().open(key)
    except FileNotFoundError:
        return False
    with source:
        writer.add(f"files/{key}", _pieces(source), packed=False)
    return True


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(CHUNK):
        yield piece


def _settle(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
