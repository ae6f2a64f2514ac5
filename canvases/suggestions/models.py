"""Tables: statuses that mentors suggest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from canvases.boards.models import Canvas
from canvases.suggestions.rules import SuggestionState
from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow
from workspace.teams.models import Team


class StatusSuggestion(PublicRow, Base):
    """A mentor thinks that a note has another status, and says why; read by whoever reads it."""

    __tablename__ = "status_suggestion"
    __table_args__ = (Index("ix_status_suggestion_note", "canvas_id", "note_id"),)

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"))
    note_id: Mapped[str] = mapped_column(String(40))
    suggested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    was: Mapped[str] = mapped_column(String(20))
    """What the note said before: at the suggestion, and anew when it is accepted."""
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=SuggestionState.OPEN)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    canvas: Mapped[Canvas] = relationship(lazy="joined", innerjoin=True)
    suggested_by: Mapped[Person] = relationship(foreign_keys=[suggested_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def team(self) -> Team:
        """Whose canvas it is about."""
        return self.canvas.team

    @property
    def team_id(self) -> int:
        """Number of that team."""
        return self.canvas.team_id
