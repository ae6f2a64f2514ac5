"""Questions about canvases, notes, remarks and versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from canvases.boards import patterns
from canvases.boards.access import admitted, circle
from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from canvases.boards.patterns import Block, CanvasTemplate
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation.access import Actor, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Missing
from workspace.foundation.once import asked_once
from workspace.foundation.text import _
from workspace.grants.queries import holders
from workspace.releases.rules import Tier
from workspace.teams.models import Team

MAIN = "business-model-canvas"
TESTED = ("supported", "refuted")
ICONS = {
    "key-partners": "handshake", "key-activities": "route", "key-resources": "package-open",
    "value-propositions": "lightbulb", "customer-relationships": "heart-handshake",
    "channels": "truck", "customer-segments": "users", "cost-structure": "wallet",
    "revenue-streams": "hand-coins",
}  # fmt: skip
"""Drawings of the blocks that have one, by area."""


@dataclass(frozen=True)
class NoteLine:
    """One note as pages show it."""

    id: str
    block: str
    order: str
    text: str
    status: str
    tier: str
    kind: str
    weight: int
    author: str
    """Name of the author, "" when unknown."""


@dataclass(frozen=True)
class Group:
    """Notes under one heading."""

    key: str
    title: str
    icon: str
    notes: list[NoteLine]
    block: Block | None = None


@asked_once
def canvases_of(actor: Actor, team: Team, *, archived: bool = False) -> Sequence[Canvas]:
    """The team's canvases that the person may know of: the main one first, then as made."""
    rows = (
        session()
        .scalars(
            visible(actor, Canvas)
            .where(
                Canvas.team_id == team.id,
                Canvas.archived_at.is_not(None) if archived else Canvas.archived_at.is_(None),
            )
            .order_by(Canvas.id)
        )
        .all()
    )
    chosen = main_of(rows)
    return sorted(rows, key=lambda it: (it is not chosen, it.id))


def main_of(canvases: Sequence[Canvas]) -> Canvas | None:
    """The canvas that stands for a team: its newest business model canvas, else its first."""
    models = [it for it in canvases if it.template == MAIN]
    return (
        max(models, key=lambda it: it.id)
        if models
        else min(canvases, key=lambda it: it.id, default=None)
    )


def template_of(canvas: Canvas) -> CanvasTemplate:
    """The pattern that the canvas was made from."""
    return patterns.template(canvas.template)


def notes_of(actor: Actor, canvas: Canvas) -> list[NoteLine]:
    """The notes that the person may read, by block in reading order, each block in its order."""
    rows = (
        session()
        .execute(
            visible(actor, NoteRow)
            .where(NoteRow.canvas_id == canvas.id)
            .outerjoin(Person, Person.id == NoteRow.author_id)
            .add_columns(Person.name)
            .order_by(NoteRow.order, NoteRow.note_id)
        )
        .all()
    )
    place = {it.id: at for at, it in enumerate(template_of(canvas).reading_order)}
    lines = [_line(row, name) for row, name in rows]
    return sorted(lines, key=lambda it: place.get(it.block, 99))


def _line(row: NoteRow, name: str | None) -> NoteLine:
    return NoteLine(
        row.note_id,
        row.block,
        row.order,
        row.text,
        row.status,
        row.tier,
        row.kind,
        row.weight,
        name or "",
    )


def written_by(actor: Actor, canvas: Canvas) -> frozenset[str]:
    """Ids of the notes on the canvas that the person has written."""
    return frozenset(session().scalars(
        select(NoteRow.note_id).where(
            NoteRow.canvas_id == canvas.id, NoteRow.author_id == actor.person_id
        )
    ))


def note_of(actor: Actor, canvas: Canvas, note_id: str) -> NoteLine:
    """One note. Raises Missing when it is not there or not for this reader, alike."""
    found = (
        session()
        .execute(
            visible(actor, NoteRow)
            .where(NoteRow.canvas_id == canvas.id, NoteRow.note_id == note_id)
            .outerjoin(Person, Person.id == NoteRow.author_id)
            .add_columns(Person.name)
        )
        .one_or_none()
    )
    if found is None:
        raise Missing
    return _line(found[0], found[1])


def grouped(
    canvas: Canvas, notes: Sequence[NoteLine], by: str, statuses: Mapping[str, str]
) -> list[Group]:
    """Notes under blocks, statuses (`statuses`: status -> word) or authors."""
    if by == "status":
        found = [
            Group(it, word, "", [n for n in notes if n.status == it])
            for it, word in statuses.items()
        ]
        return [it for it in found if it.notes]
    if by == "author":
        names = sorted({it.author for it in notes}, key=str.casefold)
        return [
            Group(
                name,
                name or _("Somebody who is no longer here"),
                "",
                [it for it in notes if it.author == name],
            )
            for name in names
        ]
    return [
        Group(
            block.id,
            block.title,
            ICONS.get(block.area, ""),
            [it for it in notes if it.block == block.id],
            block,
        )
        for block in template_of(canvas).reading_order
    ]


def comment_counts(actor: Actor, canvas: Canvas) -> dict[str, int]:
    """Number of open remarks by note."""
    rows = session().execute(
        visible(actor, NoteComment)
        .where(NoteComment.canvas_id == canvas.id, NoteComment.resolved_at.is_(None))
        .with_only_columns(NoteComment.note_id, func.count())
        .group_by(NoteComment.note_id)
    )
    return {row[0]: row[1] for row in rows}


def comments_of(actor: Actor, canvas: Canvas, note_id: str) -> Sequence[NoteComment]:
    """Remarks on a note, the open ones first, each in the order of writing."""
    return (
        session()
        .scalars(
            visible(actor, NoteComment)
            .where(NoteComment.canvas_id == canvas.id, NoteComment.note_id == note_id)
            .order_by(NoteComment.resolved_at.is_not(None), NoteComment.id)
            .limit(500)
        )
        .all()
    )


def readers_of(canvas: Canvas, note: NoteLine) -> list[Person]:
    """People who may read the note now: the team, who accompanies it, and who has remarked."""
    team = canvas.team
    people = {
        it.id: it
        for it in (
            *holders(("team-lead", "team-member", "mentor", "pi"), "team", team.id, now()),
            *holders(("transfer-officer",), "organisation", team.home_organisation_id, now()),
        )
        if it.active
    }
    found = [
        it for it in people.values() if admitted([note], circle(actor_for(it, now()), team))
    ]
    return sorted(found, key=lambda it: it.name.casefold())


def versions_of(canvas: Canvas) -> Sequence[CanvasVersion]:
    """Kept versions, newest first."""
    return (
        session()
        .scalars(
            select(CanvasVersion)
            .where(CanvasVersion.canvas_id == canvas.id)
            .order_by(CanvasVersion.number.desc())
            .limit(500)
        )
        .all()
    )


def latest_version(canvas: Canvas) -> CanvasVersion | None:
    """The version kept last."""
    return session().scalar(
        select(CanvasVersion)
        .where(CanvasVersion.canvas_id == canvas.id)
        .order_by(CanvasVersion.number.desc())
        .limit(1)
    )


def lines_of(actor: Actor, version: CanvasVersion) -> list[NoteLine]:
    """The notes of a version that the person may read, as the version holds them."""
    reader = circle(actor, version.canvas.team)
    return as_of_today(admitted([line_of(it) for it in version.notes], reader),
                       version.canvas_id, reader)


def as_of_today(
    lines: Sequence[NoteLine], canvas_id: int, reader: Tier | None
) -> list[NoteLine]:
    """Those notes of a version that the board of today shows to that circle too.

    The team reads its old versions whole. For everybody else the right of today holds: what was
    narrowed since, or taken off the board, is not theirs any more.
    """
    if reader in (None, Tier.TEAM):
        return list(lines)
    shown = _shown_to(canvas_id, reader)
    return [it for it in lines if it.id in shown]


@asked_once
def _shown_to(canvas_id: int, reader: Tier) -> frozenset[str]:
    tiers = [it.value for it in Tier if it.admits(reader)]
    return frozenset(session().scalars(
        select(NoteRow.note_id).where(NoteRow.canvas_id == canvas_id, NoteRow.tier.in_(tiers))
    ))


def line_of(data: Mapping[str, Any]) -> NoteLine:
    """A note from the plain data of a version or of something frozen."""
    return NoteLine(
        str(data["id"]),
        str(data["block"]),
        str(data["order"]),
        str(data["text"]),
        str(data["status"]),
        str(data["tier"]),
        str(data.get("kind", "")),
        int(data["weight"]),
        str(data.get("author", "")),
    )


def people_by_public_id(public_ids: Collection[str]) -> dict[str, str]:
    """Names by public id."""
    rows = session().execute(
        select(Person.public_id, Person.name).where(Person.public_id.in_(public_ids))
    )
    return {row[0]: row[1] for row in rows}
