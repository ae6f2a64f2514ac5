"""An address that nobody can read is the asker's mistake, never a fault of ours."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HALF = "http://[x"


def token(client: FlaskClient) -> str:
    """Of the forms of this browser."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found is not None
    return found[1]


def test_it_is_no_code_of_an_invitation(client: FlaskClient) -> None:
    answer = client.post("/join", data={"csrf_token": token(client), "code": HALF})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/join/-")


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/nowhere", "/api/v1/nowhere"])
def test_it_is_no_sender(client: FlaskClient, path: str) -> None:
    data = {"csrf_token": token(client), "code": "x"}
    answer = client.post(path, data=data, headers={"Origin": HALF})
    assert answer.status_code == 400
    assert client.post(path, headers={"Origin": HALF}).status_code == 400
