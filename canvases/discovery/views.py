"""The page door of evidence."""

from __future__ import annotations

from typing import Any

from flask import request

from canvases.boards import queries
from canvases.boards.models import Canvas
from canvases.boards.views.note import answer, note_page
from canvases.discovery import actions
from canvases.discovery.forms import EvidenceForm
from canvases.discovery.models import Evidence
from canvases.discovery.queries import STANCES, of_team
from workspace.files.actions import received
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, page
from workspace.teams.models import Team

doors = Doors("discovery")
CANVAS = {"canvas": Canvas}
PIECE = {"canvas": Canvas, "evidence": Evidence}


@doors.page("/teams/<team>/evidence", verb="read", things={"team": Team})
def of_the_team(actor: Actor, team: Team) -> Any:
    """Everything that the team found, newest first."""
    stance = request.args.get("stance", "")
    rows = of_team(actor, team, stance)
    return page(
        "canvases/evidence.html",
        team=team,
        rows=rows,
        stance=stance if stance in STANCES else "",
        strengths=EvidenceForm.words(),
        may_edit=bool(can(actor, "edit", team)),
    )


@doors.page(
    "/canvases/<canvas>/notes/<note>/evidence",
    verb="edit",
    things=CANVAS,
    methods=["POST"],
    writes=None,
    upload=True,
)
def add(actor: Actor, canvas: Canvas, note: str) -> Any:
    """Add what speaks for or against a note."""
    line = queries.note_of(actor, canvas, note)
    form = EvidenceForm()
    if form.validate_on_submit():
        draft = actions.EvidenceDraft(
            form.stance.data, form.finding.data or "", form.url.data or "", form.strength.data
        )
        upload = form.file.data
        try:
            actions.checked_url(draft.url)
            if upload is not None and upload.filename:
                with received(
                    actor, upload.stream, upload.filename, canvas.team_id
                ) as file, write():
                    actions.add(actor, canvas, line, draft, file)
            else:
                with write():
                    actions.add(actor, canvas, line, draft)
        except HouseError as refusal:
            if not isinstance(refusal, Refused) and refusal.status not in (409, 413):
                raise
            field = refusal.field if isinstance(refusal, Refused) else "file"
            form.refuse(refusal.reason, field)
        else:
            return answer(actor, canvas, note, _("Evidence added"))
    return note_page(actor, canvas, note, evidence_form=form)


@doors.page(
    "/canvases/<canvas>/evidence/<evidence>/remove", verb="change", things=PIECE, methods=["POST"]
)
def remove(actor: Actor, canvas: Canvas, evidence: Evidence) -> Any:
    """Take evidence away."""
    actions.remove(actor, evidence, now())
    return answer(actor, canvas, evidence.note_id, "", removed=evidence.public_id)


@doors.page(
    "/canvases/<canvas>/evidence/<evidence>/restore", verb="change", things=PIECE, methods=["POST"]
)
def restore(actor: Actor, canvas: Canvas, evidence: Evidence) -> Any:
    """Undo taking it away."""
    actions.bring_back(actor, evidence)
    return answer(actor, canvas, evidence.note_id, _("The evidence is back"))
