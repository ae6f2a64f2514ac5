"""A process that serves ends cleanly when it is asked to, and sends small frames at once."""

from __future__ import annotations

import socket
from pathlib import Path

from tests import servers
from workspace.foundation.serving import listen


def test_connections_do_not_wait_to_fill_a_packet() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        listener.setblocking(True)
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_that_is_asked_to_stop_stops_cleanly(
    sqlite_databases: servers.SqliteDatabases, tmp_path: Path
) -> None:
    with (
        sqlite_databases.fresh() as url,
        servers.workspace(tmp_path / "served", url) as served,
    ):
        process = served.process
    assert process.returncode == 0
    assert "Traceback" not in served.output()
