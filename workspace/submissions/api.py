"""API door: what teams hand in."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import request
from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from workspace.files import actions as files
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.errors import Refused
from workspace.foundation.forms import LONG
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.submissions import actions, rules
from workspace.submissions.models import Submission
from workspace.teams.models import Team

API = Api("submissions", "Submissions")
ONE = {"submission": Submission}


class SubmissionOut(Schema):
    """One version of a pitch."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="team.public_id", required=True)
    purpose = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True)
    pitch_text = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    was_late = fields.Boolean(required=True)
    sha256 = fields.String(required=True)
    deck = fields.String(attribute="deck.public_id", required=True, allow_none=True,
                         dump_default=None)


class StartIn(Schema):
    """What the version is for."""

    purpose = fields.String(required=True, validate=OneOf([it.value for it in rules.Purpose]))


class DraftIn(Schema):
    """What may be changed in a draft; what is left out stays, nothing has to be complete."""

    title = Text()
    pitch_text = Text(maximum=LONG)


class SubmitIn(Schema):
    """What is frozen with it: the kind of part and the public id of the thing."""

    parts = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


@API.door("/teams/<team>/submissions", verb="read", things={"team": Team}, gives=SubmissionOut,
          many=True)
def index(actor: Actor, team: Team) -> Any:
    """Submissions of a team."""
    return visible(actor, Submission).where(Submission.team_id == team.id)


@API.door("/submissions/<submission>", verb="read", things=ONE, gives=SubmissionOut)
def show(_actor: Actor, submission: Submission) -> Submission:
    """One submission."""
    return submission


@API.door("/teams/<team>/submissions", verb="edit", things={"team": Team}, method="POST",
          takes=StartIn, gives=SubmissionOut, creates=True, example={"purpose": "pitch-review"})
def start(actor: Actor, draft: dict[str, Any], team: Team) -> Submission:
    """Begin a version; the draft in hand is given when there is one."""
    return actions.start(actor, team, draft["purpose"], now())


@API.door("/submissions/<submission>", verb="edit", things=ONE, method="PATCH", takes=DraftIn,
          gives=SubmissionOut, of=show, example={"title": "Gelsight"})
def change(actor: Actor, draft: dict[str, Any], submission: Submission) -> Submission:
    """Change a draft."""
    actions.save(actor, submission, actions.PitchDraft(
        draft.get("title", submission.title), draft.get("pitch_text", submission.pitch_text)
    ), now())
    return submission


@API.door("/submissions/<submission>/deck", verb="edit", things=ONE, method="PUT",
          gives=SubmissionOut, of=show, writes=None, upload=True)
def put_deck(actor: Actor, submission: Submission) -> Submission:
    """Put a PDF file into the draft, as the part `file` of a form."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(_("Choose a file."), field="file")
    if not sent.filename.lower().endswith(".pdf"):
        raise Refused(_("A deck is a PDF file. Export your slides as PDF first."), field="file",
                      code="type_not_allowed", status=415)
    actions.check_open(submission)
    file = files.take_upload(actor, cast("BinaryIO", sent.stream), sent.filename,
                             ("submission", submission.id), submission.team_id)
    with write():
        actions.set_deck(actor, submission, file, now())
    return submission


@API.door("/submissions/<submission>/deck", verb="edit", things=ONE, method="DELETE", gives=None,
          of=show)
def take_out_deck(actor: Actor, submission: Submission) -> None:
    """Take the deck out of the draft."""
    actions.set_deck(actor, submission, None, now())


@API.door("/submissions/<submission>/handing-in", verb="edit", things=ONE, method="POST",
          takes=SubmitIn, gives=SubmissionOut, of=show, example={"parts": {"canvas": "…"}})
def submit(actor: Actor, draft: dict[str, Any], submission: Submission) -> Submission:
    """Hand it in; it is closed to change from now on."""
    actions.submit(actor, submission, draft["parts"], now())
    return submission


@API.door("/submissions/<submission>/withdrawal", verb="edit", things=ONE, method="POST",
          gives=SubmissionOut, of=show)
def withdraw(actor: Actor, submission: Submission) -> Submission:
    """Take it back before the review begins."""
    actions.withdraw(actor, submission, now())
    return submission
