"""A forgotten password, and changing one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.accounts.pages import (
    TOKEN,
    is_signed_in,
    letters,
    newest_link,
    send,
    sign_in,
)
from tests.cast import Cast
from workspace.accounts.models import OneTimeLink, Person
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.jobs import Job

Enter = Callable[[Person], FlaskClient]
PASSWORD = "seven green lamps at dusk"


def forget(client: FlaskClient, app: Flask, email: str) -> str:
    assert send(client, "/forgot", email=email).status_code == 200
    return newest_link(app, email)


def test_link_sets_a_password_and_ends_all_sessions(
    app: Flask, cast: Cast, client: FlaskClient, enter: Enter
) -> None:
    signed_in, email = enter(cast.person("lead")), cast.email("lead")
    link = forget(client, app, email)
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
    assert is_signed_in(signed_in)
    answer = send(client, link, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert not is_signed_in(signed_in)
    assert not is_signed_in(client), "a second factor must not be passed by"
    assert sign_in(app.test_client(), email).status_code == 422
    assert sign_in(app.test_client(), email, PASSWORD).status_code == 303
    assert "was changed" in letters(app, email)[-1]


def test_link_works_once_and_posts_twice_once(app: Flask, cast: Cast, client: FlaskClient) -> None:
    link = forget(client, app, cast.email("lead"))
    token = TOKEN.search(client.get(link).text)
    assert token is not None
    fields = {"csrf_token": token[1], "password": PASSWORD}
    assert client.post(link, data=fields).status_code == 303
    assert client.post(link, data=fields | {"password": PASSWORD + "!"}).status_code == 404
    assert sign_in(app.test_client(), cast.email("lead"), PASSWORD).status_code == 303


def test_refused_password_does_not_use_the_link_up(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    link = forget(client, app, cast.email("lead"))
    assert send(client, link, password="password1234").status_code == 422
    assert send(client, link, password=PASSWORD).status_code == 303


def test_second_letter_voids_the_first_and_an_hour_both(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    first = forget(client, app, cast.email("lead"))
    second = forget(client, app, cast.email("lead"))
    assert client.get(first).status_code == 404
    with frozen(now() + timedelta(minutes=59)):
        assert client.get(second).status_code == 200
    with frozen(now() + timedelta(minutes=61)):
        assert client.get(second).status_code == 404


def test_link_of_one_purpose_is_no_other(app: Flask, cast: Cast, client: FlaskClient) -> None:
    link = forget(client, app, cast.email("lead"))
    assert client.get(link.replace("/reset/", "/confirm/")).status_code == 404
    assert client.get("/reset/" + "x" * 43).status_code == 404
    assert client.get("/reset/" + "x" * 3000).status_code == 404


def test_unknown_address_answers_alike_and_gets_nothing(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    bodies = []
    for email in (cast.email("lead"), "nobody.here@example.org"):
        answer = send(client, "/forgot", email=email)
        assert answer.status_code == 200
        bodies.append(answer.text.split("<main")[1].split("<form")[0].replace(email, "-"))
        with app.app_context():
            assert session().scalar(select(func.count()).select_from(OneTimeLink)) == 0, (
                "what differs is done later, by a job"
            )
    assert bodies[0] == bodies[1]
    with app.app_context():
        names = session().scalars(select(Job.name)).all()
    assert names == ["accounts.reset-letter"] * 2
    assert letters(app, "nobody.here@example.org") == []


def test_token_is_stored_hashed(app: Flask, cast: Cast, client: FlaskClient) -> None:
    token = forget(client, app, cast.email("lead")).rpartition("/")[2]
    with app.app_context():
        row = session().scalars(select(OneTimeLink)).one()
        assert token not in row.token_hash
        assert all(token not in str(job.payload) for job in session().scalars(select(Job)))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_letters_are_rationed_for_unknown_addresses_too(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    for email in (cast.email("lead"), "nobody.here@example.org"):
        answers = [send(client, "/forgot", email=email).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]


def test_change_asks_for_the_present_one(app: Flask, cast: Cast, enter: Enter) -> None:
    here, there = enter(cast.person("lead")), enter(cast.person("lead"))
    page = "/settings/password"
    wrong = send(here, page, current="wrong horse battery", password=PASSWORD)
    assert wrong.status_code == 422
    same = send(here, page, current=builders.PASSWORD, password=builders.PASSWORD)
    assert same.status_code == 422
    assert is_signed_in(there)
    done = send(here, page, current=builders.PASSWORD, password=PASSWORD)
    assert done.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(app.test_client(), cast.email("lead"), PASSWORD).status_code == 303
    assert "was changed" in letters(app, cast.email("lead"))[-1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_reset_proves_the_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    from workspace.foundation.unit import write

    with app.app_context(), write():
        session().get_one(Person, cast.person("lead").id).confirmed_at = None
    send(client, forget(client, app, cast.email("lead")), password=PASSWORD)
    answer = sign_in(client, cast.email("lead"), PASSWORD)
    assert answer.headers["Location"] == "/"
