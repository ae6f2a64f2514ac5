"""Questions about access tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.tokens.models import AccessToken


def hashed(token: str) -> str:
    """What the table keeps of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str, at: datetime) -> AccessToken | None:
    """The token of a key that counts now: not revoked, not over, its owner's account open."""
    found = session().scalar(select(AccessToken).where(AccessToken.token_hash == hashed(token)))
    return found if found is not None and is_good(found, at) else None


def is_good(row: AccessToken, at: datetime) -> bool:
    """Whether the token counts at that instant."""
    return (
        row.revoked_at is None
        and row.expires_at > at
        and row.person.active
        and row.person.erased_at is None
    )


def own(actor: Actor) -> Sequence[AccessToken]:
    """One's own tokens that are not revoked, the newest first."""
    return session().scalars(
        visible(actor, AccessToken).order_by(AccessToken.id.desc()).limit(200)
    ).all()


def held(person_id: int, at: datetime) -> int:
    """How many tokens of the person count now."""
    return session().scalar(
        select(func.count()).where(
            AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > at,
        )
    ) or 0
