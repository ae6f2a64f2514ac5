"""What can be searched of releases: the request by its team, what is shown by its audience."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, not_

from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit
from workspace.foundation.text import _
from workspace.releases.models import Release
from workspace.teams import access as teams


def _team(actor: Actor) -> Select[Any]:
    return visible(actor, Release).where(teams.of_readable_teams(actor, Release.team_id))


def _audience(actor: Actor) -> Select[Any]:
    return visible(actor, Release).where(not_(teams.of_readable_teams(actor, Release.team_id)))


def _request(_actor: Actor, row: Release) -> Hit:
    url = url_for("releases.show", release=row.public_id)
    return Hit(row.item_title, url, _("Release request"), row.purpose)


def _shown(_actor: Actor, row: Release) -> Hit:
    return Hit(
        row.item_title, url_for("releases.released", release=row.public_id),
        _("Released by %(team)s", team=row.team.name),
    )


DOCUMENTS = [
    Documents("release", "work", "send", Release, lambda row: (row.item_title, row.purpose),
              _team, _request),
    Documents("released", "work", "eye", Release, lambda row: (row.item_title, ""),
              _audience, _shown),
]
