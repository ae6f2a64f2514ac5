"""What all pages of canvases share: the doors, the things, the views of one canvas."""

from __future__ import annotations

from typing import Any

from flask import url_for

from canvases.boards.models import Canvas, CanvasVersion
from workspace.foundation.access import Actor, can
from workspace.foundation.text import _
from workspace.foundation.web import Doors
from workspace.teams.models import Team

doors = Doors("canvases")
TEAM = {"team": Team}
CANVAS = {"canvas": Canvas}
VERSION = {"canvas": Canvas, "version": CanvasVersion}


def frame(actor: Actor, canvas: Canvas, current: str) -> dict[str, Any]:
    """What every page of a canvas needs; `current` is `list`, `history` or ""."""
    ways = [
        (
            _("Board"),
            "layout-dashboard",
            url_for("canvases.board", canvas=canvas.public_id),
            "board",
            "join",
        ),
        (_("List"), "list", url_for("canvases.list_view", canvas=canvas.public_id), "list", "read"),
        (
            _("History"),
            "history",
            url_for("canvases.history", canvas=canvas.public_id),
            "history",
            "read",
        ),
    ]
    return {
        "canvas": canvas,
        "team": canvas.team,
        "may_edit": (may_edit := bool(can(actor, "edit", canvas))),
        "may_write": may_edit or bool(can(actor, "write", canvas)),
        "views": [
            {"label": label, "icon": icon, "url": url, "current": key == current}
            for label, icon, url, key, verb in ways
            if can(actor, verb, canvas)
        ],
    }
