"""One tick of a room: apply what came, note who did it, gather what everybody gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from canvases.boards import wire
from canvases.boards.document import merge
from canvases.boards.guarded import Broken, Change, Contribution, Guarded, raise_exit
from canvases.boards.members import Member
from canvases.boards.messages import Edit, Update
from canvases.boards.ports import Batch, LogRow
from canvases.boards.reader import read_update
from canvases.boards.schema import Misfit
from workspace.foundation.clock import now

Offer = tuple[Member, Update, Contribution]
"""An update that was read and may be applied, with whose it is."""


class Owner(Protocol):
    """What a tick needs of its room."""

    canvas_id: int

    def reopen(self) -> None:
        """Open the document anew and hand it to the tick."""

    def nack(self, member: Member, seq: int, code: str) -> None:
        """Refuse an update."""

    def strike(self, member: Member, seq: int, code: str, why: str) -> None:
        """Refuse an update that no honest client sends."""


@dataclass(slots=True)
class Flight:
    """A batch that the committer holds, and whom to tell when it is durable."""

    batch: Batch
    acks: list[tuple[int, int]]
    edits: list[Edit]
    number: int = 0
    """Under which the other workers heard of its rows."""
    needs: dict[int, int] = field(default_factory=dict)
    """What it leans on and other workers have not stored yet: voice -> number."""
    age: int = 0
    """The room's count of flights when it left."""
    since: float = 0.0
    adopted: bool = False
    """Whether it brings rows that this room never said."""


class Tick:
    """What is applied and not yet sent or handed to the committer."""

    guarded: Guarded

    def __init__(self, room: Owner) -> None:
        self._room = room
        self.gained: list[bytes] = []
        self.flight = self._fresh()

    def apply(self, pending: list[Offer]) -> None:
        """Apply offers in as few transactions as authorship allows."""
        group: list[Offer] = []
        people: set[str] = set()
        makes = False
        for each in pending:
            contribution = each[2]
            # A new note belongs to its sender, so a transaction with one has a single sender.
            mixed = bool(people) and people != {contribution.author}
            if mixed and (makes or contribution.reading.makes):
                self._apply_group(group)
                group, people, makes = [], set(), False
            group.append(each)
            people.add(contribution.author)
            makes = makes or contribution.reading.makes
        self._apply_group(group)

    def _apply_group(self, group: list[Offer]) -> None:
        try:
            change = self.guarded.apply([contribution for _, _, contribution in group])
        except (Broken, Misfit) as error:
            self._room.reopen()
            if len(group) > 1:
                for each in group:
                    self._apply_again(each)
                return
            member, message, _ = group[0]
            code = error.code if isinstance(error, Misfit) else wire.BAD_UPDATE
            self._room.strike(member, message.seq, code, str(error))
            return
        self._log_group(group, change)

    def _apply_again(self, each: Offer) -> None:
        member, message, contribution = each
        # Its neighbours of the same turn may have been refused, so that it leans on nothing now.
        if contribution.reading.advance(self.guarded.state) is None:
            self._room.nack(member, message.seq, wire.GAP)
            return
        self._apply_group([each])

    def _log_group(
        self, group: list[Offer], change: Change
    ) -> None:
        if change.update or change.correction:
            self._keep(group, change)
        # Last: what could not be put with what is stored must not be acknowledged.
        self.flight.acks.extend((member.session, message.seq) for member, message, _ in group)

    def _keep(self, group: list[Offer], change: Change) -> None:
        by_member: dict[int, list[tuple[Member, Contribution]]] = {}
        for member, _, contribution in group:
            by_member.setdefault(member.session, []).append((member, contribution))
        for entries in by_member.values():
            member = entries[0][0]
            if len(by_member) == 1:
                data = change.update
            else:
                data = merge([contribution.data for _, contribution in entries])
            runs = [run for _, contribution in entries for run in contribution.reading.runs]
            if data:
                self._add_row(member.person.id, runs, data, member.client)
        if change.correction:
            self._add_row(None, [], change.correction)
        self._gather(change)

    def _add_row(
        self, person_id: int | None, runs: list[tuple[int, int, int]], data: bytes, client: int = 0
    ) -> None:
        # The row says whose client id it is only where that is the sender's own: what somebody
        # offers again for others, as after a crash, must not make those ids theirs.
        own = [run for run in runs if run[0] == client]
        start = min((run[1] for run in own), default=0)
        end = max((run[2] for run in own), default=0)
        row = LogRow(person_id, client if own else 0, start, end, data)
        self.flight.batch.rows.append(row)

    def _gather(self, change: Change) -> None:
        for update in (change.update, change.correction):
            if update:
                self.gained.append(update)
        self.flight.batch.notes.update(change.notes)
        if change.title is not None:
            self.flight.batch.title = change.title

    def edit(self, job: Edit) -> None:
        """Let the server's own code edit; the job is finished when the change is durable."""
        try:
            change, job.answer = self.guarded.edit(job.work)
        except BaseException as error:
            raise_exit(error)
            if self.guarded.is_dirty or not isinstance(error, Exception):
                self._room.reopen()
            job.finish(error)
            return
        if not change.update:
            job.finish()
            return
        own = self.guarded.document.doc.client_id
        runs = [run for run in read_update(change.update).runs if run[0] == own]
        self._add_row(job.person_id, runs, change.update, own)
        self._gather(change)
        self.flight.edits.append(job)

    def take(self) -> tuple[bytes, Flight | None]:
        """The merged update for everybody, and the flight for the committer if there is one."""
        update, self.gained = merge(self.gained) if self.gained else b"", []
        flight = self.flight
        if not (flight.acks or flight.edits or flight.batch.changes):
            return update, None
        flight.batch.at = now()
        self.flight = self._fresh()
        return update, flight

    def held(self) -> list[bytes]:
        """Updates that were applied and are not with the committer yet."""
        return [row.data for row in self.flight.batch.rows]

    def _fresh(self) -> Flight:
        return Flight(Batch(self._room.canvas_id, now()), [], [])
