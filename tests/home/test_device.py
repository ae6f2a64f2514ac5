"""The doors of what a device keeps: the worker, the manifest, the page without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.house.tree import ROOT
from workspace.accounts.models import Person

one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def house(script: str) -> dict[str, object]:
    """What the worker is told before its own text."""
    found: dict[str, object] = json.loads(script.split("const HOUSE = ")[1].split(";\n")[0])
    return found


@one_database
def test_the_worker_names_files_that_are_there(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    told = house(answer.text)
    assert isinstance(told["files"], list)
    for address in [*told["files"], told["offline"]]:
        assert client.get(address).status_code == 200, address
    assert all("?v=" in it or it.endswith(".woff2") for it in told["files"])


def test_the_worker_keeps_only_boards_and_their_lists() -> None:
    source = (ROOT / "frontend" / "src" / "worker" / "main.ts").read_text(encoding="utf-8")
    found = re.search(r"const BOARD = /(.+)/;", source)
    assert found is not None
    pattern = re.compile(found[1].replace("\\/", "/"))
    name = "a" * 22
    for path in (f"/canvases/{name}", f"/canvases/{name}/list"):
        assert pattern.fullmatch(path), path
    for path in (
        "/", f"/canvases/{name}/history", f"/canvases/{name}/counts", f"/canvases/{name}/export",
        f"/canvases/{name}/notes/x", f"/teams/{name}", "/canvases/new", f"/api/v1/canvases/{name}",
    ):  # fmt: skip
        assert not pattern.fullmatch(path), path


@one_database
def test_the_house_can_be_installed(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.text)
    assert told["display"] == "standalone"
    assert {it["purpose"] for it in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture.mimetype == "image/png"
        wide = int.from_bytes(picture.data[16:20], "big")
        assert icon["sizes"] == f"{wide}x{wide}"


@one_database
def test_the_page_without_a_network_holds_nothing_of_anybody(
    cast: Cast, app: Flask, enter: Callable[[Person], FlaskClient]
) -> None:
    lead = cast.person("lead")
    mine = enter(lead).get("/offline").text
    assert lead.name not in mine
    assert lead.public_id not in mine
    assert mine == app.test_client().get("/offline").text


@one_database
def test_pages_name_the_worker_and_stay_out_of_other_caches(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    answer = enter(cast.person("lead")).get("/", follow_redirects=True)
    assert '<link rel="manifest" href="/manifest.webmanifest">' in answer.text
    assert '<meta name="service-worker" content="/service-worker.js">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
