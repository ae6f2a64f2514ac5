"""API door: what happened that concerns a person."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select

from workspace.foundation.access import Actor
from workspace.foundation.api import Api
from workspace.foundation.cursors import Fetched, lost
from workspace.foundation.db import session
from workspace.inbox import queries
from workspace.inbox.models import Notice as Row

API = Api("inbox", "Own account")


class Notice(Schema):
    """One notice, as it reads now."""

    id = fields.String(attribute="public_id", required=True)
    sentence = fields.String(required=True)
    about = fields.String(required=True)
    url = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    group = fields.String(required=True)
    is_new = fields.Boolean(required=True)


@API.door("/account/notices", own=True, gives=Notice, many=True)
def notices(actor: Actor) -> Any:
    """Your notices, the newest first; what you may no longer see is left out of its page."""
    return Fetched(lambda after, limit: _behind(actor, after, limit))


def _behind(actor: Actor, after: str | None,
            limit: int) -> tuple[list[queries.Told], str | None]:
    """The cursor is the public id of the last notice that was looked at."""
    if after is not None and session().scalar(select(Row.id).where(
        Row.person_id == actor.person_id, Row.public_id == after
    )) is None:
        raise lost()
    return queries.told(actor, before=after, limit=limit)
