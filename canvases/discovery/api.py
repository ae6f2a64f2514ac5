"""API door: what speaks for and against notes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from canvases.boards import queries
from canvases.boards.models import Canvas
from canvases.discovery import actions
from canvases.discovery.models import Evidence
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text

API = Api("evidence", "Canvases")
CANVAS = {"canvas": Canvas}


class EvidenceOut(Schema):
    """Something that speaks for or against a note."""

    id = fields.String(attribute="public_id", required=True)
    note = fields.String(attribute="note_id", required=True)
    stance = fields.String(required=True)
    text = fields.String(required=True)
    url = fields.String(required=True)
    strength = fields.Integer(required=True)
    added_at = fields.AwareDateTime(attribute="created_at", required=True)


class EvidenceIn(Schema):
    """New evidence."""

    note = Text(least=1, maximum=40, required=True)
    stance = fields.String(required=True, validate=OneOf(["for", "against"]))
    text = Text(least=1, maximum=5000, required=True)
    url = Text(maximum=1000, load_default="")
    strength = fields.Integer(strict=True, load_default=2, validate=Range(1, 5))


@API.door("/canvases/<canvas>/evidence", verb="read", things=CANVAS, gives=EvidenceOut, many=True)
def index(actor: Actor, canvas: Canvas) -> Any:
    """Evidence on the notes of a canvas."""
    return visible(actor, Evidence).where(
        Evidence.canvas_id == canvas.id, Evidence.removed_at.is_(None)
    )


@API.door("/canvases/<canvas>/evidence", verb="edit", things=CANVAS, method="POST",
          takes=EvidenceIn, gives=EvidenceOut, creates=True,
          example={"note": "…", "stance": "for", "text": "7 of 9 nurses said so", "strength": 3})
def add(actor: Actor, draft: dict[str, Any], canvas: Canvas) -> Evidence:
    """Add evidence to a note."""
    line = queries.note_of(actor, canvas, draft["note"])
    return actions.add(actor, canvas, line, actions.EvidenceDraft(
        draft["stance"], draft["text"], draft["url"], draft["strength"]
    ))
