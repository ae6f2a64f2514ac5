"""The file that a backup is: a zip of plain members, a manifest of their checksums, a signature.

Nothing in it is ever run or unpickled, and no member's name is used as a path: tables are looked up
among our own, files go into the store under their keys. The signature is made with a key that only
this house has, and is checked before anything else is read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

PRODUCT = "innocore-workspace"
FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.hmac"
MEMBER = re.compile(r"tables/[a-z][a-z0-9_]{0,62}\.jsonl|files/[A-Za-z0-9_-]{22,64}")
MOST_MANIFEST = 256 * 1024 * 1024
MOST_LINE = 64 * 1024 * 1024
CHUNK = 256 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class BadBackup(Exception):
    """A file that is not restored; its text says why and what to do."""


def key_of(secret: str, purpose: str) -> bytes:
    """A key for one purpose, made from the house's secret."""
    return hmac.digest(secret.encode(), f"innocore backup {purpose}".encode(), "sha256")


def mark_of(secret: str) -> str:
    """Tells two secrets apart without telling either."""
    return key_of(secret, "mark").hex()[:16]


class Writer:
    """Writes an archive; `finish` signs it."""

    def __init__(self, path: Path, secret: str) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._secret = secret
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, pieces: Iterable[bytes], packed: bool = True) -> int:
        """One member; returns how many pieces it was made of."""
        whole, size, count = hashlib.sha256(), 0, 0
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for piece in pieces:
                whole.update(piece)
                size += len(piece)
                count += 1
                out.write(piece)
        self.members[name] = {"size": size, "sha256": whole.hexdigest()}
        return count

    def finish(self, facts: Mapping[str, Any]) -> str:
        """Write the manifest and sign it; returns its checksum."""
        manifest = {
            **facts, "product": PRODUCT, "format": FORMAT, "members": self.members,
            "keys": [{"name": "secret_key", "mark": mark_of(self._secret)}],
        }
        body = json.dumps(manifest, sort_keys=True, indent=1).encode("ascii")
        signature = hmac.new(key_of(self._secret, "signature"), body, hashlib.sha256).hexdigest()
        self._zip.writestr(MANIFEST, body)
        self._zip.writestr(SIGNATURE, signature)
        self._zip.close()
        return hashlib.sha256(body).hexdigest()

    def abandon(self) -> None:
        """Let go of the file; the caller removes it."""
        self._zip.close()


class Reader:
    """Reads an archive whose manifest and signature hold. Raises BadBackup."""

    def __init__(self, path: Path, secret: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise BadBackup(f"There is no file {path}.") from None
        except BROKEN:
            raise BadBackup(
                "This file is no backup, or a part of it is missing. Copy it once more."
            ) from None
        names = self._zip.namelist()
        if len(set(names)) != len(names) or MANIFEST not in names or SIGNATURE not in names:
            raise BadBackup("This file has no manifest: it is no backup of this product.")
        body = self._small(MANIFEST, MOST_MANIFEST)
        self.manifest = _manifest(body)
        if self.manifest["keys"] != [{"name": "secret_key", "mark": mark_of(secret)}]:
            raise BadBackup(
                "This backup was made with another secret key. Set INNOCORE_SECRET_KEY, or the "
                "file secret_key in the data folder, to the key of the house that it comes from."
            )
        expected = hmac.new(key_of(secret, "signature"), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(
            expected.encode(), self._small(SIGNATURE, 1000).strip()
        ):
            raise BadBackup("The signature is wrong: somebody or something changed this backup.")
        self.checksum = hashlib.sha256(body).hexdigest()
        self.members: dict[str, dict[str, Any]] = self.manifest["members"]
        wrong = [it for it in self.members if not MEMBER.fullmatch(it)]
        if wrong or set(names) != {MANIFEST, SIGNATURE, *self.members}:
            raise BadBackup("This backup has other members than its manifest says.")

    def check(self) -> None:
        """Read every member once and compare its checksum."""
        for name in self.members:
            for _piece in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member; raises BadBackup at the end when they are not those of old."""
        known = self.members[name]
        whole, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as source:
                while piece := source.read(CHUNK):
                    size += len(piece)
                    if size > known["size"]:
                        break
                    whole.update(piece)
                    yield piece
        except BROKEN as error:
            raise BadBackup(f"{name} cannot be read. Copy the file once more.") from error
        if size != known["size"] or whole.hexdigest() != known["sha256"]:
            raise BadBackup(f"The checksum of {name} is wrong. Copy the file once more.")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > MOST_LINE:
                raise BadBackup(f"A line of {name} is too long.")
        if rest:
            raise BadBackup(f"The last line of {name} is cut off.")

    def open(self, name: str) -> IO[bytes]:
        """A member as a stream; the caller compares what it reckons."""
        return self._zip.open(name)

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _small(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(name) as source:
                body = source.read(most + 1)
        except BROKEN as error:
            raise BadBackup("This backup cannot be read. Copy the file once more.") from error
        if len(body) > most:
            raise BadBackup(f"The member {name} is too large.")
        return body


def _manifest(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
        shape = (
            found["product"] == PRODUCT and isinstance(found["format"], int)
            and isinstance(found["revision"], str)
            and all(isinstance(it, int) for it in found["tables"].values())
            and all(
                isinstance(it["size"], int) and isinstance(it["sha256"], str)
                for it in found["members"].values()
            )
            and isinstance(found["keys"], list)
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        shape, found = False, {}
    if not shape:
        raise BadBackup("This file has no manifest: it is no backup of this product.")
    if found["format"] != FORMAT:
        raise BadBackup(
            f"This backup has the format {found['format']}, and this release reads {FORMAT}. "
            "Restore it with the release that made it, then upgrade."
        )
    checked: dict[str, Any] = found
    return checked
