"""Random schedules: two to five editors with the browser's own code, cuts, and restarts.

Each schedule has a board of its own; some play at once on one served house, which is killed and
started again every now and then. At the end what every browser holds, what the server has on disk,
its projection and a fresh opening of the log must be the same.
"""

from __future__ import annotations

import json
import queue
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import _house
from benchmarks._report import Report
from benchmarks.realtime import NODE
from canvases.boards import patterns
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas, NoteRow
from canvases.boards.opening import open_canvas
from tests import servers
from tests.cast import gathered
from workspace.foundation.db import session

REHEARSAL = servers.ROOT / "frontend" / "src" / "board" / "sync" / "rehearsal.ts"
AT_ONCE = 6
RESTART_EVERY = 20.0
ROUNDS = 14
FIELDS = ("id", "block", "order", "text", "status", "tier", "weight")


def play(count: int, report: Report) -> int:
    """Play so many; returns in how many somebody ended apart."""
    folder = Path(tempfile.mkdtemp(prefix="innocore-schedules-"))
    models = servers.SqliteDatabases(folder)
    port = servers.free_port()
    url = f"http://localhost:{port}"
    with models.fresh(cast=True) as database:
        # A session of her own for each hand: with ten sockets, the most a session may have, whoever
        # comes back before the server has noticed that she was gone is asked to wait.
        sockets = _house.EACH * AT_ONCE
        with _house.furnished(database, folder / "data", url, count, sockets) as boards:
            keys = boards.keys()
            with boards.app.app_context():
                person = gathered().person("lead").public_id
        blocks = [it.id for it in patterns.template("business-model-canvas").blocks]
        waiting: queue.Queue[int] = queue.Queue()
        for number in range(count):
            waiting.put(number)
        ended: dict[int, list[list[dict[str, Any]]]] = {}
        failed: list[str] = []
        dice = random.Random(13)
        editors = [dice.randint(2, 5) for _ in range(count)]

        def perform(hand: int) -> None:
            while True:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    return
                cookie = keys["cookies"][hand]
                said = {
                    "url": url, "canvas": keys["canvases"][number], "blocks": blocks,
                    "rounds": ROUNDS, "seed": 1000 + number,
                    "editors": [{"cookie": cookie, "person": person}] * editors[number],
                }
                done = subprocess.run([NODE, REHEARSAL], input=json.dumps(said), text=True,
                                      capture_output=True, timeout=120, check=False)
                if done.returncode:
                    failed.append(f"{number}: {done.stderr[-1500:]}")
                else:
                    ended[number] = json.loads(done.stdout)["boards"]

        hands = [threading.Thread(target=perform, args=(it,)) for it in range(AT_ONCE)]
        restarts = 0
        serving = _house.gunicorn(port, database, folder / "data", base_url=url)
        serving.__enter__()
        for hand in hands:
            hand.start()
        began = time.monotonic()
        while any(it.is_alive() for it in hands):
            time.sleep(0.2)
            if time.monotonic() - began > RESTART_EVERY:
                serving.__exit__(None, None, None)
                serving = _house.gunicorn(port, database, folder / "data", base_url=url)
                serving.__enter__()
                restarts += 1
                began = time.monotonic()
                report.say(f"schedules: {len(ended)} of {count} played, {restarts} restarts")
        serving.__exit__(None, None, None)
        for line in failed[:10]:
            report.say(f"schedule {line}")
        report.exactly(f"{count} random schedules: not played to the end", len(failed), 0)
        report.at_least("random schedules: restarts meanwhile", restarts, min(1, count // 100), "")
        return sum(
            not it for it in _agree(database, folder, url, keys["canvases"], ended)
        )


def _agree(database: str, folder: Path, url: str, canvases: list[str],
           ended: dict[int, list[list[dict[str, Any]]]]) -> list[bool]:
    """Whether everybody of each schedule ended with the same."""
    from wsgi import create_app

    app = create_app(_house.settings(database, folder / "data", url))
    found = []
    try:
        with app.app_context():
            store = SqlLog(app.extensions["innocore.database"])
            for number, boards in ended.items():
                canvas = session().scalars(
                    select(Canvas).where(Canvas.public_id == canvases[number])).one()
                opened = open_canvas(store, canvas.id, [])
                assert opened is not None
                fresh = _plain([vars_of(it) for it in opened.guarded.document.read()])
                rows = session().scalars(select(NoteRow).where(NoteRow.canvas_id == canvas.id))
                shown = _plain([
                    {"id": it.note_id, "block": it.block, "order": it.order, "text": it.text,
                     "status": it.status, "tier": it.tier, "weight": it.weight} for it in rows
                ])
                found.append(all(_plain(it) == fresh == shown for it in boards))
    finally:
        for feature in app.extensions["innocore.house"].features:
            if feature.stop is not None:
                feature.stop(app)
        app.extensions["innocore.database"].close()
    return found


def vars_of(note: Any) -> dict[str, Any]:
    """A note as a plain mapping."""
    return {name: getattr(note, name) for name in FIELDS}


def _plain(notes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(it[name] for name in FIELDS) for it in notes)
