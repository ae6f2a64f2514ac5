"""Rooms: together, durable, guarded."""

from __future__ import annotations

from sqlalchemy import func, select

from canvases.boards import wire
from canvases.boards.models import CanvasUpdate, NoteRow
from tests.canvases.live.conftest import Stage
from workspace.foundation.db import session


def test_two_people_see_each_others_notes(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    one.add("Core facilities")
    two.sees("Core facilities")
    two.add("Hospitals")
    one.sees("Core facilities", "Hospitals")


def test_what_only_acknowledges_goes_to_its_maker_alone(stage: Stage) -> None:
    one, two = stage.enter("lead"), stage.enter("member")
    for turn in range(3):
        one.add(f"Note {turn}")
        one.saved(turn + 1)
    two.sees("Note 0", "Note 1", "Note 2")
    frames = [wire.Frame.decode(it) for sid, event, it in stage.ear.heard
              if (sid, event) == (two.sid, "s")]  # fmt: skip
    assert frames and all(it.update or it.others for it in frames)


def test_an_acknowledged_edit_is_in_the_log_and_in_the_projection(stage: Stage) -> None:
    one = stage.enter("lead")
    one.add("Core facilities")
    one.saved(1)
    session().rollback()
    row = session().scalars(select(NoteRow)).one()
    assert (row.text, row.block, row.tier) == ("Core facilities", "bmc-customer-segments", "team")
    assert row.author_id == stage.cast.person("lead").id
    logged = session().scalars(select(CanvasUpdate)).one()
    assert logged.person_id == stage.cast.person("lead").id
    assert logged.id == row.up_to_update_id
    assert int(logged.client_id) == one.document.doc.client_id


def test_a_new_start_serves_what_was_acknowledged(stage: Stage) -> None:
    one = stage.enter("lead")
    one.add("Core facilities")
    one.saved(1)
    stage.again()
    stage.enter("member").sees("Core facilities")


def test_an_update_sent_again_is_acknowledged_and_changes_nothing(stage: Stage) -> None:
    one = stage.enter("lead")
    one.add("Core facilities")
    one.saved(1)
    one.offer(one.document.state(), seq=2)
    one.saved(2)
    session().rollback()
    assert session().scalar(select(func.count(CanvasUpdate.id))) == 1
    assert one.texts() == ["Core facilities"]
