"""Tables: claims of readiness and their confirmation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow
from workspace.teams.models import Team


class ReadinessClaim(PublicRow, Base):
    """A team claims a level on one scale; the newest one of a scale counts."""

    __tablename__ = "readiness_claim"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    scale: Mapped[str] = mapped_column(String(10))
    level: Mapped[int]
    evidence: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    claimed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(20), default="claimed")
    """`claimed`, `confirmed` or `returned`."""
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(Text, default="")

    team: Mapped[Team] = relationship()
    claimed_by: Mapped[Person] = relationship(foreign_keys=[claimed_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
