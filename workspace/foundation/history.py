"""Every change of a state: who, when, from, to, why. Append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.clock import now
from workspace.foundation.db import Base, session


class StateChange(Base):
    """One step of one thing."""

    __tablename__ = "state_change"
    __table_args__ = (Index("ix_state_change_thing", "kind", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int]
    step: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    who_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(Text, default="")


def record_step(
    kind: str, thing_id: int, step: str, source: str, target: str,
    who: int | None, at: datetime, reason: str = "",
) -> None:
    """Add one line to the history of a thing."""
    session().add(
        StateChange(kind=kind, thing_id=thing_id, step=step, source=source, target=target,
                    who_id=who, at=at, reason=reason)
    )
