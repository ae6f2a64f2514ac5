"""What the live engine needs of the house, as small shapes: storage, rights, the line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from canvases.boards.schema import Note

Role = Literal["editor", "viewer"]


@dataclass(frozen=True, slots=True)
class Somebody:
    """The person behind a session, as the server knows them."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the log: what one author group did in one tick."""

    person_id: int | None
    client: int
    clock_from: int
    clock_to: int
    data: bytes


@dataclass(slots=True)
class Batch:
    """What one tick of one canvas asks to be stored in one transaction."""

    canvas_id: int
    at: datetime
    rows: list[LogRow] = field(default_factory=list)
    notes: dict[str, Note | None] = field(default_factory=dict)
    """Notes that were touched; None was taken off."""
    title: str | None = None
    known: int | None = None
    """Every row up to here is in the document that `notes` and `title` were read from; None: all
    there are, because nobody else writes."""

    @property
    def changes(self) -> bool:
        """Whether anything is to be stored."""
        return bool(self.rows or self.notes or self.title is not None)

    @property
    def people(self) -> frozenset[int]:
        """Who did it."""
        return frozenset(row.person_id for row in self.rows if row.person_id is not None)


@dataclass(slots=True)
class Stored:
    """A canvas as the log holds it."""

    public_id: str
    blocks: frozenset[str]
    snapshot: bytes | None
    snapshot_row: int
    rows: list[tuple[int, bytes]]
    """(row id, update) younger than the snapshot, in the order of their ids."""
    owners: dict[int, int]
    """Yjs client id -> person id, as far as the rows tell."""
    crossed: bool = False
    """Whether the projection may miss something."""


@dataclass(frozen=True, slots=True)
class End:
    """How far the log of a canvas reaches."""

    row: int
    crossed: bool
    """Whether the projection may miss what was stored just ahead of it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that a canvas shows, as of one row of its log."""

    row: int
    notes: Sequence[Note]
    title: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a batch stands in the log of its canvas: nobody else has rows between the two."""

    before: int = 0
    """The last row of the canvas ahead of the batch."""
    row: int = 0
    """Its own last row; the same as `before` when it has none."""


class NeverStored(Exception):
    """The database refuses this batch for good: the canvas is gone."""


class Log(Protocol):
    """The log of updates and the projection. May raise anything for "not now"."""

    def load(self, canvas_id: int, *, whole: bool = False) -> Stored | None:
        """Everything needed to open a canvas; None when there is none.

        `whole` leaves the snapshot out and gives every row there is.
        """

    def append(self, batches: Sequence[Batch]) -> list[Kept]:
        """Store all in one transaction, durably. Rows of one canvas become visible in order.

        Raises NeverStored when it can never succeed.
        """

    def later(self, canvas_id: int, row: int) -> list[tuple[int, LogRow]]:
        """Rows of a canvas after `row`, in order: what other workers stored."""

    def ends(self, canvas_ids: Collection[int]) -> dict[int, End]:
        """Where the log of each canvas ends."""

    def crossed(self, most: int) -> list[int]:
        """Canvases whose projection may miss something."""

    def snapshot(self, canvas_id: int) -> None:
        """Merge the snapshot and the rows after it into the next snapshot."""

    def quarantine(self, canvas_id: int, row: int, data: bytes, why: str) -> None:
        """Put a row aside that cannot be read. Row 0 is the snapshot."""

    def project(self, canvas_id: int, whole: Whole) -> bool:
        """Write the whole projection of a canvas anew, where the caller may write.

        False: the log has gone on since, and the projection is marked as crossed instead.
        """

    def mend(self, canvas_id: int, whole: Whole) -> None:
        """The same from within the committer, if it is marked as crossed still."""


class Rights(Protocol):
    """Who may, read from the database now."""

    def roles(self, canvas_id: int, people: Collection[int]) -> Mapping[int, Role | None]:
        """The role of each person on a canvas; None: none at all."""

    def ended(self, people: Collection[int], since: datetime, until: datetime) -> Collection[int]:
        """Those of these people who held something that ended after `since`, at `until` the
        latest."""


class Line(Protocol):
    """How words reach a socket. Nothing here waits for a slow reader."""

    def send(self, sid: str, event: str, payload: Any) -> None:
        """Queue one event for one socket."""

    def broadcast(self, sids: Sequence[str], blob: bytes) -> None:
        """Queue one frame (`s`) for many sockets, encoded once."""

    most_waiting: int
    """Frames that may wait for one socket before it is skipped."""

    def backlog(self, sid: str) -> int:
        """Frames that wait for this socket."""

    def close(self, sid: str) -> None:
        """End the connection."""


class Bus(Protocol):
    """The line to other workers; see `bus.py`. It may lose messages, the log does not."""

    up: bool
    on_return: list[Callable[[], None]]

    def enter(self, number: int, hear: Callable[[bytes], None]) -> None:
        """Listen to a channel: a canvas's id, or 0 for the house."""

    def leave(self, number: int, hear: Callable[[bytes], None]) -> None:
        """Stop listening."""

    def tell(self, number: int, body: bytes) -> None:
        """Send to all other workers that listen; returns at once."""

    def stop(self) -> None:
        """Send what waits, then end."""


class Listener(Protocol):
    """Whoever wants to know what became durable; called outside every lock."""

    def __call__(self, batch: Batch, last_row: int) -> None:
        """A batch with rows is on disk."""
