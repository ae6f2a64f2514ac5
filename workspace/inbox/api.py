"""API door: what happened that concerns a person."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.foundation.access import Actor
from workspace.foundation.api import Api
from workspace.foundation.cursors import Fetched
from workspace.inbox import queries

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
    return Fetched(lambda after, limit: queries.told_behind(actor, after, limit))
