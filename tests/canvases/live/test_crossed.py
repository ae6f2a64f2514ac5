"""A projection that two workers wrote past each other is mended by whoever finds it."""

from __future__ import annotations

from sqlalchemy import select, update

from canvases.boards.models import Canvas, NoteRow
from canvases.boards.ports import Batch, LogRow, Whole
from tests.canvases.live.conftest import Stage
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write


def _texts() -> list[str]:
    session().rollback()
    return sorted(session().scalars(select(NoteRow.text)))


def _is_crossed() -> bool:
    session().rollback()
    return session().scalars(select(Canvas.crossed)).one()


def _written_and_crossed(stage: Stage) -> None:
    """A board with one note that nobody has open, its row stale as a dead worker left it."""
    editor = stage.enter("lead")
    editor.add("Core facilities")
    editor.saved(1)
    stage.rooms.stop(5)
    session().rollback()
    with write():
        session().execute(update(NoteRow).values(text="Core"))
        session().execute(update(Canvas).values(crossed=True))
    stage.again()


def test_opening_the_board_mends_it(stage: Stage) -> None:
    _written_and_crossed(stage)
    stage.enter("member")
    assert _texts() == ["Core facilities"]
    assert not _is_crossed()


def test_nobody_has_to_open_it(stage: Stage) -> None:
    _written_and_crossed(stage)
    stage.rooms.mend_unopened()
    assert _texts() == ["Core facilities"]
    assert not _is_crossed()


def test_what_was_stored_meanwhile_is_not_taken_off(stage: Stage) -> None:
    editor = stage.enter("lead")
    editor.add("Core facilities")
    editor.saved(1)
    end = stage.store.ends([stage.canvas.id])[stage.canvas.id]
    assert not stage.store.project(stage.canvas.id, Whole(end.row - 1, [], ""))
    assert _texts() == ["Core facilities"]
    assert _is_crossed()


def _batch(stage: Stage, known: int | None) -> Batch:
    row = LogRow(stage.cast.person("lead").id, 0, 0, 0, b"\x00\x00")
    return Batch(stage.canvas.id, now(), [row], {"a note": None}, known=known)


def test_only_what_did_not_know_the_row_ahead_of_it_crosses(stage: Stage) -> None:
    other = type(stage.store)(stage.app.extensions["innocore.database"])
    stage.store.append([_batch(stage, 0), _batch(stage, 0)])
    stage.store.append([_batch(stage, 0)])
    assert not _is_crossed(), "a room knows its own edits before they land"
    end = stage.store.ends([stage.canvas.id])[stage.canvas.id]
    [kept] = other.append([_batch(stage, end.row)])
    assert not _is_crossed(), "the other one had read everything"
    stage.store.append([_batch(stage, kept.before)])
    assert _is_crossed()
    other.close()


def test_a_worker_without_neighbours_never_crosses(stage: Stage) -> None:
    stage.store.append([_batch(stage, None)])
    stage.store.append([_batch(stage, None)])
    assert not _is_crossed()
