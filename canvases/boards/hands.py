"""How far somebody's hand reaches on a board, and how an invited mentor edits without coming in.

The live document cannot be filtered note by note, so an invited mentor never joins it. What she
sends by a form is applied in the room, to the notes that mentors read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from canvases.boards.document import Document
from canvases.boards.messages import Edit
from canvases.boards.rooms import Rooms
from canvases.boards.schema import Note
from workspace.foundation.errors import Denied, Missing, Refused
from workspace.foundation.text import lazy
from workspace.releases.rules import Tier

T = TypeVar("T")


@dataclass(frozen=True)
class Hand:
    """Who edits: the team everything, an invited mentor what mentors read."""

    author: str
    """Public id of the person."""
    invited: bool = False

    @property
    def tier(self) -> str:
        """The tier of the notes that it makes."""
        return str(Tier.MENTORS if self.invited else Tier.TEAM)

    def reaches(self, note: Note) -> bool:
        """Whether the note is there for it."""
        return not self.invited or Tier(note.tier).admits(Tier.MENTORS)

    def take(self, document: Document, note_id: str) -> Note:
        """The note as it stands on the board. Raises Missing, alike for what is out of reach."""
        note = document.note(note_id)
        if note is None or not self.reaches(note):
            raise Missing
        return note

    def row(self, document: Document, block: str) -> list[str]:
        """Ids of the notes of a block that it reaches, in their order."""
        return [it.id for it in document.read() if it.block == block and self.reaches(it)]

    def may_remove(self, note: Note) -> bool:
        """Whether it may take the note off: an invited mentor only what she has written."""
        return not self.invited or note.author == self.author

    def allow_removal(self, note: Note) -> None:
        """Raise Denied where `may_remove` says no."""
        if not self.may_remove(note):
            raise Denied(lazy("You can take off only notes that you have written. Leave a comment "
                              "for the team instead."))

    def allow_tier(self, note: Note, tier: str | None) -> None:
        """Raise Refused when an invited mentor says who may read a note: that is the team's."""
        if self.invited and tier not in (None, note.tier):
            raise Refused(lazy("Who may read a note is for the team to decide."), field="tier")


class HouseRooms(Rooms):
    """The rooms of the house, with a way in for forms of people who may not join."""

    def edit_beside(
        self, canvas_id: int, person_id: int, may: Callable[[], bool],
        work: Callable[[Document], T],
    ) -> T:
        """As `edit`, for somebody who is no editor of the whole board.

        `may` is asked in the room, at the moment of the change; what `work` may touch is its own
        care. Raises what `edit` raises.
        """

        def checked(document: Document) -> T:
            try:
                allowed = may()
            except Exception as error:
                raise TimeoutError("nobody can say who may") from error
            if not allowed:
                raise PermissionError(canvas_id)
            return work(document)

        answer: T = self._ask(canvas_id, Edit(checked, person_id, checked=False))
        return answer
