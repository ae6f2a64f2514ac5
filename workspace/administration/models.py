"""Tables: openings of a team's work by an administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow
from workspace.teams.models import Team


class GlassBroken(PublicRow, Base):
    """An administrator reads one team's work for some hours; kept for ever."""

    __tablename__ = "glass_broken"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the administrator was done, if before `ends_at`."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    def is_open(self, now: datetime) -> bool:
        """Whether it opens anything at that instant."""
        return self.ended_at is None and now < self.ends_at
