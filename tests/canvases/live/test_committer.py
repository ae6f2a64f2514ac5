"""The committer: only what is written is acknowledged, nothing is lost meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pycrdt import Map, Text
from sqlalchemy import delete, select

from canvases.boards import wire
from canvases.boards.committer import Committer
from canvases.boards.document import Document
from canvases.boards.models import Canvas, NoteRow
from canvases.boards.ports import Batch, Kept
from canvases.boards.schema import Note
from tests.canvases.live.conftest import Stage
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write


def test_while_the_database_cannot_write_edits_are_shown_and_not_acknowledged(
    stage: Stage,
) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    with write():
        # Somebody else holds the write lock (SQLite) or the row of the canvas (PostgreSQL).
        canvas = session().get(Canvas, stage.canvas.id, with_for_update=True)
        assert canvas is not None
        one.add("Seen at once")
        two.sees("Seen at once")
        one.take()
        assert one.acked == set()
    one.saved(1)
    assert session().scalars(select(NoteRow.text)).all() == ["Seen at once"]


def test_edits_of_a_deleted_canvas_are_not_acknowledged_and_everybody_hears_it(
    stage: Stage,
) -> None:
    one = stage.enter("lead")
    with write():
        session().execute(delete(Canvas).where(Canvas.id == stage.canvas.id))
    one.add("Into the void")
    stage.ear.until(lambda: one.take() or bool(one.byes))
    assert one.acked == set()
    assert one.byes[0] in {wire.DELETED, wire.REMOVED}


def test_an_id_that_no_database_keeps_holds_up_nobody(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    one.add("Core facilities")
    two.sees("Core facilities")

    def name_oddly(document: Document) -> None:
        notes: Any = document.notes
        values = dict(notes[next(iter(notes.keys()))].items())
        notes["odd\x00id"] = Map(values | {"text": Text("Odd")})

    two.edit(name_oddly)
    stage.ear.until(lambda: two.take() or bool(two.nacks))
    assert two.nacks[0]["code"] == wire.BAD_UPDATE
    one.add("Hospitals")
    one.saved(2)
    session().rollback()
    texts = session().scalars(select(NoteRow.text).order_by(NoteRow.text)).all()
    assert texts == ["Core facilities", "Hospitals"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_batch_that_the_database_refuses_for_good_holds_up_its_own_board_alone(
    stage: Stage,
) -> None:
    with write():
        other = Canvas(team_id=stage.cast.team.id, template="business-model-canvas",
                       title="Another", created_by_id=stage.cast.person("lead").id)
        session().add(other)
    odd = Note("odd\x00id", "bmc-channels", "V", "Words", created=1)
    answers: dict[int, Kept | None] = {}
    done = threading.Event()

    def keep(batch: Batch, kept: Kept | None) -> None:
        answers[batch.canvas_id] = kept
        if len(answers) == 2:
            done.set()

    committer = Committer(stage.store)
    committer.submit(Batch(stage.canvas.id, now(), notes={odd.id: odd}), keep)
    committer.submit(Batch(other.id, now(), title="Renamed"), keep)
    assert done.wait(5)
    committer.stop()
    assert answers[stage.canvas.id] is None and answers[other.id] is not None
    session().expire_all()
    assert session().get_one(Canvas, other.id).title == "Renamed"


def test_what_was_sent_again_of_an_edit_that_is_never_stored_is_not_acknowledged(
    stage: Stage,
) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    with write():
        canvas = session().get(Canvas, stage.canvas.id, with_for_update=True)
        assert canvas is not None
        one.add("Into the void")
        two.sees("Into the void")
        two.offer(two.document.state(), seq=1)  # brings nothing new, so it has no row of its own
        session().execute(delete(Canvas).where(Canvas.id == stage.canvas.id))
        stage.rooms.look(stage.canvas.id, lambda document: document.read())
    stage.ear.until(lambda: two.take() or bool(two.byes))
    assert one.acked == set() and two.acked == set()
