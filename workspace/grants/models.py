"""Tables: grants, invitations and confidentiality agreements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workspace.accounts.models import Person
from workspace.foundation.db import Base, PublicRow, Row


class Grant(Row, Base):
    """One person holds one role in one scope, from an instant until another (excluded)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_person", "person_id", "ends_at"),
        Index("ix_role_grant_scope", "scope_kind", "scope_id", "role"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(String(30))
    """`membership`, `assignment`, `agreement`, `invitation` or `setup`."""
    basis_id: Mapped[int | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Invitation(PublicRow, Base):
    """A way in: bound to a role and a scope (and an address, if given), used once, expires."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_scope", "scope_kind", "scope_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]

    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    used_by: Mapped[Person | None] = relationship(foreign_keys=[used_by_id])


class ConfidentialityAgreement(PublicRow, Base):
    """A person's promise of secrecy for one challenge or one team; a grant stands on it."""

    __tablename__ = "confidentiality_agreement"
    __table_args__ = (Index("ix_confidentiality_agreement_scope", "scope_kind", "scope_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scope_kind: Mapped[str] = mapped_column(String(20))
    """`challenge` or `team`."""
    scope_id: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    """Exactly what was signed."""
    signed_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
