"""Tables: files and the previews of their pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.foundation.db import Base, PublicRow, Row


class File(PublicRow, Base):
    """Bytes that somebody uploaded. They never change; a new version is a new row."""

    __tablename__ = "file"

    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    owner_kind: Mapped[str] = mapped_column(String(40), default="team")
    owner_id: Mapped[int] = mapped_column(default=0)
    """What the file belongs to; whoever may read that may open the file."""
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    scan: Mapped[str] = mapped_column(String(20), default="not-scanned")
    preview: Mapped[str] = mapped_column(String(20), default="none")
    """`none`, `waiting`, `ready` or `unavailable`."""

    deleted_at: Mapped[datetime | None]

    pages: Mapped[list[FilePage]] = relationship(back_populates="file", order_by="FilePage.number")


class FilePage(Row, Base):
    """One page of a file as an image, with its text."""

    __tablename__ = "file_page"
    __table_args__ = (UniqueConstraint("file_id", "number"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), index=True)
    number: Mapped[int]
    """From 1."""
    image_key: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")

    file: Mapped[File] = relationship(back_populates="pages")
