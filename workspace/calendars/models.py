"""Tables: feeds for calendar programs, and what they said last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow, Row


class CalendarFeed(PublicRow, Base):
    """An address that a calendar program reads. Its secret is kept as a hash alone."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    titles: Mapped[bool]
    """Whether confidential dates carry their titles; else they say that the person is busy."""
    rotated_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class CalendarDate(Row, Base):
    """What a person's calendars were told last of one date, so that a change gets a new number."""

    __tablename__ = "calendar_date"
    __table_args__ = (UniqueConstraint("person_id", "uid"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uid: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))
    """Checksum of what was said; holds no text."""
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
