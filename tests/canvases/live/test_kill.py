"""What was acknowledged survives `kill -9` of the server, in the middle of the work."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
from flask import Flask
from sqlalchemy import select

from canvases.boards import wire
from canvases.boards.document import Document
from canvases.boards.models import Canvas, NoteRow
from tests import servers
from tests.canvases.live.test_door import CONNECT, EVENT, House
from tests.cast import Cast
from workspace.foundation.db import session
from workspace.foundation.settings import Settings


def test_no_acknowledged_edit_is_lost_when_the_server_is_killed(
    context: Flask, cast: Cast, canvas: Canvas, settings: Settings, database: str, tmp_path: Path
) -> None:
    port = servers.free_port()
    environment = {
        "INNOCORE_ENVIRONMENT": "testing", "INNOCORE_DATA_DIR": str(tmp_path / "data"),
        "INNOCORE_DATABASE_URL": database, "INNOCORE_SECRET_KEY": settings.secret_key,
        "INNOCORE_BASE_URL": f"http://localhost:{port}", "INNOCORE_MAIL": "memory",
    }  # fmt: skip
    words = ["gevent", str(port)]
    house = House(context, cast, canvas, port)
    document = Document()
    made: list[bytes] = []
    watching = document.doc.observe(lambda event: made.append(event.update))
    for number in range(120):
        document.add_note(block="bmc-channels", author="", text=f"note {number}")
    document.doc.unobserve(watching)
    acked: set[int] = set()
    with servers.copied("tests.canvases.live.serving", words, port, **environment) as (server, _):
        caller = house.call(house.cookie("lead"))
        caller.send(CONNECT, {"v": wire.PROTOCOL})
        caller.until(lambda packet: packet["type"] == CONNECT)
        joined = house.join(caller)
        end = time.monotonic() + 20
        for seq, update in enumerate(made, 1):
            caller.event("u", joined["room"], seq, update)
            while seq - len(acked) > 8 and time.monotonic() < end:
                data = caller.socket.receive(1)
                packet: Any = msgpack.unpackb(data) if isinstance(data, bytes) else {"type": 0}
                if packet["type"] == EVENT and packet["data"][0] == "s":
                    frame = wire.Frame.decode(packet["data"][1])
                    acked |= {seq for number, seq in frame.acks if number == joined["session"]}
            if seq == 50:
                server.kill()
                break
    assert len(acked) >= 40
    session().rollback()
    kept = set(session().scalars(select(NoteRow.text).where(NoteRow.canvas_id == canvas.id)))
    assert {f"note {seq - 1}" for seq in acked} <= kept
