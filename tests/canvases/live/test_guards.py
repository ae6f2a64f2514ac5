"""What a dishonest or unlucky client sends changes nothing for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Array, Map, Text
from sqlalchemy import delete, select, update

from canvases.boards import wire
from canvases.boards.document import Document
from canvases.boards.models import CanvasQuarantine, CanvasSnapshot, CanvasUpdate, NoteRow
from tests.canvases.live.conftest import Editor, Stage
from workspace.foundation.db import session
from workspace.foundation.unit import write

# The same code on both kinds of database; `test_room` and `test_edits` run on both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _refused(stage: Stage, editor: Editor) -> str:
    stage.ear.until(lambda: editor.take() or bool(editor.nacks))
    return str(editor.nacks.pop()["code"])


def _first(document: Document) -> Any:
    return next(shared for _, shared in document.notes.items())


def _set(key: str, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        _first(document)[key] = value() if callable(value) else value

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_set("status", "certain"), wire.BAD_UPDATE),
        (_set("tier", "everybody"), wire.BAD_UPDATE),
        (_set("block", "nowhere"), wire.BAD_UPDATE),
        (_set("weight", 9.0), wire.BAD_UPDATE),
        (_set("colour", "red"), wire.BAD_UPDATE),
        (_set("text", "no longer shared"), wire.BAD_UPDATE),
        (_set("text", lambda: Array(["a"])), wire.BAD_UPDATE),
        (_set("text", lambda: Text("x" * 20_001)), wire.TOO_LARGE),
        (lambda document: document.notes.update({"odd": "text"}), wire.BAD_UPDATE),
        (lambda document: document.meta.update({"theme": "dark"}), wire.BAD_UPDATE),
        (lambda document: document.doc.get("more", type=Map).update({"a": "b"}), wire.BAD_UPDATE),
    ],
)
def test_a_change_that_no_board_has_is_refused(
    stage: Stage, change: Callable[[Document], None], code: str
) -> None:
    honest, hostile = stage.enter("lead"), stage.enter("member")
    honest.add("Core facilities")
    hostile.sees("Core facilities")
    hostile.edit(change)
    assert _refused(stage, hostile) == code
    honest.add("Hospitals")
    honest.sees("Core facilities", "Hospitals")
    honest.saved(2)
    session().rollback()
    texts = session().scalars(select(NoteRow.text).order_by(NoteRow.text)).all()
    assert texts == ["Core facilities", "Hospitals"]


def test_an_update_before_its_time_is_a_gap_and_is_not_kept(stage: Stage) -> None:
    one = stage.enter("lead")
    made: list[bytes] = []
    watching = one.document.doc.observe(lambda event: made.append(event.update))
    person = stage.cast.person("lead").public_id
    one.document.add_note(block="bmc-channels", author=person, text="first")
    one.document.add_note(block="bmc-channels", author=person, text="second")
    one.document.doc.unobserve(watching)
    one.offer(made[1])
    assert _refused(stage, one) == wire.GAP
    one.offer(made[0])
    one.offer(made[1])
    one.saved(one.seq)
    assert len(one.texts()) == 2


def test_the_server_says_whose_note_it_is(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    other = stage.cast.person("lead").public_id
    two.edit(lambda document: document.add_note(block="bmc-channels", author=other, text="Mine"))
    two.saved(1)
    one.sees("Mine")
    member = stage.cast.person("member")
    assert [note.author for note in one.document.read()] == [member.public_id]
    one.edit(_set("author", other))
    one.saved(1)
    session().rollback()
    assert session().scalars(select(NoteRow.author_id)).all() == [member.id]


def test_a_removed_note_that_comes_back_keeps_its_author(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    note_id = one.add("Core facilities")
    two.sees("Core facilities")
    before = two.document.read()
    two.edit(lambda document: document.remove_note(note_id))
    two.edit(lambda document: document.restore_notes(before))
    two.saved(2)
    one.sees("Core facilities")
    assert [note.author for note in one.document.read()] == [stage.cast.person("lead").public_id]


def test_somebody_elses_client_id_cannot_be_used_while_they_are_here(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    forged = Document(client_id=one.document.doc.client_id)
    forged.add_note(block="bmc-channels", author="x", text="forged")
    two.offer(forged.state())
    assert _refused(stage, two) == wire.GAP
    thief = stage.stranger("member", client_id=one.document.doc.client_id)
    thief.join()
    assert thief.nacks[0]["code"] == wire.BAD_UPDATE


def test_a_client_that_keeps_sending_rubbish_is_hung_up_on(stage: Stage) -> None:
    one = stage.enter("lead")
    for _ in range(5):
        one.offer(bytes.fromhex("f9d0a949"))
    stage.ear.until(lambda: one.sid in stage.ear.closed)


def test_an_update_that_is_too_large_is_refused_and_a_merge_may_be_larger(stage: Stage) -> None:
    one = stage.enter("lead")
    for _ in range(5):
        one.document.add_note(block="bmc-channels", author="", text="x" * 19_000)
    one.offer(one.document.state())
    assert _refused(stage, one) == wire.TOO_LARGE
    one.offer(one.document.state(), seq=0)
    one.saved(0)


def test_a_spoiled_row_is_put_aside_and_the_rest_is_served(stage: Stage) -> None:
    one = stage.enter("lead")
    one.add("Core facilities")
    one.saved(1)
    two = stage.enter("member")
    two.add("Hospitals")
    two.saved(1)
    stage.rooms.stop(5)
    with write():
        session().execute(delete(CanvasSnapshot))
        last = session().scalars(select(CanvasUpdate.id).order_by(CanvasUpdate.id)).all()[-1]
        spoiled = bytes.fromhex("f9d0a949")
        session().execute(
            update(CanvasUpdate).where(CanvasUpdate.id == last).values(data=spoiled)
        )
    stage.again()
    three = stage.enter("lead")
    three.sees("Core facilities")
    session().rollback()
    aside = session().scalars(select(CanvasQuarantine)).one()
    assert (aside.update_id, aside.data) == (last, spoiled)
    assert session().scalars(select(NoteRow.text)).all() == ["Core facilities"]
    three.add("Clinics")
    three.saved(1)


def test_a_reader_that_does_not_read_is_skipped_and_brought_up_to_date(stage: Stage) -> None:
    one, slow = stage.enter("lead"), stage.enter("member")
    stage.ear.until(lambda: one.take() or len(one.others) == 2)
    stage.ear.waiting[slow.sid] = 1000
    for number in range(5):
        one.add(f"note {number}")
        one.saved(one.seq)
    assert slow.texts() == []
    stage.ear.waiting[slow.sid] = 0
    slow.sees(*(f"note {number}" for number in range(5)))
    assert slow.others.keys() >= {one.session}
