"""Tables: panels, reviews, scores, pins, the team's answers and tasks, declared conflicts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow, Row
from workspace.submissions.models import Submission
from workspace.teams.models import Team


class Panel(PublicRow, Base):
    """The review of one submission, by all its reviewers together."""

    __tablename__ = "panel"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    rubric: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(30), default="requested", index=True)
    min_reviews: Mapped[int] = mapped_column(default=2)
    due_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(lazy="joined", innerjoin=True)
    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    reviews: Mapped[list[Review]] = relationship(back_populates="panel", order_by="Review.id")


class Review(PublicRow, Base):
    """One reviewer's part of a panel."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("panel_id", "reviewer_id"),)

    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(20), default="assigned")
    declared_at: Mapped[datetime | None]
    """When the reviewer said that she has no conflict."""
    submitted_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    feedback: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Field of the feedback form -> text."""
    remark: Mapped[str] = mapped_column(Text, default="")
    """For the lead alone."""

    panel: Mapped[Panel] = relationship(back_populates="reviews", lazy="joined", innerjoin=True)
    reviewer: Mapped[Person] = relationship(
        foreign_keys=[reviewer_id], lazy="joined", innerjoin=True
    )
    scores: Mapped[list[ReviewScore]] = relationship(
        back_populates="review", order_by="ReviewScore.id"
    )
    pins: Mapped[list[Pin]] = relationship(back_populates="review", order_by="Pin.id")


class ReviewScore(Row, Base):
    """A level for one criterion, or that it cannot be assessed, with a comment."""

    __tablename__ = "review_score"
    __table_args__ = (UniqueConstraint("review_id", "criterion"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(60))
    score: Mapped[int | None]
    not_assessable: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[Review] = relationship(back_populates="scores")


class Pin(PublicRow, Base):
    """A comment at one place of one slide. Places are shares of width and height, in 1/1000."""

    __tablename__ = "pin"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    page: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    text: Mapped[str] = mapped_column(Text)

    review: Mapped[Review] = relationship(back_populates="pins")


class CommentAnswer(PublicRow, Base):
    """The team's answer to one comment of a review."""

    __tablename__ = "comment_answer"
    __table_args__ = (UniqueConstraint("panel_id", "comment"),)

    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"), index=True)
    comment: Mapped[str] = mapped_column(String(120))
    """`score.<review>.<criterion>`, `pin.<pin>` or `feedback.<review>.<field>`, public ids."""
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    answered_by: Mapped[Person] = relationship()


class FeedbackTask(PublicRow, Base):
    """What the team promised to do about a comment."""

    __tablename__ = "feedback_task"
    __table_args__ = (UniqueConstraint("panel_id", "comment"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    comment: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(500))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship()
    owner: Mapped[Person | None] = relationship()


class DeclaredConflict(Row, Base):
    """A tie between a person and a team, said by a person."""

    __tablename__ = "declared_conflict"
    __table_args__ = (UniqueConstraint("person_id", "team_id", "kind"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
