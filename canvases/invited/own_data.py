"""What invitations know of a person, and where her name goes with her account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from canvases.boards.models import Canvas
from canvases.boards.own_data import out_of_versions
from canvases.invited.models import InvitedEditor
from workspace.accounts.models import Person
from workspace.foundation.db import session


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Invitations to edit, by the keys of their canvases."""
    rows = session().scalars(
        select(InvitedEditor).where(InvitedEditor.person_id == person_id)
        .order_by(InvitedEditor.id)
    )
    return {
        "invitations_to_edit": [
            {"canvas": it.canvas.public_id, "invited": it.created_at, "accepted": it.accepted_at,
             "until": it.until, "ended": it.ended_at}
            for it in rows
        ]
    }


def forget(person: Person, _now: datetime) -> None:
    """Take the person's name out of versions of boards on which she was an invited editor."""
    out_of_versions(person, Canvas.id.in_(
        select(InvitedEditor.canvas_id).where(InvitedEditor.person_id == person.id)
    ))
