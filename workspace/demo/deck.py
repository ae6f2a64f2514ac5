"""Slides of a team of the story, set with typst."""

from __future__ import annotations

from pathlib import Path

from workspace.demo.story import TeamStory
from workspace.foundation import typeset

TEMPLATE = Path(__file__).parent / "deck.typ"
TONES = {"untested": "#ebc64b", "testing": "#7fa8f5", "supported": "#5db877",
         "refuted": "#e5827a", "parked": "#a9b4af"}


def of(told: TeamStory, edition: str, problem: str) -> bytes:
    """The deck as PDF."""
    return typeset.pdf(TEMPLATE, {
        "title": told.title, "team": told.name, "pitch": told.pitch, "edition": edition,
        "labels": {"problem": "The problem", "solution": "What we offer",
                   "evidence": "What we have tested", "learned": "What we learned",
                   "next": "Next steps"},
        "problem": problem,
        "counts": [{"n": sum(it.status == key for it in told.notes), "label": key.title(),
                    "fill": fill} for key, fill in TONES.items()],
        "notes": [{"status": it.status.title(), "text": it.text} for it in told.notes[:4]],
        "next": [it.text for it in told.notes if it.status == "untested"][:3],
    })
