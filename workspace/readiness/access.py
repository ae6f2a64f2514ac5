"""Who claims and who confirms."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.readiness.models import ReadinessClaim
from workspace.teams import access as teams
from workspace.teams.models import Team


def claim_clause(actor: Actor) -> ColumnElement[bool]:
    """Claims of teams that the person may read."""
    return teams.of_readable_teams(actor, ReadinessClaim.team_id)


def may_claim(actor: Actor, team: Team) -> Verdict:
    """The team claims."""
    return teams.may_edit(actor, team)


def may_answer(actor: Actor, claim: ReadinessClaim) -> Verdict:
    """An assigned mentor or the transfer office confirms; never the team itself."""
    if teams.may_edit(actor, claim.team):
        return No(lazy("A team cannot confirm its own level. A mentor or a transfer officer does."))
    return teams.may_mentor(actor, claim.team) or teams.may_decide_for(actor, claim.team)
