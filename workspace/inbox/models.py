"""Tables: notices to a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base, PublicRow


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
