"""Tables: teams, members, charters, requests to join."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow, Row
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition


class Team(PublicRow, Base):
    """Participants who work together on one idea; everything they make is confidential."""

    __tablename__ = "team"
    # Numbers are never given twice: the record of a removed sample team stays under its own.
    __table_args__ = {"sqlite_autoincrement": True}

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    home_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The institution whose transfer office decides for the team."""
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")
    """What the project is about; confidential."""
    pitch: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(20), default="forming", index=True)
    paused_from: Mapped[str] = mapped_column(String(20), default="")
    keywords: Mapped[list[Any]] = mapped_column(default=list)
    looking_for: Mapped[list[Any]] = mapped_column(default=list)
    """Skills that the team looks for; shown on the board of teams when `open_to_members`."""
    looking_text: Mapped[str] = mapped_column(String(500), default="")
    """What strangers of the edition may read; written to be read by them."""
    open_to_members: Mapped[bool] = mapped_column(default=False)
    charter: Mapped[str] = mapped_column(Text, default="")
    charter_version: Mapped[int] = mapped_column(default=0)
    charter_renewal_at: Mapped[datetime | None]
    """Since when the charter needs new signatures: somebody left, or it was changed."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    edition: Mapped[Edition] = relationship()
    home_organisation: Mapped[Organisation] = relationship()
    members: Mapped[list[Member]] = relationship(back_populates="team", order_by="Member.id")

    @property
    def present(self) -> list[Member]:
        """Members who have not left."""
        return [it for it in self.members if it.left_at is None]


class Member(PublicRow, Base):
    """Somebody's part in a team; leaving ends access, never authorship."""

    __tablename__ = "member"
    __table_args__ = (
        Index(
            "uq_member_present", "team_id", "person_id", unique=True,
            sqlite_where=text("left_at IS NULL"), postgresql_where=text("left_at IS NULL"),
        ),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="member")
    """`lead` or `member`."""
    member_status: Mapped[str] = mapped_column(String(30), default="student")
    discipline: Mapped[str] = mapped_column(String(100), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    left_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation | None] = relationship()


class CharterVersion(Row, Base):
    """The text of the charter in one version; kept for ever."""

    __tablename__ = "charter_version"
    __table_args__ = (UniqueConstraint("team_id", "version"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    written_by: Mapped[Person] = relationship()


class CharterSignature(Row, Base):
    """One member signed one version of the charter."""

    __tablename__ = "charter_signature"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "charter_version"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    charter_version: Mapped[int]


class JoinRequest(PublicRow, Base):
    """Somebody of the edition asks a team to take her in."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_open", "team_id", "person_id", unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted: Mapped[bool | None]

    team: Mapped[Team] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class MentorAssignment(PublicRow, Base):
    """A mentor asked to accompany a team; the grant is given when the undertaking is signed."""

    __tablename__ = "mentor_assignment"
    __table_args__ = (
        Index(
            "uq_mentor_assignment_open", "team_id", "person_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Contribution(PublicRow, Base):
    """One line of the contribution log; never edited, corrected by a new line."""

    __tablename__ = "contribution"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    from_outside: Mapped[bool] = mapped_column(default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"))

    person: Mapped[Person] = relationship()


class Opening(PublicRow, Base):
    """A team as people of its edition who are not in it may see it: what it wrote for them.

    Another view of the table of teams that has no title, no pitch and no members.
    """

    __tablename__ = "opening"
    __table__ = Team.__table__
    __mapper_args__ = {
        "include_properties": [
            "id", "public_id", "created_at", "edition_id", "name", "state", "looking_for",
            "looking_text", "open_to_members",
        ],
    }

    edition_id: Mapped[int]
    name: Mapped[str]
    state: Mapped[str]
    looking_for: Mapped[list[Any]]
    looking_text: Mapped[str]
    open_to_members: Mapped[bool]
