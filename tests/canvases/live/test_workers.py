"""Two workers, one canvas: everybody sees everything, nothing acknowledged is lost on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from canvases.boards import crossing
from canvases.boards.document import Document
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas, CanvasUpdate, NoteRow
from canvases.boards.opening import open_canvas
from canvases.boards.ports import Batch, Kept, LogRow
from canvases.boards.rights import HouseRights
from canvases.boards.rooms import Rooms
from canvases.boards.wire import Malformed
from tests.canvases.live.conftest import PAUSE, Ear, Editor, Stage
from tests.canvases.live.hub import Hub, Seat
from tests.cast import Cast
from workspace.foundation.db import session

BLOCKS = ("bmc-channels", "bmc-customer-segments", "bmc-key-partners")


class Slow(SqlLog):
    """A log whose disk can stop for a while, as when a database restarts."""

    away = False
    breath = 0
    """Writes that still succeed before it stops; 0 is no such end."""

    def append(self, batches: Sequence[Batch]) -> list[Kept]:
        if self.away:
            raise OSError("the database is away")
        kept = super().append(batches)
        if self.breath:
            self.breath -= 1
            self.away = not self.breath
        return kept


@dataclass
class Worker(Stage):
    """A stage with its line to the others."""

    seat: Seat | None = None


@dataclass
class Workers:
    """Two workers on one database."""

    one: Worker
    two: Worker
    canvas: Canvas
    app: Flask
    hub: Hub

    @property
    def both(self) -> tuple[Worker, Worker]:
        return self.one, self.two

    def replace(self, worker: Worker, cast: Cast, editors: list[Editor]) -> None:
        """A worker dies in the middle of its work; its people come back to a new one."""
        _disk(worker).away = True
        _edge(worker).cut()
        fresh = self.start(cast)
        self.one, self.two = (fresh, self.two) if worker is self.one else (self.one, fresh)
        for editor in editors:
            editor.take()
            editor.rooms, editor.ear, editor.read, editor.session = fresh.rooms, fresh.ear, 0, 0
            editor.join()
            assert editor.room is not None, editor.nacks
            editor.offer(editor.document.state(), seq=0)
            editor.acked = set(range(1, editor.seq + 1))
            editor.merging = True

    def start(self, cast: Cast) -> Worker:
        """One more worker."""
        house = self.app.extensions["innocore.database"]
        store, ear, seat = Slow(house), Ear(), self.hub.seat()
        rooms = Rooms(store, HouseRights(self.app), ear, bus=seat)
        return Worker(self.app, cast, self.canvas, rooms, ear, store, seat=seat)


@pytest.fixture
def workers(context: Flask, cast: Cast, canvas: Canvas) -> Iterator[Workers]:
    hub = Hub()
    made = Workers(None, None, canvas, context, hub)  # type: ignore[arg-type]
    made.one, made.two = made.start(cast), made.start(cast)
    yield made
    for worker in made.both:
        worker.rooms.stop(5)
        worker.store.close()


def _edge(worker: Worker) -> Seat:
    assert worker.seat is not None
    return worker.seat


def _disk(worker: Worker) -> Slow:
    assert isinstance(worker.store, Slow)
    return worker.store


def _projection(canvas: Canvas) -> list[tuple[str, str, str, str]]:
    session().rollback()
    rows = session().scalars(select(NoteRow).where(NoteRow.canvas_id == canvas.id))
    return sorted((row.note_id, row.block, row.order, row.text) for row in rows)


def _plain(document: Document) -> list[tuple[str, str, str, str]]:
    return sorted((note.id, note.block, note.order, note.text) for note in document.read())


def _settled(workers: Workers, editors: list[Editor]) -> None:
    """Browsers, servers, projection and a fresh opening agree."""
    wanted = _plain(editors[0].document)
    for editor in editors:
        assert _plain(editor.document) == wanted
    for worker in workers.both:
        assert worker.rooms.look(workers.canvas.id, _plain) == wanted
    # What a dead worker left is mended at the next look at the log.
    for _ in range(200):
        if _projection(workers.canvas) == wanted:
            break
        PAUSE.wait(0.05)
    assert _projection(workers.canvas) == wanted
    opened = open_canvas(workers.one.store, workers.canvas.id, [])
    assert opened is not None
    assert _plain(opened.guarded.document) == wanted
    opened.guarded.close()


def test_people_in_two_workers_see_each_other_and_each_others_notes(workers: Workers) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    one.add("Core facilities")
    two.sees("Core facilities")
    two.add("Hospitals")
    one.sees("Core facilities", "Hospitals")
    one.saved(1)
    two.saved(1)
    one.ear.until(lambda: one.take() or two.session in one.others)
    two.ear.until(lambda: two.take() or one.session in two.others)
    assert one.others[two.session]["name"] == "Tomas Kral"
    _settled(workers, [one, two])


def test_somebody_who_comes_later_hears_who_is_there_in_another_worker(workers: Workers) -> None:
    one = workers.one.enter("lead")
    one.add("Core facilities")
    one.saved(1)
    two = workers.two.enter("member")
    two.sees("Core facilities")
    two.ear.until(lambda: two.take() or one.session in two.others)


def test_a_form_in_one_worker_reaches_a_board_in_another(workers: Workers, cast: Cast) -> None:
    one = workers.one.enter("lead")
    author = cast.person("member")
    workers.two.rooms.edit(
        workers.canvas.id,
        author.id,
        lambda document: document.add_note(
            block="bmc-channels", author=author.public_id, text="By form"
        ),
    )
    one.sees("By form")
    session().rollback()
    assert session().scalars(select(CanvasUpdate.person_id)).all() == [author.id]


def test_while_the_line_is_away_both_go_on_and_meet_through_the_database(
    workers: Workers,
) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    for worker in workers.both:
        _edge(worker).cut()
    one.add("Core facilities")
    one.saved(1)
    two.add("Hospitals")
    two.saved(1)
    # Still away: the look at the log that runs meanwhile finds what the other one stored.
    one.sees("Core facilities", "Hospitals")
    two.sees("Core facilities", "Hospitals")
    for worker in workers.both:
        _edge(worker).mend()
    one.add("Clinics")
    two.sees("Core facilities", "Hospitals", "Clinics")
    one.saved(2)
    _settled(workers, [one, two])


def test_a_message_that_is_lost_on_the_way_is_read_from_the_log(workers: Workers) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    one.add("Core facilities")
    one.saved(1)
    two.sees("Core facilities")
    _edge(workers.two).deaf = 1
    one.add("Hospitals")
    one.saved(2)
    two.sees("Core facilities", "Hospitals")
    _settled(workers, [one, two])


def test_an_edit_that_leans_on_what_is_not_stored_waits_for_it(workers: Workers) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    _disk(workers.one).away = True
    note_id = one.add("Core facilities")
    two.sees("Core facilities")
    seq = two.edit(lambda document: document.set_text(note_id, "Core facilities of Brno"))
    one.sees("Core facilities of Brno")
    assert seq not in two.acked
    _disk(workers.one).away = False
    one.saved(1)
    two.saved(seq)
    _settled(workers, [one, two])


def test_what_a_worker_said_and_never_stored_is_stored_by_whoever_heard_it(
    workers: Workers, cast: Cast
) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    _disk(workers.one).away = True
    note_id = one.add("Core facilities")
    two.sees("Core facilities")
    _edge(workers.one).cut()  # and it never comes back
    seq = two.edit(lambda document: document.set_text(note_id, "Core facilities of Brno"))
    two.saved(seq)
    opened = open_canvas(workers.two.store, workers.canvas.id, [])
    assert opened is not None
    assert [note.text for note in opened.guarded.document.read()] == ["Core facilities of Brno"]
    opened.guarded.close()
    assert [text for *_, text in _projection(workers.canvas)] == ["Core facilities of Brno"]
    session().rollback()
    people = set(session().scalars(select(CanvasUpdate.person_id)))
    assert people == {cast.person("lead").id, cast.person("member").id}
    _disk(workers.one).away = False


def test_an_edit_sent_again_to_another_worker_is_acknowledged_once_it_is_stored(
    workers: Workers,
) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    _disk(workers.one).away = True
    one.add("Core facilities")
    two.sees("Core facilities")
    _edge(workers.one).cut()
    moved = workers.two.stranger("lead", client_id=None)
    moved.document.doc.apply_update(one.document.state())
    moved.join()
    seq = moved.offer(one.document.state(), seq=0)
    moved.saved(seq)
    opened = open_canvas(workers.two.store, workers.canvas.id, [])
    assert opened is not None
    assert [note.text for note in opened.guarded.document.read()] == ["Core facilities"]
    opened.guarded.close()
    _disk(workers.one).away = False


def test_two_edits_of_one_note_that_cross_leave_the_whole_note_in_the_projection(
    workers: Workers,
) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    note_id = one.add("Core")
    two.sees("Core")
    one.saved(1)
    for worker in workers.both:
        _disk(worker).away = True
    one.edit(lambda document: document.set_status(note_id, "testing"))
    two.edit(lambda document: document.set_text(note_id, "Core facilities"))
    one.sees("Core facilities")
    _disk(workers.two).away = False
    _disk(workers.one).away = False
    one.saved(2)
    two.saved(1)
    _settled(workers, [one, two])
    for _ in range(200):  # the status may be mended after the text
        session().rollback()
        row = session().scalars(select(NoteRow)).one()
        if row.status == "testing":
            break
        PAUSE.wait(0.05)
    assert (row.text, row.status) == ("Core facilities", "testing")


def test_a_worker_that_dies_right_after_its_write_leaves_no_stale_projection(
    workers: Workers, cast: Cast
) -> None:
    one, two = workers.one.enter("lead"), workers.two.enter("member")
    gone, note_id = one.add("Core facilities"), one.add("Core")
    one.saved(2)
    two.sees("Core facilities", "Core")
    for worker in workers.both:
        _edge(worker).cut()
    one.edit(lambda document: document.remove_note(gone))
    one.edit(lambda document: document.set_text(note_id, "Core of Brno"))
    one.saved(4)
    # The other one knows of none of this yet, writes once more, and is no more.
    _disk(workers.two).breath = 1

    def test_both(document: Document) -> None:
        for each in (note_id, gone):
            document.set_status(each, "testing")

    two.saved(two.edit(test_both))
    dead = workers.two
    workers.replace(dead, cast, [two])
    for worker in workers.both:
        _edge(worker).mend()
    _settled(workers, [one])
    assert [text for *_, text in _projection(workers.canvas)] == ["Core of Brno"]
    _disk(dead).away = False
    dead.rooms.stop(5)
    dead.store.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_edits_cuts_and_new_starts_converges(
    workers: Workers, cast: Cast, seed: int
) -> None:
    choose = random.Random(seed)
    editors = [
        choose.choice(workers.both).enter(choose.choice(["lead", "member"]))
        for _ in range(choose.randint(2, 5))
    ]
    dead: list[Worker] = []
    for _ in range(40):
        editor = choose.choice(editors)
        worker = workers.one if editor.ear is workers.one.ear else workers.two
        act = choose.random()
        if act < 0.04:
            dead.append(worker)
            workers.replace(worker, cast, [it for it in editors if it.ear is worker.ear])
        elif act < 0.08:
            _edge(worker).cut()
        elif act < 0.2:
            _edge(worker).mend()
        elif act < 0.26:
            _edge(worker).deaf = choose.randint(1, 3)
        elif act < 0.3:
            _disk(worker).away = True
        elif act < 0.4:
            _disk(worker).away = False
        else:
            _change(editor, choose)
        editor.take()
    for worker in workers.both:
        _disk(worker).away = False
        _edge(worker).deaf = 0
        _edge(worker).mend()
    for editor in editors:
        _all_saved(editor)
    for editor in editors:
        _meets(editor, editors)
    _settled(workers, editors)
    for worker in dead:
        _disk(worker).away = False
        worker.rooms.stop(5)
        worker.store.close()


def _change(editor: Editor, choose: random.Random) -> None:
    editor.take()
    notes = editor.document.read()
    act = choose.random()
    if not notes or act < 0.45:
        editor.add(f"note {choose.randrange(1000)}", choose.choice(BLOCKS))
        return
    note = choose.choice(notes)
    if act < 0.75:
        at = choose.randrange(len(note.text) + 1)
        text = note.text[:at] + choose.choice("aé🔬") + note.text[at:]
        editor.edit(lambda document: document.set_text(note.id, text))
    elif act < 0.9:
        block = choose.choice(BLOCKS)
        editor.edit(lambda document: document.move_note(note.id, block))
    else:
        editor.edit(lambda document: document.remove_note(note.id))


def _all_saved(editor: Editor) -> None:
    def saved() -> bool:
        editor.take()
        if editor.nacks:
            # As the browser does: what the server lacks goes up as one merge.
            nack = editor.nacks.pop()
            assert nack["code"] == "gap", nack
            editor.offer(editor.document.doc.get_update(nack["vector"]), seq=0)
            editor.acked |= set(range(1, editor.seq + 1))
            editor.merging = True
        wanted = range(0 if editor.merging else 1, editor.seq + 1)
        return all(seq in editor.acked for seq in wanted)

    editor.ear.until(saved)


def _meets(editor: Editor, editors: list[Editor]) -> None:
    def same() -> bool:
        for each in editors:
            each.take()
        return all(_plain(each.document) == _plain(editors[0].document) for each in editors)

    editor.ear.until(same)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_snapshots_are_merged_from_rows_and_open_to_the_same_board(workers: Workers) -> None:
    one = workers.one.enter("lead")
    for number in range(5):
        one.add(f"note {number}")
        one.saved(one.seq)
    workers.one.store.snapshot(workers.canvas.id)
    stored = workers.one.store.load(workers.canvas.id)
    assert stored is not None and stored.snapshot is not None and stored.rows == []
    session().rollback()
    assert stored.snapshot_row == session().scalar(select(func.max(CanvasUpdate.id)))
    assert _plain(Document(stored.snapshot)) == _plain(one.document)


@pytest.mark.parametrize(
    "word",
    [
        crossing.Said(7, 3, [LogRow(1, 5, 0, 2, b"\x00\x00"), LogRow(None, 0, 0, 0, b"x")],
                      [{"session": 4, "gone": True}]),
        crossing.Done(7, 3, 12, 14),
        crossing.Hello(7),
        crossing.Recheck(3, 0),
        crossing.Ended(5),
        crossing.Closed(4, "deleted"),
    ],
)
def test_words_between_workers_go_both_ways(word: crossing.Word) -> None:
    assert crossing.unpack(crossing.pack(word)) == word


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xc1", b"\x90" * 3000, b"\x93\x01\x02", b"\x93\x02\x02\x07", b"\x93\x01\x09\x07",
        b"\x93\x01\x02\xa1x", b"\x96\x01\x00\x01\x01\x91\x01\x90",
        b"\x96\x01\x00\x01\x01\x90\x91\x81\xa7session\x01", b"\xc7\x01\x05x",
    ],
)  # fmt: skip
def test_words_of_another_shape_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        crossing.unpack(body)
