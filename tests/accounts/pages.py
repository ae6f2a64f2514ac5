"""How tests fill in a form: with the token that its page gave; and how they read their mail."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import builders
from workspace.foundation import jobs, mail

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r"http://localhost:5000(/(?:confirm|reset|join|magic|address)/\S+)")


def send(client: FlaskClient, path: str, on: str | None = None, **fields: Any) -> TestResponse:
    """POST `fields` to `path` with the token of the page `on` (by default the same address)."""
    shown = client.get(on or path)
    found = TOKEN.search(shown.text)
    assert found is not None, f"{on or path} has no form: {shown.status}"
    return client.post(path, data={"csrf_token": found[1], **fields})


def sign_in(
    client: FlaskClient, email: str, password: str = builders.PASSWORD, **fields: Any
) -> TestResponse:
    """Fill in the sign-in form."""
    return send(client, "/sign-in", email=email, password=password, **fields)


def letters(app: Flask, to: str) -> list[str]:
    """The texts of all letters to an address, after everything that waits was done."""
    jobs.run_due(app)
    with app.app_context():
        parts = [it.get_body(("plain",)) for it in mail.sent() if it["To"] == to]
        return [str(it.get_content()) for it in parts if it is not None]


def newest_link(app: Flask, to: str) -> str:
    """The path in the newest letter to an address."""
    found = LINK.search(letters(app, to)[-1])
    assert found is not None
    return found[1]


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the browser is somebody."""
    return client.get("/settings").status_code == 200
