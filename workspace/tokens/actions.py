"""Making and revoking access tokens. Nothing here commits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from workspace.foundation import replays
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.tokens import queries
from workspace.tokens.facts import TokenFirstUsed, TokenMade, TokenRevoked
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import MOST, PREFIX, USED_AFTER, Scope, check_expiry


@dataclass(frozen=True)
class TokenDraft:
    """What the owner says about a new token."""

    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime
    strong: bool = False
    """Whether she showed a second factor in this session."""


def make(actor: Actor, draft: TokenDraft, now: datetime) -> tuple[AccessToken, str]:
    """Make a token. The key is returned once and kept as a hash alone."""
    assert actor.person_id is not None
    check_expiry(draft.expires_at, now)
    if not draft.scopes:
        raise Refused(lazy("Choose what the token is for."), field="verbs")
    if queries.held(actor.person_id, now) >= MOST:
        raise Refused(lazy("You have many tokens already. Revoke one that you no longer need."))
    key = PREFIX + secrets.token_urlsafe(32)
    row = AccessToken(
        person_id=actor.person_id, name=draft.name, prefix=key[: len(PREFIX) + 6],
        token_hash=queries.hashed(key), scopes=[it.data() for it in draft.scopes],
        strong=draft.strong, expires_at=draft.expires_at,
    )
    session().add(row)
    session().flush()
    announce(TokenMade(actor.person_id, actor.person_id, row.id))
    return row, key


def revoke(actor: Actor, row: AccessToken, now: datetime) -> None:
    """Make a token worthless from now on."""
    if row.revoked_at is None:
        row.revoked_at = now
        session().flush()
        announce(TokenRevoked(actor.person_id, row.person_id, row.id))


def revoke_all(person_id: int, who: int | None, now: datetime) -> None:
    """Make every token of a person worthless, as when her account is closed."""
    rows = session().scalars(
        select(AccessToken).where(
            AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None)
        )
    )
    for row in rows:
        row.revoked_at = now
        announce(TokenRevoked(who, person_id, row.id))


def erase(person_id: int) -> None:
    """Remove every token of a person and what was kept of its requests."""
    replays.forget(person_id)
    session().execute(delete(AccessToken).where(AccessToken.person_id == person_id))


def note_use(row: AccessToken, now: datetime) -> None:
    """Write down that a program came with the token; exact to five minutes."""
    if row.first_used_at is None:
        row.first_used_at = now
        announce(TokenFirstUsed(row.person_id, row.person_id, row.id))
    if row.used_at is None or row.used_at < now - USED_AFTER:
        row.used_at = now
