"""What tests of invited mentors share."""

from __future__ import annotations

from datetime import timedelta

from canvases.boards.edits import NoteDraft, mark_of
from canvases.boards.models import Canvas
from canvases.invited import actions
from canvases.invited.models import InvitedEditor
from tests.canvases.pages import BLOCK, Desk
from workspace.accounts.models import Person
from workspace.foundation.clock import now, today
from workspace.foundation.db import session
from workspace.foundation.unit import write


def board(desk: Desk) -> Canvas:
    """The canvas as the session in hand knows it."""
    return session().get_one(Canvas, desk.canvas.id)


def invite(desk: Desk, seat: str = "mentor", days: int = 14, *, accepted: bool = True) -> int:
    """The lead invites a mentor, who accepts; gives the number of the invitation."""
    with write():
        person = session().get_one(Person, desk.cast.person(seat).id)
        made = actions.invite(
            desk.cast.actor("lead"), board(desk), person,
            today("Europe/Rome") + timedelta(days=days), now(),
        )
        number = made.id
    if accepted:
        with write():
            row = session().get_one(InvitedEditor, number)
            actions.accept(desk.cast.actor(seat), row, now())
    return number


def take_back(desk: Desk, number: int, seat: str = "lead") -> None:
    """Somebody ends it."""
    with write():
        actions.end(desk.cast.actor(seat), session().get_one(InvitedEditor, number), now())


def draft(text: str, was: str, **values: object) -> NoteDraft:
    """A form that changes a text, as an invited mentor's: it says nothing of the tier."""
    usual: dict[str, object] = {
        "text": text, "status": "untested", "tier": None, "weight": 3, "block": BLOCK,
        "was": mark_of(was),
    }
    return NoteDraft(**(usual | values))  # type: ignore[arg-type]
