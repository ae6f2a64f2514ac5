"""API door: one's own account."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length

from workspace.accounts import actions, queries
from workspace.accounts.models import Person
from workspace.foundation.access import Actor
from workspace.foundation.api import Api, Text

API = Api("account", "Own account")


class Account(Schema):
    """One's own account. Asks for a token that counts everywhere."""

    id = fields.String(attribute="public_id", required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    headline = fields.String(required=True)
    about = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    interests = fields.List(fields.String(), required=True)
    language = fields.String(required=True)
    zone = fields.String(required=True)


class AccountChange(Schema):
    """What may be changed; what is left out stays."""

    name = Text(least=1, maximum=200)
    headline = Text(maximum=200)
    about = Text(maximum=20_000)
    skills = fields.List(Text(least=1, maximum=60), validate=Length(max=20))
    interests = fields.List(Text(least=1, maximum=60), validate=Length(max=20))


@API.door("/account", own=True, gives=Account)
def show(actor: Actor) -> Person:
    """Your own account."""
    return queries.own(actor)


@API.door("/account", own=True, method="PATCH", takes=AccountChange, gives=Account, of=show,
          example={"headline": "Biologist"})
def change(actor: Actor, draft: dict[str, Any]) -> Person:
    """Change your profile."""
    person = queries.own(actor)
    actions.change_profile(actor, person, draft)
    return person
