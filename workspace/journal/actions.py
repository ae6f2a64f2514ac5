"""Writing the record."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import database, session
from workspace.foundation.facts import Fact
from workspace.foundation.unit import at_the_end
from workspace.journal.models import JournalEntry, JournalHead
from workspace.journal.rules import START


def keep(fact: Fact) -> None:
    """Have a fact written down at the end of its own transaction."""
    at_the_end(chain_of(fact), partial(write_down, fact, now()))


def chain_of(fact: Fact) -> str:
    """Name of the chain that the fact belongs to."""
    kind, scope_id = fact.scope
    return f"{kind}:{scope_id}"


def write_down(fact: Fact, at: datetime) -> None:
    """Add one line for a fact of that instant to the chain of its scope."""
    chain = chain_of(fact)
    who = ""
    if fact.who is not None:
        who = session().scalar(select(Person.public_id).where(Person.id == fact.who)) or ""
    head = _locked_head(chain)
    entry = JournalEntry(
        chain=chain, seq=head.seq + 1, at=at, who=who, event=fact.word(),
        detail=_plain(fact.detail()), previous=head.hash, hash="",
    )
    entry.hash = entry_hash(entry)
    session().add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session().flush()


def _locked_head(chain: str) -> JournalHead:
    """The head of a chain, held until the commit; made when this is the first line.

    Of two who begin a chain at once the second waits for the first and goes on from its line.
    """
    query = (
        select(JournalHead).where(JournalHead.chain == chain).with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session().scalar(query)
    if head is None:
        insert = sqlite.insert if database().is_sqlite else postgresql.insert
        session().execute(
            insert(JournalHead).values(chain=chain, seq=0, hash=START).on_conflict_do_nothing()
        )
        head = session().scalar(query)
    assert head is not None
    return head


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
