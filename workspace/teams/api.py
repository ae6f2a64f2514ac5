"""API door: teams and their members."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import request
from marshmallow import Schema, fields
from marshmallow.validate import Length

from workspace.files.actions import keep, received
from workspace.files.api import FileOut
from workspace.files.models import File
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.replays import made_id
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.teams import actions, queries
from workspace.teams.actions import Part, TeamDraft
from workspace.teams.models import Member, Team
from workspace.teams.rules import MEMBER_STATUS_LABELS

API = Api("teams", "Teams")


class TeamOut(Schema):
    """A team. Title, pitch and keywords are null for whoever may not read what it makes."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    pitch = fields.String(required=True, allow_none=True)
    keywords = fields.List(fields.String(), required=True, allow_none=True)


class MemberOut(Schema):
    """Who is in the team."""

    id = fields.String(attribute="public_id", required=True)
    person = fields.String(attribute="person.public_id", required=True)
    name = fields.String(attribute="person.name", required=True)
    role = fields.String(required=True)
    discipline = fields.String(required=True)


class TeamChange(Schema):
    """What a lead says about the team; what is left out stays."""

    name = Text(least=1, maximum=100)
    title = Text(maximum=200)
    pitch = Text(maximum=500)
    keywords = fields.List(Text(least=1, maximum=60), validate=Length(max=20))


class TeamIn(TeamChange):
    """A new team; whoever begins it leads it."""

    name = Text(least=1, maximum=100, required=True)
    edition = Text(least=1, maximum=64, required=True)
    home = Text(least=1, maximum=64, required=True)
    status = fields.String(load_default="student")
    discipline = Text(maximum=100, load_default="")


def told(actor: Actor, team: Team) -> dict[str, Any]:
    """The team as this reader may know it."""
    reads = bool(can(actor, "read", team))
    return {
        "id": team.public_id, "edition": team.edition.public_id, "name": team.name,
        "state": team.state, "title": team.title if reads else None,
        "pitch": team.pitch if reads else None,
        "keywords": list(team.keywords) if reads else None,
    }


class TeamLine(Schema):
    """A team in a list."""

    id = fields.String(attribute="public_id", required=True)
    edition = fields.String(attribute="edition.public_id", required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)


@API.door("/teams", verb="list", kind=Team, gives=TeamLine, many=True)
def index(actor: Actor) -> Any:
    """Teams that you may know of."""
    return visible(actor, Team)


@API.door("/teams/<team>", verb="view", things={"team": Team}, gives=TeamOut)
def show(actor: Actor, team: Team) -> Any:
    """One team."""
    return told(actor, team)


@API.door("/teams/<team>/members", verb="view", things={"team": Team}, gives=MemberOut, many=True)
def members(actor: Actor, team: Team) -> Any:
    """Who is in the team now."""
    return visible(actor, Member).where(Member.team_id == team.id, Member.left_at.is_(None))


@API.door("/teams", verb="create", kind=Team, method="POST", takes=TeamIn, gives=TeamOut,
          creates=True, example={"edition": "…", "home": "…", "name": "Gelsight"})
def begin(actor: Actor, draft: dict[str, Any]) -> Any:
    """Begin a team."""
    edition = next(
        (it for it in queries.editions_for_teams(actor) if it.public_id == draft["edition"]), None
    )
    if edition is None:
        raise Refused(_("Choose an edition from the list."), field="edition")
    home = next(
        (it for it in queries.home_choices(actor) if it.public_id == draft["home"]), None
    )
    if home is None:
        raise Refused(_("Choose an institution from the list."), field="home")
    if draft["status"] not in {it.value for it in MEMBER_STATUS_LABELS}:
        raise Refused(_("Choose one from the list."), field="status")
    about = TeamDraft(
        name=draft["name"], home=home, title=draft.get("title", ""),
        pitch=draft.get("pitch", ""), keywords=tuple(draft.get("keywords", ())),
    )
    part = Part(draft["status"], draft["discipline"], None)
    return told(actor, actions.begin_team(actor, edition, about, part, now()))


@API.door("/teams/<team>", verb="lead", things={"team": Team}, method="PATCH", takes=TeamChange,
          gives=TeamOut, of=show, example={"pitch": "For nurses who change dressings"})
def change(actor: Actor, draft: dict[str, Any], team: Team) -> Any:
    """Change what the lead says about the team."""
    about = TeamDraft(
        name=draft.get("name", team.name), home=team.home_organisation,
        title=draft.get("title", team.title), pitch=draft.get("pitch", team.pitch),
        keywords=tuple(draft.get("keywords", team.keywords)),
        open_to_members=team.open_to_members, looking_for=tuple(team.looking_for),
        looking_text=team.looking_text,
    )
    actions.change_team(actor, team, about, now())
    return told(actor, team)


@API.door("/teams/<team>/files", verb="read", things={"team": Team}, gives=FileOut, many=True)
def files(actor: Actor, team: Team) -> Any:
    """Files of the team that you may open."""
    return visible(actor, File).where(File.team_id == team.id)


@API.door("/teams/<team>/files", verb="edit", things={"team": Team}, method="POST",
          gives=FileOut, creates=True, writes=None, upload=True)
def upload(actor: Actor, team: Team) -> File:
    """Put a file to the team, as the part `file` of a form."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(_("Choose a file."), field="file")
    key = made_id()
    held = None if key is None else session().scalar(
        visible(actor, File).where(File.team_id == team.id, File.public_id == key)
    )
    if held is not None:
        return held
    with received(
        actor, cast("BinaryIO", sent.stream), sent.filename, team.id
    ) as file, write():
        return keep(actor, file, ("team", team.id), team.id, key=key)
