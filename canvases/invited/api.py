"""API door: mentors whom a team invites to edit a canvas."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from canvases.boards.models import Canvas
from canvases.invited import actions, queries
from canvases.invited.models import InvitedEditor
from workspace.foundation import limits
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.text import _

API = Api("editors", "Canvases")
CANVAS, ONE = {"canvas": Canvas}, {"canvas": Canvas, "invited": InvitedEditor}


class EditorOut(Schema):
    """An invitation of a mentor to edit one canvas."""

    id = fields.String(attribute="public_id", required=True)
    canvas = fields.String(attribute="canvas.public_id", required=True)
    person = fields.String(attribute="person.public_id", required=True)
    state = fields.String(required=True)
    until = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class EditorIn(Schema):
    """Which mentor of the team, and the last day."""

    person = Text(least=1, maximum=64, required=True)
    last_day = fields.Date(required=True)


@API.door("/canvases/<canvas>/editors", verb="keep", things=CANVAS, gives=EditorOut, many=True)
def index(actor: Actor, canvas: Canvas) -> Any:
    """Mentors who edit this canvas, were invited to or did."""
    return visible(actor, InvitedEditor).where(InvitedEditor.canvas_id == canvas.id)


@API.door("/canvases/<canvas>/editors", verb="invite", things=CANVAS, method="POST",
          takes=EditorIn, gives=EditorOut, creates=True,
          example={"person": "…", "last_day": "2026-12-08"})
def invite(actor: Actor, draft: dict[str, Any], canvas: Canvas) -> InvitedEditor:
    """Invite a mentor of the team to edit the canvas until the end of a day."""
    limits.count("invite", actions.INVITATIONS, actor.person_id)
    person = next(
        (it for it in queries.mentors(canvas, now()) if it.public_id == draft["person"]), None
    )
    if person is None:
        raise Refused(_("Choose a mentor."), field="person")
    try:
        return actions.invite(actor, canvas, person, draft["last_day"], now())
    except Refused as refusal:
        if refusal.field == "until":
            refusal.field = "last_day"
        raise


@API.door("/canvases/<canvas>/editors/<invited>", verb="view", things=ONE, gives=EditorOut)
def show(_actor: Actor, canvas: Canvas, invited: InvitedEditor) -> InvitedEditor:
    """One invitation: your team's, or your own."""
    return invited


@API.door("/canvases/<canvas>/editors/<invited>/acceptance", verb="accept", things=ONE,
          method="POST", gives=EditorOut, of=show)
def accept(actor: Actor, canvas: Canvas, invited: InvitedEditor) -> InvitedEditor:
    """Accept: from now on you edit the notes that mentors read."""
    actions.accept(actor, invited, now())
    return invited


@API.door("/canvases/<canvas>/editors/<invited>/end", verb="end", things=ONE, method="POST",
          gives=EditorOut, of=show)
def end(actor: Actor, canvas: Canvas, invited: InvitedEditor) -> InvitedEditor:
    """Take an invitation back, decline it, or stop editing."""
    actions.end(actor, invited, now())
    return invited
