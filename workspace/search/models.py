"""Table: the index. It holds words for comparing, never what is shown; rights are asked anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base


class Document(Base):
    """The folded words of one thing. On SQLite triggers keep an FTS5 table (`search_words`) of it,
    on PostgreSQL there is a GIN index; both are made by the migration."""

    __tablename__ = "search_document"
    __table_args__ = (UniqueConstraint("kind", "thing_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    family: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    part: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class IndexState(Base):
    """With which rules the index was last built: one row."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    built_with: Mapped[str] = mapped_column(String(64))
    built_at: Mapped[datetime]
