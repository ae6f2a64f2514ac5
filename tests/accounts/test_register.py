"""Making an account and proving its address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import builders
from tests.accounts.pages import TOKEN, is_signed_in, letters, newest_link, send, sign_in
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants.queries import roles_in
from workspace.organisations.models import Organisation

NEW = "nora.new@valdena.example"
PASSWORD = "seven green lamps at dusk"


@pytest.fixture
def open_house(app: Flask, cast: Cast) -> Iterator[Cast]:
    """The university takes in whoever has an address of its own."""
    with app.app_context(), write():
        row = session().get_one(Organisation, cast.university.id)
        row.open_registration, row.email_domains = True, ["valdena.example"]
    yield cast


def register(client: FlaskClient, email: str = NEW, **fields: str) -> TestResponse:
    return send(
        client,
        "/register",
        **({"name": "Nora New", "email": email, "password": PASSWORD} | fields),
    )


def person(app: Flask, email: str = NEW) -> Person | None:
    with app.app_context():
        return session().scalar(select(Person).where(Person.email == email))


def test_from_form_to_member(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    answer = register(client, next="/settings/display")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/confirm")
    assert NEW in client.get("/confirm").text
    assert not is_signed_in(client)
    link = newest_link(app, NEW)
    for _ in range(3):  # a mail scanner looks
        assert app.test_client().get(link).status_code == 200
    done = send(client, link)
    assert (done.status_code, done.headers["Location"]) == (303, "/settings/display")
    assert is_signed_in(client)
    found = person(app)
    assert found is not None
    with app.app_context():
        held = roles_in(found.id, "organisation", open_house.university.id, now())
    assert held == {"member"}
    assert found.password is not None and found.password.startswith("$argon2id$")


def test_password_alone_does_not_let_in(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    register(client)
    other = app.test_client()
    answer = sign_in(other, NEW, PASSWORD)
    assert answer.headers["Location"] == "/confirm"
    assert not is_signed_in(other)
    first = newest_link(app, NEW)
    assert send(other, "/confirm").status_code == 303
    second = newest_link(app, NEW)
    assert second != first
    assert other.get(first).status_code == 404, "only the newest letter counts"
    assert send(other, second).status_code == 303
    assert is_signed_in(other)


def test_link_works_once(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    register(client)
    link = newest_link(app, NEW)
    token = TOKEN.search(client.get(link).text)
    assert token is not None
    assert client.post(link, data={"csrf_token": token[1]}).status_code == 303
    other = app.test_client()
    assert other.get(link).status_code == 404
    again = client.post(link, data={"csrf_token": token[1]})
    assert again.status_code in {400, 404}


def test_link_ends_after_a_day(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    register(client)
    link = newest_link(app, NEW)
    with frozen(now() + timedelta(hours=23)):
        assert client.get(link).status_code == 200
    with frozen(now() + timedelta(hours=25)):
        assert client.get(link).status_code == 404


def test_link_is_for_the_address_that_it_was_sent_to(
    app: Flask, open_house: Cast, client: FlaskClient
) -> None:
    register(client)
    link = newest_link(app, NEW)
    with app.app_context(), write():
        session().scalars(select(Person).where(Person.email == NEW)).one().email = "x@y.example"
    assert client.get(link).status_code == 404


def test_owner_of_an_address_does_not_let_a_stranger_in(
    app: Flask, open_house: Cast, client: FlaskClient
) -> None:
    stranger = client
    register(stranger, password="the stranger's own secret")
    owner = app.test_client()
    link = newest_link(app, NEW)
    shown = owner.get(link)
    assert 'type="password"' in shown.text, "another browser is asked for the password"
    assert send(owner, link, password=PASSWORD).status_code == 422
    found = person(app)
    assert found is not None and found.confirmed_at is None
    # She registers herself: the stranger's password and browser are worth nothing now.
    register(owner)
    link = newest_link(app, NEW)
    assert 'type="password"' in stranger.get(link).text
    assert send(owner, link).status_code == 303
    assert sign_in(app.test_client(), NEW, "the stranger's own secret").status_code == 422


def test_known_address_answers_alike(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    with app.app_context(), write():
        builders.person("Known Person", "known@valdena.example")
    other = app.test_client()
    answers = [register(client, NEW), register(other, "known@valdena.example")]
    assert [it.status_code for it in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    with client.session_transaction() as mine, other.session_transaction() as theirs:
        assert set(mine) == set(theirs)
        assert len(mine["pending"]) == len(theirs["pending"])
    text = letters(app, "known@valdena.example")
    assert len(text) == 1 and "already have one" in text[0] and "/confirm/" not in text[0]
    assert sign_in(app.test_client(), "known@valdena.example").status_code == 303


def test_other_domains_need_an_invitation(
    app: Flask, open_house: Cast, client: FlaskClient
) -> None:
    for email in (
        "a@elsewhere.example",
        "a@mail.valdena.example",
        "a@xvaldena.example",
        "a@valdena.example.evil.example",
    ):
        assert register(client, email).status_code == 422
        assert person(app, email) is None


def test_without_open_places_an_invitation_is_needed(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    answer = register(client)
    assert answer.status_code == 422
    assert "You need an invitation" in answer.text
    assert "Nora New" in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "Pässword-Password",
        "aaaaaaaaaaaaaaaa",
        "1234567890123456",
        "x" * 129,
        "nora.new@valdena.example",
        "  iloveyou-iloveyou ",
        "qwertyuiop2024",
        "abcdefghijklmnop",
    ],
)
def test_poor_passwords_are_refused(
    app: Flask, open_house: Cast, client: FlaskClient, password: str
) -> None:
    answer = register(client, password=password)
    assert answer.status_code == 422
    assert person(app) is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "password",
    [
        "žluťoučký kůň pěl",
        "パスワードは長い方がいい",
        "🐝🐛🐞🦋🐌🐜🦗🕷🦂🦟🪰🪱",
        "a word " + "é" * 121,
    ],
)
def test_any_characters_make_a_password(
    app: Flask, open_house: Cast, client: FlaskClient, password: str
) -> None:
    register(client, password=password)
    send(client, newest_link(app, NEW))
    assert sign_in(app.test_client(), NEW, password).status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_letters_are_rationed(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    answers = [register(client).status_code for _ in range(3)]
    refused = register(client)
    assert answers == [303] * 3
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0


def test_posted_twice_makes_one_account(app: Flask, open_house: Cast, client: FlaskClient) -> None:
    register(client)
    register(client)
    with app.app_context():
        assert len(session().scalars(select(Person).where(Person.email == NEW)).all()) == 1
