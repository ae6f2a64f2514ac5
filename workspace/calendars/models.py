"""Tables: feeds of a person's dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow


class CalendarFeed(PublicRow, Base):
    """One address that a calendar reads; its secret is stored hashed and shown once."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    with_titles: Mapped[bool] = mapped_column(default=False)
    """Confidential dates show their titles; off, they read "Busy"."""
    ended_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
