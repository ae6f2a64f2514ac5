"""Who hears of invitations to edit."""

from __future__ import annotations

from canvases.invited import facts
from canvases.invited.models import InvitedEditor
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.inbox.actions import tell
from workspace.teams.queries import present
from workspace.teams.rules import MemberRole

SENTENCES = {
    "editor-invited": lazy("You are invited to edit a canvas of a team that you mentor."),
    "editor-accepted": lazy("A mentor has accepted your invitation to edit a canvas."),
    "editor-ended": lazy("Your invitation to edit a canvas has ended. You still read what is "
                         "there for mentors."),
    "editor-gone": lazy("A mentor no longer edits your canvas."),
}


def _row(fact: facts.EditorFact) -> InvitedEditor:
    return session().get_one(InvitedEditor, fact.invited_id)


def _of_team(row: InvitedEditor) -> set[int]:
    """Whoever invited, and the leads; of those who are in the team now."""
    return {
        it.person_id for it in present(row.team_id)
        if it.role == MemberRole.LEAD or it.person_id == row.invited_by_id
    }


def _list(row: InvitedEditor) -> str:
    return path_to("canvases.list_view", canvas=row.canvas.public_id)


def _editors(row: InvitedEditor) -> str:
    return path_to("invited.editors", canvas=row.canvas.public_id)


def invited(fact: facts.EditorInvited) -> None:
    """The mentor."""
    row = _row(fact)
    tell([row.person_id], "editor-invited", "answer", row, _list(row))


def accepted(fact: facts.EditorAccepted) -> None:
    """Whoever invited, and the leads."""
    row = _row(fact)
    tell(_of_team(row) - {fact.who or 0}, "editor-accepted", "news", row, _editors(row))


def ended(fact: facts.EditorEnded) -> None:
    """The other side; both when time or the house ended it.

    The mentor's notice is about the canvas: who no longer sees that hears only that mentoring
    ended.
    """
    row = _row(fact)
    if fact.who != row.person_id:
        tell([row.person_id], "editor-ended", "news", row.canvas, _list(row))
    tell(_of_team(row) - {fact.who or 0}, "editor-gone", "news", row, _editors(row))
