"""Rights of administrators, transfer officers and signers wait for a second factor."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.factors import code, give_app, set_up
from tests.accounts.pages import send, sign_in
from tests.cast import Cast
from workspace.accounts import sessions
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.settings import Settings

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, second_factor="required")


@pytest.mark.parametrize(("seat", "path"), [("administrator", "/people"), ("officer", "/queue")])
def test_the_role_holds_once_the_factor_is_shown(
    app: Flask, cast: Cast, client: FlaskClient, seat: str, path: str
) -> None:
    answer = sign_in(client, cast.email(seat), next=path)
    assert answer.location == f"/settings/security/set-up?next={path}"
    assert client.get(answer.location).status_code == 200
    assert client.get(path).status_code in {403, 404}
    _secret, done = set_up(client)
    assert done.status_code == 200
    assert client.get(path).status_code == 200


def test_a_session_from_before_stays_without_the_role(app: Flask, cast: Cast, enter: Enter) -> None:
    old = enter(cast.person("administrator"))
    give_app(app, cast.person("administrator"))
    assert old.get("/people").status_code == 403
    fresh = app.test_client()
    sign_in(fresh, cast.email("administrator"))
    send(fresh, "/sign-in/second", code=code())
    assert fresh.get("/people").status_code == 200
    assert old.get("/people").status_code == 403


def test_other_roles_of_the_same_person_are_not_touched(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    assert enter(cast.person("lead")).get(f"/teams/{cast.team.public_id}").status_code == 200
    answer = sign_in(app.test_client(), cast.email("lead"))
    assert answer.location == "/"


def test_the_last_factor_cannot_be_removed(app: Flask, cast: Cast, enter: Enter) -> None:
    client = enter(cast.person("officer"))
    set_up(client)
    answer = send(client, "/settings/security/app/remove", on="/settings/security")
    assert answer.status_code == 422 and "Set up another one" in answer.text
    assert client.get("/queue").status_code == 200


def test_letters_and_jobs_keep_the_whole_rights(app: Flask, cast: Cast) -> None:
    with app.app_context():
        officer = session().get_one(Person, cast.person("officer").id)
        found = sessions.addressee(officer.id)
        assert found is not None
        assert any(it.role == "transfer-officer" for it in found.held)


def test_every_page_says_that_a_role_is_closed_and_how_to_open_it(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    sign_in(client, cast.email("officer"))
    page = client.get("/settings").text
    assert "closed until you show a second factor" in page
    assert 'href="/settings/security/set-up?next=/settings"' in page
    assert "closed until you show" not in client.get("/settings/security").text
    set_up(client)
    assert "closed until you show" not in client.get("/settings").text


def test_a_session_from_before_the_factor_is_led_to_sign_in(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    old = enter(cast.person("administrator"))
    give_app(app, cast.person("administrator"))
    assert 'href="/sign-in?next=/settings"' in old.get("/settings").text


def test_nobody_else_is_told_of_closed_roles(app: Flask, cast: Cast, enter: Enter) -> None:
    for seat in ("lead", "mentor", "sponsor"):
        assert "closed until you show" not in enter(cast.person(seat)).get("/settings").text
