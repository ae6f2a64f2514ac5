"""Who comes with a token: its owner, inside what the token is for."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app, g, request

from workspace.accounts import sessions
from workspace.foundation.access import VISITOR, Actor
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
    if way.lower() != "bearer" or not token or len(token) > 200:
        return None
    at = now()
    row = queries.by_token(token.strip(), at)
    if row is None:
        return None
    if (row.used_at is None or row.used_at < at - USED_AFTER) and current() is None:
        with write():
            row = session().merge(row)
            actions.note_use(row, at)
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


def actor_in(row: AccessToken, scopes: tuple[Scope, ...]) -> Actor:
    """The owner of a token with what the scopes leave of her rights now."""
    strong = row.strong or not current_app.config["INNOCORE"].needs_second_factor
    owner = sessions.actor_for(row.person, now(), strong=strong)
    return owner if is_everything(scopes) else replace(owner, bounds=Within(scopes))
