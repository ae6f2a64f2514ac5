"""The live board for the team; everybody else who may read gets the list."""

from __future__ import annotations

from typing import Any

from flask import jsonify, url_for
from flask_babel import get_locale

from canvases.boards import queries
from canvases.boards.models import Canvas
from canvases.boards.strings import board_strings
from canvases.boards.views.door import CANVAS, doors
from canvases.boards.views.notes import list_page
from canvases.discovery import queries as discovery
from workspace.accounts.models import Person
from workspace.app import static
from workspace.foundation.access import Actor, can
from workspace.foundation.db import session
from workspace.foundation.parts import address
from workspace.foundation.shell import initials
from workspace.foundation.web import page

NOTE = "__note__"
WIDE = ("cost-structure", "revenue-streams")
"""Areas whose drawing shows at every width; the island chooses the others on phones."""


@doors.page("/canvases/<canvas>", verb="read", things=CANVAS)
def board(actor: Actor, canvas: Canvas) -> Any:
    """The board, or the list for whoever may not join it."""
    if not can(actor, "join", canvas):
        return list_page(actor, canvas)
    return page("canvases/board.html", board=board_data(actor, canvas))


@doors.page("/canvases/<canvas>/counts", verb="read", things=CANVAS)
def counts(actor: Actor, canvas: Canvas) -> Any:
    """Counters of all notes that the person may read, as JSON."""
    return jsonify(counters(actor, canvas))


def counters(actor: Actor, canvas: Canvas) -> dict[str, dict[str, int]]:
    """Evidence and open comments by note; notes with neither are left out."""
    evidence = discovery.counts(actor, canvas)
    comments = queries.comment_counts(actor, canvas)
    return {
        note: {"evidence": evidence.get(note, 0), "comments": comments.get(note, 0)}
        for note in sorted(evidence.keys() | comments.keys())
    }


def board_data(actor: Actor, canvas: Canvas) -> dict[str, Any]:
    """What the island reads: see docs/board.md."""
    template = queries.template_of(canvas)
    person = session().get_one(Person, actor.person_id)
    locale = get_locale()
    assert locale is not None
    here = canvas.public_id
    return {
        "canvas": {
            "id": canvas.public_id,
            "title": canvas.title,
            "team": canvas.team.name,
            "template": template.id,
            "credit": template.credit,
            "urls": {
                "home": url_for("home.team", team=canvas.team.public_id),
                "list": url_for("canvases.list_view", canvas=here),
                "history": url_for("canvases.history", canvas=here),
                "panel": url_for("canvases.panel", note=NOTE, canvas=here),
                "counts": url_for("canvases.counts", canvas=here),
                "export": url_for("canvases.export", canvas=here),
                "share": address("releases.of_team", team=canvas.team.public_id),
                "icons": static("icons/sprite.svg"),
            },
        },
        "grid": {
            "lang": template.language,
            "cols": template.columns,
            "rows": template.rows,
            "row_weights": list(template.row_weights),
            "blocks": [
                {
                    "id": it.id,
                    "title": it.title,
                    "questions": list(it.questions),
                    "x": it.x,
                    "y": it.y,
                    "w": it.w,
                    "h": it.h,
                    "icon": queries.ICONS[it.area] if it.area in WIDE else None,
                }
                for it in template.fill_order
            ],
        },
        "me": {
            "id": actor.public_id,
            "name": actor.name,
            "initials": initials(actor.name),
            "role": "editor" if can(actor, "edit", canvas) else "viewer",
        },
        "strings": dict(board_strings(locale)),
        "counts": counters(actor, canvas),
        "shortcuts": person.shortcuts,
        "lang": template.language,
    }
