"""Tables: the record of everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base, Row


class JournalEntry(Base):
    """One line. Inserted, never changed; each line carries the hash of the one before it."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_journal_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(40))
    """Scope whose chain it is, e.g. `team:12`."""
    seq: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(22), default="")
    """The person's random key, empty for the house itself."""
    event: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class JournalHead(Base):
    """The newest line of a chain; locked while a line is added."""

    __tablename__ = "journal_head"

    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class RecordKey(Row, Base):
    """A public key that statements are or were signed with. The private one is in a file."""

    __tablename__ = "record_key"

    number: Mapped[int] = mapped_column(unique=True)
    """Counts keys from 1; the newest signs."""
    public_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Ed25519, 32 bytes as hex."""
    previous: Mapped[str] = mapped_column(String(64), default="")
    proof: Mapped[str] = mapped_column(String(128))
    """This key's signature over its number, itself and the key before it (`rules.Link`)."""
    leave: Mapped[str] = mapped_column(String(128), default="")
    """The same by the key before it; empty for the first and when that one was lost."""


class RecordStatement(Row, Base):
    """The newest lines of all chains, signed once a day. Inserted, never changed."""

    __tablename__ = "record_statement"

    number: Mapped[int] = mapped_column(unique=True)
    body: Mapped[str] = mapped_column(Text)
    """What was signed (`rules.Statement`): no name and no running number is in it."""
    signature: Mapped[str] = mapped_column(String(128))
    chains: Mapped[int]
    """How many chains there were."""
    names: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The chains that are first met here: first line's hash -> chain. For reading only."""
