"""How soon somebody who lost a right hears it on an open board: 50 of 50 within two seconds.

A membership that ends, an account that is closed, a session that is ended from elsewhere, a canvas
that is put away, an agreement that expires by the clock: each through the pages of a served house
with two workers on PostgreSQL and Valkey, the board open on either. Mentors who were invited to
edit have no open board: for them it is how soon their form is refused.

python3 run.py bench revocation [--each 10]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
from sqlalchemy import select

from benchmarks import _house
from benchmarks._browser import Browser
from benchmarks._report import Report
from benchmarks.hostile import Line
from canvases.boards import wire
from canvases.boards.document import Document
from canvases.boards.models import Canvas
from canvases.invited import actions as invited
from tests import builders, servers
from tests.canvases.live.websocket import Ended
from tests.cast import gathered
from workspace.accounts.models import SignIn
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.teams import agreements

WITHIN = 2.0


def heard(line: Line, began: float, seconds: float = 6.0) -> tuple[float, str]:
    """Seconds until the line says good-bye, takes editing away or is hung up, and what it said."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            data = line.socket.receive(max(0.01, end - time.monotonic()))
        except Ended:
            return time.monotonic() - began, "hung up"
        if data == "2":
            line.socket.send("3")
        elif isinstance(data, bytes):
            packet = msgpack.unpackb(data)
            if packet["type"] == 2 and packet["data"][0] in ("bye", "role"):
                said = packet["data"][1]
                return time.monotonic() - began, str(said.get("reason") or said.get("role"))
    return seconds, "nothing"


def refused(browser: Browser, canvas: str, began: float, seconds: float = 6.0) -> float:
    """Seconds until a form that adds a note is refused."""
    while (took := time.monotonic() - began) < seconds:
        status, _text, _to = browser.post(
            f"/canvases/{canvas}/notes", block="bmc-channels", text="Too late"
        )
        if status in (403, 404):
            return took
    return seconds


def on_board(port: int, url: str, cookie: str, canvas: str) -> Line:
    """Somebody with the board open."""
    line = Line(port, cookie, url)
    line.send(0, {"v": wire.PROTOCOL})
    line.until("connect")
    document = Document()
    line.send(2, ["join", {"canvas": canvas, "vector": document.vector(), "row": 0,
                           "client": document.doc.client_id}])
    line.until("joined")
    return line


def main() -> int:
    """So many of each kind."""
    parser = argparse.ArgumentParser(prog="bench revocation")
    parser.add_argument("--each", type=int, default=10)
    chosen = parser.parse_args()
    report = Report()
    folder = Path(tempfile.mkdtemp(prefix="innocore-revocation-"))
    with ExitStack() as held:
        made = servers.PostgresDatabases(held.enter_context(servers.postgres()))
        held.callback(made.close)
        valkey = held.enter_context(servers.valkey())
        database = held.enter_context(made.fresh(cast=True))
        ports = (servers.free_port(), servers.free_port())
        url = f"http://localhost:{ports[0]}"
        boards = held.enter_context(
            _house.furnished(database, folder / "data", url, chosen.each + 1, 10)
        )
        for port in ports:
            held.enter_context(_house.gunicorn(port, database, folder / "data", base_url=url,
                                               redis_url=valkey))
        lead = Browser(f"http://localhost:{ports[0]}", boards.cookies[0])
        lead.origin = url
        lead.host = f"localhost:{ports[0]}"
        app = boards.app

        def person(number: int, kind: str) -> tuple[Any, str, str]:
            """A new member with a session: her row, her member's id, her cookie."""
            with app.app_context():
                cast = gathered()
                with write():
                    who = builders.person(f"{kind} {number}")
                    member = builders.join(cast.team, who)
                return who, member.public_id, _house.cookie_of(app, who.id)

        def mentor(number: int, kind: str, canvas: str) -> tuple[str, str, str]:
            """A mentor who edits: her assignment's id, her invitation's, her cookie."""
            with app.app_context():
                cast, at = gathered(), now()
                with write():
                    who = builders.person(f"{kind} {number}")
                    asked = agreements.ask_mentor(cast.actor("programme_lead"), cast.team, who, at)
                    agreements.accept_mentoring(builders.actor(who), asked, at)
                    row = invited.invite(
                        cast.actor("lead"),
                        session().scalars(select(Canvas).where(Canvas.public_id == canvas)).one(),
                        who, (at + timedelta(days=3)).date(), at,
                    )
                    invited.accept(builders.actor(who), row, at)
                return asked.public_id, row.public_id, _house.cookie_of(app, who.id)

        def measure_form(kind: str, number: int, cookie: str, canvas: str,
                         deed: Callable[[], None]) -> None:
            editor = Browser(f"http://localhost:{ports[number % 2]}", cookie)
            editor.origin, editor.host = lead.origin, lead.host
            posted(editor, f"/canvases/{canvas}/notes", block="bmc-channels", text="In time")
            began = time.monotonic()
            deed()
            took = refused(editor, canvas, began)
            slow.setdefault(kind, []).append(took)
            report.say(f"{kind}, worker {number % 2 + 1}: refused after {1000 * took:.0f} ms")

        with app.app_context():
            team = gathered().team.public_id
            runs = gathered().person("programme_lead").id
            administrator = gathered().person("administrator").id
        desk = Browser(f"http://localhost:{ports[0]}", _house.cookie_of(app, administrator))
        programme = Browser(f"http://localhost:{ports[0]}", _house.cookie_of(app, runs))
        slow: dict[str, list[float]] = {}

        def measure(kind: str, number: int, cookie: str, canvas: str,
                    deed: Callable[[], None]) -> None:
            line = on_board(ports[number % 2], url, cookie, canvas)
            began = time.monotonic()
            deed()
            took, word = heard(line, began)
            slow.setdefault(kind, []).append(took)
            report.say(f"{kind}, worker {number % 2 + 1}: {word} after {1000 * took:.0f} ms")

        def posted(browser: Browser, path: str, **fields: str) -> None:
            status, text, _to = browser.post(path, **fields)
            if status != 303:
                raise RuntimeError(f"{path}: {status} {text[:200]}")

        board = boards.canvases[0]
        for number in range(chosen.each):
            who, member, cookie = person(number, "Leaver")
            measure("membership ends", number, cookie, board,
                    partial(posted, lead, f"/teams/{team}/members/{member}/removal"))
            who, _member, cookie = person(number, "Closed")
            measure("account is closed", number, cookie, board,
                    partial(posted, desk, f"/people/{who.public_id}/close"))
            who, _member, cookie = person(number, "Twice")
            with app.app_context():
                row = session().scalars(
                    select(SignIn).where(SignIn.person_id == who.id)).one().public_id
            other = Browser(f"http://localhost:{ports[0]}", _house.cookie_of(app, who.id))
            measure("session is ended", number, cookie, board,
                    lambda row=row, other=other: posted(other, f"/settings/sessions/{row}/end"))  # type: ignore[misc]
            canvas = boards.canvases[number + 1]
            measure("canvas is put away", number, boards.cookies[0], canvas,
                    partial(posted, lead, f"/canvases/{canvas}/archive"))
            who, _member, cookie = person(number, "Until")
            with app.app_context():
                until = now() + timedelta(seconds=3)
                with write():
                    grants.end(builders.NOBODY, who.id, ("team-member",), "team",
                               gathered().team.id, now())
                    builders.give(who, "team-member", "team", gathered().team.id, until=until)
            line = on_board(ports[number % 2], url, cookie, board)
            began = time.monotonic() + (until - now()).total_seconds()
            took, word = heard(line, began, 12)
            slow.setdefault("grant expires", []).append(max(took, 0))
            report.say(f"grant expires, worker {number % 2 + 1}: {word} after {1000 * took:.0f} ms")
            asked, row, cookie = mentor(number, "Invited", board)
            measure_form("invitation to edit is taken back", number, cookie, board,
                         partial(posted, lead, f"/canvases/{board}/editors/{row}/end"))
            asked, row, cookie = mentor(number, "Mentoring", board)
            measure_form("mentoring ends", number, cookie, board, partial(
                posted, programme, f"/teams/{team}/mentors/{asked}/end"))
        for kind, times in slow.items():
            report.exactly(f"{kind}: heard within {WITHIN:g} s",
                           f"{sum(it <= WITHIN for it in times)} of {len(times)}",
                           f"{len(times)} of {len(times)}")
            report.at_most(f"{kind}: slowest", max(times), WITHIN, "s")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
