"""Tables: challenges, their criteria, questions."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.challenges.brief import Brief, Confidentiality, Prize, Terms, Timeline
from workspace.challenges.brief import Criterion as Weighed
from workspace.challenges.rules import ChallengeState, state_at
from workspace.foundation.db import Base, PublicRow, Row
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition


class Challenge(PublicRow, Base):
    """A sponsor's brief: a public part, and an annex that needs a confidentiality agreement."""

    __tablename__ = "challenge"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(20), default="draft", index=True)
    title: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    background: Mapped[str] = mapped_column(Text, default="")
    constraints: Mapped[str] = mapped_column(Text, default="")
    """Markdown, one list item a constraint."""
    provided: Mapped[str] = mapped_column(Text, default="")
    """What the sponsor gives; Markdown."""
    confidentiality: Mapped[str] = mapped_column(String(40), default=Confidentiality.ANNEX)
    annex: Mapped[str] = mapped_column(Text, default="")
    """Confidential; Markdown."""
    agreement_text: Mapped[str] = mapped_column(Text, default="")
    agreement_days: Mapped[int] = mapped_column(default=365)
    ip_terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`model`, `background`, `option_field`, `option_period_days`, ... as in the brief."""
    prize_cash: Mapped[int] = mapped_column(default=0)
    """Whole euros."""
    prize_in_kind: Mapped[str] = mapped_column(String(500), default="")
    opens_at: Mapped[datetime | None]
    applications_close_at: Mapped[datetime | None]
    kick_off_at: Mapped[datetime | None]
    mid_review_at: Mapped[datetime | None]
    submission_at: Mapped[datetime | None]
    demo_day_at: Mapped[datetime | None]
    decision_within_days: Mapped[int] = mapped_column(default=21)
    team_min: Mapped[int] = mapped_column(default=3)
    team_max: Mapped[int] = mapped_column(default=6)
    max_teams: Mapped[int] = mapped_column(default=0)
    """0: no limit."""
    published_at: Mapped[datetime | None]
    terms_signed_at: Mapped[datetime | None]
    """When the programme lead confirmed that the sponsor has signed the terms."""
    decision_sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who agreed with the decision for the sponsor."""
    decision_lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who agreed with the decision for the programme."""
    is_sample: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="challenge", order_by="Criterion.position", cascade="all, delete-orphan"
    )
    questions: Mapped[list[Question]] = relationship(
        back_populates="challenge", order_by="Question.id"
    )

    @property
    def timeline(self) -> Timeline:
        """Its dates."""
        return Timeline(**{one.name: getattr(self, one.name) for one in fields(Timeline)})

    @property
    def brief(self) -> Brief:
        """Everything that the sponsor says, as the rules read it."""
        return Brief(
            title=self.title, problem=self.problem, background=self.background,
            constraints=self.constraints, annex=self.annex,
            confidentiality=self.confidentiality,
            criteria=tuple(Weighed(it.title, it.weight, it.measure) for it in self.criteria),
            terms=Terms.of(self.ip_terms), prize=Prize(self.prize_cash, self.prize_in_kind),
            timeline=self.timeline, team_min=self.team_min, team_max=self.team_max,
            max_teams=self.max_teams, sector=self.sector, provided=self.provided,
            agreement_text=self.agreement_text, agreement_days=self.agreement_days,
        )

    def state_at(self, now: datetime) -> ChallengeState:
        """The state that the deadlines give at that instant."""
        return state_at(self.state, self.timeline, now)


class Criterion(Row, Base):
    """What entries are judged by; the weights of a challenge sum to 100."""

    __tablename__ = "criterion"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    weight: Mapped[int]
    measure: Mapped[str] = mapped_column(String(500), default="")

    challenge: Mapped[Challenge] = relationship(back_populates="criteria")


class Question(PublicRow, Base):
    """A question on a brief; the answer is seen by all who see the challenge."""

    __tablename__ = "question"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    challenge: Mapped[Challenge] = relationship(back_populates="questions")
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
