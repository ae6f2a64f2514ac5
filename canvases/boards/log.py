"""The log of updates and the projection of notes in the house's database."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exc, func, insert, select, update
from sqlalchemy.orm import Session

from canvases.boards import indexing, patterns
from canvases.boards.document import EMPTY, clean, merge
from canvases.boards.models import (
    Canvas,
    CanvasQuarantine,
    CanvasSnapshot,
    CanvasUpdate,
    NoteRow,
)
from canvases.boards.ports import Batch, End, Kept, LogRow, NeverStored, Stored, Whole
from canvases.boards.schema import Note
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import WRITE, Database, upsert

_MOST_AUTHORS = 50_000
_MOST_OPEN = 10_000


_HOLD = (
    select(Canvas.id, Canvas.last_row)
    .where(Canvas.id.in_(bindparam("wanted", expanding=True)))
    .order_by(Canvas.id)
    .with_for_update(key_share=True)
)
_ADD = insert(CanvasUpdate.__table__).returning(  # type: ignore[arg-type]
    CanvasUpdate.__table__.c.id, sort_by_parameter_order=True
)


class _Ours:
    """Which rows at the ends of logs this process wrote: a room knows its own before they land."""

    def __init__(self, runs: dict[int, tuple[int, int]]) -> None:
        """`runs`: canvas id -> (before, row), all rows after `before` up to `row` being ours."""
        self.runs = dict(runs) if len(runs) < _MOST_OPEN else {}

    def make_whole(self, batch: Batch, place: Kept) -> bool:
        """Whether what a batch projects holds all that is stored ahead of it; remembers it."""
        before, known = place.before, batch.known
        start, row = self.runs.get(batch.canvas_id, (before, before))
        if row != before:
            start = before
        self.runs[batch.canvas_id] = start, place.row
        shows = bool(batch.notes or batch.title is not None)
        return known is None or not shows or known >= start


class SqlLog:
    """Storage of live canvases. `append` has a connection of its own; the rest borrows one."""

    def __init__(self, house: Database) -> None:
        self._house = house
        self._own = Database(house.url)
        self._connection: Connection | None = None
        self._authors: dict[str, int] = {}
        self._ours: dict[int, tuple[int, int]] = {}
        self.on_aside: Callable[[int, int], None] | None = None
        """Told (canvas id, row) when a row was put aside."""

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._own.close()

    def load(self, canvas_id: int, *, whole: bool = False) -> Stored | None:
        """Everything needed to open a canvas; see `ports.Log`."""
        with self._house.new_session() as db:
            canvas = db.execute(
                select(Canvas.public_id, Canvas.template, Canvas.crossed).where(
                    Canvas.id == canvas_id
                )
            ).one_or_none()
            if canvas is None:
                return None
            kept = None if whole else db.get(CanvasSnapshot, canvas_id)
            since = 0 if kept is None else kept.last_update_id
            rows = db.execute(
                select(CanvasUpdate.id, CanvasUpdate.data)
                .where(CanvasUpdate.canvas_id == canvas_id, CanvasUpdate.id > since)
                .order_by(CanvasUpdate.id)
            )
            blocks = frozenset(block.id for block in patterns.template(canvas.template).blocks)
            return Stored(
                canvas.public_id,
                blocks,
                None if kept is None else kept.data,
                since,
                [(row.id, row.data) for row in rows],
                _owners(db, canvas_id),
                canvas.crossed,
            )

    def append(self, batches: Sequence[Batch]) -> list[Kept]:
        """Store rows and projection of all batches in one transaction, durably."""
        connection, ours = self._connect(), _Ours(self._ours)
        try:
            with connection.begin():
                kept = self._append(connection, batches, ours)
        except (exc.IntegrityError, exc.DataError) as error:
            raise NeverStored(str(error.orig)) from error
        except BaseException:
            self._connection = None
            connection.close()
            raise
        self._ours = ours.runs
        return kept

    def later(self, canvas_id: int, row: int) -> list[tuple[int, LogRow]]:
        """Rows of a canvas after `row`, in order."""
        table = CanvasUpdate
        with self._house.engine.connect() as connection:
            found = connection.execute(
                select(
                    table.id, table.person_id, table.client_id, table.clock_from, table.clock_to,
                    table.data,
                )
                .where(table.canvas_id == canvas_id, table.id > row)
                .order_by(table.id)
            )  # fmt: skip
            return [
                (it.id, LogRow(it.person_id, int(it.client_id or 0), it.clock_from, it.clock_to,
                               it.data))
                for it in found
            ]  # fmt: skip

    def ends(self, canvas_ids: Collection[int]) -> dict[int, End]:
        """Where the log of each canvas ends."""
        with self._house.engine.connect() as connection:
            found = connection.execute(
                select(Canvas.id, Canvas.last_row, Canvas.crossed).where(Canvas.id.in_(canvas_ids))
            )
            return {it.id: End(it.last_row, it.crossed) for it in found}

    def crossed(self, most: int) -> list[int]:
        """Canvases whose projection may miss something."""
        with self._house.engine.connect() as connection:
            found = connection.scalars(select(Canvas.id).where(Canvas.crossed).limit(most))
            return list(found)

    def snapshot(self, canvas_id: int) -> None:
        """Merge the snapshot and the rows after it into the next; runs in the committer.

        The bytes are merged, never opened: this may be another thread than the documents'.
        """
        stored = self.load(canvas_id)
        if stored is None or not stored.rows:
            return
        parts = [data for _, data in stored.rows if data != EMPTY]
        whole = merge(parts if stored.snapshot is None else [stored.snapshot, *parts])
        values = {
            "canvas_id": canvas_id, "last_update_id": stored.rows[-1][0], "at": now(),
            "data": whole,
        }  # fmt: skip
        connection = self._connect()
        try:
            with connection.begin():
                held = connection.scalar(
                    select(CanvasSnapshot.last_update_id).where(
                        CanvasSnapshot.canvas_id == canvas_id
                    )
                )
                if held is None or held < stored.rows[-1][0]:
                    upsert(connection, CanvasSnapshot, [values], ["canvas_id"])
        except exc.IntegrityError:
            return  # the canvas is gone
        except BaseException:
            self._connection = None
            connection.close()
            raise

    def quarantine(self, canvas_id: int, row: int, data: bytes, why: str) -> None:
        """Put a row aside. Its place in the log stays, empty: ids must not be used again."""
        aside = insert(CanvasQuarantine).values(
            canvas_id=canvas_id, update_id=row, why=why, data=data, created_at=now()
        )
        if row:
            emptied: Any = (
                update(CanvasUpdate)
                .where(CanvasUpdate.canvas_id == canvas_id, CanvasUpdate.id == row)
                .values(data=EMPTY)
            )
        else:
            emptied = delete(CanvasSnapshot).where(CanvasSnapshot.canvas_id == canvas_id)
        with self._house.engine.connect() as connection:
            self._write(connection, [aside, emptied])
        if self.on_aside is not None:
            self.on_aside(canvas_id, row)

    def project(self, canvas_id: int, whole: Whole) -> bool:
        """Write the whole projection of a canvas anew; see `ports.Log`."""
        with self._house.engine.connect() as connection, self._house.writer:
            connection = connection.execution_options(**{WRITE: True})
            with connection.begin():
                return self._project_whole(connection, canvas_id, whole)

    def mend(self, canvas_id: int, whole: Whole) -> None:
        """The same from within the committer, if it is marked as crossed still."""
        connection = self._connect()
        try:
            with connection.begin():
                if connection.scalar(select(Canvas.crossed).where(Canvas.id == canvas_id)):
                    self._project_whole(connection, canvas_id, whole)
        except BaseException:
            self._connection = None
            connection.close()
            raise

    # -- inside

    def _connect(self) -> Connection:
        if self._connection is None:
            connection = self._own.engine.connect()
            if self._own.is_sqlite:
                # This thread may wait inside SQLite; nobody else stands behind it.
                connection.exec_driver_sql("PRAGMA busy_timeout=5000")
                connection.rollback()
                connection = connection.execution_options(**{WRITE: True})
            self._connection = connection
        return self._connection

    def _write(self, connection: Connection, statements: Iterable[Any]) -> None:
        with self._house.writer:
            connection = connection.execution_options(**{WRITE: True})
            with connection.begin():
                for statement in statements:
                    connection.execute(statement)

    def _append(
        self, connection: Connection, batches: Sequence[Batch], ours: _Ours
    ) -> list[Kept]:
        # The row of the canvas is locked before ids are drawn, so that ids of one canvas become
        # visible in their order: whoever reads "after row n" must not miss a slower neighbour.
        wanted = sorted({batch.canvas_id for batch in batches})
        held = connection.execute(_HOLD, {"wanted": wanted})
        ends = {it.id: it.last_row for it in held}
        if len(ends) < len(wanted):
            raise NeverStored("a canvas is gone")
        rows = [
            {
                "canvas_id": batch.canvas_id,
                "person_id": row.person_id,
                "client_id": str(row.client) if row.client else "",
                "clock_from": row.clock_from,
                "clock_to": row.clock_to,
                "at": batch.at,
                "data": row.data,
            }
            for batch in batches
            for row in batch.rows
        ]
        ids: Iterator[int] = iter(())
        if rows:
            ids = iter(connection.execute(_ADD, rows).scalars().all())
        kept: list[Kept] = []
        for batch in batches:
            before = ends[batch.canvas_id]
            row = max((next(ids) for _ in batch.rows), default=before)
            ends[batch.canvas_id] = row
            kept.append(Kept(before, row))
        notes: dict[tuple[int, str], tuple[Note | None, int, datetime]] = {}
        edited: dict[int, dict[str, Any]] = {}
        for batch, place in zip(batches, kept, strict=True):
            values = edited.setdefault(batch.canvas_id, {"last_row": place.row})
            values["last_row"] = place.row
            if batch.rows:
                values["edited_at"] = batch.at
            if batch.title:
                values["title"] = clean(batch.title)[:200]
            if not ours.make_whole(batch, place):
                values["crossed"] = True
            for note_id, note in batch.notes.items():
                notes[batch.canvas_id, note_id] = (note, place.row, batch.at)
        self._project_changes(connection, notes)
        self._mark(connection, edited)
        return kept

    @staticmethod
    def _mark(connection: Connection, edited: dict[int, dict[str, Any]]) -> None:
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for canvas_id, values in edited.items():
            alike.setdefault(tuple(values), []).append({"canvas": canvas_id, **values})
        for names, rows in alike.items():
            connection.execute(_marking(names), rows)
        for canvas_id, values in edited.items():
            if "title" in values:
                indexing.put_title(connection, canvas_id, values["title"], now())

    def _project_whole(self, connection: Connection, canvas_id: int, whole: Whole) -> bool:
        end = connection.scalar(
            select(Canvas.last_row).where(Canvas.id == canvas_id).with_for_update(key_share=True)
        )
        if end is None:
            return False
        if end > whole.row:
            # What was stored meanwhile must not be taken off again.
            self._mark(connection, {canvas_id: {"crossed": True}})
            return False
        connection.execute(delete(NoteRow).where(NoteRow.canvas_id == canvas_id))
        connection.execute(indexing.notes_taken(canvas_id))
        values = self._note_values(connection, canvas_id, whole.notes, whole.row, now())
        self._put_notes(connection, values)
        mark: dict[str, Any] = {"crossed": False}
        if whole.title:
            mark["title"] = clean(whole.title)[:200]
        self._mark(connection, {canvas_id: mark})
        return True

    def _project_changes(
        self,
        connection: Connection,
        notes: dict[tuple[int, str], tuple[Note | None, int, datetime]],
    ) -> None:
        values: list[dict[str, Any]] = []
        for (canvas_id, note_id), (note, row, at) in notes.items():
            if note is None:
                connection.execute(
                    delete(NoteRow).where(
                        NoteRow.canvas_id == canvas_id, NoteRow.note_id == note_id
                    )
                )
                connection.execute(indexing.notes_taken(canvas_id, note_id))
            else:
                values += self._note_values(connection, canvas_id, [note], row, at)
        self._put_notes(connection, values)

    @staticmethod
    def _put_notes(connection: Connection, values: list[dict[str, Any]]) -> None:
        upsert(connection, NoteRow, values, ["canvas_id", "note_id"])
        indexing.put_notes(connection, values)

    def _note_values(
        self, connection: Connection, canvas_id: int, notes: Sequence[Note], row: int, at: datetime
    ) -> list[dict[str, Any]]:
        self._learn_authors(connection, {note.author for note in notes})
        return [
            {
                "canvas_id": canvas_id,
                "note_id": note.id,
                "block": note.block,
                "sort_key": note.order,
                "text": clean(note.text),
                "status": note.status,
                "tier": note.tier,
                "kind": note.kind,
                "weight": note.weight,
                "author_id": self._authors.get(note.author),
                "created_at": min(note.created_at, at),
                "changed_at": at,
                "up_to_update_id": row,
            }
            for note in notes
        ]

    def _learn_authors(self, connection: Connection, names: set[str]) -> None:
        unknown = names - self._authors.keys()
        if not unknown:
            return
        if len(self._authors) > _MOST_AUTHORS:
            self._authors.clear()
        found = connection.execute(
            select(Person.public_id, Person.id).where(Person.public_id.in_(unknown))
        )
        self._authors.update({row.public_id: row.id for row in found})


@functools.cache
def _marking(names: tuple[str, ...]) -> Any:
    table: Any = Canvas.__table__
    return (
        update(table)
        .where(table.c.id == bindparam("canvas"))
        .values({name: bindparam(name) for name in names})
    )


def _owners(db: Session, canvas_id: int) -> dict[int, int]:
    rows = db.execute(
        select(CanvasUpdate.client_id, func.min(CanvasUpdate.person_id))
        .where(
            CanvasUpdate.canvas_id == canvas_id,
            CanvasUpdate.client_id != "",
            CanvasUpdate.person_id.is_not(None),
        )
        .group_by(CanvasUpdate.client_id)
    )
    return {int(client): person for client, person in rows if person is not None}

