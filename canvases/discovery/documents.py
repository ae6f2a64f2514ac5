"""What can be searched of evidence, by those who may read its note."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from canvases.boards.models import Canvas
from canvases.discovery.models import Evidence
from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit
from workspace.foundation.text import _


def _words(row: Evidence) -> tuple[str, str] | None:
    if row.removed_at is not None:
        return None
    return row.text, f"{row.url} {row.file.name if row.file else ''}"


def _seen(actor: Actor) -> Select[Any]:
    kept = select(Canvas.id).where(Canvas.archived_at.is_(None))
    return visible(actor, Evidence).where(
        Evidence.removed_at.is_(None), Evidence.canvas_id.in_(kept)
    )


def _show(_actor: Actor, row: Evidence) -> Hit:
    team = row.canvas.team
    file = row.file.name if row.file else ""
    return Hit(
        row.text or file or row.url,
        url_for("discovery.of_the_team", team=team.public_id),
        f"{team.name} · {_('Evidence')}", file or row.url,
    )


DOCUMENTS = [Documents("evidence", "notes", "paperclip", Evidence, _words, _seen, _show)]
