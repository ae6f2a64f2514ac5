"""API door: levels of readiness that teams claim."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Range

from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.readiness import actions, definitions
from workspace.readiness.models import ReadinessClaim
from workspace.teams.models import Team

API = Api("readiness", "Readiness")


class ClaimOut(Schema):
    """A claim and its answer."""

    id = fields.String(attribute="public_id", required=True)
    scale = fields.String(required=True)
    level = fields.Integer(required=True)
    evidence = fields.String(required=True)
    link = fields.String(required=True)
    state = fields.String(required=True)
    remark = fields.String(required=True)
    claimed_at = fields.AwareDateTime(attribute="created_at", required=True)


class ClaimIn(Schema):
    """A new claim."""

    scale = Text(least=1, maximum=10, required=True)
    level = fields.Integer(strict=True, required=True, validate=Range(1, 9))
    evidence = Text(least=1, maximum=5000, required=True)
    link = Text(maximum=500, load_default="")


@API.door("/teams/<team>/readiness", verb="read", things={"team": Team}, gives=ClaimOut, many=True)
def index(actor: Actor, team: Team) -> Any:
    """Claims of a team; the newest of a scale counts."""
    return visible(actor, ReadinessClaim).where(ReadinessClaim.team_id == team.id)


@API.door("/teams/<team>/readiness", verb="claim-level", things={"team": Team}, method="POST",
          takes=ClaimIn, gives=ClaimOut, creates=True,
          example={"scale": "trl", "level": 3, "evidence": "Shown in the laboratory"})
def claim(actor: Actor, draft: dict[str, Any], team: Team) -> ReadinessClaim:
    """Claim a level."""
    if draft["scale"] not in {it.id for it in definitions.built_in().scales}:
        raise Refused(_("Choose a scale from the list."), field="scale")
    return actions.claim(actor, team, actions.ClaimDraft(
        draft["scale"], draft["level"], draft["evidence"], draft["link"]
    ), now())
