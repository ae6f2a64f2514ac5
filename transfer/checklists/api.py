"""API door: checklists of teams and their items. Signatures need a person: on the page."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from transfer.checklists import actions
from transfer.checklists.models import ChecklistItem, ChecklistRow
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.teams.models import Team

API = Api("checklists", "Checklists")
ITEM = {"item": ChecklistItem}


class ChecklistOut(Schema):
    """One checklist in use."""

    id = fields.String(attribute="public_id", required=True)
    template = fields.String(required=True)
    gate_open = fields.Boolean(required=True)


class ItemOut(Schema):
    """One question with its answer."""

    id = fields.String(attribute="public_id", required=True)
    key = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.String(required=True)


class AnswerIn(Schema):
    """The team's answer."""

    answer = Text(maximum=20, required=True)
    text = Text(maximum=20_000, load_default="")
    link = Text(maximum=1000, load_default="")


@API.door("/teams/<team>/checklists", verb="read", things={"team": Team}, gives=ChecklistOut,
          many=True)
def of_team(actor: Actor, team: Team) -> Any:
    """Checklists that the team works through."""
    return visible(actor, ChecklistRow).where(ChecklistRow.team_id == team.id)


@API.door("/checklists/<checklist>/items", verb="view", things={"checklist": ChecklistRow},
          gives=ItemOut, many=True)
def items(actor: Actor, checklist: ChecklistRow) -> Any:
    """The items of a checklist."""
    return visible(actor, ChecklistItem).where(ChecklistItem.checklist_id == checklist.id)


@API.door("/checklist-items/<item>", verb="view", things=ITEM, gives=ItemOut)
def show(_actor: Actor, item: ChecklistItem) -> ChecklistItem:
    """One item."""
    return item


@API.door("/checklist-items/<item>", verb="answer", things=ITEM, method="PATCH", takes=AnswerIn,
          gives=ItemOut, of=show, example={"answer": "yes", "text": "Signed in March"})
def answer(actor: Actor, draft: dict[str, Any], item: ChecklistItem) -> ChecklistItem:
    """Answer an item."""
    actions.answer(actor, item, actions.AnswerDraft(
        draft["answer"], draft["text"], draft["link"]
    ), now())
    return item
