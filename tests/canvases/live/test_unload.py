"""Rooms that everybody left: kept as a version, then out of memory."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from canvases.boards import versions
from canvases.boards.log import SqlLog
from canvases.boards.messages import Leave
from canvases.boards.models import Canvas, CanvasVersion
from canvases.boards.rights import HouseRights
from canvases.boards.rooms import Rooms
from tests.canvases.live.conftest import PAUSE, Ear, Stage
from tests.cast import Cast
from workspace.foundation.db import session
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _until_closed(rooms: Rooms, most: int = 0) -> None:
    for _ in range(200):
        if rooms.open_rooms <= most:
            return
        PAUSE.wait(0.05)
    raise AssertionError(rooms.open_rooms)


def _versions() -> list[str]:
    session().rollback()
    return list(session().scalars(select(CanvasVersion.kind).order_by(CanvasVersion.id)))


def test_the_board_is_kept_as_the_last_editor_left_it(stage: Stage) -> None:
    stage.rooms.calm = 0.1
    stage.rooms.on_empty.append(lambda it: versions.keep_on_leaving(stage.app, it))
    # The version looks at the board through the rooms of the application, as everybody does.
    one, two = stage.enter("lead"), stage.enter("member")
    one.add("Core facilities")
    one.saved(1)
    assert one.room is not None and two.room is not None
    one.room.post(Leave(one.sid))
    PAUSE.wait(0.3)
    assert _versions() == []
    two.room.post(Leave(two.sid))
    for _ in range(100):
        if _versions():
            break
        PAUSE.wait(0.05)
    assert _versions() == ["automatic"]
    # Somebody who only looks leaves no version behind.
    three = stage.enter("lead")
    assert three.room is not None
    three.room.post(Leave(three.sid))
    PAUSE.wait(0.5)
    assert _versions() == ["automatic"]


def _memory() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_thousand_boards_opened_and_closed_give_their_memory_back(
    context: Flask, cast: Cast
) -> None:
    with write():
        made = [
            Canvas(
                team_id=cast.team.id, template="business-model-canvas", title=f"Board {number}",
                created_by_id=cast.person("lead").id,
            )
            for number in range(250)
        ]
        session().add_all(made)
        session().flush()
        numbers = [canvas.id for canvas in made]
    author = cast.person("lead")
    session().rollback()
    store = SqlLog(context.extensions["innocore.database"])
    rooms = Rooms(store, HouseRights(context), Ear(), linger=0.02)

    def everything(fill: bool) -> None:
        for canvas_id in numbers:
            if fill:
                rooms.edit(
                    canvas_id, author.id,
                    lambda document: [
                        document.add_note(
                            block="bmc-channels", author=author.public_id, text="x" * 200
                        )
                        for _ in range(20)
                    ],
                )
            else:
                rooms.look(canvas_id, lambda document: document.read())
        _until_closed(rooms)
        gc.collect()

    everything(fill=True)
    everything(fill=False)
    start = _memory()
    for _ in range(4):
        everything(fill=False)
    assert _memory() <= start * 1.1
    rooms.stop(5)
    store.close()
