"""Old tricks that every unsafe address and every way back has to stand."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.matrix.addresses import ABSENT
from workspace.accounts.models import Person
from workspace.foundation.web import declared_doors

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]


ONE_CLICK = {"/unsubscribe/<ticket>"}


def test_no_unsafe_address_takes_what_our_own_pages_did_not_send(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context():
        doors = [it for it in declared_doors() if "POST" in it.methods]
    browser = enter(cast.person("lead"))
    page = browser.get("/settings").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    good = {"csrf_token": found[1]}
    for door in doors:
        path = re.sub(r"<int:\w+>", "1", door.path)
        path = re.sub(r"<\w+>", ABSENT, path)
        for headers, data in (
            ({}, {}), ({"HX-Request": "true"}, {}), ({"Accept": "application/json"}, {}),
            ({"Sec-Fetch-Site": "cross-site"}, good), ({"Origin": "null"}, good),
            ({"Origin": "https://elsewhere.example"}, good),
        ):
            answer = browser.post(path, data=data, headers=headers)
            expected = 401 if door.path.startswith("/api/v1/") else 400
            if door.path in ONE_CLICK:  # a mail program presses it; it only ends letters
                expected = 404
            assert answer.status_code == expected, (door.path, headers)


@pytest.mark.parametrize("target", [
    "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example",
    "/%5celsewhere.example", "/%2f%2felsewhere.example", "/%09/elsewhere.example",
    "javascript:alert(1)", "http:elsewhere.example", "\\\\elsewhere.example",
])
def test_the_way_back_leads_nowhere_else(
    app: Flask, cast: Cast, enter: Enter, target: str
) -> None:
    browser = enter(cast.person("lead"))
    answer = browser.get("/sign-in", query_string={"next": target})
    assert answer.headers["Location"] == "/"
