"""API door: programmes, their editions and phases."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api
from workspace.programmes.models import Edition, Phase, Programme

API = Api("programmes", "Programmes")


class ProgrammeOut(Schema):
    """The long-running offer."""

    id = fields.String(attribute="public_id", required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)


class EditionOut(Schema):
    """One dated run of a programme."""

    id = fields.String(attribute="public_id", required=True)
    programme = fields.String(attribute="programme.public_id", required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    zone = fields.String(required=True)


class PhaseOut(Schema):
    """A stretch of an edition."""

    id = fields.String(attribute="public_id", required=True)
    title = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    gate = fields.String(attribute="gate_title", required=True)


@API.door("/programmes", verb="list", kind=Programme, gives=ProgrammeOut, many=True)
def index(actor: Actor) -> Any:
    """Programmes that you may know of."""
    return visible(actor, Programme)


@API.door("/programmes/<programme>", verb="view", things={"programme": Programme},
          gives=ProgrammeOut)
def show(_actor: Actor, programme: Programme) -> Programme:
    """One programme."""
    return programme


@API.door("/programmes/<programme>/editions", verb="view", things={"programme": Programme},
          gives=EditionOut, many=True)
def editions(actor: Actor, programme: Programme) -> Any:
    """Editions of a programme."""
    return visible(actor, Edition).where(Edition.programme_id == programme.id)


@API.door("/editions/<edition>", verb="view", things={"edition": Edition}, gives=EditionOut)
def edition(_actor: Actor, edition: Edition) -> Edition:
    """One edition."""
    return edition


@API.door("/editions/<edition>/phases", verb="view", things={"edition": Edition}, gives=PhaseOut,
          many=True)
def phases(actor: Actor, edition: Edition) -> Any:
    """Phases of an edition."""
    return visible(actor, Phase).where(Phase.edition_id == edition.id)
