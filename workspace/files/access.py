"""Who may open a file: the members of its team, and whoever a feature's own rule lets in."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from workspace.files.models import File
from workspace.foundation.access import Actor
from workspace.foundation.features import house

READABLE = "readable_files"
"""Features offer it: (actor) -> a query for the ids of files that their own rules show to her.

A submission, for example, offers the files that belong to submissions that she may see. Visitors
are asked about as well: a deck may be released to everybody.
"""


def readable(actor: Actor) -> ColumnElement[bool]:
    """Files that the person may know of, by the rights of now."""
    teams = actor.scopes("team-lead", "team") | actor.scopes("team-member", "team")
    ways: list[ColumnElement[bool]] = [and_(File.owner_kind == "team", File.team_id.in_(teams))]
    ways += [File.id.in_(offered(actor)) for offered in house().offered(READABLE)]
    return and_(File.deleted_at.is_(None), or_(*ways))
