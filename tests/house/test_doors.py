"""Every door says who may; a house with a door that does not will not start."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.servers import ROOT
from workspace.accounts.models import Person
from workspace.doors import all_doors
from workspace.foundation.sockets import Sockets
from workspace.foundation.web import Doors, declared_doors

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_every_door_names_its_verb_or_why_it_is_public(app: Flask) -> None:
    for door in all_doors(app):
        assert door["verb"], door
        assert door["public"] or door["verb"] != "public", door
        assert door["public"] or door["kind"] != "-" or door["verb"] == "own", door


def test_an_address_without_a_verb_stops_the_start(app: Flask) -> None:
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "anybody")
    bare.view_functions.pop("static")
    bare.url_map._rules_by_endpoint.pop("static")
    with bare.app_context(), pytest.raises(RuntimeError, match=r"open .*declares no verb"):
        declared_doors()


def test_a_page_that_asks_what_nobody_decides_stops_the_start(app: Flask) -> None:
    doors = Doors("lonely")

    @doors.page("/lonely", verb="juggle", kind=Person)
    def juggle(actor: object) -> str:
        return "never"

    app._got_first_request = False
    app.register_blueprint(doors.blueprint)
    with app.app_context(), pytest.raises(RuntimeError, match="'juggle' of Person"):
        declared_doors()


def test_a_page_without_a_verb_cannot_be_declared(app: Flask) -> None:
    with pytest.raises(ValueError, match="says not who may"):
        Doors("feature").page("/somewhere")


def test_a_socket_event_without_a_verb_stops_the_start(app: Flask) -> None:
    class Server:
        def __init__(self) -> None:
            self.handlers = {"/rt": {"join": print}}

    with pytest.raises(RuntimeError, match="join declares no verb"):
        Sockets("/rt").check(Server())


def test_no_hook_of_the_application_is_a_coroutine(app: Flask) -> None:
    hooks: list[Any] = [*app.teardown_appcontext_funcs, *app.view_functions.values()]
    for table in (
        app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs,
    ):
        hooks += [hook for several in table.values() for hook in several]
    assert not [hook for hook in hooks if inspect.iscoroutinefunction(hook)]


def test_an_application_context_ends_inside_an_event_loop(app: Flask) -> None:
    async def somewhere() -> None:
        with app.app_context():
            pass

    # In a thread of its own: a browser of another test may keep a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(somewhere())).result()


def test_the_list_for_auditors_is_json(app: Flask) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "workspace.doors", "--json"], cwd=ROOT, capture_output=True,
        text=True, check=True,
    )
    kinds = {door["door"] for door in json.loads(listed.stdout)}
    assert kinds == {"api", "page", "socket"}


def test_the_page_of_doors_is_fresh(app: Flask) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "workspace.doors", "--markdown"], cwd=ROOT, capture_output=True,
        text=True, check=True,
    )
    kept = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
    assert made.stdout == kept, "run 'python3 run.py build'"
