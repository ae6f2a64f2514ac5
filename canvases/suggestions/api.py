"""API door: statuses that mentors suggest for notes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from canvases.boards import queries as boards
from canvases.boards.models import Canvas
from canvases.boards.schema import STATUSES
from canvases.suggestions import actions, answers
from canvases.suggestions.models import StatusSuggestion
from canvases.suggestions.rules import LONGEST_REASON
from workspace.foundation import limits
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now

API = Api("suggestions", "Canvases")
CANVAS, ONE = {"canvas": Canvas}, {"canvas": Canvas, "suggestion": StatusSuggestion}


class SuggestionOut(Schema):
    """A status that a mentor suggests for a note that you may read."""

    id = fields.String(attribute="public_id", required=True)
    note = fields.String(attribute="note_id", required=True)
    was = fields.String(required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    suggested_by = fields.String(attribute="suggested_by.public_id", required=True)
    suggested_at = fields.AwareDateTime(attribute="created_at", required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class SuggestionIn(Schema):
    """Another status, and what makes you think so."""

    status = fields.String(required=True, validate=OneOf(sorted(STATUSES)))
    reason = Text(least=1, maximum=LONGEST_REASON, required=True)


@API.door("/canvases/<canvas>/suggestions", verb="read", things=CANVAS, gives=SuggestionOut,
          many=True)
def index(actor: Actor, canvas: Canvas) -> Any:
    """Statuses that were suggested for notes of a canvas."""
    return visible(actor, StatusSuggestion).where(StatusSuggestion.canvas_id == canvas.id)


@API.door("/canvases/<canvas>/notes/<note>/suggestions", verb="suggest", things=CANVAS,
          method="POST", takes=SuggestionIn, gives=SuggestionOut, creates=True,
          example={"status": "supported", "reason": "Three clinics measure it by now"})
def suggest(actor: Actor, draft: dict[str, Any], canvas: Canvas, note: str) -> StatusSuggestion:
    """Suggest a status for a note of a team that you mentor."""
    line = boards.note_of(actor, canvas, note)
    limits.count("suggest", actions.SUGGESTIONS, actor.person_id)
    return actions.suggest(actor, canvas, line, draft["status"], draft["reason"], now())


@API.door("/canvases/<canvas>/suggestions/<suggestion>", verb="view", things=ONE,
          gives=SuggestionOut)
def show(_actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> StatusSuggestion:
    """One suggestion."""
    return suggestion


@API.door("/canvases/<canvas>/suggestions/<suggestion>/acceptance", verb="answer", things=ONE,
          method="POST", gives=SuggestionOut, of=show, writes="room")
def accept(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> StatusSuggestion:
    """Give the note the suggested status; open boards see it at once."""
    answers.accept(actor, suggestion, now())
    return suggestion


@API.door("/canvases/<canvas>/suggestions/<suggestion>/refusal", verb="answer", things=ONE,
          method="POST", gives=SuggestionOut, of=show)
def decline(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> StatusSuggestion:
    """Leave the note as it is."""
    actions.decline(actor, suggestion, now())
    return suggestion


@API.door("/canvases/<canvas>/suggestions/<suggestion>/undo", verb="answer", things=ONE,
          method="POST", gives=SuggestionOut, of=show, writes="room")
def undo(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> StatusSuggestion:
    """Take the team's answer back."""
    answers.undo(actor, suggestion, now())
    return suggestion


@API.door("/canvases/<canvas>/suggestions/<suggestion>/withdrawal", verb="withdraw", things=ONE,
          method="POST", gives=SuggestionOut, of=show)
def withdraw(actor: Actor, canvas: Canvas, suggestion: StatusSuggestion) -> StatusSuggestion:
    """Take your suggestion back."""
    actions.withdraw(actor, suggestion, now())
    return suggestion
