"""Opening a file: as a download, or one page of its preview as an image."""

from __future__ import annotations

import re
import unicodedata
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, request
from sqlalchemy import select
from werkzeug.wsgi import wrap_file

from workspace.files.facts import FileOpened
from workspace.files.models import File, FilePage
from workspace.foundation import limits
from workspace.foundation.access import Actor, find_visible
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, TooMany
from workspace.foundation.facts import announce
from workspace.foundation.storage import storage
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, SignInNeeded

DOORS = Doors("files", prefix="/files")
SITTING = "1 per 10 minutes"
SANDBOX = "sandbox; default-src 'none'"


PUBLIC = "a file may be part of something that is released to everybody"


def _find(actor: Actor, public_id: str) -> File:
    """The file if the person may open it. A visitor is asked to sign in, whatever the reason."""
    try:
        return find_visible(actor, File, public_id)
    except Missing:
        if actor.is_visitor:
            raise SignInNeeded from None
        raise


@DOORS.page("/<file>", verb="view", kind=File, public=PUBLIC)
def download(actor: Actor, file: str) -> Response:
    """The bytes, as a download and never as a page; ranges so that a broken one can go on."""
    return deliver(actor, _find(actor, file))


def deliver(actor: Actor, file: File) -> Response:
    # Every part is recorded: whoever asks from the second byte on reads the file as well.
    if request.method == "GET":
        with write():
            announce(FileOpened(actor.person_id, file.id, file.team_id))
    response = _send(file.storage_key, file.content_type, file.size, file.sha256)
    response.headers["Content-Disposition"] = disposition(file.name)
    return response


@DOORS.page("/<file>/pages/<int:number>", verb="view", kind=File, public=PUBLIC)
def page(actor: Actor, file: str, number: int) -> Response:
    """One page of the preview: our own image, so it may be shown inside a page."""
    of = _find(actor, file)
    found = session().scalar(
        select(FilePage).where(FilePage.file_id == of.id, FilePage.number == number)
    )
    if found is None:
        raise Missing
    _record_look(actor, of)
    return _send(found.image_key, "image/jpeg", None, "")


def _record_look(actor: Actor, file: File) -> None:
    """Who leafs through a preview reads the file: one line of the record for each sitting."""
    try:
        limits.count("preview", SITTING, f"{actor.person_id or limits.address()}:{file.id}")
    except TooMany:
        return
    with write():
        announce(FileOpened(actor.person_id, file.id, file.team_id))


def _send(key: str, content_type: str, size: int | None, checksum: str) -> Response:
    try:
        stream: BinaryIO = storage().open(key)
    except FileNotFoundError as gone:
        raise Missing from gone
    if size is None:
        size = stream.seek(0, 2)
        stream.seek(0)
    response = Response(
        wrap_file(request.environ, stream), mimetype=content_type, direct_passthrough=True
    )
    response.headers["Content-Type"] = content_type  # no charset: we have not read it
    response.headers["Content-Security-Policy"] = SANDBOX
    response.content_length = size
    if checksum:
        response.set_etag(checksum)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except Exception:
        stream.close()
        raise
    return response


def disposition(name: str) -> str:
    """`Content-Disposition` of a download: an ASCII name for old programs, then the real one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r'[^A-Za-z0-9 ._()-]', "_", plain).strip() or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
