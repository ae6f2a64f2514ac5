"""Full disks, lost databases and damaged files: told in words, and over when they are over."""

from __future__ import annotations

import os
import resource
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import servers
from tests.cast import Cast
from tests.servers import Server
from workspace.foundation import wake
from workspace.foundation.clock import now
from workspace.foundation.db import Database, database
from workspace.foundation.errors import Unavailable
from workspace.foundation.settings import Settings
from workspace.foundation.storage import LocalStorage, new_key, storage
from workspace.foundation.unit import write
from workspace.operations.sweep import sweep

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


# --- disk full ----------------------------------------------------------------------------------


@SQLITE
def test_a_full_disk_refuses_changes_while_reads_go_on_and_it_recovers(
    app: Flask, client: FlaskClient
) -> None:
    """SQLite may take no more pages, as an honest stand-in for a disk without room."""
    from sqlalchemy import event

    with app.app_context():
        house = database()
        house.close()

        def small(connection: object, _record: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA max_page_count=1")  # SQLite makes it the present size
            cursor.close()

        event.listen(house.engine, "connect", small)
        try:
            with pytest.raises(Unavailable, match="cannot save"), write():
                fill()
            assert client.get("/sign-in").status_code == 200
        finally:
            event.remove(house.engine, "connect", small)
            house.close()
        with write():
            fill()


def fill() -> None:
    """Put more into the database than its free pages hold."""
    from workspace.foundation import jobs

    for number in range(200):
        jobs.later("nobody", {"filling": "x" * 4000, "n": number}, at=now() + timedelta(days=9))


def answered(served: Server, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}{path}", timeout=20) as got:
            return int(got.status)
    except urllib.error.HTTPError as refusal:
        return int(refusal.code)


def test_a_server_without_room_answers_and_recovers_without_a_restart(
    live_server: Server,
) -> None:
    """The system itself lets no file of the server grow."""
    served = live_server.process.pid
    assert answered(live_server, "/readyz") == 200
    whole = resource.prlimit(served, resource.RLIMIT_FSIZE)
    resource.prlimit(served, resource.RLIMIT_FSIZE, (1, whole[1]))
    assert answered(live_server, "/readyz") == 503
    assert answered(live_server, "/sign-in") == 200
    assert answered(live_server, "/healthz") == 200
    resource.prlimit(served, resource.RLIMIT_FSIZE, whole)
    assert answered(live_server, "/readyz") == 200
    assert live_server.process.poll() is None


# --- unclean stops --------------------------------------------------------------------------------


def test_after_a_kill_the_file_is_looked_through(
    sqlite_databases: servers.SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite_databases.fresh() as url:
        with servers.workspace(tmp_path / "served", url) as served:
            served.process.kill()
            served.process.wait(20)
        with servers.workspace(tmp_path / "served", url) as served:
            assert answered(served, "/readyz") == 200
            assert "looked through" in served.output()
        with servers.workspace(tmp_path / "served", url) as served:
            assert answered(served, "/readyz") == 200
            assert "looked through" not in served.output()


def test_a_damaged_file_is_not_served(
    sqlite_databases: servers.SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite_databases.fresh() as url:
        settings = Settings(environment="testing", data_dir=str(tmp_path), database_url=url)
        house = Database(url)
        assert not wake.look(house, settings)
        house.close()
        path = Path(url.removeprefix("sqlite:///"))
        data = bytearray(path.read_bytes())
        middle = len(data) // 2 // 4096 * 4096
        data[middle : middle + 8 * 4096] = os.urandom(8 * 4096)
        path.write_bytes(data)
        house = Database(url)
        with pytest.raises(wake.Damaged, match="Restore the last backup"):
            wake.look(house, settings)
        house.close()


# --- bytes without a row -----------------------------------------------------------------


def test_only_old_bytes_that_nobody_names_are_swept(
    app: Flask, context: Flask, cast: Cast
) -> None:
    from workspace.files.models import File
    from workspace.foundation.db import session

    store = storage()
    assert isinstance(store, LocalStorage)
    named, orphan, young = new_key(), new_key(), new_key()
    for key in (named, orphan, young):
        store.put(key, key.encode())
    with write():
        session().add(File(
            owner_id=1, storage_key=named, name="a.txt", content_type="text/plain", size=1,
            sha256="0" * 64, uploaded_by_id=cast.actor("lead").person_id, deleted_at=now(),
        ))
    draft = store.root / "kxx" / "kdraft.abc.part"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    old = time.time() - 25 * 3600
    for path in (store._path(named), store._path(orphan), draft):
        os.utime(path, (old, old))
    assert sweep() == 2
    assert [store.exists(it) for it in (named, orphan, young)] == [True, False, True]
    assert not draft.exists()
    assert sweep() == 0


