"""A form takes what forms send; JSON in its place is the asker's mistake, never a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Passkey, Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/forgot", "/join"])
@pytest.mark.parametrize("body", [
    "[" * 100_000, "[1]", '{"email": 5, "password": {"a": 1}, "code": [1], "name": null}',
    '{"email": NaN}', '{"email": "\\ud800@example.org"}', "7",
])
def test_json_is_no_form(client: FlaskClient, path: str, body: str) -> None:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    answer = client.post(path, data=body, content_type="application/json",
                         headers={"X-CSRFToken": found[1], "Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "bad_request"


DEEP = "[" * 5000
ODD = [
    DEEP, '{"response":' + '{"a":' * 3000, '{"id": "\\ud800", "response": {}}', "\ud800",
    '{"id": 5, "response": {"userHandle": 5}}', '{"id": "x", "response": {"userHandle": [1]}}',
]


def send(client: FlaskClient, path: str, **fields: str) -> int:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    token = found[1] if found else ""
    data = urlencode({"csrf_token": token, **fields}, errors="surrogatepass")
    return client.post(
        path, data=data, content_type="application/x-www-form-urlencoded"
    ).status_code


@pytest.mark.parametrize("answer", ODD)
def test_an_answer_that_no_key_gave_is_refused(client: FlaskClient, answer: str) -> None:
    assert send(client, "/sign-in/passkey", credential=answer) == 422


def test_an_odd_holder_is_refused(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context(), write():
        session().add(Passkey(
            person_id=cast.person("lead").id, name="Phone", credential_id="known",
            public_key="AAAA", sign_count=0, transports=[], used_at=now(),
        ))
    for handle in ("5", "[1]", '{"a": 1}'):
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert found is not None
        asked = client.post("/sign-in/passkey/question", headers={"X-CSRFToken": found[1]})
        assert asked.status_code == 200
        answer = f'{{"id": "known", "response": {{"userHandle": {handle}}}}}'
        assert send(client, "/sign-in/passkey", credential=answer) == 422


@pytest.mark.parametrize("kept", [DEEP, '[["\\ud800", "x"]]', '[["a", "\\u0000"]]', "7"])
def test_a_form_that_waits_is_ours_or_refused(
    cast: Cast, enter: Callable[[Person], FlaskClient], kept: str
) -> None:
    browser = enter(cast.person("lead"))
    page = browser.get("/confirm-it-is-you").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    answer = browser.post("/confirm-it-is-you", data={
        "csrf_token": found[1], "kept": kept, "next": "/teams", "password": builders.PASSWORD,
    })
    assert answer.status_code == 400
