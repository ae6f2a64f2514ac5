"""A session that began with a password alone does not rule over the second factor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.accounts.factors import code, give_app, set_up
from tests.accounts.pages import send
from tests.accounts.test_fresh_proof import grow_old
from tests.cast import Cast
from workspace.accounts.factors import holding
from workspace.accounts.factors.sealing import opened
from workspace.accounts.models import AuthenticatorApp, Person, RecoveryCode, SignIn
from workspace.foundation.db import session

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SECURITY = "/settings/security"
AGAIN = "/confirm-it-is-you"


def secret_of(app: Flask) -> bytes | None:
    with app.app_context():
        return opened(holding.AT_REST, session().scalars(select(AuthenticatorApp)).one().secret)


def is_strong(app: Flask) -> bool:
    with app.app_context():
        return session().scalars(select(SignIn)).one().second_at is not None


def test_it_does_not_put_another_app_in_place(app: Flask, cast: Cast, enter: Enter) -> None:
    thief = enter(cast.person("officer"))  # a session from before; the password is known
    give_app(app, cast.person("officer"))
    before = secret_of(app)
    _secret, answer = set_up(thief)
    assert answer.status_code == 422
    assert "second factor" in answer.text
    assert secret_of(app) == before
    assert not is_strong(app)


def test_it_takes_nothing_away_and_makes_no_codes(app: Flask, cast: Cast, enter: Enter) -> None:
    thief = enter(cast.person("lead"))
    give_app(app, cast.person("lead"))
    for path in ("/settings/security/app/remove", "/settings/security/codes"):
        assert send(thief, path, on=SECURITY).status_code == 422
    with app.app_context():
        assert session().scalars(select(AuthenticatorApp)).all()
        assert not session().scalars(select(RecoveryCode)).all()


def test_the_password_alone_lifts_it_never_and_a_code_does(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    client = enter(cast.person("lead"))
    give_app(app, cast.person("lead"))
    grow_old(app)
    assert send(client, AGAIN, password=builders.PASSWORD).status_code == 303
    assert not is_strong(app)
    assert send(client, "/settings/security/app/remove", on=SECURITY).status_code == 422
    grow_old(app)
    assert send(client, AGAIN, code=code()).status_code == 303
    assert is_strong(app)
    assert send(client, "/settings/security/app/remove", on=SECURITY).status_code == 303


def test_the_first_factor_is_set_up_as_ever(app: Flask, cast: Cast, enter: Enter) -> None:
    _secret, answer = set_up(enter(cast.person("lead")))
    assert answer.status_code == 200
    assert is_strong(app)
