"""What boards has from a person: notes that she began, and her remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from canvases.boards.models import NoteComment, NoteRow
from workspace.foundation.db import session
from workspace.teams.own_data import present_teams


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Notes with their text where the person is a member today.

    Others go on writing in a note; so of teams that she has left only the dates of notes come.
    """
    mine, rows = present_teams(person_id), session().scalars
    notes = rows(
        select(NoteRow).where(NoteRow.author_id == person_id).order_by(NoteRow.created_at)
    )
    remarks = rows(
        select(NoteComment).where(NoteComment.written_by_id == person_id).order_by(NoteComment.id)
    )
    return {
        "notes": [
            {
                "canvas": it.canvas.public_id, "block": it.block, "written": it.created_at,
                "text": it.text if it.canvas.team_id in mine else None,
            }
            for it in notes
        ],
        "remarks": [
            {"canvas": it.canvas.public_id, "text": it.text, "at": it.created_at}
            for it in remarks
        ],
    }
