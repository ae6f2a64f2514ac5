"""Tables: entries to challenges and what is handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.files.models import File
from workspace.foundation.db import Base, PublicRow, Row
from workspace.teams.models import Team


class Entry(PublicRow, Base):
    """A team takes on a challenge."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("team_id", "challenge_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="draft")
    motivation: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    challenge: Mapped[Challenge] = relationship(lazy="joined", innerjoin=True)


class Submission(PublicRow, Base):
    """One version of a pitch that a team handed in; closed to change for ever."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("team_id", "purpose", "version"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20), default="pitch-review")
    """`pitch-review` or `result`."""
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="draft")
    title: Mapped[str] = mapped_column(String(200), default="")
    pitch_text: Mapped[str] = mapped_column(Text, default="")
    deck_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    due_at: Mapped[datetime | None]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    was_late: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(String(64), default="")

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    entry: Mapped[Entry | None] = relationship()
    deck: Mapped[File | None] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    parts: Mapped[list[SubmissionPart]] = relationship(
        back_populates="submission", order_by="SubmissionPart.id"
    )


class SubmissionPart(Row, Base):
    """Something frozen with a submission: a canvas version, a checklist state."""

    __tablename__ = "submission_part"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))

    submission: Mapped[Submission] = relationship(back_populates="parts")


class LateDecision(Row, Base):
    """The programme lead lets one team hand in later."""

    __tablename__ = "late_decision"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
