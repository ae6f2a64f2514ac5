"""One-click personas: in a demonstration on this machine, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.pages import TOKEN, is_signed_in, send, sign_in
from tests.cast import Cast, assemble
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from wsgi import create_app

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def demo(settings: Settings) -> Flask:
    made = create_app(replace(settings, demo=True))
    with made.app_context(), write():
        cast: Cast = assemble()
        made.extensions["innocore.personas"] = [
            {
                "role": "Student",
                "name": "Rita Moreau",
                "email": cast.email("lead"),
                "note": "Fills the canvas with her team.",
            },
            {"role": "Mentor", "name": "Hanna Weiss", "email": cast.email("mentor"), "note": ""},
        ]
    return made


def test_one_click_signs_in_and_switches(demo: Flask) -> None:
    client = demo.test_client()
    assert "Fills the canvas with her team." in client.get("/sign-in").text
    assert send(client, "/personas/0", on="/sign-in").status_code == 303
    assert "Rita Moreau" in client.get("/settings").text
    assert send(client, "/personas/1", on="/settings").status_code == 303
    assert 'value="Hanna Weiss"' in client.get("/settings").text


def test_personas_also_use_the_ordinary_form(demo: Flask) -> None:
    assert sign_in(demo.test_client(), "rita.moreau@example.org").status_code == 303


def test_unknown_number_is_absent(demo: Flask) -> None:
    client = demo.test_client()
    assert send(client, "/personas/2", on="/sign-in").status_code == 404
    assert client.get("/personas/0").status_code == 405


@pytest.mark.parametrize("where", [{"HTTP_HOST": "evil.example"}, {"REMOTE_ADDR": "192.0.2.7"}])
def test_only_this_machine_is_let_in(demo: Flask, where: dict[str, str]) -> None:
    client = demo.test_client()
    token = TOKEN.search(client.get("/sign-in").text)
    assert token is not None
    answer = client.post("/personas/0", data={"csrf_token": token[1]}, environ_overrides=where)
    assert answer.status_code == (400 if "HTTP_HOST" in where else 404)
    assert not is_signed_in(client)
    if "REMOTE_ADDR" in where:
        assert "Rita" not in client.get("/sign-in", environ_overrides=where).text


def test_elsewhere_there_is_no_such_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    app.extensions["innocore.personas"] = [
        {"role": "Student", "name": "Rita Moreau", "email": cast.email("lead"), "note": ""}
    ]
    assert "Rita Moreau" not in client.get("/sign-in").text
    assert send(client, "/personas/0", on="/sign-in").status_code == 404
