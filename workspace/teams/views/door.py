"""The doors of teams, and what all their pages need."""

from __future__ import annotations

from typing import Any

from flask import url_for

from workspace.foundation.text import _
from workspace.foundation.web import Doors
from workspace.teams.models import Team

doors = Doors("teams", prefix="/teams")

TONES = {
    "forming": "neutral", "team-formed": "info", "discovery": "info", "ip-check": "warn",
    "pitch-review": "warn", "demo-day-ready": "good", "submitted": "good", "presented": "good",
    "handed-off": "brand", "continued": "brand", "paused": "warn", "closed": "neutral",
}


def crumbs(team: Team | None, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The way to this page."""
    way: list[tuple[str, str | None]] = [(_("Teams"), url_for("teams.index"))]
    if team is not None:
        way.append((team.name, url_for("home.team", team=team.public_id)))
    way += more
    return [*way[:-1], (way[-1][0], None)]


def tabs(team: Team, current: str, *, reads: bool, leads: bool) -> list[dict[str, object]]:
    """The parts of a team's own pages; what the person may not read is left out."""
    here: dict[str, Any] = {"team": team.public_id}
    found = [("people", _("Members"), url_for("teams.members", **here), "users", True),
             ("charter", _("Charter"), url_for("teams.charter", **here), "file-text", reads),
             ("log", _("Contribution log"), url_for("teams.log", **here), "history", reads),
             ("edit", _("About the team"), url_for("teams.edit", **here), "pencil", leads),
             ("state", _("State"), url_for("teams.state", **here), "flag", True)]
    return [
        {"label": label, "url": url, "icon": icon, "current": key == current}
        for key, label, url, icon, shown in found if shown
    ]
