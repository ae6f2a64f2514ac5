"""Four methods on a folder and on a bucket: all or nothing, random names, no way out."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers import ROOT, free_port
from tests.services import Bucket
from workspace.foundation.clock import now
from workspace.foundation.errors import TooLarge, Unavailable
from workspace.foundation.settings import Settings
from workspace.foundation.storage import LocalStorage, Storage, new_key
from workspace.foundation.storage_s3 import BucketStorage


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return LocalStorage(tmp_path / "files")
    bucket: Bucket = request.getfixturevalue("bucket")
    return BucketStorage(bucket.settings(tmp_path, f"tests/{secrets.token_hex(6)}"))


def everything(store: Storage) -> list[str]:
    """Whatever is there, also what was only begun."""
    if isinstance(store, LocalStorage):
        return [path.name for path in store.root.rglob("*") if path.is_file()]
    return list(store.older_than(now() + timedelta(hours=1)))


def test_what_is_put_comes_back_with_its_size_and_checksum(store: Storage) -> None:
    data, key = os.urandom(700_000), new_key()
    stored = store.put(key, io.BytesIO(data))
    assert (stored.size, stored.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with store.open(key) as file:
        assert file.seekable()
        assert file.read() == data
    assert store.exists(key)
    assert len(everything(store)) == 1


def test_deleting_is_final_and_says_whether_there_was_anything(store: Storage) -> None:
    key = new_key()
    store.put(key, b"x")
    assert store.delete(key)
    assert not store.delete(key)
    assert not store.exists(key)
    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_what_is_stored_never_changes(store: Storage) -> None:
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
def test_only_random_keys_are_keys(store: Storage, key: str) -> None:
    for call in (store.open, store.delete, store.exists):
        with pytest.raises(ValueError, match="storage key"):
            call(key)
    with pytest.raises(ValueError, match="storage key"):
        store.put(key, b"x")


def test_too_much_is_refused_while_it_arrives_and_leaves_nothing(store: Storage) -> None:
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


def test_a_stream_that_breaks_leaves_nothing(store: Storage) -> None:
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStorage(tmp_path / "files")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="no room"):
        store.put(new_key(), b"x")
    assert everything(store) == []


def test_what_was_there_before_an_instant_is_listed(store: Storage) -> None:
    kept = {new_key() for _ in range(3)}
    for key in kept:
        store.put(key, b"x")
    assert set(store.older_than(now() + timedelta(minutes=1))) == kept
    assert list(store.older_than(now() - timedelta(hours=1))) == []


def test_a_store_that_works_says_so(store: Storage) -> None:
    store.check()
    assert everything(store) == []


def test_a_bucket_that_cannot_be_reached_is_told_in_words(tmp_path: Path) -> None:
    store = BucketStorage(Settings(
        environment="testing", data_dir=str(tmp_path), files="s3://nowhere/x",
        s3_endpoint=f"http://127.0.0.1:{free_port()}", s3_access_key="a", s3_secret_key="b",
    ))
    with pytest.raises(Unavailable, match="cannot be reached"):
        store.check()


def test_a_bucket_does_not_hold_greenlets_up(bucket: Bucket, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.foundation.bucket_under_gevent", str(tmp_path),
         bucket.endpoint, bucket.name],
        cwd=ROOT, capture_output=True, timeout=90, check=True, text=True,
    )
    assert "Traceback" not in told.stderr, "a failure in a thread is written nowhere"
    longest = float(told.stdout)
    assert longest < 0.5, "nobody else ran for this many seconds"
