"""Taking files in, and letting them go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import exc, func, select

from workspace.files import preview, rules
from workspace.files.check import look
from workspace.files.facts import FileRemoved, FileUploaded, UploadRefused
from workspace.files.models import File, FilePage
from workspace.files.rules import Family, Kind
from workspace.foundation import limits, unit
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import HouseError, Refused, Stale, TooLarge
from workspace.foundation.facts import announce
from workspace.foundation.storage import Stored, new_key, storage
from workspace.foundation.text import lazy
from workspace.foundation.unit import write

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Received:
    """A checked file whose bytes are stored and that no row names yet."""

    name: str
    kind: Kind
    stored: Stored


def take_upload(
    actor: Actor, stream: BinaryIO, name: str, owner: tuple[str, int], team_id: int | None
) -> File:
    """Check a file, store it and keep it as belonging to `owner` (kind, id).

    The caller's door has asked whether the actor may add to the owner. Opens its own unit of work:
    checking takes a moment, so it must not be called inside one (declare the door with
    `writes=None, upload=True`). Raises Refused (`type_not_allowed`, `unreadable`,
    `image_too_large`, `archive`, `quota`), TooLarge or TooMany.
    """
    with received(actor, stream, name, team_id) as file, write():
        return keep(actor, file, owner, team_id)


@contextmanager
def received(
    actor: Actor, stream: BinaryIO, name: str, team_id: int | None = None
) -> Iterator[Received]:
    """The checked file; its bytes go again when the block fails. Never inside a unit of work.

    A file that is refused, by its check or for want of room, is a line of the record.
    """
    if unit.current() is not None:
        raise RuntimeError("a file is checked before the unit of work is opened")
    try:
        file = _checked(actor, stream, name)
    except HouseError as refusal:
        _tell_refused(actor, team_id, refusal)
        raise
    try:
        yield file
    except BaseException as failure:
        storage().delete(file.stored.key)
        if isinstance(failure, Refused) and failure.code == "quota":
            _tell_refused(actor, team_id, failure)
        raise


def _tell_refused(actor: Actor, team_id: int | None, refusal: HouseError) -> None:
    if not actor.is_visitor:
        with write():
            announce(UploadRefused(actor.person_id, team_id, refusal.code))


def _checked(actor: Actor, stream: BinaryIO, name: str) -> Received:
    limits.count("upload", rules.UPLOADS, actor.person_id)
    name = rules.clean_name(name)
    kind = rules.kind_of(name)
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "upload"
        _spool(stream, path, kind.limit)
        looked = look(path, name)
        with looked.path.open("rb") as data:
            stored = storage().put(new_key(), data)
    return Received(name, kind, stored)


def _spool(stream: BinaryIO, path: Path, limit: int) -> None:
    size = 0
    with path.open("wb") as out:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                raise TooLarge(
                    lazy("This file is larger than %(limit)s MB, the limit for its type. "
                         "Make it smaller, for example by compressing its pictures.",
                         limit=limit // rules.MEGABYTE)
                )
            out.write(piece)


def keep(actor: Actor, file: Received, owner: tuple[str, int], team_id: int | None, *,
         key: str | None = None) -> File:
    """Make the row of a received file; a PDF's pages are drawn afterwards.

    `key` is the public id that it gets.

    Raises Refused (`quota`).
    """
    assert actor.person_id is not None
    if team_id is not None:
        check_room(team_id, file.stored.size)
    row = File(
        public_id=key or new_public_id(), team_id=team_id, owner_kind=owner[0],
        owner_id=owner[1], storage_key=file.stored.key,
        name=file.name, content_type=file.kind.content_type, size=file.stored.size,
        sha256=file.stored.sha256, uploaded_by_id=actor.person_id,
    )
    session().add(row)
    session().flush()
    if file.kind.family is Family.PDF:
        preview.ask_for(row)
    announce(FileUploaded(actor.person_id, row.id, team_id, row.sha256))
    return row


def check_room(team_id: int, size: int) -> None:
    """Refuse when the team has no room for `size` more bytes or one more file."""
    count, total = session().execute(
        select(func.count(), func.coalesce(func.sum(File.size), 0)).where(
            File.team_id == team_id, File.deleted_at.is_(None)
        )
    ).one()
    if count >= rules.TEAM_FILES:
        raise Refused(
            lazy("Your team has 500 files, which is the limit. Delete files that you no longer "
                 "need."),
            field="file", code="quota", status=409,
        )
    if total + size > rules.TEAM_BYTES:
        raise Refused(
            lazy("Your team's files fill 2 GB, which is the limit. Delete files that you no "
                 "longer need."),
            field="file", code="quota", status=409,
        )


def remove(actor: Actor, file: File, at: datetime) -> None:
    """Delete a file: nobody can open it from now on, its bytes go after the time of grace."""
    if file.deleted_at is not None:
        raise Stale(lazy("This file has been deleted already."))
    file.deleted_at = at
    announce(FileRemoved(actor.person_id, file.id, file.team_id))


def forget_removed() -> None:
    """Let the bytes of long-deleted files go, unless anything still refers to them."""
    since = now() - timedelta(days=rules.GRACE_DAYS)
    for file_id in session().scalars(select(File.id).where(File.deleted_at < since)).all():
        _forget(file_id)


def _forget(file_id: int) -> None:
    keys: list[str] = []
    with write():
        db = session()
        file = db.get(File, file_id)
        if file is None:
            return
        pages = db.scalars(select(FilePage).where(FilePage.file_id == file_id)).all()
        try:
            with db.begin_nested():
                for page in pages:
                    db.delete(page)
                db.flush()
                db.delete(file)
                db.flush()
            keys = [file.storage_key, *(page.image_key for page in pages)]
        except exc.IntegrityError:
            return  # a submission, a release or evidence still names it
        unit.afterwards(lambda: _delete_all(keys))


def _delete_all(keys: list[str]) -> None:
    for key in keys:
        storage().delete(key)
