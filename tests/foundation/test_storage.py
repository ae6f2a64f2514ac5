"""Four methods on a folder: all or nothing, random names, no way out."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest

from workspace.foundation.errors import TooLarge, Unavailable
from workspace.foundation.storage import LocalStorage, new_key


@pytest.fixture
def store(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def everything(store: LocalStorage) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_what_is_put_comes_back_with_its_size_and_checksum(store: LocalStorage) -> None:
    data, key = os.urandom(700_000), new_key()
    stored = store.put(key, io.BytesIO(data))
    assert (stored.size, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with store.open(key) as file:
        assert file.seekable()
        assert file.read() == data
    assert store.exists(key)
    assert len(everything(store)) == 1


def test_deleting_is_final_and_says_whether_there_was_anything(store: LocalStorage) -> None:
    key = new_key()
    store.put(key, b"x")
    assert store.delete(key)
    assert not store.delete(key)
    assert not store.exists(key)
    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_what_is_stored_never_changes(store: LocalStorage) -> None:
    key = new_key()
    store.put(key, b"first")
    with pytest.raises(FileExistsError):
        store.put(key, b"second")
    assert store.open(key).read() == b"first"
    assert len(everything(store)) == 1


@pytest.mark.parametrize(
    "key",
    ["", "..", "../" * 8 + "etc", "/etc/passwd-aaaaaaaaaaaaaaaaaaaa", "a" * 21, "a" * 65,
     "a" * 21 + "/", "a" * 21 + "\x00", "a" * 21 + "\n", "a" * 22 + "\n", "é" * 22, "a" * 21 + "."],
)  # fmt: skip
def test_only_random_keys_are_keys(store: LocalStorage, key: str) -> None:
    for call in (store.open, store.delete, store.exists):
        with pytest.raises(ValueError, match="storage key"):
            call(key)
    with pytest.raises(ValueError, match="storage key"):
        store.put(key, b"x")


def test_too_much_is_refused_while_it_arrives_and_leaves_nothing(store: LocalStorage) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"\0" * size

    endless = Endless()
    with pytest.raises(TooLarge):
        store.put(new_key(), endless, limit=1_000_000)  # type: ignore[arg-type]
    assert endless.given < 2_000_000
    assert everything(store) == []


def test_a_stream_that_breaks_leaves_nothing(store: LocalStorage) -> None:
    class Broken(io.RawIOBase):
        def __init__(self) -> None:
            self.pieces = [b"half", None]

        def read(self, size: int = -1) -> bytes:
            piece = self.pieces.pop(0)
            if piece is None:
                raise ConnectionResetError
            return piece

    key = new_key()
    with pytest.raises(ConnectionResetError):
        store.put(key, Broken())  # type: ignore[arg-type]
    assert not store.exists(key)
    assert everything(store) == []


def test_a_full_disk_is_told_in_words(
    store: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="no room"):
        store.put(new_key(), b"x")
    assert everything(store) == []
