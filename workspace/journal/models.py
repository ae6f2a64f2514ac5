"""Tables: the record of everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base


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
