"""The face of first pages."""

from __future__ import annotations

from flask import url_for

from workspace.foundation.access import Actor
from workspace.foundation.features import Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.home import device, queries
from workspace.home.views import doors


def _team_home(_actor: Actor, place: Workplace) -> str | None:
    return url_for("home.team", team=place.public_id) if place.kind == "team" else None


def _today(_actor: Actor, _place: Workplace) -> str:
    return url_for("home.today")


def _overview(_actor: Actor, place: Workplace) -> str | None:
    return url_for("home.overview", edition=place.public_id) if place.kind == "edition" else None


FEATURE = Feature(
    name="home",
    doors=[doors, device.doors],
    nav=[
        NavItem(("mentor", "reviewer"), lazy("Today"), "layout-dashboard", 5, _today, bottom=True),
        NavItem(("team-lead", "team-member", "pi", "mentor"), lazy("Team home"), "house", 10,
                _team_home, bottom=True),
        NavItem(("programme-lead",), lazy("Overview"), "layout-dashboard", 10, _overview,
                bottom=True),
    ],
    offers={"workplaces": queries.workplaces},
)
