"""Who reads and changes evidence: whoever reads the note, and the team."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select

from canvases.boards.access import about_visible_note
from canvases.discovery.models import Evidence
from workspace.foundation.access import Actor, Verdict, can


def evidence_clause(actor: Actor) -> ColumnElement[bool]:
    """Evidence on notes that the person may read."""
    return about_visible_note(actor, Evidence.canvas_id, Evidence.note_id)


def readable_files(actor: Actor) -> Select[int | None]:
    """Files that are evidence on notes that the person may read."""
    return select(Evidence.file_id).where(
        Evidence.file_id.is_not(None), Evidence.removed_at.is_(None), evidence_clause(actor)
    )


def may_change(actor: Actor, evidence: Evidence) -> Verdict:
    """Take it away or bring it back: whoever may edit the board."""
    return can(actor, "edit", evidence.canvas)
