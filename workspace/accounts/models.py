"""Tables: people, their sessions and one-time links."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.foundation.db import Base, PublicRow, Row


class Person(PublicRow, Base, UserMixin):
    """Somebody with an account. Roles are grants, held elsewhere."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default=lambda: secrets.token_hex(32)
    )
    confirmed_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(10), default="")
    zone: Mapped[str] = mapped_column(String(60), default="")
    theme: Mapped[str] = mapped_column(String(10), default="")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    headline: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    skills: Mapped[list[Any]] = mapped_column(default=list)
    interests: Mapped[list[Any]] = mapped_column(default=list)
    erased_at: Mapped[datetime | None]

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """None: roles are held per scope and read from grants."""
        return []


class SignIn(PublicRow, Base):
    """One session of one person; ending it ends its open sockets."""

    __tablename__ = "sign_in"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    """When the person last proved who she is."""
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class OneTimeLink(Row, Base):
    """A secret sent by mail: stored hashed, used once, by POST."""

    __tablename__ = "one_time_link"

    purpose: Mapped[str] = mapped_column(String(20))
    """`confirm` or `reset`."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
