"""A canvas of the cast's team with notes of every tier, and what tests of its pages share."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from canvases.boards import actions, live
from canvases.boards.document import Document
from canvases.boards.models import Canvas
from tests.cast import Cast
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.unit import write

BLOCK = "bmc-customer-segments"
OTHER = "bmc-channels"
WORDS = {"team": "quokka", "mentors": "axolotl", "sponsor": "narwhal", "public": "okapi"}
"""One unique word in a note of each tier."""
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} ${7*7}"


@dataclass
class Desk:
    """The canvas, its notes by tier, and the cast."""

    app: Flask
    cast: Cast
    canvas: Canvas
    ids: dict[str, str]
    public_id: str
    team_id: str
    lead: Actor

    def url(self, rest: str = "") -> str:
        """An address of this canvas."""
        return f"/canvases/{self.public_id}{rest}"

    def texts(self) -> list[str]:
        """What stands on the live board."""
        with self.app.app_context():
            found: list[str] = live.look(
                self.canvas, lambda document: [it.text for it in document.read()]
            )
            return found


def furnish(app: Flask, cast: Cast) -> Desk:
    """Make the canvas and its notes the way people do; the application's context is open."""
    lead = cast.actor("lead")
    with write():
        canvas = actions.make_canvas(lead, cast.team, "business-model-canvas", "Model", now())

    def fill(document: Document) -> dict[str, str]:
        return {
            tier: document.add_note(block=BLOCK, author=lead.public_id, text=f"The {word} note",
                                    tier=tier, status="untested")
            for tier, word in WORDS.items()
        }

    ids = live.edit(lead, canvas, fill)
    return Desk(app, cast, canvas, ids, canvas.public_id, cast.team.public_id, lead)
