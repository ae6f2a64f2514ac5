"""Tables: checklists in use, their items, signatures and questions to the office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.challenges.models import Challenge
from workspace.files.models import File
from workspace.foundation.db import Base, PublicRow, Row
from workspace.teams.models import Team


class ChecklistRow(PublicRow, Base):
    """One checklist that a team (or, for sponsor engagement, a challenge) works through."""

    __tablename__ = "checklist"
    __table_args__ = (
        UniqueConstraint("team_id", "template"),
        UniqueConstraint("challenge_id", "template"),
    )

    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id"), index=True)
    template: Mapped[str] = mapped_column(String(60))
    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gate_open: Mapped[bool] = mapped_column(default=False)
    """Computed from the items whenever one of them changes."""

    team: Mapped[Team | None] = relationship(lazy="joined")
    challenge: Mapped[Challenge | None] = relationship(lazy="joined")
    items: Mapped[list[ChecklistItem]] = relationship(
        back_populates="checklist", order_by="ChecklistItem.position"
    )


class ChecklistItem(PublicRow, Base):
    """One question with its answer and evidence."""

    __tablename__ = "checklist_item"
    __table_args__ = (UniqueConstraint("checklist_id", "key"),)

    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    signers: Mapped[str] = mapped_column(String(200))
    """Sign-off roles between bars, `|team|pi|`, so that a query can ask for one."""
    is_blocking: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(20), default="open")
    answer: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(1000), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent back, waived or set aside."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    checklist: Mapped[ChecklistRow] = relationship(
        back_populates="items", lazy="joined", innerjoin=True
    )
    file: Mapped[File | None] = relationship()
    submitted_by: Mapped[Person | None] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    signatures: Mapped[list[ItemSignature]] = relationship(
        back_populates="item", order_by="ItemSignature.id"
    )
    questions: Mapped[list[ItemQuestion]] = relationship(
        back_populates="item", order_by="ItemQuestion.id"
    )

    @property
    def team(self) -> Team | None:
        """Whose it is; a challenge's has none."""
        return self.checklist.team

    @property
    def sign_off(self) -> tuple[str, ...]:
        """The roles that sign, in the order of the definition."""
        return tuple(it for it in self.signers.split("|") if it)


class ItemSignature(Row, Base):
    """A named person signed for a role. A change of the evidence ends it; it stays on record."""

    __tablename__ = "item_signature"
    __table_args__ = (
        Index("ix_item_signature_item", "item_id", "ended_at"),
        UniqueConstraint("item_id", "role", "round"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("checklist_item.id"))
    role: Mapped[str] = mapped_column(String(30))
    round: Mapped[int] = mapped_column(default=1)
    """How often the item had been submitted: two people cannot sign for one role at once."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    item: Mapped[ChecklistItem] = relationship(back_populates="signatures")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class ItemQuestion(PublicRow, Base):
    """ "I don't know" became a question to the transfer office."""

    __tablename__ = "item_question"

    item_id: Mapped[int] = mapped_column(ForeignKey("checklist_item.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    item: Mapped[ChecklistItem] = relationship(
        back_populates="questions", lazy="joined", innerjoin=True
    )
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
