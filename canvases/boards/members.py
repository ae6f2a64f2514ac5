"""Who is in a room: one member per session, with what the line owes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from canvases.boards.ports import Line, Role, Somebody
from canvases.boards.reader import write_state_vector
from canvases.boards.wire import Frame, Place

COLOURS = 4
MOST_STRIKES = 5
MOST_BEHIND = 30.0
"""Seconds that a reader may stay behind."""


@dataclass(slots=True)
class Member:
    """One open board: a socket that joined this room."""

    sid: str
    session: int
    """Random, so that an acknowledgement meant for another process is nobody's."""
    person: Somebody
    client: int
    """The Yjs client id that this session declared."""
    role: Role
    colour: int
    place: Place = field(default_factory=Place)
    strikes: int = 0
    behind: bytes | None = None
    """State vector of the last frame that was queued, while the reader is too slow."""
    behind_since: float = 0.0
    owed: list[tuple[int, int]] = field(default_factory=list)

    def strike(self) -> bool:
        """Count something that no honest client sends; True when it was enough."""
        self.strikes += 1
        return self.strikes >= MOST_STRIKES

    def shown(self) -> dict[str, Any]:
        """What the others see: everything but the place is the server's own knowledge."""
        return {
            "session": self.session,
            "person": self.person.public_id,
            "name": self.person.name,
            "colour": self.colour,
            "role": self.role,
            "at": self.place.plain(),
        }


class Members:
    """The members of one room, by socket, with their colours and client ids."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Member] = {}
        self._colours: dict[int, int] = {}
        self._bound: dict[int, tuple[int, str]] = {}

    def __len__(self) -> int:
        return len(self.by_sid)

    def __iter__(self) -> Iterator[Member]:
        return iter(list(self.by_sid.values()))

    def people(self) -> set[int]:
        """Ids of the persons here."""
        return {member.person.id for member in self.by_sid.values()}

    def colour(self, person_id: int) -> int:
        """The presence colour of a person: by the order in which people came, then repeated."""
        if not any(member.person.id in self._colours for member in self.by_sid.values()):
            self._colours.clear()
        found = self._colours.setdefault(person_id, len(self._colours) % COLOURS)
        return found

    def bind(self, client: int, person_id: int, sid: str) -> bool:
        """Bind a Yjs client id to the session that declares it; False: it is somebody else's."""
        bound = self._bound.get(client)
        if bound is not None and bound[0] != person_id:
            return False
        self._bound[client] = (person_id, sid)
        return True

    def may_use(self, client: int, person_id: int) -> bool:
        """Whether new changes under this client id may come from this person now.

        What a person saw and somebody else made may be offered again by anybody, as after a crash
        of the server; but while its maker is here, only by the maker.
        """
        bound = self._bound.get(client)
        return bound is None or bound[0] == person_id or bound[1] not in self.by_sid

    def own(self, owners: dict[int, int]) -> None:
        """Take over from the log who used which client id."""
        for client, person_id in owners.items():
            self._bound.setdefault(client, (person_id, ""))

    def broadcast(self, line: Line, frame: Frame, before: dict[int, int]) -> None:
        """Send one frame to everybody whom it concerns and who keeps up.

        What only acknowledges concerns nobody but the makers. `before`: the clocks ahead of this
        frame.
        """
        ready: list[str] = []
        makers = None if frame.update or frame.others else {session for session, _ in frame.acks}
        for member in self:
            if makers is not None and member.session not in makers:
                continue
            if member.behind is None and line.backlog(member.sid) > line.most_waiting:
                member.behind, member.behind_since = write_state_vector(before), time.monotonic()
            if member.behind is None:
                ready.append(member.sid)
            else:
                member.owed += [ack for ack in frame.acks if ack[0] == member.session]
        if ready:
            line.broadcast(ready, frame.encode())

    def catch_up(
        self,
        line: Line,
        number: int,
        diff: Callable[[bytes], bytes],
        afar: Sequence[dict[str, Any]] = (),
    ) -> Sequence[Member]:
        """Send slow readers one frame with all they missed once they have read the last one.

        `afar` are people in other workers. The answer names those who stayed behind for too long.
        """
        lost: list[Member] = []
        for member in self:
            if member.behind is None:
                continue
            if line.backlog(member.sid) == 0:
                others = [each.shown() for each in self if each is not member] + [*afar]
                frame = Frame(number, member.owed, others, diff(member.behind))
                member.behind, member.owed = None, []
                line.broadcast([member.sid], frame.encode())
            elif time.monotonic() - member.behind_since > MOST_BEHIND:
                lost.append(member)
        return lost
