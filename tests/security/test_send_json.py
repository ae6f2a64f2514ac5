"""A form takes what forms send; JSON in its place is the asker's mistake, never a fault of ours."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

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
