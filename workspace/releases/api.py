"""API door: what teams show outside. Decisions need a person who proves who she is: on the page."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api
from workspace.releases.models import Release
from workspace.teams.models import Team

API = Api("releases", "Releases")


class ReleaseOut(Schema):
    """One item for one audience from one date; the frozen content itself is on the page alone."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="team.public_id", required=True)
    item = fields.String(attribute="item_kind", required=True)
    title = fields.String(attribute="item_title", required=True)
    version = fields.String(attribute="version_label", required=True)
    audience = fields.String(required=True)
    state = fields.String(required=True)
    show_on = fields.Date(required=True)
    sha256 = fields.String(required=True)


@API.door("/teams/<team>/releases", verb="read", things={"team": Team}, gives=ReleaseOut,
          many=True)
def index(actor: Actor, team: Team) -> Any:
    """Releases of a team."""
    return visible(actor, Release).where(Release.team_id == team.id)


@API.door("/releases/<release>", verb="read", things={"release": Release}, gives=ReleaseOut)
def show(_actor: Actor, release: Release) -> Release:
    """One release."""
    return release
