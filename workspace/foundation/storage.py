"""Bytes under random names behind four methods: a local folder here, a bucket in `storage_s3`."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import Flask, current_app

from workspace.foundation.errors import TooLarge, Unavailable
from workspace.foundation.settings import Settings
from workspace.foundation.text import lazy

CHUNK = 256 * 1024
KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


@dataclass(frozen=True)
class Stored:
    """What was put: its size in bytes and SHA-256 (hexadecimal), reckoned while it was written."""

    key: str
    size: int
    sha256: str


class Storage(Protocol):
    """Where files live. Keys are random and never hold anything that a person typed."""

    def put(self, key: str, data: bytes | BinaryIO, limit: int | None = None) -> Stored:
        """Keep `data` under `key`, all of it or nothing.

        Raises TooLarge after `limit` bytes, FileExistsError when the key is taken (what is stored
        never changes), Unavailable when there is no room.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """The bytes, seekable. Raises FileNotFoundError."""
        ...

    def delete(self, key: str) -> bool:
        """Forget `key`; False when it was not there."""
        ...

    def exists(self, key: str) -> bool:
        """Whether something is stored under `key`."""
        ...

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Every key that was put before `instant`: what the sweep and the backup walk through."""
        ...

    def check(self) -> None:
        """Raise Unavailable (or OSError) when files cannot be kept or read now."""
        ...


def checked(key: str) -> str:
    """`key` when it is one. Raises ValueError."""
    if not KEY.fullmatch(key):
        raise ValueError("a storage key is 22 to 64 letters, digits, - or _")
    return key


def new_key() -> str:
    """A random name: 192 bits, 32 URL-safe characters."""
    return secrets.token_urlsafe(24)


class LocalStorage:
    """Files in one folder, spread over subfolders by the first two characters of the key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        checked(key)
        # A prefix, so that a key beginning with "-" never looks like an option to a tool.
        return self.root / f"k{key[:2]}" / f"k{key}"

    def put(self, key: str, data: bytes | BinaryIO, limit: int | None = None) -> Stored:
        """See `Storage.put`."""
        path = self._path(key)
        source: BinaryIO = io.BytesIO(data) if isinstance(data, bytes) else data
        draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}.part")
        digest, size = hashlib.sha256(), 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("xb") as out:
                    while piece := source.read(CHUNK):
                        size += len(piece)
                        if limit is not None and size > limit:
                            raise TooLarge(lazy("This file is larger than the limit."))
                        digest.update(piece)
                        out.write(piece)
                    out.flush()
                    os.fsync(out.fileno())
                os.link(draft, path)  # fails when the key is taken; a rename would overwrite
            finally:
                draft.unlink(missing_ok=True)
            _settle(path.parent)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Unavailable(
                    lazy("There is no room for this file right now. Tell the administrator.")
                ) from error
            raise
        return Stored(key, size, digest.hexdigest())

    def open(self, key: str) -> BinaryIO:
        """See `Storage.open`."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> bool:
        """See `Storage.delete`."""
        path = self._path(key)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _settle(path.parent)
        return True

    def exists(self, key: str) -> bool:
        """See `Storage.exists`."""
        return self._path(key).is_file()

    def older_than(self, instant: datetime) -> Iterator[str]:
        """See `Storage.older_than`."""
        limit = instant.timestamp()
        for folder in sorted(self.root.glob("k??")):
            for path in sorted(folder.iterdir()):
                name = path.name.removeprefix("k")
                if KEY.fullmatch(name) and path.stat().st_mtime < limit:
                    yield name

    def forget_drafts(self, instant: datetime) -> int:
        """Delete what was begun before `instant` and never finished; returns how many."""
        old = [it for it in self.root.rglob("*.part") if it.stat().st_mtime < instant.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def check(self) -> None:
        """See `Storage.check`."""
        self.root.mkdir(parents=True, exist_ok=True)
        trial = self.root / f"trial.{secrets.token_hex(6)}.part"
        try:
            with trial.open("xb") as out:
                out.write(b"x" * 4096)
        finally:
            trial.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Put the folder's own entries on disk: without it a new name can vanish with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage_for(settings: Settings) -> Storage:
    """The storage that the settings name: a bucket, or a folder beside the database."""
    if settings.files:
        from workspace.foundation.storage_s3 import BucketStorage

        return BucketStorage(settings)
    return LocalStorage(settings.data / "files")


def start(app: Flask, settings: Settings) -> None:
    """Give the application its storage."""
    app.extensions["innocore.storage"] = storage_for(settings)


def storage() -> Storage:
    """The storage of the current application."""
    found: Storage = current_app.extensions["innocore.storage"]
    return found
