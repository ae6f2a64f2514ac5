"""Tables: people, their sessions and one-time links."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from workspace.accounts.rules import one_line
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

    @validates("name")
    def _plain(self, _field: str, name: str) -> str:
        """One line that steers no page and no letter, wherever it comes from."""
        return one_line(name) or "?"


class SignIn(PublicRow, Base):
    """One session of one person; ending it ends its open sockets."""

    __tablename__ = "sign_in"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    """When the person last proved who she is."""
    second_at: Mapped[datetime | None]
    """When the person showed a second factor in it."""
    way: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """How the person came in: `password`, `magic`, `passkey`, `provider` ..."""
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class OneTimeLink(Row, Base):
    """A secret sent by mail: stored hashed, used once, by POST."""

    __tablename__ = "one_time_link"

    purpose: Mapped[str] = mapped_column(String(20))
    """`confirm`, `reset` or `magic`."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class AuthenticatorApp(PublicRow, Base):
    """The authenticator app of a person: makes a six-digit code every thirty seconds."""

    __tablename__ = "authenticator_app"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(255))
    """Encrypted with a key that is made of the settings' secret."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest half minute whose code was used: no code counts twice."""
    used_at: Mapped[datetime | None]


class Passkey(PublicRow, Base):
    """A key that a device or security key holds for a person; only its public half is here."""

    __tablename__ = "passkey"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """As the device names it, base64url."""
    public_key: Mapped[str] = mapped_column(Text)
    """COSE key, base64url."""
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[Any]] = mapped_column(default=list)
    used_at: Mapped[datetime | None]


class RecoveryCode(Row, Base):
    """One of ten codes for the day on which device and app are gone; stored hashed, used once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class Identity(PublicRow, Base):
    """Who a person is at an identity provider: linked by issuer and subject, never by address."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    label: Mapped[str] = mapped_column(String(200), default="")
    """The address or name that the provider showed when it was linked."""
    used_at: Mapped[datetime | None]


class EmailChange(PublicRow, Base):
    """A wish for another address: the old and the new one must agree, each by a link."""

    __tablename__ = "email_change"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    old_hash: Mapped[str] = mapped_column(String(64), unique=True)
    new_hash: Mapped[str] = mapped_column(String(64), unique=True)
    old_agreed_at: Mapped[datetime | None]
    new_agreed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was done, refused, taken back or replaced."""


class DataExport(PublicRow, Base):
    """Everything about a person in one archive, made on demand and kept for a day."""

    __tablename__ = "data_export"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_key: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    """Bytes."""
    checksum: Mapped[str] = mapped_column(String(64), default="")
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class ErasedKey(Base):
    """The random key of somebody whose account was erased: erased again after a restore."""

    __tablename__ = "erased_key"

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    erased_at: Mapped[datetime]
