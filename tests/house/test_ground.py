"""The fixtures themselves: both databases, the application, the servers, the browser."""

from __future__ import annotations

from collections.abc import Callable

import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.browsers import Visit
from tests.cast import SEATS, Cast
from tests.servers import Server
from workspace.accounts.models import Person
from workspace.foundation.db import session


def test_a_fresh_database_has_tables_and_nobody(context: Flask) -> None:
    assert session().scalar(text("select count(*) from person")) == 0


def test_everybody_of_the_cast_can_be_made(context: Flask, cast: Cast) -> None:
    assert {cast.actor(seat).is_visitor for seat in SEATS if seat != "visitor"} == {False}


def test_a_person_who_has_entered_is_known(
    cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    page = enter(cast.person("lead")).get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "Rita Moreau" in page.text


def test_valkey_answers(valkey_url: str) -> None:
    assert redis.Redis.from_url(valkey_url).ping()


def test_the_live_server_greets_a_visitor(
    live_server: Server, visit: Callable[..., Visit]
) -> None:
    page = visit(live_server.url).page
    answer = page.goto("/sign-in")
    assert answer is not None
    assert answer.status == 200
