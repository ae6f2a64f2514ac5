"""API door: a reviewer's own reviews. Asks for a token that is for reviewing to change one."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from mentors.reviews import actions, conflicts, queries
from mentors.reviews.models import Review
from workspace.foundation.access import Actor
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.cursors import Keyed

API = Api("reviews", "Reviews")
ONE = {"review": Review}


class ScoreOut(Schema):
    """A level for one criterion."""

    criterion = fields.String(required=True)
    score = fields.Integer(required=True, allow_none=True)
    not_assessable = fields.Boolean(required=True)
    comment = fields.String(required=True)


class ReviewOut(Schema):
    """Your part of a panel."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="panel.team.name", required=True)
    submission = fields.String(attribute="panel.submission.public_id", required=True)
    state = fields.String(required=True)
    due_at = fields.AwareDateTime(attribute="panel.due_at", required=True, allow_none=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    scores = fields.List(fields.Nested(ScoreOut), required=True)
    feedback = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    remark = fields.String(required=True)


class ScoreIn(Schema):
    """A level for one criterion of the rubric."""

    criterion = Text(least=1, maximum=60, required=True)
    score = fields.Integer(strict=True, allow_none=True, load_default=None,
                           validate=Range(0, 10))
    not_assessable = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    comment = Text(maximum=20_000, load_default="")


class ReviewDraftIn(Schema):
    """What you have so far; nothing has to be complete."""

    scores = fields.List(fields.Nested(ScoreIn), load_default=list, validate=Length(max=50))
    feedback = fields.Dict(keys=Text(maximum=60), values=Text(maximum=20_000), load_default=dict)
    remark = Text(maximum=20_000, load_default="")


class ConflictIn(Schema):
    """The kind of your conflict with the team; null when you have none."""

    conflict = fields.String(required=True, allow_none=True,
                             validate=OneOf([it.value for it in conflicts.DECLARABLE]))


class DeclaredOut(Schema):
    """Whether you review the team; with a conflict somebody else does."""

    goes_on = fields.Boolean(required=True)


@API.door("/reviews", verb="list", kind=Review, gives=ReviewOut, many=True)
def mine(actor: Actor) -> Any:
    """Your reviews, by date; finished ones last."""
    return Keyed(queries.my_reviews(actor), lambda it: (
        int(it.state == "submitted"), int(it.panel.due_at is None),
        int((it.panel.due_at or it.created_at).timestamp()), it.public_id,
    ))


@API.door("/reviews/<review>", verb="write", things=ONE, gives=ReviewOut)
def show(_actor: Actor, review: Review) -> Review:
    """One of your reviews."""
    return review


@API.door("/reviews/<review>/declaration", verb="write", things=ONE, method="POST",
          takes=ConflictIn, gives=DeclaredOut, of=show, needs="review",
          example={"conflict": None})
def declare(actor: Actor, draft: dict[str, Any], review: Review) -> Any:
    """Say whether you have a conflict of interest with the team, before you review it."""
    return {"goes_on": actions.declare(actor, review, draft["conflict"] or "", now())}


@API.door("/reviews/<review>", verb="write", things=ONE, method="PUT", takes=ReviewDraftIn,
          gives=ReviewOut, of=show, needs="review", example={"remark": "For the lead alone"})
def save(actor: Actor, draft: dict[str, Any], review: Review) -> Review:
    """Keep a draft."""
    scores = {
        it["criterion"]: (it["score"], it["not_assessable"], it["comment"])
        for it in draft["scores"]
    }
    actions.save(actor, review, actions.ReviewDraft(
        scores, draft["feedback"], draft["remark"]
    ), now())
    return review


@API.door("/reviews/<review>/submission", verb="write", things=ONE, method="POST",
          gives=ReviewOut, of=show, needs="review")
def submit(actor: Actor, review: Review) -> Review:
    """Finish a review; it stays as it is then."""
    actions.submit(actor, review, now())
    return review
