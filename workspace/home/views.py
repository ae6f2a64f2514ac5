"""First pages, and the switcher between the roles of one account."""

from __future__ import annotations

from typing import Any

from flask import request, session, url_for

from workspace.foundation.access import Actor
from workspace.foundation.errors import Missing
from workspace.foundation.shell import current_workplace, workplaces
from workspace.foundation.web import Doors, go_to, page

doors = Doors("home")


@doors.page("/", public="sends each person to her own first page")
def root(actor: Actor) -> Any:
    """The first page of the role that the person works in."""
    if actor.is_visitor:
        return go_to(url_for("accounts.sign_in"))
    here = current_workplace(workplaces(actor))
    return go_to(here.url if here else url_for(".welcome"))


@doors.page("/workplace", own=True, methods=["POST"], writes=None)
def switch(actor: Actor) -> Any:
    """Work in another role; addresses stay the same, only the navigation changes."""
    wanted = request.form.get("place", "")
    place = next((it for it in workplaces(actor) if it.key == wanted), None)
    if place is None:
        raise Missing
    session["workplace"] = place.key
    return go_to(place.url)


@doors.page("/welcome", own=True)
def welcome(actor: Actor) -> Any:
    """For people who belong to nothing yet: join by code, or see what is open."""
    return page("home/welcome.html")
