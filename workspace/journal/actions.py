"""Writing the record and checking it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.facts import Fact
from workspace.journal.models import JournalEntry, JournalHead

START = "0" * 64


def write_down(fact: Fact) -> None:
    """Add one line for a fact to the chain of its scope, in the fact's own transaction."""
    kind, scope_id = fact.scope
    chain = f"{kind}:{scope_id}"
    who = ""
    if fact.who is not None:
        who = session().scalar(select(Person.public_id).where(Person.id == fact.who)) or ""
    head = session().scalar(
        select(JournalHead).where(JournalHead.chain == chain).with_for_update()
    )
    if head is None:
        head = JournalHead(chain=chain, seq=0, hash=START)
        session().add(head)
        session().flush()
    entry = JournalEntry(
        chain=chain, seq=head.seq + 1, at=now(), who=who, event=fact.word(),
        detail=_plain(fact.detail()), previous=head.hash, hash="",
    )
    entry.hash = entry_hash(entry)
    session().add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session().flush()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def entry_hash(entry: JournalEntry) -> str:
    """SHA-256 over the line and the hash of the line before it, as hex."""
    body = json.dumps(
        [
            entry.chain, entry.seq, entry.at.astimezone(UTC).isoformat(), entry.who, entry.event,
            entry.detail, entry.previous,
        ],
        sort_keys=True, ensure_ascii=False, separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """The first line of a chain that does not hold."""

    chain: str
    seq: int
    why: str


def verify() -> Iterator[Fault]:
    """The first bad line of every chain that has one; nothing when the record is whole."""
    heads = {head.chain: head for head in session().scalars(select(JournalHead))}
    previous: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    rows = session().scalars(
        select(JournalEntry).order_by(JournalEntry.chain, JournalEntry.seq).execution_options(
            yield_per=500
        )
    )
    for entry in rows:
        if entry.chain in broken:
            continue
        seq, expected = previous.get(entry.chain, (0, START))
        why = None
        if entry.seq != seq + 1:
            why = f"line {seq + 1} is missing"
        elif entry.previous != expected:
            why = "the line before it was changed"
        elif entry_hash(entry) != entry.hash:
            why = "the line was changed"
        if why is not None:
            broken.add(entry.chain)
            yield Fault(entry.chain, entry.seq, why)
            continue
        previous[entry.chain] = (entry.seq, entry.hash)
    for chain in sorted(heads.keys() | previous.keys()):
        if chain in broken:
            continue
        head, last = heads.get(chain), previous.get(chain, (0, START))
        if head is None:
            yield Fault(chain, last[0], "the head is missing")
        elif (head.seq, head.hash) != last:
            yield Fault(chain, last[0] + 1, "lines are missing at the end")
