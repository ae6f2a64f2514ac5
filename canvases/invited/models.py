"""Tables: who was invited to edit a canvas, by whom and until when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from canvases.boards.models import Canvas
from canvases.invited.rules import OPEN, InvitedState
from workspace.accounts.models import Person
from workspace.foundation.days import day_in
from workspace.foundation.db import Base, PublicRow
from workspace.teams.models import Team


class InvitedEditor(PublicRow, Base):
    """A mentor whom the team invited to edit one canvas. The right itself is a grant."""

    __tablename__ = "invited_editor"

    canvas_id: Mapped[int] = mapped_column(ForeignKey("canvas.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(20), default=InvitedState.INVITED)
    until: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    canvas: Mapped[Canvas] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    invited_by: Mapped[Person] = relationship(foreign_keys=[invited_by_id])

    @property
    def team(self) -> Team:
        """Whose canvas it is about."""
        return self.canvas.team

    @property
    def team_id(self) -> int:
        """Number of that team."""
        return self.canvas.team_id

    @property
    def last_day(self) -> date:
        """The day with which it ends, where the team's edition takes place."""
        return day_in(self.until - timedelta(seconds=1), self.canvas.team.edition.zone)

    def is_open(self, now: datetime) -> bool:
        """Whether it waits for an answer, or lets her edit, at that instant."""
        return self.state in OPEN and now < self.until
