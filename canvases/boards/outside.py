"""Canvases that leave the team: handed in with a submission, released to an audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from canvases.boards import patterns, queries, versions
from canvases.boards.access import admitted
from canvases.boards.models import Canvas, CanvasVersion
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Missing, Refused
from workspace.foundation.text import _, lazy
from workspace.releases.actions import checksum
from workspace.releases.rules import Tier
from workspace.teams.models import Team

OFFERED = (versions.NAMED, versions.GATE)
SHOWN = ("id", "block", "text", "status", "weight")
"""Fields of a note that leave the team; never who wrote it or who else may read it."""


def choices(actor: Actor, team: Team) -> Sequence[tuple[str, str]]:
    """Canvases that can go with a submission: (public id, title)."""
    return [(it.public_id, it.title) for it in queries.canvases_of(actor, team)]


def freeze_part(actor: Actor, team: Team, choice: str, now: datetime) -> Mapping[str, Any] | None:
    """Freeze the chosen canvas as a version at the gate; None without a choice.

    Reviewers stand outside the team: notes whose circle is the team alone do not go along.
    """
    if not choice:
        return None
    canvas = next((it for it in queries.canvases_of(actor, team) if it.public_id == choice), None)
    if canvas is None:
        raise Refused(lazy("Choose one of your canvases."), field="canvas")
    version = versions.for_gate(actor, canvas, _("Handed in"), now)
    return plain(
        version, [it for it in version.notes if Tier(str(it["tier"])).admits(Tier.MENTORS)]
    )


def plain(version: CanvasVersion, notes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A version as plain data, with exactly these of its notes."""
    template = queries.template_of(version.canvas)
    return {
        "title": version.canvas.title,
        "template": template.id,
        "credit": template.credit,
        "version": version.number,
        "name": version.name,
        "date": version.created_at.date().isoformat(),
        "notes": [{key: it[key] for key in SHOWN} for it in notes],
    }


def draw(data: Mapping[str, Any]) -> Markup:
    """A frozen canvas, read-only, with its credit line."""
    template = patterns.template(str(data["template"]))
    blocks = [
        (block, [it for it in data["notes"] if it["block"] == block.id])
        for block in template.reading_order
    ]
    return Markup(  # noqa: S704 - a rendered template
        render_template(
            "canvases/_sheet.html",
            template=template,
            blocks=blocks,
            title=data["title"],
            credit=data["credit"],
            level=3,
            line=_("Version %(number)s, %(day)s", number=data["version"], day=data["date"]),
        )
    )


def offers(_actor: Actor, team: Team) -> Sequence[tuple[str, str, str]]:
    """Named and handed-in versions of the team's canvases, newest first."""
    rows = session().scalars(
        select(CanvasVersion)
        .join(Canvas, Canvas.id == CanvasVersion.canvas_id)
        .where(
            Canvas.team_id == team.id, Canvas.archived_at.is_(None), CanvasVersion.kind.in_(OFFERED)
        )
        .order_by(CanvasVersion.id.desc())
        .limit(200)
    )
    return [
        (
            it.public_id,
            it.canvas.title,
            _("version %(number)s: %(name)s", number=it.number, name=it.name)
            if it.name
            else _("version %(number)s", number=it.number),
        )
        for it in rows
    ]


def freeze(_actor: Actor, team: Team, item_id: str, tier: str) -> tuple[Mapping[str, Any], str]:
    """Exactly what a reader of that circle would see of a version today, and its checksum."""
    version = session().scalar(
        select(CanvasVersion)
        .join(Canvas, Canvas.id == CanvasVersion.canvas_id)
        .where(
            Canvas.team_id == team.id,
            CanvasVersion.public_id == item_id,
            CanvasVersion.kind.in_(OFFERED),
        )
    )
    if version is None:
        raise Missing
    lines = admitted([queries.line_of(it) for it in version.notes], Tier(tier))
    allowed = {it.id for it in queries.as_of_today(lines, version.canvas_id, Tier(tier))}
    data = plain(version, [it for it in version.notes if it["id"] in allowed])
    return data, checksum(data)
