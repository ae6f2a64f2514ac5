"""The list of erased people beside a backup: signed with the key of the record."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from workspace.journal.keys import Signer, followers, holds
from workspace.journal.rules import ErasedList, Link, Malformed, canonical, links_of
from workspace.operations.archive import BadBackup

ERASED = "innocore-erased.json"
"""Stands beside the backups: who was erased since, so that a restore erases them again."""
OVERRIDE = "with --trust-erased it is taken as it is"
LARGEST = 64 * 1024 * 1024


def write_list(
    folder: Path, keys: Iterable[str], at: datetime, signer: Signer | None,
    links: tuple[Link, ...],
) -> None:
    """Write the list; keys of people say nothing about anybody. Without a signer it is not signed,
    and a restore asks before it believes it."""
    made = ErasedList(at.isoformat(), signer.public if signer else "", tuple(keys), links)
    held = {**json.loads(made.body()), "signature": signer.sign(made.body()) if signer else ""}
    draft = folder / f"{ERASED}.part"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(held, file, sort_keys=True, indent=1)
        file.write("\n")
    draft.replace(folder / ERASED)


def read_list(
    path: Path, known: Collection[str], made_at: str, *, named: bool, trusted: bool
) -> list[str] | None:
    """The keys of people in a list, None when there is no list. Raises BadBackup.

    `known` are public keys that are believed: those in the backup and the one of this machine; the
    list may be signed by one that follows them. `made_at` is when the backup was made: an older
    list is refused, since people were erased after it. With `trusted` no signature is asked for.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        held = json.loads(path.read_text(encoding="ascii"))
        erased = held["erased"]
        if not all(isinstance(it, str) and len(it) <= 64 for it in erased):
            raise ValueError("other keys")
    except FileNotFoundError:
        if named:
            raise BadBackup(f"There is no file {path}.") from None
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBackup(f"{path} is no list of erased people.") from None
    if not trusted:
        _check(path, held, known, made_at)
    return sorted(erased)


def _check(path: Path, held: dict[str, Any], known: Collection[str], made_at: str) -> None:
    signature = held.pop("signature", "")
    if not signature:
        raise BadBackup(
            f"{path} is not signed. Copy it once more from beside the newest backup; {OVERRIDE}."
        )
    try:
        links = links_of(held.get("keys"))
        key = str(held.get("key"))
        younger = datetime.fromisoformat(held["made_at"]) >= datetime.fromisoformat(made_at)
    except (Malformed, KeyError, TypeError, ValueError):
        raise BadBackup(f"{path} is no list of erased people.") from None
    if not isinstance(signature, str) or not holds(key, canonical(held), signature):
        raise BadBackup(
            f"{path} was changed after it was signed. Copy it once more from beside the newest "
            f"backup; {OVERRIDE}."
        )
    if key not in followers(links, known):
        raise BadBackup(
            f"{path} is signed with a key that this backup does not know. Take the list that "
            f"stands beside the newest backup of the same workspace; {OVERRIDE}."
        )
    if not younger:
        raise BadBackup(
            f"{path} is older than the backup: people may have been erased since. Take the list "
            f"that stands beside the newest backup; {OVERRIDE}."
        )
