"""The server's own code edits in the same room; versions; stopping; unloading."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from canvases.boards import live, wire
from canvases.boards.document import Document
from canvases.boards.facts import NotesChanged
from canvases.boards.models import CanvasSnapshot, CanvasUpdate, NoteRow
from canvases.boards.opening import open_canvas
from canvases.boards.projection import rebuild
from canvases.boards.schema import Misfit
from tests.canvases.live.conftest import Stage
from workspace.foundation.db import session
from workspace.foundation.errors import Denied, Missing, Refused
from workspace.foundation.unit import write
from workspace.journal.models import JournalEntry


def _add(stage: Stage, text: str) -> str:
    author = stage.cast.person("member")
    return stage.rooms.edit(
        stage.canvas.id, author.id,
        lambda document: document.add_note(
            block="bmc-channels", author=author.public_id, text=text
        ),
    )  # fmt: skip


def test_an_edit_by_a_form_is_durable_when_it_returns_and_shows_on_open_boards(
    stage: Stage,
) -> None:
    one = stage.enter("lead")
    _add(stage, "From the list")
    session().rollback()
    assert session().scalars(select(NoteRow.text)).all() == ["From the list"]
    member = stage.cast.person("member")
    assert session().scalars(select(CanvasUpdate.person_id)).all() == [member.id]
    one.sees("From the list")


def test_a_form_and_somebody_typing_in_the_same_note_both_keep_their_words(stage: Stage) -> None:
    one = stage.enter("lead")
    note_id = _add(stage, "Core 😀 facilities")
    one.sees("Core 😀 facilities")
    one.edit(lambda document: document.set_text(note_id, "Core 😀 facilities in Italy"))
    lead = stage.cast.person("lead").id
    stage.rooms.edit(
        stage.canvas.id, lead, lambda document: document.set_text(note_id, "Our core 😀 facilities")
    )
    found = stage.rooms.look(stage.canvas.id, lambda document: document.note(note_id))
    assert found is not None and found.text in {
        "Our core 😀 facilities", "Our core 😀 facilities in Italy",
    }  # fmt: skip


def test_an_edit_without_the_right_is_refused(stage: Stage) -> None:
    rival = stage.cast.person("rival").id
    with pytest.raises(PermissionError):
        stage.rooms.edit(stage.canvas.id, rival, lambda document: document.set_title("x"))


def test_an_edit_that_fails_half_way_leaves_nothing(stage: Stage) -> None:
    one = stage.enter("lead")

    def half(document: Document) -> None:
        document.add_note(block="bmc-channels", author="x", text="half")
        document.add_note(block="nowhere", author="x", text="fails")

    with pytest.raises(Misfit):
        stage.rooms.edit(stage.canvas.id, None, half)
    one.add("whole")
    one.saved(1)
    assert one.texts() == ["whole"]


def test_actions_hear_of_refusals_in_the_houses_words(stage: Stage) -> None:
    canvas, actor = stage.canvas, stage.cast.actor
    with pytest.raises(Denied):
        live.edit(actor("rival"), canvas, lambda document: document.set_title("x"))
    with pytest.raises(Missing):
        live.edit(actor("lead"), canvas, lambda document: document.remove_note("none"))
    with pytest.raises(Refused):
        live.edit(actor("lead"), canvas, lambda document: document.add_note(block="?", author=""))
    with write(), pytest.raises(RuntimeError):
        live.edit(actor("lead"), canvas, lambda document: document.set_title("x"))


def test_an_old_state_opens_beside_the_live_board_and_comes_back_as_new_edits(
    stage: Stage,
) -> None:
    one = stage.enter("lead")
    first = _add(stage, "Version one")
    state = stage.rooms.state(stage.canvas.id)
    stage.rooms.edit(stage.canvas.id, None, lambda document: document.set_text(first, "Version 2"))
    _add(stage, "Later")
    assert [note.text for note in Document(state).read()] == ["Version one"]
    rows = len(session().scalars(select(CanvasUpdate.id)).all())
    lead = stage.cast.person("lead").id
    stage.rooms.edit(stage.canvas.id, lead, lambda document: document.restore(state))
    one.sees("Version one")
    session().rollback()
    assert len(session().scalars(select(CanvasUpdate.id)).all()) == rows + 1


def test_the_projection_built_anew_from_the_log_is_equal(stage: Stage) -> None:
    first = _add(stage, "One")
    _add(stage, "Two ž 😀")
    stage.rooms.edit(stage.canvas.id, None, lambda document: document.set_status(first, "testing"))

    def rows() -> list[tuple[object, ...]]:
        session().rollback()
        found = session().execute(
            select(
                NoteRow.note_id, NoteRow.block, NoteRow.order, NoteRow.text, NoteRow.status,
                NoteRow.tier, NoteRow.kind, NoteRow.weight, NoteRow.author_id, NoteRow.created_at,
            ).order_by(NoteRow.note_id)
        )  # fmt: skip
        return [tuple(row) for row in found]

    before = rows()
    assert rebuild(stage.store, stage.canvas.id) == 2
    assert rows() == before


def test_an_empty_room_leaves_memory_behind_a_snapshot(stage: Stage) -> None:
    rooms = stage.again(linger=0.05)
    _add(stage, "Core facilities")
    pause = threading.Event()
    for _ in range(200):
        # The committer merges the snapshot beside the room's end.
        session().rollback()
        if not rooms.open_rooms and session().scalar(select(CanvasSnapshot.at)) is not None:
            break
        pause.wait(0.02)
    assert rooms.open_rooms == 0
    kept = session().scalars(select(CanvasSnapshot)).one()
    opened = open_canvas(stage.store, stage.canvas.id, [])
    assert opened is not None and opened.rows_since == 0 and opened.row == kept.last_update_id
    stage.enter("lead").sees("Core facilities")


def test_stopping_saves_acknowledges_and_says_good_bye(stage: Stage) -> None:
    one = stage.enter("lead")
    one.add("In the last moment")
    stage.rooms.stop(5)
    one.take()
    assert one.acked == {1}
    assert one.byes == [wire.RESTART]
    session().rollback()
    assert session().scalars(select(NoteRow.text)).all() == ["In the last moment"]


def test_the_journal_hears_of_live_edits_once_a_minute(stage: Stage) -> None:
    door, lead = live.door(), stage.cast.actor("lead")
    for text in ("One", "Two", "Three"):
        live.edit(
            lead, stage.canvas,
            lambda document, text=text: document.add_note(  # type: ignore[misc]
                block="bmc-channels", author=lead.public_id, text=text
            ),
        )  # fmt: skip
    door.chronicle.tell()
    door.chronicle.tell()
    entries = session().scalars(
        select(JournalEntry).where(JournalEntry.event == NotesChanged.word())
    ).all()
    assert [entry.detail["notes"] for entry in entries] == [3]
