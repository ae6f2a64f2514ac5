"""The way the workspace is served in production: gunicorn with our configuration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio
import websocket

from tests import servers
from tests.servers import ROOT, SECRET, free_port


def gunicorn(port: int, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}",
        *options, "wsgi:create_app()",
    ]


def environment(database: str, folder: Path, port: int) -> dict[str, str]:
    return {
        "INNOCORE_DATA_DIR": str(folder), "INNOCORE_DATABASE_URL": database,
        "INNOCORE_SECRET_KEY": SECRET, "INNOCORE_BASE_URL": f"http://localhost:{port}",
    }


@pytest.fixture(scope="module")
def served(
    sqlite_databases: servers.SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    port = free_port()
    folder = tmp_path_factory.mktemp("gunicorn")
    with (
        sqlite_databases.fresh() as database,
        servers.process(gunicorn(port), port, **environment(database, folder, port)) as (_, log),
    ):
        yield port
    assert "Traceback" not in "".join(log)


def test_websockets_are_answered(served: int) -> None:
    line = websocket.create_connection(
        f"ws://127.0.0.1:{served}/socket.io/?EIO=4&transport=websocket", timeout=10,
        origin=f"http://localhost:{served}", host=f"localhost:{served}",
    )
    assert str(line.recv()).startswith("0{")  # Engine.IO greets
    line.close()


def test_a_visitor_may_not_join_a_room(served: int) -> None:
    line = socketio.Client(serializer="msgpack", reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        line.connect(
            f"http://localhost:{served}", namespaces=["/rt"], transports=["websocket"],
            wait_timeout=5,
        )


@pytest.mark.parametrize("options", [("-k", "gthread"), ("-w", "2")])
def test_a_shape_that_loses_edits_is_refused(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    port = free_port()
    database = f"sqlite:///{tmp_path / 'refused.db'}"
    ended = subprocess.run(
        gunicorn(port, *options), cwd=ROOT, env=environment(database, tmp_path, port),
        capture_output=True, text=True, timeout=60, check=False,
    )
    assert ended.returncode != 0
    assert "gunicorn.conf.py:" in ended.stdout + ended.stderr


def test_a_worker_that_cannot_start_says_why_and_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    wrong = environment(f"sqlite:///{tmp_path / 'wrong.db'}", tmp_path, port)
    ended = subprocess.run(
        gunicorn(port), cwd=ROOT, env=wrong | {"INNOCORE_MAIL": "pigeon"},
        capture_output=True, text=True, timeout=60, check=False,
    )
    assert ended.returncode != 0
    told = ended.stdout + ended.stderr
    assert "INNOCORE_MAIL" in told
    assert "AttributeError" not in told


def test_a_database_without_tables_is_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    ended = subprocess.run(
        gunicorn(port), cwd=ROOT,
        env=environment(f"sqlite:///{tmp_path / 'bare.db'}", tmp_path, port),
        capture_output=True, text=True, timeout=60, check=False,
    )
    told = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "flask --app wsgi db upgrade" in told
    assert "Traceback" not in told
