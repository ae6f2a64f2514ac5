"""Tables: backups that were made, and the workers that serve."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base, Row


class Backup(Row, Base):
    """One attempt to make a backup; it began at `created_at`."""

    __tablename__ = "backup"

    ended_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(20), default="begun")
    """`begun`, `made` or `failed`."""
    name: Mapped[str] = mapped_column(String(200), default="")
    """Name of the file, without its folder."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    table_rows: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    """Files that the database names and the store does not have."""
    error: Mapped[str] = mapped_column(String(80), default="")
    """Kind of the failure; never its text."""


class ServingWorker(Row, Base):
    """One process that serves; it says every half minute that it is there."""

    __tablename__ = "serving_worker"

    mark: Mapped[str] = mapped_column(String(32), unique=True)
    """A random name of this run of the process."""
    host: Mapped[str] = mapped_column(String(80))
    process: Mapped[int]
    seen_at: Mapped[datetime]
    keeps_clock: Mapped[bool] = mapped_column(default=False)
    """Whether it puts down what is done regularly."""
