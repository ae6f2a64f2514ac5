"""Before what cannot be undone somebody proves once more who she is, and loses nothing typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import TOKEN, send
from tests.cast import Cast
from workspace.accounts.models import Person, SignIn
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.foundation.web import IS_FRESH

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = "/confirm-it-is-you"


def grow_old(app: Flask, minutes: int = 11) -> None:
    """Let every proof be that many minutes old."""
    with app.app_context(), write():
        for row in session().scalars(select(SignIn)):
            row.fresh_at = clock.now() - timedelta(minutes=minutes)


def test_ten_minutes_count(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    cookie = client.get_cookie("innocore")
    assert cookie is not None
    for minutes, fresh in ((9, True), (11, False)):
        grow_old(app, minutes)
        with app.test_request_context(headers={"Cookie": f"innocore={cookie.value}"}):
            assert app.extensions[IS_FRESH]() is fresh
    with app.test_request_context():
        assert not app.extensions[IS_FRESH]()


def test_wrong_password_is_not_a_proof(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    assert send(client, PAGE, password="not the password at all").status_code == 422
    assert send(client, PAGE, password="").status_code == 422
    assert send(client, PAGE, password=builders.PASSWORD, next="/settings").location == "/settings"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil", "/\t/x"])
def test_proof_leads_to_no_other_house(app: Flask, cast: Cast, enter: Enter, target: str) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    assert send(client, PAGE, password=builders.PASSWORD, next=target).location == "/"
    grow_old(app)
    kept = json.dumps([["a", "b"]])
    shown = send(client, PAGE, password=builders.PASSWORD, next=target, kept=kept)
    assert 'action="/"' in shown.text


def test_proof_gives_the_session_a_new_secret(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    before = client.get_cookie("innocore")
    assert before is not None
    grow_old(app)
    send(client, PAGE, password=builders.PASSWORD)
    assert client.get("/settings").status_code == 200
    thief = app.test_client()
    thief.set_cookie("innocore", before.value)
    assert thief.get("/settings").status_code == 302


def test_what_waits_may_hold_anything_a_person_types(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("lead"))
    grow_old(app)
    typed = 'a "quoted" <b>word</b> & ünï\nsecond line'
    kept = json.dumps([["text", typed], ["text", "again"]])
    shown = send(client, PAGE, password=builders.PASSWORD, next="/settings", kept=kept)
    values = re.findall(r'name="text" value="([^"]*)"', shown.text)
    assert [unescape(it) for it in values] == [typed, "again"]
    token = TOKEN.search(shown.text)
    assert token is not None
    for wrong in ("{", "[1]", '"text"', "[[1,2,3]]"):
        assert client.post(PAGE, data={"csrf_token": token[1], "kept": wrong}).status_code == 400
