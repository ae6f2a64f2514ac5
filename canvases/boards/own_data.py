"""What boards has from a person: her notes and remarks; and her name in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from canvases.boards.access import FOR_MENTORS
from canvases.boards.document import Document
from canvases.boards.models import Canvas, CanvasVersion, NoteComment, NoteRow
from canvases.boards.versions import Picture
from workspace.accounts.models import Person
from workspace.accounts.own_data import FORMER, read_today
from workspace.foundation.db import session
from workspace.inbox.mentions import renamed
from workspace.teams.models import Member
from workspace.teams.own_data import present_teams


def records(person_id: int, at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Notes with their text where the person is a member today, or reads them as a mentor.

    Others go on writing in a note; so of teams that she has left only the dates of notes come.
    """
    mine, rows = present_teams(person_id), session().scalars
    read = read_today(person_id, at, Canvas)
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
                "text": it.text if it.canvas.team_id in mine
                or (it.canvas_id in read and it.tier in FOR_MENTORS) else None,
            }
            for it in notes
        ],
        "remarks": [
            {"canvas": it.canvas.public_id, "text": it.text, "at": it.created_at}
            for it in remarks
        ],
    }


def forget(person: Person, _now: datetime) -> None:
    """Take the person's name out of the versions of her teams' boards, and out of mentions.

    A version holds the name that each author had then, and its state the random key of each: so
    two people of one name are told apart, and an earlier name goes as well.
    """
    out_of_versions(person, Canvas.team_id.in_(
        select(Member.team_id).where(Member.person_id == person.id)
    ))
    mentioning = session().scalars(
        select(NoteComment).where(
            NoteComment.text.contains(f"]({person.public_id})", autoescape=True)
        )
    )
    for remark in mentioning:
        remark.text = renamed(remark.text, person.public_id, FORMER)


def out_of_versions(person: Person, canvases: ColumnElement[bool]) -> None:
    """Take the person's name out of the versions of these canvases."""
    numbers = session().scalars(
        select(CanvasVersion.id).join(Canvas).where(canvases)
    ).all()
    for number in numbers:
        version = session().get_one(CanvasVersion, number)
        hers = {it.id for it in Document(version.state).read() if it.author == person.public_id}
        notes = [it | {"author": FORMER} if it["id"] in hers else it for it in version.notes]
        if notes != version.notes:
            version.notes, version.sha256 = notes, Picture(b"", notes).sha256
            session().flush()
        session().expunge(version)
