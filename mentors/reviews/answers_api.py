"""API door: what a team reads of its reviewers, what it answers, what it has promised."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from mentors.reviews import actions, queries, rules
from mentors.reviews.models import FeedbackTask, Panel
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.cursors import Keyed
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _
from workspace.teams.models import Team

API = Api("answers", "Reviews")
PANEL, TASK = {"panel": Panel}, {"task": FeedbackTask}


class CommentAnswerOut(Schema):
    """What the team says to a comment."""

    kind = fields.String(required=True)
    text = fields.String(required=True)


class CommentOut(Schema):
    """One comment of a released review, and the team's answer."""

    id = fields.String(attribute="comment.key", required=True)
    panel = fields.String(attribute="panel.public_id", required=True)
    place = fields.String(attribute="comment.where", required=True)
    reviewer = fields.String(attribute="comment.who", required=True)
    text = fields.String(attribute="comment.text", required=True)
    answer = fields.Nested(CommentAnswerOut, attribute="comment.answer", required=True,
                           allow_none=True)
    task = fields.String(attribute="comment.task.public_id", required=True, allow_none=True,
                         dump_default=None)


class CommentAnswerIn(Schema):
    """Done, will do, disagree because, or a question. A promise becomes a task."""

    kind = fields.String(required=True, validate=OneOf([it.value for it in rules.AnswerKind]))
    text = Text(maximum=5000, load_default="")
    owner = Text(maximum=64, load_default=None, allow_none=True)
    due_on = fields.Date(load_default=None, allow_none=True)


class TaskOut(Schema):
    """What the team promised to do."""

    id = fields.String(attribute="public_id", required=True)
    comment = fields.String(required=True)
    title = fields.String(required=True)
    owner = fields.String(attribute="owner.public_id", required=True, allow_none=True,
                          dump_default=None)
    due_on = fields.Date(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)


class TaskIn(Schema):
    """Whether the promise is kept."""

    done = fields.Boolean(required=True, truthy={True}, falsy={False})


@API.door("/teams/<team>/feedback", verb="read", things={"team": Team}, gives=CommentOut,
          many=True)
def feedback(actor: Actor, team: Team) -> Any:
    """Every comment of the reviews that are released to the team, with its answers."""
    return Keyed([
        {"panel": panel, "comment": it}
        for panel in queries.released_panels(actor, team) for it in queries.comments_of(panel)
    ], lambda it: (-it["panel"].id, it["comment"].key))


@API.door("/panels/<panel>/comments/<comment>", verb="answer", things=PANEL, gives=CommentOut)
def show(_actor: Actor, panel: Panel, comment: str) -> Any:
    """One comment, for the team that answers it."""
    found = next((it for it in queries.comments_of(panel) if it.key == comment), None)
    if found is None:
        raise Missing
    return {"panel": panel, "comment": found}


@API.door("/panels/<panel>/comments/<comment>/answer", verb="answer", things=PANEL, method="PUT",
          takes=CommentAnswerIn, gives=CommentOut, of=show,
          example={"kind": "will-do", "text": "In May"})
def answer(actor: Actor, draft: dict[str, Any], panel: Panel, comment: str) -> Any:
    """Answer one comment; the newest answer counts."""
    show(actor, panel=panel, comment=comment)
    owner = None
    if draft["owner"] is not None:
        owner = next((it.person_id for it in panel.team.present
                      if it.person.public_id == draft["owner"]), None)
        if owner is None:
            raise Refused(_("Choose a member of the team."), field="owner")
    actions.answer(actor, panel, actions.AnswerDraft(
        comment, draft["kind"], draft["text"], owner, draft["due_on"]
    ), now())
    return show(actor, panel=panel, comment=comment)


@API.door("/teams/<team>/feedback-tasks", verb="read", things={"team": Team}, gives=TaskOut,
          many=True)
def tasks(actor: Actor, team: Team) -> Any:
    """What the team promised its reviewers."""
    return visible(actor, FeedbackTask).where(FeedbackTask.team_id == team.id)


@API.door("/feedback-tasks/<task>", verb="view", things=TASK, gives=TaskOut)
def one_task(_actor: Actor, task: FeedbackTask) -> FeedbackTask:
    """One promise."""
    return task


@API.door("/feedback-tasks/<task>", verb="change", things=TASK, method="PATCH", takes=TaskIn,
          gives=TaskOut, of=one_task, example={"done": True})
def finish(actor: Actor, draft: dict[str, Any], task: FeedbackTask) -> FeedbackTask:
    """Keep a promise, or open it again."""
    actions.finish_task(actor, task, draft["done"], now())
    return task
