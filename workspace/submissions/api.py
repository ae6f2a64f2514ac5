"""API door: what teams hand in."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api
from workspace.foundation.clock import now
from workspace.submissions import actions
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
