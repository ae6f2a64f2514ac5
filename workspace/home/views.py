"""First pages, and the switcher between the roles of one account."""

from __future__ import annotations

from typing import Any

from flask import request, session, url_for

from workspace.accounts import sessions
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import Missing
from workspace.foundation.parts import address
from workspace.foundation.shell import current_workplace, workplaces
from workspace.foundation.text import _
from workspace.foundation.web import Doors, go_to, page
from workspace.home import pages, queries
from workspace.programmes.models import Edition
from workspace.programmes.queries import planned
from workspace.teams.models import Team
from workspace.teams.queries import circle
from workspace.teams.rules import TEAM

doors = Doors("home")
TODAY = ("mentor", "reviewer")
"""Roles of people who come for several teams: what waits for them comes before any one of these."""


@doors.page("/", public="sends each person to her own first page")
def index(actor: Actor) -> Any:
    """The first page of the role that the person works in."""
    if actor.is_visitor:
        return go_to(url_for("accounts.sign_in"))
    here = current_workplace(workplaces(actor))
    if here is None:
        return go_to(url_for(".welcome"))
    return go_to(url_for(".today") if here.role in TODAY else here.url)


@doors.page("/help", public="how to begin, for people without an account as well")
def help(actor: Actor) -> Any:
    """How to do the main things, in short."""
    return page("home/help.html")


@doors.page("/accessibility", public="what people with assistive technology need before signing in")
def accessibility(actor: Actor) -> Any:
    """What works without a mouse, what is known not to."""
    return page("home/accessibility.html")


@doors.page("/workplace/<place>", own=True, methods=["POST"], writes=None)
def switch(actor: Actor, place: str) -> Any:
    """Work in another role; addresses stay the same, only the navigation changes."""
    found = next((it for it in workplaces(actor) if it.key == place), None)
    if found is None:
        raise Missing
    sessions.renew_present()
    session["workplace"] = found.key
    return go_to(found.url)


@doors.page("/today", own=True)
def today(actor: Actor) -> Any:
    """The first page of mentors and reviewers: what is due by date, then the teams they mentor."""
    teams = queries.mentored(actor)
    editions = {it.edition_id: it.edition for it in teams}
    ahead = [it for one in editions.values() for it in pages.dates(actor, "edition", one)]
    return page(
        "home/today.html", waiting=pages.needs(actor, "mentor", None), teams=teams, at=now(),
        glyphs=pages.glyphs(teams), labels=TEAM.label,
        dates=sorted(ahead, key=lambda it: it.at)[:5],
    )


@doors.page("/welcome", own=True)
def welcome(actor: Actor) -> Any:
    """For people who belong to nothing yet: join by code, or see what is open."""
    return page("home/welcome.html", teams=team_ways(actor),
                waiting=pages.needs(actor, "mentor", None))


def team_ways(actor: Actor) -> list[tuple[str, str]]:
    """What somebody without a team can do next in her editions."""
    ways = []
    for place in workplaces(actor):
        if place.role != "participant":
            continue
        for endpoint, label in (
            ("teams.new", _("Start a team")), ("teams.board", _("Teams that look for members")),
        ):
            url = address(endpoint, edition=place.public_id)
            if url:
                ways.append((label, url))
    return ways


@doors.page("/teams/<team>", verb="view", things={"team": Team})
def team(actor: Actor, team: Team) -> Any:
    """The first page of a team: the next step before everything else."""
    at = now()
    if not can(actor, "read", team):
        return page("home/team_outside.html", team=team, state=TEAM.label(team.state))
    edition, circle_now = planned(team.edition_id), circle(team)
    waiting = pages.needs(actor, "team", team)
    return page(
        "home/team.html", team=team, state=TEAM.label(team.state), at=at,
        members=circle_now.members, edition=edition,
        next_step=waiting[0] if waiting else None, waiting=waiting[1:],
        glyph=pages.glyphs([team]).get(team.id), gate=pages.gate_ahead(edition, at),
        lacks=pages.gate_lacks(edition, team, at), road=pages.rail(edition, at),
        dates=pages.dates(actor, "team", team),
        main_cards=pages.cards(actor, "team", team, "main"),
        rail_cards=pages.cards(actor, "team", team, "rail"),
        is_member=bool(can(actor, "edit", team)),
    )


@doors.page("/editions/<edition>", verb="lead", things={"edition": Edition})
def overview(actor: Actor, edition: Edition) -> Any:
    """The programme lead's first page: "Needs you" before everything else."""
    at = now()
    search = request.args.get("q", "").strip()[:200]
    everything = queries.teams_of(actor, edition)
    teams = [it for it in everything if search.casefold() in it.name.casefold()]
    return page(
        "home/overview.html", edition=edition, teams=teams, total=len(everything), search=search,
        glyphs=pages.glyphs(everything), columns=pages.columns(teams),
        phases=pages.rail(edition, at), gate=pages.gate_ahead(edition, at),
        stats=pages.stats(actor, edition, everything),
        waiting=pages.needs(actor, "overview", edition), labels=TEAM.label,
        dates=pages.dates(actor, "overview", edition),
        main_cards=pages.cards(actor, "overview", edition, "main"),
        rail_cards=pages.cards(actor, "overview", edition, "rail"),
    )
