"""The face of the pages of boards; the live line has its own in `feature.py`."""

from __future__ import annotations

from canvases.boards import access, documents, glance, live, notices, outside, versions
from canvases.boards.api import API
from canvases.boards.facts import CanvasArchived, CanvasRevived, NoteCommented
from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from canvases.boards.views import doors
from workspace.foundation.features import Card, Column, Feature, NavItem, Part, Releasable
from workspace.foundation.text import lazy
from workspace.inbox.rules import Topic


def _rights_changed(fact: CanvasArchived | CanvasRevived) -> None:
    live.recheck(canvas_id=fact.canvas_id)


FEATURE = Feature(
    name="canvases",
    api=[API],
    doors=[doors],
    may={
        ("read", Canvas): access.may_read,
        ("keep", Canvas): access.may_keep,
        ("comment", Canvas): access.may_comment,
        ("resolve", NoteComment): access.may_resolve,
        ("read", CanvasVersion): access.may_read_version,
        ("restore", CanvasVersion): access.may_restore,
    },
    visible={
        Canvas: access.canvas_clause,
        NoteRow: access.note_clause,
        NoteComment: access.comment_clause,
        CanvasVersion: access.version_clause,
    },
    on={NoteCommented: [notices.commented]},
    after={CanvasArchived: [_rights_changed], CanvasRevived: [_rights_changed]},
    every={"canvases.versions": (60, versions.keep_quiet_ones)},
    start=versions.watch,
    nav=[
        NavItem(
            ("team-lead", "team-member", "mentor", "pi"),
            lazy("Canvas"),
            "layout-grid",
            20,
            glance.canvases_url,
            count=glance.canvases_count,
            bottom=True,
        ),
    ],
    cards=[
        Card("team", 20, glance.riskiest_card),
        Card("team", 30, glance.feedback_card),
    ],
    columns=[Column(lazy("Active"), 90, counted=glance.active)],
    parts=[Part("canvas", lazy("Canvas"), outside.freeze_part, outside.draw, outside.choices)],
    releasables=[
        Releasable("canvas", lazy("Canvas"), outside.offers, outside.freeze, outside.draw),
    ],
    offers={
        "confidential": (Canvas, CanvasVersion),
        "documents": documents.DOCUMENTS,
        "deeds": documents.deeds,
        "glyphs": glance.glyphs,
        "gate_counts": glance.gate_counts,
        "overview_stats": glance.overview_stats,
        "topics": [
            Topic(
                "comments",
                lazy("Comments on notes"),
                frozenset(notices.SENTENCES),
                20,
                may_be_off=True,
            ),
        ],
        "sentences": notices.SENTENCES,
    },
)
