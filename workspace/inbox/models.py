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
    __table_args__ = (Index("ix_notice_person", "person_id", "read_at"),)

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
    """Out of sight until then."""
    digest_at: Mapped[datetime | None]
    """When a letter last told of it, alone or in a digest."""


class MailChoice(Row, Base):
    """How one person wants to hear of one kind of thing, where it differs from the usual way."""

    __tablename__ = "mail_choice"
    __table_args__ = (UniqueConstraint("person_id", "topic"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str] = mapped_column(String(40))
    """A key of `inbox.rules.TOPICS`, or `digest` for the daily letter itself."""
    way: Mapped[str] = mapped_column(String(20))
    """`at-once`, `digest` or `off`."""


class DigestSent(Row, Base):
    """One person's daily letter of one day of hers: written once, whoever comes first."""

    __tablename__ = "digest_sent"
    __table_args__ = (UniqueConstraint("person_id", "day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
