"""Tables: evidence for and against notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from canvases.boards.models import Canvas
from workspace.accounts.models import Person
from workspace.files.models import File
from workspace.foundation.db import Base, PublicRow


class Evidence(PublicRow, Base):
    """Something that speaks for or against a note: words, a link or a file."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_note", "canvas_id", "note_id"),)

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"))
    note_id: Mapped[str] = mapped_column(String(40))
    stance: Mapped[str] = mapped_column(String(10))
    """`for` or `against`."""
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(1000), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    strength: Mapped[int] = mapped_column(default=2)
    """1 (opinion) to 5 (payment or routine use)."""
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]

    canvas: Mapped[Canvas] = relationship()
    file: Mapped[File | None] = relationship()
    added_by: Mapped[Person] = relationship()
