"""Versions of a canvas: kept by themselves, by name, at a gate; restored as new edits."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import func, or_, select

from canvases.boards import live, queries
from canvases.boards.document import Document, clean
from canvases.boards.facts import VersionKept
from canvases.boards.models import Canvas, CanvasUpdate, CanvasVersion
from canvases.boards.schema import Note
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import new_public_id, session
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.releases.rules import Tier
from workspace.teams import actions as teams
from workspace.teams.rules import TeamState

log = logging.getLogger(__name__)
NOBODY = Actor()
AUTOMATIC, NAMED, GATE, RESTORED = "automatic", "named", "gate", "restored"
QUIET = timedelta(minutes=5)
"""After so long without an edit a version keeps itself."""
MOST_NAME = 200


@dataclass(frozen=True)
class Picture:
    """A board at one moment: its full state and its notes as plain values."""

    state: bytes
    notes: list[dict[str, Any]]

    @property
    def sha256(self) -> str:
        """Checksum of the notes as canonical JSON."""
        text = json.dumps(self.notes, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def picture(canvas: Canvas) -> Picture:
    """The board as it is now, with what is not on disk yet. Raises Missing, Unavailable."""
    state, notes = live.look(canvas, lambda document: (document.state(), document.read()))
    names = queries.people_by_public_id({it.author for it in notes})
    order = {it.id: at for at, it in enumerate(queries.template_of(canvas).reading_order)}
    notes = sorted(notes, key=lambda it: (order.get(it.block, 99), it.order, it.id))
    return Picture(state, [_plain(it, names) for it in notes])


def _plain(note: Note, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": note.id,
        "block": note.block,
        "order": note.order,
        "text": clean(note.text),
        "status": note.status,
        "tier": note.tier,
        "kind": note.kind,
        "weight": note.weight,
        "author": names.get(note.author, ""),
    }


def keep(
    actor: Actor,
    canvas: Canvas,
    taken: Picture,
    kind: str,
    name: str = "",
    at: datetime | None = None,
    *,
    key: str | None = None,
) -> CanvasVersion:
    """Keep a picture as the next version. The team's first one may begin its discovery.

    `key` is the public id that it gets.
    Raises Stale when somebody kept one at the same moment.
    """
    session().execute(select(Canvas.id).where(Canvas.id == canvas.id).with_for_update())
    number = 1 + (
        session().scalar(
            select(func.max(CanvasVersion.number)).where(CanvasVersion.canvas_id == canvas.id)
        )
        or 0
    )
    last_row = session().scalar(
        select(func.max(CanvasUpdate.id)).where(CanvasUpdate.canvas_id == canvas.id)
    )
    made = CanvasVersion(
        public_id=key or new_public_id(),
        canvas_id=canvas.id,
        number=number,
        kind=kind,
        name=name.strip()[:MOST_NAME],
        made_by_id=actor.person_id,
        last_update_id=last_row or 0,
        state=taken.state,
        notes=taken.notes,
        sha256=taken.sha256,
        created_at=at or now(),
    )
    session().add(made)
    session().flush()
    announce(VersionKept(actor.person_id, canvas.team_id, canvas.id, made.id, number, kind))
    _begin_discovery(actor, canvas, at or now())
    return made


def _begin_discovery(actor: Actor, canvas: Canvas, at: datetime) -> None:
    if canvas.team.state != TeamState.TEAM_FORMED:
        return
    known = replace(teams.facts_of(canvas.team, at), has_canvas_version=True)
    teams.take_step(actor, canvas.team, "start-discovery", known, at)


def name_version(actor: Actor, canvas: Canvas, name: str, *,
                 key: str | None = None) -> CanvasVersion:
    """Keep the board as it is now under a name. Opens its own unit of work.

    `key` is the public id that the version gets; asked again with it, the same one is given.
    """
    if not name.strip():
        raise Refused(
            lazy("Give the version a name, for example “Before the interviews”."), field="name"
        )
    if (held := _made(canvas, key)) is not None:
        return held
    taken = picture(canvas)
    with write():
        return keep(actor, canvas, taken, NAMED, name, key=key)


def _made(canvas: Canvas, key: str | None) -> CanvasVersion | None:
    if key is None:
        return None
    return session().scalar(select(CanvasVersion).where(
        CanvasVersion.canvas_id == canvas.id, CanvasVersion.public_id == key
    ))


def restore(actor: Actor, version: CanvasVersion, *, key: str | None = None) -> CanvasVersion:
    """Bring the board back to a version by new edits; nothing that came later is lost.

    What is on the board now is kept as a version first. Raises Denied, Unavailable.
    """
    canvas = version.canvas
    if (held := _made(canvas, key)) is not None:
        return held
    state, number = version.state, version.number
    before = picture(canvas)
    latest = queries.latest_version(canvas)
    if latest is None or latest.sha256 != before.sha256:
        with write():
            keep(actor, canvas, before, AUTOMATIC)

    def back(document: Document) -> None:
        today = {it.id: Tier(it.tier) for it in document.read()}
        document.restore(state)
        for note in document.read():
            held = today.get(note.id)
            # What the team has narrowed since stays narrow: nobody widens a circle by the way.
            if held is not None and not held.admits(Tier(note.tier)):
                document.set_tier(note.id, held.value)

    live.edit(actor, canvas, back)
    taken = picture(canvas)
    with write():
        return keep(actor, canvas, taken, RESTORED, str(number), key=key)


def for_gate(actor: Actor, canvas: Canvas, name: str, at: datetime) -> CanvasVersion:
    """The board as it is handed in. Within the unit of work of whoever hands in."""
    taken = picture(canvas)
    latest = queries.latest_version(canvas)
    if latest is not None and latest.sha256 == taken.sha256 and latest.kind in (NAMED, GATE):
        return latest
    return keep(actor, canvas, taken, GATE, name, at)


def keep_quiet_ones() -> None:
    """Keep a version of every board that was edited and has been quiet for five minutes."""
    at = now()
    newest = (
        select(func.max(CanvasVersion.created_at))
        .where(CanvasVersion.canvas_id == Canvas.id)
        .scalar_subquery()
    )
    edited = select(CanvasUpdate.id).where(CanvasUpdate.canvas_id == Canvas.id).exists()
    waiting: Sequence[int] = (
        session()
        .scalars(
            select(Canvas.id)
            .where(
                Canvas.edited_at <= at - QUIET,
                edited,
                or_(newest.is_(None), Canvas.edited_at > newest),
            )
            .order_by(Canvas.id)
            .limit(200)
        )
        .all()
    )
    for canvas_id in waiting:
        try:
            _keep_by_itself(canvas_id)
        except HouseError:
            log.warning("canvas %d: no version could be kept now", canvas_id)


def keep_on_leaving(app: Flask, canvas_id: int) -> None:
    """The last editor left a board with changes behind them: keep it as they left it."""
    with app.app_context():
        try:
            _keep_by_itself(canvas_id)
        except HouseError:
            # The regular job comes to it when the board has been quiet for a while.
            log.warning("canvas %d: no version could be kept on leaving", canvas_id)


def watch(app: Flask) -> None:
    """The application begins to serve."""
    app.extensions[live.KEY].rooms.on_empty.append(partial(keep_on_leaving, app))


def _keep_by_itself(canvas_id: int) -> None:
    canvas = session().get(Canvas, canvas_id)
    if canvas is None:
        return
    taken = picture(canvas)
    latest = queries.latest_version(canvas)
    if latest is not None and latest.sha256 == taken.sha256:
        # Everything was undone: there is nothing to keep, only a later day of the same version.
        with write():
            canvas.edited_at = latest.created_at
        return
    with write():
        keep(NOBODY, canvas, taken, AUTOMATIC)


@dataclass(frozen=True)
class Change:
    """How one note differs between two versions: `added`, `gone`, `changed`, `status`, `moved`."""

    what: str
    note: queries.NoteLine
    before: queries.NoteLine | None = None


def changes(old: Sequence[queries.NoteLine], new: Sequence[queries.NoteLine]) -> list[Change]:
    """What became of the notes of `old` in `new`."""
    earlier = {it.id: it for it in old}
    later = {it.id: it for it in new}
    found = []
    for note in new:
        before = earlier.get(note.id)
        if before is None:
            found.append(Change("added", note))
        elif before.text != note.text:
            found.append(Change("changed", note, before))
        elif before.status != note.status:
            found.append(Change("status", note, before))
        elif before.block != note.block:
            found.append(Change("moved", note, before))
    found += [Change("gone", it) for it in old if it.id not in later]
    return found
