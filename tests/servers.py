"""The servers that tests need: PostgreSQL, Valkey, and the workspace itself.

Databases are named by URL first (``TEST_DATABASE_URL``, ``TEST_VALKEY_URL``); without one, the
server that a development package carries is started on a free port or socket, and ended again.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import SECRET as SECRET
from tests.databases import PostgresDatabases as PostgresDatabases
from tests.databases import SqliteDatabases as SqliteDatabases
from tests.databases import make_tables as make_tables
from tests.databases import move_in as move_in
from tests.keeper import free_port as free_port
from tests.nest import CAN, Copy, Nest, end_with_parent

ROOT = Path(__file__).parent.parent


@contextlib.contextmanager
def kept(kind: str) -> Iterator[str]:
    """URL of a server in the hands of a keeper, which ends it even when we are killed."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.keeper", kind], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, start_new_session=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        url = keeper.stdout.readline().decode().strip()
        if not url:
            raise RuntimeError(f"the embedded server did not start: {kind}")
        yield url
    finally:
        keeper.stdin.close()
        keeper.wait(60)
        keeper.stdout.close()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server, on which this may make and drop databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    with contextlib.nullcontext(given) if given else kept("postgres") as url:
        yield url


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """URL of a Valkey (or Redis) server."""
    given = os.environ.get("TEST_VALKEY_URL")
    with contextlib.nullcontext(given) if given else kept("valkey") as url:
        yield url


@dataclass
class Server:
    """A running workspace in a process of its own."""

    url: str
    """As a browser should name it: passkeys need ``localhost``."""
    port: int
    database_url: str
    data: Path
    process: subprocess.Popen[bytes] | Copy
    log: list[str] = field(default_factory=list)

    def output(self) -> str:
        """What it has written so far."""
        return "".join(self.log)


@contextlib.contextmanager
def process(command: list[str], port: int, **environment: str) -> Iterator[tuple[
    subprocess.Popen[bytes], list[str]
]]:
    """Start a server program and wait until its port answers HTTP; end it afterwards."""
    ours, theirs = os.pipe()
    try:
        started = subprocess.Popen(
            command, cwd=ROOT, env=_surroundings(environment), stdin=subprocess.DEVNULL,
            stdout=theirs, stderr=theirs, preexec_fn=end_with_parent if CAN else None,
        )
    finally:
        os.close(theirs)
    with _watched(started, ours, port) as log:
        yield started, log


@contextlib.contextmanager
def copied(
    module: str, words: list[str], port: int, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes] | Copy, list[str]]]:
    """The same for a module under gevent with a `main(words)`: in a run of tests, a copy."""
    if NEST is None:
        with process([sys.executable, "-m", module, *words], port, **environment) as started:
            yield started
        return
    ours, theirs = os.pipe()
    try:
        with Path(os.devnull).open() as nothing:
            streams = (nothing.fileno(), theirs, theirs)
            copy = NEST().copy(module, words, _surroundings(environment), streams)
    finally:
        os.close(theirs)
    with _watched(copy, ours, port) as log:
        yield copy, log


def partner(module: str, words: list[str]) -> subprocess.Popen[str] | Copy:
    """A program under gevent to speak with by lines; whoever started it ends it."""
    if NEST is None:
        return subprocess.Popen(
            [sys.executable, "-m", module, *words], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )
    hears, tells = os.pipe()
    told, says = os.pipe()
    try:
        copy = NEST().copy(module, words, _surroundings({}), (hears, says, 2))
    finally:
        os.close(hears)
        os.close(says)
    copy.stdin, copy.stdout = os.fdopen(tells, "w"), os.fdopen(told)
    return copy


NEST: Callable[[], Nest] | None = None
"""Gives the nest of this process, which is made at first need; None outside of a run of tests."""


@contextlib.contextmanager
def nesting() -> Iterator[None]:
    """Let servers be copies until the end of this."""
    global NEST
    made: list[Nest] = []

    def nest() -> Nest:
        if not made:
            made.append(Nest())
        return made[0]

    NEST = nest if CAN else None
    try:
        yield
    finally:
        NEST = None
        for it in made:
            it.close()


def _surroundings(more: dict[str, str]) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("INNOCORE_")}
    return env | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | more


@contextlib.contextmanager
def _watched(
    started: subprocess.Popen[bytes] | Copy, output: int, port: int
) -> Iterator[list[str]]:
    """What a server writes, from when its port answers; at the end it is asked to stop."""
    log: list[str] = []
    stream = os.fdopen(output, "rb")

    def listen() -> None:
        for line in stream:
            log.append(line.decode("utf-8", "replace"))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        wait_for_http(port, started, log)
        yield log
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(10)
        listener.join(5)
        stream.close()


def wait_for_http(
    port: int, started: subprocess.Popen[bytes] | Copy, log: list[str]
) -> None:
    """Wait at most two minutes until something answers; raise with the output if it ended."""
    until = time.monotonic() + 120
    pause = threading.Event()
    while time.monotonic() < until:
        if started.poll() is not None:
            pause.wait(0.2)
            raise RuntimeError(f"the server ended with {started.returncode}:\n{''.join(log)}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=30).close()
        except urllib.error.HTTPError:
            return  # it answers; what it answers is for tests to judge
        except OSError:
            pause.wait(0.05)
        else:
            return
    raise RuntimeError(f"the server did not answer within two minutes:\n{''.join(log)}")


@contextlib.contextmanager
def workspace(data: Path, database_url: str, **settings: str) -> Iterator[Server]:
    """The workspace under gevent on a free port; ``settings`` by field name, as text."""
    port = free_port()
    url = f"http://localhost:{port}"
    values = {
        "environment": "testing", "data_dir": str(data), "database_url": database_url,
        "secret_key": SECRET, "base_url": url, "mail": "file", "pseudo_language": "yes",
    } | settings
    environment = {f"INNOCORE_{name.upper()}": value for name, value in values.items()}
    with copied("tests.serving", [str(port)], port, **environment) as (started, log):
        yield Server(url, port, database_url, data, started, log)


@contextlib.contextmanager
def demonstration(data: Path) -> Iterator[Server]:
    """The demo of `run.py demo`, seeded in ``data`` if it is not yet."""
    port = free_port()
    command = [sys.executable, "-m", "workspace.demo", "serve", "--data", str(data)]
    command += ["--port", str(port), "--json"]
    with process(command, port) as (started, log):
        yield Server(f"http://localhost:{port}", port, "", data, started, log)
