"""Tables: requests to show something outside, and who opened what was released."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow, Row
from workspace.organisations.models import Organisation
from workspace.teams.models import Team


class Release(PublicRow, Base):
    """One item in one version for one audience from one date; frozen when it is asked for."""

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_audience", "audience_organisation_id", "state"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id"), index=True)
    item_kind: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[str] = mapped_column(String(40))
    """Public id of the item (a canvas version, a deck)."""
    item_title: Mapped[str] = mapped_column(String(200))
    version_label: Mapped[str] = mapped_column(String(100))
    data: Mapped[dict[str, Any]]
    """Exactly what the audience would see."""
    sha256: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str] = mapped_column(String(20))
    """`sponsor`, `accelerator` or `public`."""
    audience_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    disclosure_kind: Mapped[str] = mapped_column(String(40), default="")
    is_enabling: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str] = mapped_column(Text, default="")
    show_on: Mapped[date]
    show_from: Mapped[datetime]
    """`show_on` as an instant in the edition's zone."""
    state: Mapped[str] = mapped_column(String(30), default="requested", index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    approved_sha256: Mapped[str] = mapped_column(String(64), default="")
    decision_text: Mapped[str] = mapped_column(Text, default="")
    held_until: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    audience_organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class ReleaseOpening(Row, Base):
    """Somebody of the audience opened a released item."""

    __tablename__ = "release_opening"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
