"""Whoever asks for the head of a form looks at it: nothing is done, the answer is the page's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from workspace.accounts.models import Person

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def forms(app: Flask) -> list[str]:
    """Addresses without parameters that show a form and take it."""
    return sorted(
        rule.rule for rule in app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set()) and not rule.arguments
    )


def test_a_head_is_the_head_of_the_page(
    app: Flask, cast: Cast, client: FlaskClient, enter: Enter
) -> None:
    seats = ("lead", "programme_lead", "administrator")
    browsers = [client, *(enter(cast.person(it)) for it in seats)]
    assert len(forms(app)) > 15
    for browser in browsers:
        for path in forms(app):
            looked, asked = browser.get(path), browser.head(path)
            assert asked.status_code == looked.status_code, path
            assert asked.headers.get("Location") == looked.headers.get("Location"), path
            assert not asked.data, path
