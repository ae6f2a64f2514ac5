"""API door: canvases, their notes and versions. Changes of notes join the live room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from canvases.boards import actions, edits, queries, versions
from canvases.boards.edits import NoteDraft, mark_of
from canvases.boards.models import Canvas, CanvasVersion
from canvases.boards.schema import STATUSES
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.cursors import Keyed
from workspace.foundation.db import session
from workspace.foundation.replays import made_id
from workspace.releases.rules import Tier
from workspace.teams.models import Team

API = Api("canvases", "Canvases")
CANVAS = {"canvas": Canvas}
VERSION = {"canvas": Canvas, "version": CanvasVersion}


class CanvasOut(Schema):
    """A one-page model of a team."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="team.public_id", required=True)
    template = fields.String(required=True)
    title = fields.String(required=True)
    edited_at = fields.AwareDateTime(required=True)
    archived_at = fields.AwareDateTime(required=True, allow_none=True)


class NoteOut(Schema):
    """One note that you may read."""

    id = fields.String(required=True)
    block = fields.String(required=True)
    text = fields.String(required=True)
    status = fields.String(required=True)
    tier = fields.String(required=True)
    kind = fields.String(required=True)
    weight = fields.Integer(required=True)
    author = fields.String(required=True)


class CanvasIn(Schema):
    """A new canvas."""

    template = Text(least=1, maximum=60, required=True)
    title = Text(maximum=200, load_default="")


class NoteIn(Schema):
    """A new note, at the end of a block."""

    block = Text(least=1, maximum=60, required=True)
    text = Text(least=1, maximum=5000, required=True)


class NoteChange(Schema):
    """What may be changed; what is left out stays."""

    text = Text(least=1, maximum=5000)
    status = fields.String(validate=OneOf(sorted(STATUSES)))
    tier = fields.String(validate=OneOf([it.value for it in Tier]))
    weight = fields.Integer(strict=True, validate=Range(1, 5))
    block = Text(least=1, maximum=60)
    place = fields.String(validate=OneOf(["", "first", "last"]))


class VersionOut(Schema):
    """A version that was kept."""

    id = fields.String(attribute="public_id", required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class VersionIn(Schema):
    """A name for the board as it is now."""

    name = Text(least=1, maximum=200, required=True)


@API.door("/teams/<team>/canvases", verb="read", things={"team": Team}, gives=CanvasOut, many=True)
def of_team(actor: Actor, team: Team) -> Any:
    """Canvases of a team."""
    return visible(actor, Canvas).where(Canvas.team_id == team.id)


@API.door("/teams/<team>/canvases", verb="edit", things={"team": Team}, method="POST",
          takes=CanvasIn, gives=CanvasOut, creates=True,
          example={"template": "business-model-canvas", "title": "Our model"})
def make(actor: Actor, draft: dict[str, Any], team: Team) -> Canvas:
    """Make a canvas."""
    return actions.make_canvas(actor, team, draft["template"], draft["title"], now())


@API.door("/canvases/<canvas>", verb="read", things=CANVAS, gives=CanvasOut)
def show(_actor: Actor, canvas: Canvas) -> Canvas:
    """One canvas."""
    return canvas


@API.door("/canvases/<canvas>/notes", verb="read", things=CANVAS, gives=NoteOut, many=True)
def notes(actor: Actor, canvas: Canvas) -> Any:
    """The notes that you may read, in reading order."""
    return _in_reading_order(canvas, queries.notes_of(actor, canvas))


def _in_reading_order(canvas: Canvas, lines: Sequence[queries.NoteLine]) -> Keyed:
    place = {it.id: at for at, it in enumerate(queries.template_of(canvas).reading_order)}
    return Keyed(lines, lambda it: (place.get(it.block, 99), it.order, it.id))


@API.door("/canvases/<canvas>/notes", verb="write", things=CANVAS, method="POST", takes=NoteIn,
          gives=NoteOut, creates=True, writes="room",
          example={"block": "bmc-customer-segments", "text": "Stoma nurses"})
def add(actor: Actor, draft: dict[str, Any], canvas: Canvas) -> Any:
    """Put a note on the board; open boards see it at once."""
    made = edits.add_note(actor, canvas, draft["block"], draft["text"], note_id=made_id())
    session().commit()
    return queries.note_of(actor, canvas, made)


@API.door("/canvases/<canvas>/notes/<note>", verb="read", things=CANVAS, gives=NoteOut)
def note(actor: Actor, canvas: Canvas, note: str) -> Any:
    """One note."""
    return queries.note_of(actor, canvas, note)


@API.door("/canvases/<canvas>/notes/<note>", verb="write", things=CANVAS, method="PATCH",
          takes=NoteChange, gives=NoteOut, of=note, writes="room",
          example={"status": "supported"})
def change(actor: Actor, draft: dict[str, Any], canvas: Canvas, note: str) -> Any:
    """Change or move a note."""
    line = queries.note_of(actor, canvas, note)
    edits.change_note(actor, canvas, note, NoteDraft(
        draft.get("text"), draft.get("status"), draft.get("tier"), draft.get("weight"),
        draft.get("block"), draft.get("place", ""), mark_of(line.text),
    ))
    session().commit()
    return queries.note_of(actor, canvas, note)


@API.door("/canvases/<canvas>/notes/<note>", verb="write", things=CANVAS, method="DELETE",
          gives=None, of=note, writes="room")
def remove(actor: Actor, canvas: Canvas, note: str) -> None:
    """Take a note off the board."""
    queries.note_of(actor, canvas, note)
    edits.remove_note(actor, canvas, note)


@API.door("/canvases/<canvas>/versions", verb="read", things=CANVAS, gives=VersionOut, many=True)
def kept(actor: Actor, canvas: Canvas) -> Any:
    """Versions of a canvas."""
    return visible(actor, CanvasVersion).where(CanvasVersion.canvas_id == canvas.id)


@API.door("/canvases/<canvas>/versions", verb="edit", things=CANVAS, method="POST",
          takes=VersionIn, gives=VersionOut, creates=True, writes=None,
          example={"name": "Before the interviews"})
def keep(actor: Actor, draft: dict[str, Any], canvas: Canvas) -> CanvasVersion:
    """Keep the board as it is now under a name."""
    return versions.name_version(actor, canvas, draft["name"], key=made_id())


@API.door("/canvases/<canvas>/versions/<version>/notes", verb="read", things=VERSION,
          gives=NoteOut, many=True)
def version_notes(actor: Actor, canvas: Canvas, version: CanvasVersion) -> Any:
    """The notes of a version that you may read."""
    return _in_reading_order(canvas, queries.lines_of(actor, version))


@API.door("/canvases/<canvas>/versions/<version>/restoration", verb="restore", things=VERSION,
          method="POST", gives=VersionOut, creates=True, writes="room")
def restore(actor: Actor, canvas: Canvas, version: CanvasVersion) -> CanvasVersion:
    """Bring the board back to a version by new edits."""
    return versions.restore(actor, version, key=made_id())
