"""Who comes with a token: its owner, inside what the token is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app, g, request

from workspace.accounts import sessions
from workspace.foundation.access import VISITOR, Actor, is_inside
from workspace.foundation.api import PREFIX as API
from workspace.foundation.api import Bearer
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import current, write
from workspace.foundation.web import SAFE
from workspace.tokens import actions, queries
from workspace.tokens.bounds import Within
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import USED_AFTER, Scope, Verb, is_everything, reach, scopes_of

LONGEST = 200
"""Characters of a key that are worth looking for."""


def identify() -> Actor:
    """The actor of this request: on the API by its token alone, elsewhere by the session."""
    if not request.path.startswith(API + "/"):
        return sessions.identify()
    found = bearer()
    return VISITOR if found is None else found.actor


def bearer() -> Bearer | None:
    """Whoever came with a good token in the `Authorization` header; read once a request."""
    if "innocore_bearer" not in g:
        g.innocore_bearer = _bearer()
    found: Bearer | None = g.innocore_bearer
    return found


def _bearer() -> Bearer | None:
    way, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if way.lower() != "bearer" or not token or len(token) > LONGEST:
        return None
    at = now()
    row = queries.by_token(token.strip(), at)
    if row is None:
        return None
    row = _used(row, at)
    scopes = scopes_of(row.scopes)
    view = current_app.view_functions.get(request.endpoint or "")
    wanted = Verb(getattr(view, "needs", Verb.READ if request.method in SAFE else Verb.WRITE))
    reached = reach(scopes, wanted)
    return Bearer(
        actor_in(row, reached or scopes),
        row.public_id,
        allowed=bool(reached),
        everywhere=is_everything(reached),
    )


def _used(row: AccessToken, at: datetime) -> AccessToken:
    if (row.used_at is None or row.used_at < at - USED_AFTER) and current() is None:
        with write():
            row = session().merge(row)
            actions.note_use(row, at)
    return row


def live(key: str) -> AccessToken | None:
    """The token of a key that may be live on canvases now, its use written down."""
    at = now()
    row = queries.by_token(key, at) if len(key) <= LONGEST else None
    if row is None or not reach(scopes_of(row.scopes), Verb.LIVE):
        return None
    return _used(row, at)


def is_live(token_id: int) -> bool:
    """Whether a token that came in still counts."""
    row = session().get(AccessToken, token_id)
    return row is not None and queries.is_good(row, now())


def may_be_live(token_id: int, thing: Any) -> bool:
    """Whether a token that came in still counts, and reaches `thing`."""
    row = session().get(AccessToken, token_id)
    if row is None or not queries.is_good(row, now()):
        return False
    scopes = reach(scopes_of(row.scopes), Verb.LIVE)
    return is_everything(scopes) or is_inside(Within(scopes), thing)


def actor_in(row: AccessToken, scopes: tuple[Scope, ...]) -> Actor:
    """The owner of a token with what the scopes leave of her rights now."""
    strong = row.strong or not current_app.config["INNOCORE"].needs_second_factor
    owner = sessions.actor_for(row.person, now(), strong=strong)
    return owner if is_everything(scopes) else replace(owner, bounds=Within(scopes))
