"""Signing in by a link from a letter: fifteen minutes, once, by a press, the newest one alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.pages import is_signed_in, letters, newest_link, send
from tests.cast import Cast
from workspace.accounts.models import OneTimeLink, Person
from workspace.foundation import clock
from workspace.foundation.db import session
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def ask(app: Flask, client: FlaskClient, email: str) -> str:
    assert send(client, "/magic", email=email).status_code == 200
    return newest_link(app, email)


def test_a_press_signs_in_once(app: Flask, cast: Cast, client: FlaskClient) -> None:
    link = ask(app, client, cast.email("lead"))
    for _look in range(3):  # as mail scanners do
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert not is_signed_in(client)
    assert send(client, link).status_code == 303
    assert is_signed_in(client)
    other = app.test_client()
    assert other.get(link).status_code == 404
    assert not is_signed_in(other)


def test_the_token_itself_is_not_stored(app: Flask, cast: Cast, client: FlaskClient) -> None:
    token = ask(app, client, cast.email("lead")).rpartition("/")[2]
    with app.app_context():
        stored = session().scalars(select(OneTimeLink.token_hash)).all()
    assert stored and token not in stored


def test_a_newer_letter_voids_the_older(app: Flask, cast: Cast, client: FlaskClient) -> None:
    first = ask(app, client, cast.email("lead"))
    second = ask(app, client, cast.email("lead"))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 404)])
def test_fifteen_minutes(
    app: Flask, cast: Cast, client: FlaskClient, minutes: int, status: int
) -> None:
    link = ask(app, client, cast.email("lead"))
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        assert client.get(link).status_code == status


def test_a_form_left_open_is_refused_afterwards(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    link = ask(app, client, cast.email("lead"))
    slow = app.test_client()
    token = slow.get(link).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert send(client, link).status_code == 303
    assert slow.post(link, data={"csrf_token": token}).status_code == 404
    assert not is_signed_in(slow)


def test_strangers_get_the_same_answer_and_no_letter(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    known = send(client, "/magic", email=cast.email("lead")).text
    unknown = send(client, "/magic", email="nobody@elsewhere.example").text
    tokens = re.compile(r'(value|content)="[\w.-]{40,}"')  # they hold the second of the answer
    assert tokens.sub("", known).replace(cast.email("lead"), "-") == tokens.sub(
        "", unknown
    ).replace("nobody@elsewhere.example", "-")
    assert letters(app, "nobody@elsewhere.example") == []


def test_three_letters_an_hour(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for _letter in range(3):
        assert send(client, "/magic", email=cast.email("lead")).status_code == 200
    refused = send(client, "/magic", email=cast.email("lead"))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert send(client, "/magic", email="nobody@elsewhere.example").status_code == 200


def test_the_page_that_was_wanted_comes_next(app: Flask, cast: Cast, client: FlaskClient) -> None:
    send(client, "/magic?next=/settings/display", email=cast.email("lead"))
    assert send(client, newest_link(app, cast.email("lead"))).location == "/settings/display"
    evil = app.test_client()
    send(evil, "/magic?next=//evil.example", email=cast.email("member"))
    assert send(evil, newest_link(app, cast.email("member"))).location == "/"


def test_whoever_registered_with_anothers_address_gains_nothing(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context(), write():
        person = session().get_one(Person, cast.person("lead").id)
        person.confirmed_at = None
        before = person.password
    send(client, ask(app, client, cast.email("lead")))
    assert is_signed_in(client)
    with app.app_context():
        person = session().get_one(Person, cast.person("lead").id)
        assert person.confirmed_at is not None
        assert before is not None and person.password is None


def test_a_closed_account_gets_no_letter(app: Flask, cast: Cast, client: FlaskClient) -> None:
    link = ask(app, client, cast.email("lead"))
    with app.app_context(), write():
        session().get_one(Person, cast.person("lead").id).active = False
    assert client.get(link).status_code == 404
    count = len(letters(app, cast.email("lead")))
    send(client, "/magic", email=cast.email("lead"))
    assert len(letters(app, cast.email("lead"))) == count
