"""What first pages and the navigation show of teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select

from workspace.foundation.access import Actor, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.features import Card, Column, Counted, NavItem, Need, Workplace
from workspace.foundation.text import _, lazy, ngettext, pgettext
from workspace.programmes.models import Edition
from workspace.teams import queries
from workspace.teams.models import Team
from workspace.teams.rules import TeamState, charter_problem, size_problem


def _board_url(_actor: Actor, here: Workplace) -> str | None:
    edition = here.edition_public_id
    return url_for("teams.board", edition=edition) if edition else None


def _list_url(_actor: Actor, here: Workplace) -> str | None:
    edition = here.edition_public_id
    return url_for("teams.index", edition=edition) if edition else None


def _count(actor: Actor, here: Workplace) -> Counted:
    query = visible(actor, Team).where(Team.edition_id == here.edition_id)
    found = query.with_only_columns(func.count(Team.id))
    return Counted((found.scalar_subquery(),), lambda count: count or None)


def _members_url(_actor: Actor, here: Workplace) -> str | None:
    return url_for("teams.members", team=here.public_id) if here.kind == "team" else None


NAV = (
    NavItem(("team-lead", "team-member"), lazy("Members"), "users", 80, _members_url),
    NavItem(("participant",), lazy("Teams"), "users", 20, _board_url, bottom=True),
    NavItem(("programme-lead",), lazy("Teams"), "users", 30, _list_url, count=_count, bottom=True),
)


def needs(actor: Actor, place: str, thing: object) -> Sequence[Need]:
    """What waits for a member, a lead or a mentor."""
    if place == "team" and isinstance(thing, Team):
        return _needs_of_team(actor, thing)
    if place == "mentor":
        return [
            Need(_("Answer whether you mentor this team"), it.team.name,
                 url_for("teams.undertaking", assignment=it.public_id), _("Read and answer"),
                 "heart-handshake", "info")
            for it in queries.assignments_waiting(actor)
        ]
    return ()


def _needs_of_team(actor: Actor, team: Team) -> list[Need]:
    if not can(actor, "edit", team) or team.state == TeamState.CLOSED:
        return []
    here: dict[str, Any] = {"team": team.public_id}
    leads = bool(can(actor, "lead", team))
    circle = queries.circle(team)
    found = []
    if leads:
        waiting = circle.asking
        if waiting:
            found.append(Need(
                ngettext("%(num)s person wants to join", "%(num)s people want to join", waiting),
                _("Take them in, or tell them that you have no place."),
                url_for("teams.members", **here, _anchor="requests"), _("Answer"), "user-plus",
                "warn",
            ))
        if team.state == TeamState.FORMING:
            short = size_problem(len(circle.members), *queries.size_limits(team.id))
            if short:
                found.append(Need(_("Complete your team"), short,
                                  url_for("teams.members", **here, _anchor="invite"), _("Invite"),
                                  "user-plus", "info"))
        if charter_problem(team.charter):
            found.append(Need(
                _("Write your charter"),
                _("Goal, roles, how you work and what stays in the team. Everybody signs it."),
                url_for("teams.write_charter", **here), _("Write"), "file-text", "info",
            ))
    if team.charter_version and actor.person_id not in circle.signed:
        found.append(Need(
            _("Sign the charter"),
            _("Version %(version)s waits for your signature.", version=team.charter_version),
            url_for("teams.charter", **here), _("Read and sign"), "file-text", "warn",
        ))
    elif leads and team.charter_renewal_at is not None:
        found.append(Need(
            _("Renew the charter"), _("The team has changed. Check roles and shares."),
            url_for("teams.charter", **here), pgettext("verb", "Open"), "file-text", "info",
        ))
    return found


def people_card(actor: Actor, thing: object) -> object | None:
    """Members and mentors beside the team's first page."""
    if not isinstance(thing, Team):
        return None
    circle = queries.circle(thing)
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "teams/_people_card.html", team=thing, members=circle.members,
            mentors=circle.mentors, leads=bool(can(actor, "lead", thing)),
        )
    )


CARDS = (Card("team", 80, people_card, "rail"),)


def _members_cell(team_id: ColumnElement[int]) -> Counted:
    return Counted((queries.member_count(team_id),), lambda count: count)


def _mentor_cell(team_id: ColumnElement[int]) -> Counted:
    return Counted(
        (queries.mentors_joined(team_id, now()),),
        lambda names: ", ".join(queries.taken_apart(names)) or None,
    )


COLUMNS = (
    Column(lazy("Members"), 10, counted=_members_cell, number=True),
    Column(lazy("Mentor"), 20, counted=_mentor_cell),
)


def set_up(edition: Edition) -> dict[str, int]:
    """Numbers of teams of the edition, for its set-up."""
    rows = session().execute(
        select(Team.state, Team.is_sample, func.count()).where(Team.edition_id == edition.id)
        .group_by(Team.state, Team.is_sample)
    ).all()
    over = {TeamState.CLOSED, TeamState.HANDED_OFF, TeamState.CONTINUED}
    return {
        "teams": sum(number for _state, _sample, number in rows),
        "sample_teams": sum(number for _state, sample, number in rows if sample),
        "open_teams": sum(number for state, _sample, number in rows if state not in over),
    }
