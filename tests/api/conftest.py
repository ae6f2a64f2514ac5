"""Keys for the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import Cast
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.tokens import actions
from workspace.tokens.models import AccessToken
from workspace.tokens.rules import Place, Scope, Verb

EVERYTHING = Scope(Verb.WRITE, Place.EVERYTHING)


@pytest.fixture
def key(app: Flask, cast: Cast) -> Callable[..., str]:
    """`key("lead", Scope(...), ...)`: a new key of somebody; without scopes it may everything."""

    def make(seat: str, *scopes: Scope, days: int = 30, **options: Any) -> str:
        with app.app_context(), write():
            draft = actions.TokenDraft(
                "A program", scopes or (EVERYTHING, Scope(Verb.REVIEW, Place.EVERYTHING)),
                now() + timedelta(days=days), **options,
            )
            return actions.make(builders.actor(cast.people[seat]), draft, now())[1]

    return make


@pytest.fixture
def caller(app: Flask) -> Callable[[str], Callable[..., Any]]:
    """`caller(key)(method, path, ...)`: an answer of the API."""

    def of(key: str) -> Callable[..., Any]:
        made: FlaskClient = app.test_client()

        def call(method: str, path: str, **options: Any) -> Any:
            headers = {"Authorization": f"Bearer {key}"} | options.pop("headers", {})
            return made.open("/api/v1" + path, method=method, headers=headers, **options)

        return call

    return of


def the_token(of: str) -> AccessToken:
    """The row of a key, whatever became of it."""
    from workspace.tokens.queries import hashed

    return session().query(AccessToken).filter_by(token_hash=hashed(of)).one()
