"""Probes, figures and log lines: what they say, and what they never say."""

from __future__ import annotations

import io
import json
import logging
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import generate_latest
from sqlalchemy import text

from tests import servers
from tests.cast import Cast
from workspace.foundation import logs, migrate
from workspace.foundation.db import engine
from workspace.foundation.features import House
from workspace.foundation.settings import Settings
from wsgi import create_app

SECRET_WORDS = "Bauplan-der-Pumpe"


def test_a_house_in_order_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"alive": True}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "missing": []})


def house_on(tmp_path: Path, url: str, **more: object) -> Flask:
    return create_app(Settings(
        environment="testing", data_dir=str(tmp_path / "house"), database_url=url,
        secret_key=servers.SECRET, mail="memory", **more,  # type: ignore[arg-type]
    ))


def test_what_is_missing_is_named_without_secrets(tmp_path: Path) -> None:
    nowhere = servers.free_port()
    app = house_on(
        tmp_path, f"postgresql://house:{SECRET_WORDS}@127.0.0.1:{nowhere}/house",
        redis_url=f"redis://:{SECRET_WORDS}@127.0.0.1:{nowhere}/0",
        files="s3://bucket", s3_endpoint=f"http://127.0.0.1:{nowhere}", s3_access_key="a",
        s3_secret_key=SECRET_WORDS,
    )
    client = app.test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.get_json() == {
        "ready": False, "missing": ["database", "tables", "files", "redis"]
    }
    assert SECRET_WORDS not in answer.text
    assert client.get("/healthz").status_code == 200
    page = client.get("/healthz", headers={"Accept": "text/html"})
    assert page.status_code == 200


def test_tables_of_another_release_are_named(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        migrate.downgrade(engine(), "0001")
    assert client.get("/readyz").get_json()["missing"] == ["tables"]


def test_a_house_that_stops_takes_nobody_more(app: Flask, client: FlaskClient) -> None:
    app.extensions["innocore.leaving"] = True
    assert client.get("/readyz").get_json()["missing"] == ["stopping"]


def test_a_database_that_is_away_is_told_on_a_page(tmp_path: Path) -> None:
    app = house_on(tmp_path, f"postgresql://a:b@127.0.0.1:{servers.free_port()}/c")
    client = app.test_client()
    client.set_cookie("innocore", "")
    with client.session_transaction() as cookie:
        cookie["sid"] = "x" * 40
    answer = client.get("/sign-in", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "<h1>" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_the_system_page_lists_every_part(app: Flask, context: Flask) -> None:
    house: House = app.extensions["innocore.house"]
    parts = [it for offer in house.offered("system") for it in offer()]
    names = [str(it.name) for it in parts]
    assert names == ["Record", "Database", "Files", "Disk", "Jobs", "Mail", "Workers",
                     "Last backup", "Version"]
    assert all(str(it.words) for it in parts)
    assert {it.tone for it in parts} <= {"good", "warn", "bad", "neutral"}


# --- figures ------------------------------------------------------------------------------------


def test_figures_name_doors_and_no_addresses(app: Flask, client: FlaskClient) -> None:
    client.get(f"/sign-in?next=/{SECRET_WORDS}")
    client.get(f"/address/{SECRET_WORDS}")
    client.get(f"/nothing/{SECRET_WORDS}")
    told = generate_latest(app.extensions["innocore.metrics"].registry).decode()
    assert 'innocore_requests_total{door="accounts.sign_in",method="GET",status="200"} 1.0' in told
    assert 'door="none",method="GET",status="404"' in told
    assert "innocore_request_seconds_bucket" in told
    for name in ("jobs_waiting", "letters_waiting", "jobs_late_seconds", "workers",
                 "backup_seconds", "disk_free_bytes"):
        assert f"innocore_{name}" in told
    assert SECRET_WORDS not in told


def test_each_worker_has_its_port(sqlite_databases: servers.SqliteDatabases, tmp_path: Path
                                  ) -> None:
    first = servers.free_port()
    with sqlite_databases.fresh() as one, sqlite_databases.fresh() as two, servers.workspace(
        tmp_path / "one", one, metrics_port=str(first)
    ), servers.workspace(tmp_path / "two", two, metrics_port=str(first)):
        for port in (first, first + 1):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                assert b"innocore_requests_total" in answer.read()


# --- log lines ----------------------------------------------------------------------------------


@pytest.fixture
def lines(app: Flask) -> Iterator[io.StringIO]:
    """What the house writes as JSON."""
    kept = io.StringIO()
    logs.begin(Settings(environment="testing", logs="json"), kept)
    yield kept
    root = logging.getLogger()
    for it in [it for it in root.handlers if isinstance(it, logs.Lines)]:
        root.removeHandler(it)
    root.setLevel(logging.WARNING)


def read(kept: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in kept.getvalue().splitlines()]


def test_a_request_is_one_line_without_its_address(
    app: Flask, client: FlaskClient, lines: io.StringIO
) -> None:
    answer = client.get(f"/address/{SECRET_WORDS}?token={SECRET_WORDS}")
    (line,) = [it for it in read(lines) if it["event"] == "answered"]
    assert line["request"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert str(line["door"]).startswith("accounts.")
    assert SECRET_WORDS not in lines.getvalue()


def test_an_exception_is_told_by_kind_and_place_only(
    app: Flask, client: FlaskClient, lines: io.StringIO
) -> None:
    def fail() -> str:
        with engine().connect() as connection:
            connection.execute(text("SELECT :word FROM nowhere"), {"word": SECRET_WORDS})
        raise ValueError(SECRET_WORDS)

    app.view_functions["accounts.sign_in"] = fail
    client.get("/sign-in")
    app.view_functions["accounts.sign_in"] = lambda: str(1 / len(SECRET_WORDS[:0]))
    assert client.get("/sign-in").status_code == 500
    line = [it for it in read(lines) if "error" in it][-1]
    assert "ZeroDivisionError" in str(line["error"])
    assert "test_probes.py" in str(line["error"])
    assert SECRET_WORDS not in lines.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_no_text_can_begin_a_new_line_or_steer_a_terminal(as_json: bool) -> None:
    kept = io.StringIO()
    logs.begin(Settings(environment="testing", logs="json" if as_json else "plain"), kept)
    try:
        logging.getLogger("room").warning(
            "one %s", "two\nthree\r\x1b[31m\x7f\x85\u2028\u202e"
        )
    finally:
        root = logging.getLogger()
        for it in [it for it in root.handlers if isinstance(it, logs.Lines)]:
            root.removeHandler(it)
        root.setLevel(logging.WARNING)
    written = kept.getvalue()
    assert written.count("\n") == 1
    assert written.endswith("\n")
    for char in "\r\x1b\x7f\x85\u2028\u202e":
        assert char not in written
    assert "three" in written


@pytest.mark.parametrize(("asked", "kept"), [
    ("proxy-4f2a.77_x", True), ("short", False), ("a" * 65, False), ("with space", False),
    ("quote\"here", False), ("ünïcode-id", False),
])  # fmt: skip
def test_a_request_id_is_taken_from_a_trusted_proxy_when_it_is_sane(asked: str, kept: bool) -> None:
    assert (logs.new_request_id(asked, trusted=True) == asked) is kept
    assert logs.new_request_id(asked, trusted=False) != asked


def test_two_requests_have_two_numbers(client: FlaskClient, cast: Cast) -> None:
    first, second = (client.get("/sign-in").headers["X-Request-Id"] for _ in range(2))
    assert first != second
