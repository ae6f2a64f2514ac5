"""The keys that sign: the private one in a file beside the database, the public ones in a table.

Only the newest private key is kept; a rotation overwrites the one before it. Public keys stay, each
signed by the next: whoever trusts the key of this machine may trust all those before it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from flask import current_app
from sqlalchemy import select

from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.unit import write
from workspace.journal import facts
from workspace.journal.models import RecordKey
from workspace.journal.rules import Link


class KeyAway(Exception):
    """Nothing can be signed here; its text says why and what to do."""


@dataclass(frozen=True)
class Signer:
    """A private key and its public half, as hex."""

    private: Ed25519PrivateKey
    public: str

    def sign(self, words: str) -> str:
        """The signature over a text, as hex."""
        return self.private.sign(words.encode()).hex()


def holds(public: str, words: str, signature: str) -> bool:
    """Whether a signature over a text was made with the private half of a key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), words.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


# --- the file -------------------------------------------------------------------------------


def own() -> Signer | None:
    """The key in this machine's file, None when there is no file. Raises KeyAway."""
    return _read(_path())


def is_here() -> bool:
    """Whether this machine has the private half of the key that signs now."""
    last = newest()
    try:
        return last is None or _held(last) is not None
    except KeyAway:
        return False


def _path() -> Path:
    path: Path = current_app.config["INNOCORE"].record_key
    return path


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")


def _read(path: Path) -> Signer | None:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(path) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _unreadable(path)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(private, public.hex())


def _unreadable(path: Path) -> KeyAway:
    return KeyAway(f"The file {path} cannot be read as a key. Put the right one there.")


def _unwritable(path: Path) -> KeyAway:
    return KeyAway(f"The key that signs the record cannot be written to {path}.")


def _write(path: Path) -> None:
    """A new key in a new file that only its owner may read."""
    made = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())


def _make() -> Signer:
    """The key of a house that has none; of two workers who make one, both take the first."""
    path = _path()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(draft)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    except OSError as error:
        raise _unwritable(path) from error
    made = _read(path)
    assert made is not None
    return made


# --- the table ------------------------------------------------------------------------------


def newest() -> RecordKey | None:
    """The public key that the house signs with."""
    return session().scalar(select(RecordKey).order_by(RecordKey.number.desc()).limit(1))


def signer() -> Signer:
    """The key that signs now; made and entered when the house has none.

    Raises KeyAway when this machine does not have it. Must be called inside `unit.write()`.
    """
    last = newest()
    if last is None:
        mine = own() or _make()
        _enter(mine, None, "", facts.RecordKeyMade)
        return mine
    held = _held(last)
    if held is None:
        raise KeyAway(
            f"This machine does not have the key that signs the record. Copy the file {_path()} "
            "from where it was signed before, or begin anew with: audit rotate-key --lost"
        )
    return held


def _held(last: RecordKey) -> Signer | None:
    """The private half of that key, if it is here; finishes a rotation that was cut off."""
    mine = own()
    if mine is not None and mine.public == last.public_key:
        return mine
    following = _read(_next(_path()))
    if following is not None and following.public == last.public_key:
        _next(_path()).replace(_path())
        return following
    return None


def _enter(
    mine: Signer, last: RecordKey | None, leave: str, kind: type[facts.RecordKeyMade]
) -> RecordKey:
    link = _link(mine, last)
    row = RecordKey(
        number=link.number, public_key=mine.public, previous=link.previous,
        proof=mine.sign(link.body()), leave=leave,
    )
    session().add(row)
    session().flush()
    announce(kind(None, link.number, mine.public))
    return row


def _link(mine: Signer, last: RecordKey | None) -> Link:
    number = 1 if last is None else last.number + 1
    return Link(number, mine.public, "" if last is None else last.public_key, "", "")


def rotate(lost: bool = False) -> RecordKey:
    """Sign with a new key from now on. Raises KeyAway.

    With `lost` the key before it need not be here: nobody outside the house can then tell the new
    one from a stranger's. Must not be called inside a unit of work.
    """
    path = _path()
    with write():
        last = newest()
        if last is None:
            raise KeyAway("Nothing was signed yet: there is no key to change.")
        before = None if lost else signer()
        try:
            _next(path).unlink(missing_ok=True)
            _write(_next(path))
        except OSError as error:
            raise _unwritable(_next(path)) from error
        mine = _read(_next(path))
        assert mine is not None
        leave = "" if before is None else before.sign(_link(mine, last).body())
        kind = facts.RecordKeyReplaced if before is None else facts.RecordKeyRotated
        row = _enter(mine, last, leave, kind)
    _next(path).replace(path)
    return row


def links() -> tuple[Link, ...]:
    """All keys, the first first."""
    return tuple(
        Link(it.number, it.public_key, it.previous, it.proof, it.leave)
        for it in session().scalars(select(RecordKey).order_by(RecordKey.number))
    )


# --- trust ----------------------------------------------------------------------------------


def vouched(known: Sequence[Link], anchor: str) -> tuple[frozenset[str], Link | None]:
    """The keys that one key vouches for, itself among them, and the first that does not hold."""
    trusted = {anchor}
    found = next((it for it in known if it.key == anchor), None)
    while found is not None:
        if not holds(found.key, found.body(), found.proof):
            return frozenset(trusted), found
        if not found.previous:
            break
        trusted.add(found.previous)
        found = next((it for it in known if it.key == found.previous and it.number < found.number),
                     None)
    bad = next((it for it in known if it.key not in trusted), None)
    return frozenset(trusted), bad


def followers(known: Iterable[Link], anchors: Collection[str]) -> frozenset[str]:
    """The keys that came after known ones, each signed by the one before it, and those."""
    trusted = set(anchors)
    for link in sorted(known, key=lambda it: it.number):
        if (
            link.previous in trusted
            and holds(link.previous, link.body(), link.leave)
            and holds(link.key, link.body(), link.proof)
        ):
            trusted.add(link.key)
    return frozenset(trusted)
