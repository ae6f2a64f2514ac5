"""What the house knows of a person's access tokens; never a key, nor anything made of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.tokens import actions
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import scopes_of


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Names of tokens, what they are for and until when. Places by their kind alone."""
    rows = session().scalars(
        select(AccessToken).where(AccessToken.person_id == person_id).order_by(AccessToken.id)
    )
    return {
        "access_tokens": [
            {
                "name": it.name,
                "for": [{"right": each.verb, "in": each.place} for each in scopes_of(it.scopes)],
                "made": it.created_at, "until": it.expires_at, "last_used": it.used_at,
                "revoked": it.revoked_at,
            }
            for it in rows
        ]
    }


def forget(person: Person, _now: datetime) -> None:
    """Delete the person's tokens and what was kept of their requests."""
    actions.erase(person.id)
