"""Fixtures that every test may ask for: databases, the application, servers, browsers, the cast."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import servers, shared
from workspace.foundation.clock import now
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write

if TYPE_CHECKING:  # a test of one rule must not wake the house, nor the browser
    from playwright.sync_api import Browser

    from tests import browsers
    from tests.cast import Cast
    from tests.services import Bucket
    from workspace.accounts.models import Person

if sys.platform != "win32":
    import fcntl

shared.share()


# --- what a failure tells ---------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that failed with a live server shows the end of what the server wrote."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            served = getattr(value, "server", value)
            if isinstance(served, servers.Server):
                report.sections.append((f"server of {name}", "".join(served.log[-80:])))
    return report


# --- servers, one for the whole run ---------------------------------------------------------


@contextmanager
def of_the_run(folder: Path, name: str, start: Callable[[], Any]) -> Iterator[str]:
    """A server that the workers of one run share: the first starts it, the last ends it.

    ``start`` gives a context manager whose value is a URL. Every worker counts itself in and out
    under a file lock; whoever started the server waits at the end until the others have left.
    """
    state = folder / f"{name}.json"
    me = os.getpid()

    @contextmanager
    def locked() -> Iterator[dict[str, Any]]:
        with (folder / f"{name}.lock").open("w") as lock:
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_EX)
            held = json.loads(state.read_text()) if state.exists() else {"url": None, "users": []}
            yield held
            state.write_text(json.dumps(held))

    with ExitStack() as mine:
        with locked() as held:
            if held["url"] is None:
                held["url"] = mine.enter_context(start())
                held["owner"] = me
            held["users"].append(me)
            url = held["url"]
        yield str(url)
        with locked() as held:
            held["users"].remove(me)
            owner = held["owner"] == me
        if owner:
            _wait_for_others(state)


def _wait_for_others(state: Path) -> None:
    import threading

    pause = threading.Event()
    for _ in range(6000):  # ten minutes, for a worker with a long last test
        alive = [pid for pid in json.loads(state.read_text())["users"] if _is_alive(pid)]
        if not alive:
            return
        pause.wait(0.1)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def postgres_url(run_folder: Path) -> Iterator[str]:
    """A PostgreSQL server: TEST_DATABASE_URL, else the embedded one."""
    with of_the_run(run_folder, "postgres", servers.postgres) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url(run_folder: Path) -> Iterator[str]:
    """A Valkey server: TEST_VALKEY_URL, else the embedded one."""
    with of_the_run(run_folder, "valkey", servers.valkey) as url:
        yield url


@pytest.fixture(scope="session")
def bucket(run_folder: Path) -> Iterator[Bucket]:
    """A bucket of an S3 service: TEST_S3_URL, else a simulated one."""
    from tests import services

    with of_the_run(run_folder, "s3", services.s3) as endpoint:
        yield services.make_bucket(endpoint, "innocore")


# --- databases ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> servers.SqliteDatabases:
    """Makes SQLite databases."""
    return servers.SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Iterator[servers.PostgresDatabases]:
    """Makes PostgreSQL databases."""
    made = servers.PostgresDatabases(postgres_url)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database of its own, with all tables; on both kinds.

    Nobody is in it, unless the test asks for the cast, or for the planted world.

    Mark a test with ``@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`` when the
    kind cannot matter.
    """
    made = request.getfixturevalue(f"{_short(request.param)}_databases")
    asked = request.fixturenames
    holding = next((it for it in ("planted", "cast") if it in asked), "nothing")
    with made.fresh(holding=holding, data=tmp_path / "data") as url:
        yield url


def _short(kind: str) -> str:
    return {"postgresql": "postgres"}.get(kind, kind)


# --- the application ------------------------------------------------------------------------


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a house for one test."""
    return Settings(
        environment="testing", data_dir=str(tmp_path / "data"), database_url=database,
        secret_key=servers.SECRET, mail="memory", jobs_in_process=False, pseudo_language=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application on a fresh database; no context is open."""
    from wsgi import create_app

    made = create_app(settings)
    yield made
    for feature in made.extensions["innocore.house"].features:
        if feature.stop is not None:
            feature.stop(made)
    made.extensions["innocore.database"].close()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context open: for rules of actions and queries, not for clients."""
    with app.app_context():
        yield app


@pytest.fixture
def cast(request: pytest.FixtureRequest, app: Flask) -> Cast:
    """Everybody. With the fixture `context` the rows live in that context's session."""
    from tests.cast import gathered

    if "context" in request.fixturenames:
        request.getfixturevalue("context")
        return gathered()
    with app.app_context():
        return gathered()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without scripts."""
    return app.test_client()


@pytest.fixture
def enter(app: Flask) -> Callable[[Person], FlaskClient]:
    """`enter(person)`: the browser of somebody who has signed in."""
    from workspace.accounts import sessions

    def open_browser(person: Person) -> FlaskClient:
        made = app.test_client()
        with app.test_request_context():
            with write():
                sessions.begin(person, now())
            from flask import session as cookie

            held = dict(cookie)
        with made.session_transaction() as theirs:
            theirs.update(held)
        return made

    return open_browser


# --- servers and browsers for journeys ------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _nest() -> Iterator[None]:
    """Live servers are copies of one process; it is started with the first of them."""
    with servers.nesting():
        yield


@pytest.fixture
def live_server(
    sqlite_databases: servers.SqliteDatabases, tmp_path: Path
) -> Iterator[servers.Server]:
    """The workspace under gevent in a process of its own, with nobody in it yet."""
    with (
        sqlite_databases.fresh() as url,
        servers.workspace(tmp_path / "served", url) as served,
    ):
        yield served


@pytest.fixture
def live_app(live_server: servers.Server, tmp_path: Path) -> Iterator[Flask]:
    """An application on the live server's database: to put things there and to look."""
    from wsgi import create_app

    made = create_app(
        Settings(
            environment="testing", data_dir=str(live_server.data),
            database_url=live_server.database_url, secret_key=servers.SECRET, mail="file",
            base_url=live_server.url, jobs_in_process=False,
        )
    )
    yield made
    for feature in made.extensions["innocore.house"].features:
        if feature.stop is not None:
            feature.stop(made)
    made.extensions["innocore.database"].close()


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A seeded demo; its tests only look, so that all of them may share it."""
    with servers.demonstration(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once a worker."""
    from tests import browsers

    with browsers.chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., browsers.Visit]]:
    """`visit(base_url, width=..., theme=...)`: a window; complaints of its pages fail the test."""
    from tests import browsers

    with ExitStack() as open_windows:
        yield lambda base_url, **options: open_windows.enter_context(
            browsers.visit(browser, base_url, **options)
        )
