"""Tables: programmes, editions, phases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.foundation.db import Base, PublicRow
from workspace.organisations.models import Organisation


class Programme(PublicRow, Base):
    """The long-running offer; owns editions."""

    __tablename__ = "programme"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()
    editions: Mapped[list[Edition]] = relationship(
        back_populates="programme", order_by="Edition.starts_on"
    )


class Edition(PublicRow, Base):
    """One dated run of a programme."""

    __tablename__ = "edition"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    """`draft`, `open` or `closed`."""
    template: Mapped[str] = mapped_column(String(60), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Rome")
    join_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    join_open: Mapped[bool] = mapped_column(default=False)

    programme: Mapped[Programme] = relationship(back_populates="editions", lazy="joined")
    phases: Mapped[list[Phase]] = relationship(
        back_populates="edition", order_by="Phase.position", cascade="all, delete-orphan"
    )


class Phase(PublicRow, Base):
    """A stretch of an edition, perhaps with a gate at its end."""

    __tablename__ = "phase"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    gate: Mapped[str] = mapped_column(String(60), default="")
    """Key of the gate at the end, empty for none."""
    gate_title: Mapped[str] = mapped_column(String(200), default="")
    demand: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the gate asks for, e.g. `{"tested": 8}`."""

    edition: Mapped[Edition] = relationship(back_populates="phases")
