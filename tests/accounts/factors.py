"""How tests hold an authenticator app."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.pages import TOKEN
from workspace.accounts.factors import holding, totp
from workspace.accounts.models import Person
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.unit import write

SECRET = b"the secret of a test"
SETUP = re.compile(r'name="setup"[^>]* value="([^"]+)"')
SPELLED = re.compile(r"<code>([A-Z2-7 ]+)</code>")
CODES = re.compile(r'name="codes" value="([^"]+)"')


def give_app(app: Flask, person: Person) -> None:
    """The person has an authenticator app with SECRET, set up a minute ago."""
    with app.app_context(), write():
        at = clock.now() - timedelta(seconds=90)
        code = totp.code_of(SECRET, totp.step_at(at))
        holding.add_app(session().get_one(Person, person.id), SECRET, code, at)


def code(at: datetime | None = None, later: int = 0, secret: bytes = SECRET) -> str:
    """What the app shows now, or some steps later."""
    return totp.code_of(secret, totp.step_at(at or clock.now()) + later)


def set_up(client: FlaskClient, path: str = "/settings/security/app") -> tuple[bytes, TestResponse]:
    """Scan the drawing of the page and type the first code: the secret, and the answer."""
    import base64

    shown = client.get(path).text
    token, setup, spelled = TOKEN.search(shown), SETUP.search(shown), SPELLED.search(shown)
    assert token and setup and spelled
    secret = base64.b32decode(spelled[1].replace(" ", ""))
    fields = {"csrf_token": token[1], "setup": setup[1], "code": code(secret=secret)}
    return secret, client.post(path, data=fields)
