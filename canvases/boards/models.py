"""Tables: canvases, their log of updates, the projection of notes, versions, comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import Base, PublicRow, Row
from workspace.teams.models import Team


class Canvas(PublicRow, Base):
    """A one-page model of a team, made of blocks; its notes are a live document."""

    __tablename__ = "canvas"
    # Numbers are never given twice: a room may outlive its removed canvas for a moment.
    __table_args__ = {"sqlite_autoincrement": True}

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    template: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    archived_at: Mapped[datetime | None]
    edited_at: Mapped[datetime] = mapped_column(default=now)
    last_row: Mapped[int] = mapped_column(default=0, server_default="0")
    """The last row of its log: where another worker's room sees that it is behind."""
    crossed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the note rows may miss something: whoever wrote last did not know what was stored
    just before. Whoever finds it so writes them anew."""

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)


class CanvasUpdate(Base):
    """One row of the log, which is the truth: a merged update of one author group."""

    __tablename__ = "canvas_update"
    __table_args__ = (Index("ix_canvas_update_canvas", "canvas_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[str] = mapped_column(String(20), default="")
    """Yjs client id in decimal (up to 2^53)."""
    clock_from: Mapped[int] = mapped_column(default=0)
    clock_to: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=now)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class CanvasSnapshot(Base):
    """The merged state of a canvas up to one row of its log."""

    __tablename__ = "canvas_snapshot"

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"), primary_key=True)
    last_update_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class CanvasQuarantine(Row, Base):
    """A row of the log that could not be read; kept aside so that the rest is served."""

    __tablename__ = "canvas_quarantine"

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"), index=True)
    update_id: Mapped[int]
    why: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class NoteRow(Base):
    """The projection of one note: what lists, exports, search and other audiences read."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_canvas_block", "canvas_id", "block", "status"),)

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"), primary_key=True)
    note_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    block: Mapped[str] = mapped_column(String(60))
    order: Mapped[str] = mapped_column("sort_key", String(200))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    tier: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(30), default="")
    weight: Mapped[int] = mapped_column(default=3)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    up_to_update_id: Mapped[int] = mapped_column(default=0)

    canvas: Mapped[Canvas] = relationship()


class CanvasVersion(PublicRow, Base):
    """A dated snapshot of a canvas: automatic, named, at a gate, or after a restore."""

    __tablename__ = "canvas_version"
    __table_args__ = (UniqueConstraint("canvas_id", "number"),)

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="automatic")
    name: Mapped[str] = mapped_column(String(200), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    last_update_id: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    notes: Mapped[list[Any]]
    """The notes as plain data, in reading order."""
    sha256: Mapped[str] = mapped_column(String(64))

    canvas: Mapped[Canvas] = relationship()
    made_by: Mapped[Person | None] = relationship()


class NoteComment(PublicRow, Base):
    """A remark on one note; has rights of its own, so it is not part of the document."""

    __tablename__ = "note_comment"
    __table_args__ = (Index("ix_note_comment_note", "canvas_id", "note_id"),)

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"))
    note_id: Mapped[str] = mapped_column(String(40))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    canvas: Mapped[Canvas] = relationship()
    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])

    @property
    def team(self) -> Team:
        """Whose canvas it is about."""
        return self.canvas.team
