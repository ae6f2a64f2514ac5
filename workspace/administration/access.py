"""Who may administrate, and who learns of an opening."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, true

from workspace.administration.models import GlassBroken
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.teams.access import member_teams


class Platform:
    """The installation as a whole: what its administrators look after."""


def may_administer(actor: Actor, _platform: object) -> Verdict:
    """See the administrator's pages."""
    return actor.is_administrator or No(lazy("Only an administrator can do this."))


def glass_clause(actor: Actor) -> ColumnElement[bool]:
    """Openings: administrators know all, a team those of its own work."""
    if actor.is_administrator:
        return true()
    return or_(GlassBroken.team_id.in_(member_teams(actor)))


def may_end(actor: Actor, _glass: GlassBroken) -> Verdict:
    """End an opening before its time."""
    return actor.is_administrator or No(lazy("Only an administrator can do this."))
