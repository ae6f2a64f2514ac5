"""Who edits notes by forms; who invites, accepts, ends.

An invitation alone opens nothing. It counts while the person mentors the team, her undertaking
holds and no conflict of interest is known, each read anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select

from canvases.boards import rights
from canvases.boards.models import Canvas
from canvases.invited.models import InvitedEditor
from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.features import house
from workspace.foundation.once import asked_once
from workspace.foundation.text import lazy
from workspace.grants.queries import roles_in, valid_agreement
from workspace.teams import access as teams
from workspace.teams.models import Team

ROLE = "canvas-editor"
CONFLICTED = "conflicted"
"""Features offer it: (person id, team) -> whether a conflict of interest stands between them."""


def invited_clause(actor: Actor) -> ColumnElement[bool]:
    """Invitations to canvases of own teams, and one's own."""
    if actor.is_visitor:
        return false()
    own = select(Canvas.id).where(teams.of_own_teams(actor, Canvas.team_id))
    return or_(InvitedEditor.canvas_id.in_(own), InvitedEditor.person_id == actor.person_id)


@asked_once
def accompanies(person_id: int, team: Team, at: datetime) -> bool:
    """Whether she mentors the team, bound by an undertaking and without a conflict of interest."""
    return (
        "mentor" in roles_in(person_id, "team", team.id, at)
        and valid_agreement(person_id, "team", team.id, at) is not None
        and not any(offer(person_id, team) for offer in house().offered(CONFLICTED))
    )


def may_write(actor: Actor, canvas: Canvas) -> Verdict:
    """Change notes by forms: the team, and a mentor whom it invited, those that mentors read."""
    of_team = rights.may_edit(actor, canvas)
    if of_team or not actor.has(ROLE, "canvas", canvas.id) or canvas.archived_at is not None:
        return of_team
    if actor.has("break-glass", "team", canvas.team_id):
        return No(lazy("You read this in an emergency. Nothing can be written meanwhile."))
    if actor.person_id is not None and accompanies(actor.person_id, canvas.team, actor.at):
        return True
    return No(lazy("Your invitation to edit this canvas has ended. Ask the team's lead."))


def may_invite(actor: Actor, canvas: Canvas) -> Verdict:
    """Invite a mentor to edit: the lead, since it opens the team's work to somebody outside."""
    if canvas.archived_at is not None:
        return No(lazy("This canvas was put away. Bring it back to edit it."))
    return teams.may_lead(actor, canvas.team)


def may_accept(actor: Actor, invited: InvitedEditor) -> Verdict:
    """Accept: whoever was invited."""
    if invited.person_id == actor.person_id:
        return True
    return No(lazy("Only the person who was asked can answer."))


def may_end(actor: Actor, invited: InvitedEditor) -> Verdict:
    """End it: any member of the team, and the mentor."""
    if invited.person_id == actor.person_id:
        return True
    return teams.may_edit(actor, invited.team)
