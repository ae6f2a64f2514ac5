"""API door: teams that apply to challenges."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.challenges.models import Challenge
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.text import _
from workspace.submissions import actions, queries
from workspace.submissions.models import Entry
from workspace.teams.models import Team

API = Api("entries", "Applications")
CHALLENGE, ONE = {"challenge": Challenge}, {"entry": Entry}


class EntryOut(Schema):
    """A team's application to a challenge, and what became of it."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="team.public_id", required=True)
    challenge = fields.String(attribute="challenge.public_id", required=True)
    state = fields.String(required=True)
    motivation = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)


class EntryIn(Schema):
    """Which of the teams that you lead applies, and why it wants to work on this."""

    team = Text(least=1, maximum=64, required=True)
    motivation = Text(least=1, maximum=5000, required=True)


@API.door("/teams/<team>/entries", verb="read", things={"team": Team}, gives=EntryOut, many=True)
def of_team(actor: Actor, team: Team) -> Any:
    """Applications of a team."""
    return visible(actor, Entry).where(Entry.team_id == team.id)


@API.door("/entries/<entry>", verb="read", things=ONE, gives=EntryOut)
def show(_actor: Actor, entry: Entry) -> Entry:
    """One application."""
    return entry


@API.door("/challenges/<challenge>/entries", verb="read-brief", things=CHALLENGE, method="POST",
          takes=EntryIn, gives=EntryOut, creates=True,
          example={"team": "…", "motivation": "Two of us have dressed such wounds."})
def enter(actor: Actor, draft: dict[str, Any], challenge: Challenge) -> Entry:
    """Apply with a team that you lead in the challenge's edition."""
    team = session().scalar(
        queries.led_teams(actor, challenge).where(Team.public_id == draft["team"])
    )
    if team is None:
        raise Refused(_("Choose a team that you lead in this edition."), field="team")
    return actions.enter(actor, team, challenge, draft["motivation"], now())


@API.door("/entries/<entry>/withdrawal", verb="edit", things=ONE, method="POST", gives=EntryOut,
          of=show)
def withdraw(actor: Actor, entry: Entry) -> Entry:
    """Take the application back; it does not come again."""
    actions.step_entry(actor, entry, "withdraw", now())
    return entry
