"""How tests fill in a form: with the token that its page gave."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def send(client: FlaskClient, path: str, on: str | None = None, **fields: Any) -> TestResponse:
    """POST `fields` to `path` with the token of the page `on` (by default the same address)."""
    shown = client.get(on or path)
    found = TOKEN.search(shown.text)
    assert found is not None, f"{on or path} has no form: {shown.status}"
    return client.post(path, data={"csrf_token": found[1], **fields})


def sign_in(client: FlaskClient, email: str, password: str, **fields: Any) -> TestResponse:
    """Fill in the sign-in form."""
    return send(client, "/sign-in", email=email, password=password, **fields)
