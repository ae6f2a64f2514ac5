"""Questions about who holds what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from workspace.accounts.models import Person
from workspace.foundation.access import Held
from workspace.foundation.db import session
from workspace.grants.models import ConfidentialityAgreement, Grant, Invitation

Instant = datetime | ColumnElement[datetime]
"""A moment, or the place of one in a statement that is made once."""


def in_force(at: Instant) -> ColumnElement[bool]:
    """Grants whose half-open interval holds `at`."""
    return and_(Grant.starts_at <= at, or_(Grant.ends_at.is_(None), Grant.ends_at > at))


def held_by(person_id: int, at: datetime) -> tuple[Held, ...]:
    """Every role that the person holds at that instant."""
    rows = session().execute(
        select(Grant.role, Grant.scope_kind, Grant.scope_id)
        .where(Grant.person_id == person_id, in_force(at))
        .distinct()
    )
    return tuple(Held(role, kind, scope_id) for role, kind, scope_id in rows)


def with_held(
    query: Select[*tuple[Any, ...]], person_id: ColumnElement[int], at: Instant
) -> Select[*tuple[Any, ...]]:
    """The query with every role that the person of its column `person_id` holds at that instant.

    One row for each role, and one with three times None for whoever holds none.
    """
    return query.outerjoin(
        Grant, and_(Grant.person_id == person_id, in_force(at))
    ).add_columns(Grant.role, Grant.scope_kind, Grant.scope_id)


def holders(
    roles: Iterable[str], scope_kind: str, scope_id: int, at: datetime
) -> Sequence[Person]:
    """People who hold one of the roles there at that instant, each once."""
    return session().scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Grant.person_id).where(
                    Grant.role.in_(tuple(roles)), Grant.scope_kind == scope_kind,
                    Grant.scope_id == scope_id, in_force(at),
                )
            )
        )
        .order_by(Person.name)
    ).all()


def valid_agreement(
    person_id: int, scope_kind: str, scope_id: int, at: datetime
) -> ConfidentialityAgreement | None:
    """The person's agreement for this scope that is valid at that instant, if any."""
    return session().scalar(
        select(ConfidentialityAgreement)
        .where(
            ConfidentialityAgreement.person_id == person_id,
            ConfidentialityAgreement.scope_kind == scope_kind,
            ConfidentialityAgreement.scope_id == scope_id,
            ConfidentialityAgreement.ended_at.is_(None),
            ConfidentialityAgreement.signed_at <= at,
            ConfidentialityAgreement.valid_until > at,
        )
        .order_by(ConfidentialityAgreement.valid_until.desc())
    )


def roles_in(person_id: int, scope_kind: str, scope_id: int, at: datetime) -> frozenset[str]:
    """Every role that the person holds in this scope at that instant."""
    return frozenset(
        session().scalars(
            select(Grant.role).where(
                Grant.person_id == person_id, Grant.scope_kind == scope_kind,
                Grant.scope_id == scope_id, in_force(at),
            )
        )
    )


def open_invitations(scope_kind: str, scope_id: int, at: datetime) -> Sequence[Invitation]:
    """Ways into this scope that can still be used, the newest first; at most 100."""
    return session().scalars(
        select(Invitation)
        .where(
            Invitation.scope_kind == scope_kind, Invitation.scope_id == scope_id,
            Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > at,
        )
        .order_by(Invitation.id.desc())
        .limit(100)
    ).all()
