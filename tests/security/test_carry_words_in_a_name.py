"""A name is one line: it adds nothing to letters of the house and turns no page round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.tokens import actions as tokens
from workspace.tokens.rules import Place, Scope, Verb

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana\n\nYour account is closed: https://evil.example", "Ana Your account is closed: "
                                                                  "https://evil.example"),
        ("Ana\u202egro.elpmaxe\u202c Kos", "Anagro.elpmaxe Kos"),
        ("Ana\u2028Bcc: all@example.org", "Ana Bcc: all@example.org"),
        ("نگار می\u200cنویسد", "نگار می\u200cنویسد"),
        ("\u202e", "?"),
    ],
)
def test_a_program_sets_a_name_of_one_line(
    app: Flask, cast: Cast, typed: str, kept: str
) -> None:
    with app.app_context(), write():
        _row, key = tokens.make(
            builders.actor(cast.person("lead")),
            tokens.TokenDraft("A program", (Scope(Verb.WRITE, Place.EVERYTHING),),
                              now() + timedelta(days=1)),
            now(),
        )
    program, heads = app.test_client(), {"Authorization": f"Bearer {key}"}
    mark = program.get("/api/v1/account", headers=heads).headers["ETag"]
    answer = program.patch(
        "/api/v1/account", json={"name": typed}, headers={**heads, "If-Match": mark}
    )
    assert answer.status_code == 200
    with app.app_context():
        assert session().get_one(Person, cast.person("lead").id).name == kept
