"""An installation with nobody in it: who runs the machine names the first administrator."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import send, sign_in
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants.queries import roles_in
from workspace.journal.models import JournalEntry

ADDRESS = "ada.first@valdena.example"
SECRET = "long enough to keep it 26"


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["administrator", *words])
    return done.exit_code, done.output


def administrates(app: Flask, email: str) -> bool:
    with app.app_context():
        person = session().scalar(select(Person).where(Person.email == email))
        return person is not None and "administrator" in roles_in(person.id, "platform", 0, now())


def link_in(told: str) -> str:
    return told.strip().rpartition(" ")[2].removeprefix("http://localhost:5000")


def test_the_first_one_chooses_a_password_and_sits_down(app: Flask, client: FlaskClient) -> None:
    code, told = run(app, ADDRESS.upper(), "--name", "Ada First")
    assert code == 0, told
    assert f"Ada First <{ADDRESS}> administrates the workspace." in told
    assert sign_in(client, ADDRESS, SECRET).status_code == 422
    assert send(client, link_in(told), password=SECRET).status_code == 303
    assert sign_in(client, ADDRESS, SECRET).status_code == 303
    assert client.get("/administration").status_code == 200
    with app.app_context():
        assert session().scalar(select(JournalEntry.id).where(JournalEntry.event == "grant-given"))


def test_she_finds_where_the_first_programme_is_set_up(
    app: Flask, client: FlaskClient
) -> None:
    _, told = run(app, ADDRESS, "--name", "Ada First")
    send(client, link_in(told), password=SECRET)
    sign_in(client, ADDRESS, SECRET)
    desk = client.get("/", follow_redirects=True).text
    for place, way in (("/organisations", "/organisations/new"),
                       ("/programmes", "/programmes/new")):
        assert f'href="{place}"' in desk
        assert f'href="{way}"' in client.get(place).text


def test_somebody_with_an_account_keeps_her_password(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    code, told = run(app, cast.email("stranger"))
    assert (code, "/reset/" in told) == (0, False), told
    assert run(app, cast.email("stranger"))[0] == 0
    assert administrates(app, cast.email("stranger"))
    assert sign_in(client, cast.email("stranger")).status_code == 303
    assert client.get("/administration").status_code == 200


def test_a_password_that_a_stranger_chose_is_void(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), write():
        builders.person("Somebody Else", ADDRESS).confirmed_at = None
    code, told = run(app, ADDRESS)
    assert code == 0, told
    with app.app_context():
        assert session().scalars(select(Person.password)).one() is None
    assert sign_in(client, ADDRESS).status_code == 422
    assert send(client, link_in(told), password=SECRET).status_code == 303
    assert sign_in(client, ADDRESS, SECRET).status_code == 303


@pytest.mark.parametrize(("words", "why"), [
    ((ADDRESS,), "Say the person's name"),
    (("ada", "--name", "Ada"), "name@university.org"),
])
def test_what_is_missing_is_said(app: Flask, words: tuple[str, ...], why: str) -> None:
    code, told = run(app, *words)
    assert code == 2
    assert why in told
    assert not administrates(app, ADDRESS)


def test_a_closed_account_stays_closed(app: Flask, cast: Cast) -> None:
    with app.app_context(), write():
        session().get_one(Person, cast.person("stranger").id).active = False
    assert run(app, cast.email("stranger"))[0] == 2
    assert not administrates(app, cast.email("stranger"))
