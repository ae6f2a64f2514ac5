"""What a room finds in its mailbox."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from canvases.boards import wire
from canvases.boards.crossing import Done, Hello, Said
from canvases.boards.document import Document
from canvases.boards.ports import Kept, Somebody

if TYPE_CHECKING:
    from canvases.boards.room import Room


@dataclass(slots=True)
class Join:
    """A session wants in."""

    sid: str
    person: Somebody
    asked: wire.Join
    vector: dict[int, int]
    answer: Callable[[Room | None], None]
    """Told the room, or None when refused."""


@dataclass(slots=True)
class Leave:
    """A session left, by itself or with its socket."""

    sid: str


@dataclass(slots=True)
class Update:
    """A session offers an update."""

    sid: str
    seq: int
    data: bytes


@dataclass(slots=True)
class Aware:
    """A session says where it is."""

    sid: str
    client: int
    place: wire.Place


@dataclass(slots=True)
class Edit:
    """The server's own code edits (or only looks, without a person's right to edit)."""

    work: Callable[[Document], Any]
    person_id: int | None
    checked: bool
    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: BaseException | None = None

    def finish(self, error: BaseException | None = None) -> None:
        """Wake whoever waits."""
        self.error = error
        self.done.set()


@dataclass(slots=True)
class Durable:
    """The committer is done with a batch; None: it can never be stored."""

    kept: Kept | None


@dataclass(slots=True)
class Heard:
    """Another worker said something about this canvas."""

    word: Said | Done | Hello


@dataclass(slots=True)
class Behind:
    """The log of this canvas reaches up to a row: read what is missing."""

    row: int
    crossed: bool = False
    """Whether its projection may miss something: write it anew."""


@dataclass(slots=True)
class Pulse:
    """Tell the other workers who is here, and forget whom they no longer tell of."""


@dataclass(slots=True)
class Check:
    """Read everybody's rights again, now."""


@dataclass(slots=True)
class Stop:
    """Finish what is there and say good-bye."""

    reason: str
    done: threading.Event = field(default_factory=threading.Event)


Message = (
    Join | Leave | Update | Aware | Edit | Durable | Heard | Behind | Pulse | Check | Stop
)
