"""Tables: notices to a person, and how she wants to hear of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base, PublicRow, Row


class Notice(PublicRow, Base):
    """What happened that concerns a person. Holds ids; the sentence is made when it is read."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "read_at"),
        Index("ix_notice_unmailed", "mailed_at", "person_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    """Key of the sentence."""
    group: Mapped[str] = mapped_column(String(20), default="news")
    """`answer`, `mention` or `news`."""
    about_kind: Mapped[str] = mapped_column(String(40), default="")
    about_id: Mapped[str] = mapped_column(String(22), default="")
    """Table name and public id of the thing: rights on it are read when the notice is shown."""
    url: Mapped[str] = mapped_column(String(500), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    """Until then it stays away; then it stands at that instant in the list."""
    mailed_at: Mapped[datetime | None]
    """When a letter of its own or a digest took it."""
    changed_at: Mapped[datetime | None]
    """The last change by hand; with the two values of before it can be taken back."""
    was_read_at: Mapped[datetime | None]
    was_snoozed_until: Mapped[datetime | None]


class NoticeChoice(Row, Base):
    """How a person wants to hear of one topic; without a row, in the usual way."""

    __tablename__ = "notice_choice"
    __table_args__ = (UniqueConstraint("person_id", "topic"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str] = mapped_column(String(40))
    way: Mapped[str] = mapped_column(String(12))


class Digest(Row, Base):
    """The one digest of a person on a day of her calendar."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("person_id", "day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
