"""API door: what teams show outside. Decisions need a fresh proof of who one is: on the page."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now, today
from workspace.foundation.cursors import Keyed
from workspace.foundation.errors import Refused
from workspace.foundation.features import house
from workspace.foundation.text import _
from workspace.releases import actions, queries, rules
from workspace.releases.models import Release
from workspace.teams.models import Team

API = Api("releases", "Releases")


class ReleaseOut(Schema):
    """One item for one audience from one date; the frozen content itself is on the page alone."""

    id = fields.String(attribute="public_id", required=True)
    team = fields.String(attribute="team.public_id", required=True)
    item = fields.String(attribute="item_kind", required=True)
    title = fields.String(attribute="item_title", required=True)
    version = fields.String(attribute="version_label", required=True)
    audience = fields.String(required=True)
    state = fields.String(required=True)
    show_on = fields.Date(required=True)
    sha256 = fields.String(required=True)
    purpose = fields.String(required=True)
    notice = fields.Method("short", required=True, allow_none=True)

    def short(self, release: Release) -> str | None:
        """What to know when the day is near."""
        if release.state not in rules.WAITING_STATES:
            return None
        told = rules.short_notice(today(release.team.edition.zone), release.show_on)
        return None if told is None else str(told)


class OfferOut(Schema):
    """Something that the team may ask to show."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)


class AudienceOut(Schema):
    """Somebody to whom the team may show something."""

    key = fields.String(required=True)
    audience = fields.String(required=True)
    organisation = fields.String(required=True, allow_none=True)


class AgainIn(Schema):
    """What is asked again after edits."""

    item = Text(least=1, maximum=200, required=True)
    show_on = fields.Date(required=True)
    purpose = Text(least=1, maximum=2000, required=True)


class RequestIn(AgainIn):
    """One item for one audience from one day."""

    audience = Text(least=1, maximum=100, required=True)
    disclosure_kind = Text(maximum=60, load_default="")
    is_enabling = fields.Boolean(load_default=False, truthy={True}, falsy={False})


def _chosen(actor: Actor, team: Team, item: str, kind: str | None = None) -> queries.Offered:
    found = next((it for it in queries.offered(actor, team)
                  if it.key == item and kind in (None, it.kind.kind)), None)
    if found is None:
        raise Refused(_("Choose what you want to show."), field="item")
    return found


@API.door("/teams/<team>/releases", verb="read", things={"team": Team}, gives=ReleaseOut,
          many=True)
def index(actor: Actor, team: Team) -> Any:
    """Releases of a team."""
    return visible(actor, Release).where(Release.team_id == team.id)


@API.door("/teams/<team>/releases/items", verb="request-release", things={"team": Team},
          gives=OfferOut, many=True)
def items(actor: Actor, team: Team) -> Any:
    """What the team may ask to show."""
    return Keyed(queries.offered(actor, team), lambda it: (it.key,))


@API.door("/teams/<team>/releases/audiences", verb="request-release", things={"team": Team},
          gives=AudienceOut, many=True)
def audiences(_actor: Actor, team: Team) -> Any:
    """To whom it may be shown."""
    return Keyed([
        {"key": key, "audience": audience, "organisation": it.name if it else None}
        for key, audience, it in queries.audiences(team)
    ], lambda it: (it["key"],))


@API.door("/teams/<team>/releases", verb="request-release", things={"team": Team}, method="POST",
          takes=RequestIn, gives=ReleaseOut, creates=True,
          example={"item": "canvas.…", "audience": "public", "show_on": "2027-03-01",
                   "purpose": "Poster at the open day"})
def ask(actor: Actor, draft: dict[str, Any], team: Team) -> Release:
    """Ask the transfer office to show one item to one audience from one day."""
    chosen = _chosen(actor, team, draft["item"])
    to = next((it for it in queries.audiences(team) if it[0] == draft["audience"]), None)
    if to is None:
        raise Refused(_("Choose one from the list."), field="audience")
    kinds = {key for offer in house().offered("disclosure_kinds") for key, _label in offer()}
    if draft["disclosure_kind"] and draft["disclosure_kind"] not in kinds:
        raise Refused(_("Choose one from the list."), field="disclosure_kind")
    return actions.request_release(actor, team, actions.RequestDraft(
        chosen.key, chosen.title, chosen.version, to[1], to[2], draft["show_on"],
        draft["purpose"], draft["disclosure_kind"], draft["is_enabling"],
    ), now())


@API.door("/releases/<release>", verb="read", things={"release": Release}, gives=ReleaseOut)
def show(_actor: Actor, release: Release) -> Release:
    """One release."""
    return release


@API.door("/releases/<release>/again", verb="change", things={"release": Release}, method="POST",
          takes=AgainIn, gives=ReleaseOut, of=show,
          example={"item": "canvas.…", "show_on": "2027-03-01", "purpose": "Without the figures"})
def again(actor: Actor, draft: dict[str, Any], release: Release) -> Release:
    """Ask again with the edits that the office wanted."""
    chosen = _chosen(actor, release.team, draft["item"], release.item_kind)
    actions.ask_again(actor, release, draft["show_on"], draft["purpose"], chosen.key,
                      chosen.version, now())
    return release


@API.door("/releases/<release>/withdrawal", verb="withdraw", things={"release": Release},
          method="POST", gives=ReleaseOut, of=show)
def withdraw(actor: Actor, release: Release) -> Release:
    """Take it back; nobody outside can open it any more."""
    actions.withdraw(actor, release, now())
    return release
