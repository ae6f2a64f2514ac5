"""What can be searched of teams: the name by all who know of a team, its idea by its readers."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, not_, select

from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Deed, Documents, Hit
from workspace.foundation.text import _
from workspace.teams import access
from workspace.teams.models import Opening, Team


def _known(actor: Actor) -> Select[Any]:
    return visible(actor, Team).where(not_(access.reader_clause(actor)))


def _read(actor: Actor) -> Select[Any]:
    return visible(actor, Team).where(access.reader_clause(actor))


def _looking(actor: Actor) -> Select[Any]:
    known = select(Team.id).where(access.team_clause(actor))
    return visible(actor, Opening).where(Opening.id.not_in(known))


def _idea(row: Team) -> str:
    return "\n".join((row.title, row.pitch, " ".join(map(str, row.keywords or ()))))


def _url(row: Team) -> str:
    return url_for("home.team", team=row.public_id)


def _asked(actor: Actor, row: Opening) -> Hit:
    url = (
        url_for("teams.ask", opening=row.public_id) if access.may_ask(actor, row)
        else url_for("teams.board")
    )
    return Hit(row.name, url, _("Looks for members"), row.looking_text)


def deeds(actor: Actor) -> list[Deed]:
    """What one may begin here."""
    if not access.may_create(actor, None):
        return []
    return [Deed(_("New team"), url_for("teams.new"))]


DOCUMENTS = [
    Documents(
        "team", "teams", "users", Team, lambda row: (row.name, ""), _known,
        lambda _actor, row: Hit(row.name, _url(row)),
    ),
    Documents(
        "idea", "teams", "users", Team, lambda row: (row.name, _idea(row)), _read,
        lambda _actor, row: Hit(row.name, _url(row), row.title, _idea(row)),
    ),
    Documents(
        "opening", "teams", "user-plus", Opening, lambda row: (row.name, row.looking_text),
        _looking, _asked, fed=Team,
    ),
]
