"""Who may know of a team, read what it makes, change it, lead it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.programmes.models import Edition
from workspace.teams.models import Team

MEMBERS = ("team-lead", "team-member")
READERS = (*MEMBERS, "mentor", "pi")


def member_teams(actor: Actor) -> frozenset[int]:
    """Ids of the teams that the person works in now."""
    return actor.scopes("team-lead", "team") | actor.scopes("team-member", "team")


def reader_clause(actor: Actor) -> ColumnElement[bool]:
    """Teams whose confidential content the person may read: own, assigned, or of her office."""
    own = frozenset[int]().union(*(actor.scopes(role, "team") for role in READERS))
    return or_(
        Team.id.in_(own),
        Team.home_organisation_id.in_(actor.scopes("transfer-officer", "organisation")),
    )


def team_clause(actor: Actor) -> ColumnElement[bool]:
    """Teams that the person may know of. Programme leads see name, state and counts only."""
    led = actor.scopes("programme-lead", "programme")
    return or_(
        reader_clause(actor),
        Team.edition_id.in_(select(Edition.id).where(Edition.programme_id.in_(led))),
    )


def of_readable_teams(actor: Actor, team_id: Any) -> ColumnElement[bool]:
    """Filter for tables whose rows belong to a team and are as confidential as the team itself."""
    return team_id.in_(select(Team.id).where(reader_clause(actor)))


def of_own_teams(actor: Actor, team_id: Any) -> ColumnElement[bool]:
    """Filter for tables whose rows only the team itself may know of."""
    return team_id.in_(member_teams(actor))


def may_read(actor: Actor, team: Team) -> Verdict:
    """Read what the team makes."""
    if any(actor.has(role, "team", team.id) for role in READERS):
        return True
    if actor.has("transfer-officer", "organisation", team.home_organisation_id):
        return True
    return No(lazy("What a team makes is confidential. You can see its name and state only."))


def may_edit(actor: Actor, team: Team) -> Verdict:
    """Change what the team makes."""
    if actor.has_any(MEMBERS, "team", team.id):
        return True
    return No(lazy("Only members of the team can change this."))


def may_lead(actor: Actor, team: Team) -> Verdict:
    """Decide for the team: members, charter, requests."""
    if actor.has("team-lead", "team", team.id):
        return True
    return No(lazy("Only the lead of the team can do this. Ask her or him."))


def may_mentor(actor: Actor, team: Team) -> Verdict:
    """Comment and confirm as an assigned mentor."""
    if actor.has("mentor", "team", team.id):
        return True
    return No(lazy("Only a mentor of the team can do this."))


def may_decide_for(actor: Actor, team: Team) -> Verdict:
    """Decide as the transfer officer of the team's home institution; never about her own team."""
    if actor.has_any(MEMBERS, "team", team.id):
        return No(lazy("You are a member of this team, so another officer decides."))
    if actor.has("transfer-officer", "organisation", team.home_organisation_id):
        return True
    return No(lazy("The transfer office of the team's institution decides this."))


def may_oversee(actor: Actor, team: Team) -> Verdict:
    """Run the programme that the team takes part in."""
    if actor.has("programme-lead", "programme", team.edition.programme_id):
        return True
    return No(lazy("Only the lead of the programme can do this."))
