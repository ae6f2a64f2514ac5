"""Opening a canvas from its log: snapshot and rows, merged as a tree, a bad row put aside."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from canvases.boards.document import merge
from canvases.boards.guarded import Broken, Guarded
from canvases.boards.ports import Log, Stored, Whole
from canvases.boards.reader import Unreadable, read_update

log = logging.getLogger(__name__)
Rows = list[tuple[int, bytes]]


@dataclass(slots=True)
class Opened:
    """A canvas that is ready for its room."""

    guarded: Guarded
    public_id: str
    row: int
    """Last row id of the log."""
    rows_since: int
    """Rows since the last snapshot."""
    owners: dict[int, int]


def open_canvas(store: Log, canvas_id: int, held: list[bytes]) -> Opened | None:
    """Open a canvas; `held` are updates on their way to the log. None: there is no such canvas.

    A row that cannot be read is moved to quarantine, the rest is served and projected anew.
    """
    stored = store.load(canvas_id)
    if stored is None:
        return None
    spoiled = False
    if stored.snapshot is not None and not _is_whole(stored.snapshot):
        _put_aside(store, canvas_id, {0: "the snapshot is unreadable"}, {0: stored.snapshot})
        stored = store.load(canvas_id, whole=True)
        if stored is None:
            return None
        spoiled = True
    guarded, bad = _open_rows(stored, held)
    _put_aside(store, canvas_id, bad, dict(stored.rows))
    row = max([stored.snapshot_row, *(row for row, _ in stored.rows)])
    if bad or spoiled or (stored.crossed and not held):
        document = guarded.document
        store.project(canvas_id, Whole(row, document.read(), document.title))
    return Opened(guarded, stored.public_id, row, len(stored.rows), stored.owners)


def readable(rows: Rows) -> tuple[list[bytes], dict[int, str]]:
    """Sort rows into updates that can be opened and {row id: why} of those that cannot.

    Every row was checked before it was stored; this guards against a spoiled disk or an old fault.
    """
    good: list[bytes] = []
    bad: dict[int, str] = {}
    state: dict[int, int] = {}
    waiting = rows
    # Rows of one tick may come out of order: try again as long as something moves.
    while waiting:
        later: Rows = []
        for row, data in waiting:
            try:
                moved = read_update(data).advance(state)
            except Unreadable as error:
                bad[row] = str(error)
                continue
            if moved is None:
                later.append((row, data))
                continue
            state.update(moved)
            good.append(data)
        if len(later) == len(waiting):
            bad.update((row, "it leans on something that is not there") for row, _ in later)
            break
        waiting = later
    return good, bad


def _open_rows(stored: Stored, held: list[bytes]) -> tuple[Guarded, dict[int, str]]:
    rows = list(stored.rows)
    if stored.snapshot is not None:
        rows.insert(0, (0, stored.snapshot))
    good, bad = readable(rows)
    try:
        return Guarded([merge(good), *held], stored.blocks), bad
    except Broken:
        return _open_row_by_row(rows, bad, held, stored.blocks)


def _open_row_by_row(
    rows: Rows, bad: dict[int, str], held: list[bytes], blocks: frozenset[str]
) -> tuple[Guarded, dict[int, str]]:
    kept: list[bytes] = []
    for row, data in rows:
        if row in bad:
            continue
        try:
            Guarded([*kept, data], blocks).close()
        except Broken as error:
            bad[row] = str(error)
            continue
        kept.append(data)
    return Guarded([*kept, *held], blocks), bad


def _is_whole(snapshot: bytes) -> bool:
    _, bad = readable([(0, snapshot)])
    return not bad


def _put_aside(store: Log, canvas_id: int, bad: dict[int, str], data: dict[int, bytes]) -> None:
    for row, why in bad.items():
        log.error("canvas %d: row %d was put aside: %s", canvas_id, row, why)
        store.quarantine(canvas_id, row, data[row], why[:200])
