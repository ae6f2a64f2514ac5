"""Looking after the log: old rows as one, the projection anew, spoiled rows in the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from canvases.boards import compaction
from canvases.boards.chronicle import Chronicle
from canvases.boards.document import EMPTY, Document
from canvases.boards.models import CanvasSnapshot, CanvasUpdate, NoteRow
from canvases.boards.opening import open_canvas
from tests.canvases.live.conftest import Stage
from workspace.foundation.clock import now
from workspace.foundation.db import database, session
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry

OLD = compaction.WINDOW + timedelta(days=1)


def _plain(document: Document) -> list[tuple[Any, ...]]:
    return sorted((it.id, it.block, it.order, it.text, it.author) for it in document.read())


def _board(stage: Stage) -> list[tuple[Any, ...]]:
    opened = open_canvas(stage.store, stage.canvas.id, [])
    assert opened is not None
    found = _plain(opened.guarded.document)
    opened.guarded.close()
    return found


def _age(*, all_but: int) -> None:
    """Make rows old, all but the last few."""
    session().rollback()
    with write():
        ids = session().scalars(select(CanvasUpdate.id).order_by(CanvasUpdate.id)).all()
        aged = ids[: len(ids) - all_but]
        session().execute(
            update(CanvasUpdate).where(CanvasUpdate.id.in_(aged)).values(at=now() - OLD)
        )


def _filled(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    for number in range(6):
        for editor in (one, two):
            editor.add(f"{editor.sid} {number}")
            editor.saved(editor.seq)
    note = one.add("to be changed")
    two.ear.until(lambda: two.take() or two.document.note(note) is not None)
    two.edit(lambda document: document.set_text(note, "changed"))
    two.saved(two.seq)
    one.edit(lambda document: document.remove_note(one.document.read()[0].id))
    one.saved(one.seq)


def _count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(CanvasUpdate)) or 0


def test_old_rows_become_one_and_the_board_stays_what_it_was(stage: Stage) -> None:
    _filled(stage)
    before, rows = _board(stage), _count()
    stored = stage.store.load(stage.canvas.id, whole=True)
    assert stored is not None
    _age(all_but=3)
    gone = compaction.compact(database(), stage.canvas.id, now() - compaction.WINDOW, least=2)
    assert gone > 0 and _count() == rows - gone
    assert _board(stage) == before
    again = stage.store.load(stage.canvas.id, whole=True)
    assert again is not None
    assert again.owners == stored.owners
    young = session().scalars(select(CanvasUpdate).order_by(CanvasUpdate.id)).all()[-3:]
    assert all(row.person_id for row in young)
    full = [row for row in again.rows if row[1] != EMPTY]
    assert len(full) == 4
    # A room that is behind, and one that is open, go on as if nothing had been.
    late = stage.again()
    assert late.look(stage.canvas.id, _plain) == before
    three = stage.enter("lead")
    three.add("afterwards")
    three.saved(1)
    assert compaction.compact(database(), stage.canvas.id, now() - compaction.WINDOW) == 0


def test_a_log_with_a_row_that_cannot_be_read_is_left_alone(stage: Stage) -> None:
    _filled(stage)
    _age(all_but=0)
    with write():
        first = session().scalar(select(func.min(CanvasUpdate.id)))
        spoiled = bytes.fromhex("f9d0a949")
        session().execute(
            update(CanvasUpdate).where(CanvasUpdate.id == first).values(data=spoiled)
        )
    rows = _count()
    session().rollback()
    gone = compaction.compact(database(), stage.canvas.id, now() - compaction.WINDOW, least=2)
    assert gone == 0 and _count() == rows


def test_the_commands_compact_and_rebuild(stage: Stage) -> None:
    _filled(stage)
    before = _board(stage)
    stage.rooms.stop(5)
    _age(all_but=1)
    with write():
        session().execute(delete(NoteRow))
        session().execute(delete(CanvasSnapshot))
        stage.canvas.public_id = "-" + stage.canvas.public_id[1:]  # as old ones may begin
    runner = stage.app.test_cli_runner()
    told = runner.invoke(args=["boards", "compact"])
    assert told.exit_code == 0, told.output
    assert "rows were merged." in told.output and not told.output.startswith("0 ")
    told = runner.invoke(args=["boards", "rebuild", stage.canvas.public_id])
    assert told.exit_code == 0, told.output
    assert told.output.strip() == f"{stage.canvas.public_id} {len(before)} notes"
    session().rollback()
    rows = session().scalars(select(NoteRow)).all()
    assert sorted(row.text for row in rows) == sorted(it[3] for it in before)
    assert runner.invoke(args=["boards", "rebuild", "x" * 22]).exit_code == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_row_that_was_put_aside_stands_in_the_record(stage: Stage) -> None:
    _filled(stage)
    stage.rooms.stop(5)
    with write():
        session().execute(delete(CanvasSnapshot))
        last = session().scalars(select(func.max(CanvasUpdate.id))).one()
        session().execute(
            update(CanvasUpdate).where(CanvasUpdate.id == last).values(data=b"\xf9\xd0\xa9\x49")
        )
    stage.store.on_aside = Chronicle(stage.app).put_aside
    stage.again()
    stage.enter("lead")
    session().rollback()
    entry = session().scalars(
        select(JournalEntry).where(JournalEntry.event == "row-put-aside")
    ).one()
    assert entry.detail["row_id"] == last
