"""API door: files."""

from __future__ import annotations

from marshmallow import Schema, fields

from workspace.files.models import File
from workspace.files.views import deliver
from workspace.foundation.access import Actor
from workspace.foundation.api import Api

API = Api("files", "Files")


class FileOut(Schema):
    """What is known of a file."""

    id = fields.String(attribute="public_id", required=True)
    name = fields.String(required=True)
    content_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    scan = fields.String(required=True)
    preview = fields.String(required=True)


@API.door("/files/<file>", verb="view", things={"file": File}, gives=FileOut)
def show(_actor: Actor, file: File) -> File:
    """What is known of a file."""
    return file


@API.door("/files/<file>/content", verb="view", things={"file": File}, gives=None)
def content(actor: Actor, file: File) -> object:
    """Its bytes, as a download."""
    return deliver(actor, file)
