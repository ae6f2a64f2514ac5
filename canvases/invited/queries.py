"""Questions about invitations to edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from canvases.boards.models import Canvas
from canvases.invited.access import accompanies
from canvases.invited.models import InvitedEditor
from canvases.invited.rules import OPEN, InvitedFacts, InvitedState
from workspace.accounts.models import Person
from workspace.foundation.access import Actor, visible
from workspace.foundation.days import day_in
from workspace.foundation.db import session
from workspace.grants.queries import roles_in, valid_agreement
from workspace.teams.access import MEMBERS
from workspace.teams.queries import mentor_people


def of_canvas(actor: Actor, canvas: Canvas) -> Sequence[InvitedEditor]:
    """Invitations to the canvas that the person may know of, the newest first; at most 100."""
    return session().scalars(
        visible(actor, InvitedEditor).where(InvitedEditor.canvas_id == canvas.id)
        .order_by(InvitedEditor.id.desc()).limit(100)
    ).all()


def open_one(canvas: Canvas, person_id: int, at: datetime) -> InvitedEditor | None:
    """The invitation of this person to this canvas that waits or counts."""
    return session().scalar(
        select(InvitedEditor).where(
            InvitedEditor.canvas_id == canvas.id, InvitedEditor.person_id == person_id,
            InvitedEditor.state.in_(OPEN), InvitedEditor.until > at,
        )
    )


def any_open() -> bool:
    """Whether any invitation in the house waits or counts."""
    return session().scalar(
        select(InvitedEditor.id).where(InvitedEditor.state.in_(OPEN)).limit(1)
    ) is not None


def mine(actor: Actor, canvas: Canvas) -> InvitedEditor | None:
    """The actor's own open invitation; asked for mentors of the team alone."""
    if actor.person_id is None or not actor.has("mentor", "team", canvas.team_id):
        return None
    return open_one(canvas, actor.person_id, actor.at)


def unanswered(actor: Actor) -> Sequence[InvitedEditor]:
    """Invitations of the actor that wait for her answer."""
    return session().scalars(
        visible(actor, InvitedEditor).where(
            InvitedEditor.person_id == actor.person_id, InvitedEditor.until > actor.at,
            InvitedEditor.state == InvitedState.INVITED,
        ).order_by(InvitedEditor.id)
    ).all()


def mentors(canvas: Canvas, at: datetime) -> list[Person]:
    """Mentors of the team who are bound by an undertaking."""
    return [
        it for it in mentor_people(canvas.team_id, at)
        if it.active and valid_agreement(it.id, "team", canvas.team_id, at) is not None
    ]


def promised_until(canvas: Canvas, person_id: int, at: datetime) -> date | None:
    """The day on which the mentor's undertaking ends, where the team's edition takes place."""
    found = valid_agreement(person_id, "team", canvas.team_id, at)
    return day_in(found.valid_until, canvas.team.edition.zone) if found else None


def facts_of(invited: InvitedEditor, at: datetime) -> InvitedFacts:
    """What the guards look at."""
    held = roles_in(invited.invited_by_id, "team", invited.team_id, at)
    return InvitedFacts(
        at, invited.until, accompanies(invited.person_id, invited.team, at),
        any(role in MEMBERS for role in held),
    )
