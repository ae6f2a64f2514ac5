"""First pages, and the switcher between the roles of one account."""

from __future__ import annotations

from typing import Any

from flask import session, url_for

from workspace.foundation.access import Actor
from workspace.foundation.errors import Missing
from workspace.foundation.shell import address, current_workplace, workplaces
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go_to, page

doors = Doors("home")


@doors.page("/", public="sends each person to her own first page")
def index(actor: Actor) -> Any:
    """The first page of the role that the person works in."""
    if actor.is_visitor:
        return go_to(url_for("accounts.sign_in"))
    here = current_workplace(workplaces(actor))
    return go_to(here.url if here else url_for(".welcome"))


@doors.page("/workplace/<place>", own=True, methods=["POST"], writes=None)
def switch(actor: Actor, place: str) -> Any:
    """Work in another role; addresses stay the same, only the navigation changes."""
    found = next((it for it in workplaces(actor) if it.key == place), None)
    if found is None:
        raise Missing
    session["workplace"] = found.key
    return go_to(found.url)


@doors.page("/welcome", own=True)
def welcome(actor: Actor) -> Any:
    """For people who belong to nothing yet: join by code, or see what is open."""
    return page("home/welcome.html", teams=team_ways(actor))


def team_ways(actor: Actor) -> list[tuple[str, str]]:
    """What somebody without a team can do next in her editions."""
    ways = []
    for place in workplaces(actor):
        if place.role != "participant":
            continue
        for endpoint, label in (("teams.new", _("Start a team")), ("teams.board", _("Teams that look for members"))):
            url = address(endpoint, edition=place.public_id)
            if url:
                ways.append((label, url))
    return ways
