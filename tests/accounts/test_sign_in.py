"""Signing in and out with address and password."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.accounts.pages import sign_in
from tests.cast import Cast


def test_right_password_opens_the_house(app: Flask, cast: Cast, client: FlaskClient) -> None:
    answer = sign_in(client, cast.email("lead"), builders.PASSWORD, next="/settings")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings")


def test_wrong_password_keeps_the_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    answer = sign_in(client, cast.email("lead"), "wrong horse battery")
    assert answer.status_code == 422
    assert cast.email("lead") in answer.text
    assert "wrong horse battery" not in answer.text
