"""The page of results without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_visitors_sign_in_first(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/search?q=gel").status_code == 302
    assert client.get("/search/palette?q=gel").status_code == 302


def test_empty_states_say_what_to_do(cast: Cast, enter: Enter) -> None:
    lead = enter(cast.person("lead"))
    assert "What are you looking for?" in lead.get("/search").text
    assert "Type at least 2 letters" in lead.get("/search?q=g").text
    nothing = lead.get("/search?q=<b>zzzz").text
    assert "Nothing found for “&lt;b&gt;zzzz”" in nothing
    assert "<b>zzzz" not in nothing


def test_groups_pages_and_deeds(cast: Cast, enter: Enter) -> None:
    lead = enter(cast.person("lead"))
    found = lead.get("/search?q=gel").text
    assert "<mark>Gel</mark>sight" in found
    assert f"/teams/{cast.team.public_id}" in found
    assert 'href="/inbox"' in lead.get("/search?q=inbox&kind=pages").text
    assert 'href="/teams/new"' in lead.get("/search?q=new+team&kind=deeds").text
    assert 'href="/challenges/new"' not in lead.get("/search?q=new+challenge").text
    sponsor = enter(cast.person("sponsor"))
    assert 'href="/challenges/new"' in sponsor.get("/search?q=new+challenge").text


def test_one_kind_is_read_page_by_page(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context(), write():
        for number in range(25):
            builders.team(cast.edition, cast.university, cast.person("lead"),
                          name=f"Manifold {number:02}")
    lead = enter(cast.person("lead"))
    few = lead.get("/search?q=manifold").text
    assert "All 25 in Teams" in few
    first = lead.get("/search?q=manifold&kind=teams").text
    second = lead.get("/search?q=manifold&kind=teams&page=2").text
    assert first.count('<a class="found-title"') == 20
    assert second.count('<a class="found-title"') == 5
    assert "page=2" in first and "page=3" not in second
    assert "found-title" not in lead.get("/search?q=manifold&kind=people").text


def test_more_than_thirty_questions_a_minute_are_refused_with_a_sentence(
    cast: Cast, enter: Enter
) -> None:
    lead, other = enter(cast.person("lead")), enter(cast.person("member"))
    for number in range(30):
        path = "/search" if number % 2 else "/search/palette"
        assert lead.get(path, query_string={"q": "gel"}).status_code == 200
    for path in ("/search", "/search/palette"):
        answer = lead.get(path, query_string={"q": "gel"})
        assert answer.status_code == 429
        assert "Wait 1 min and try again." in answer.text
        assert int(answer.headers["Retry-After"]) >= 1
    told = lead.get("/search?q=gel", headers={"Accept": "application/json"})
    assert told.status_code == 429 and told.json is not None
    assert "Wait" in told.json["message"]
    assert lead.get("/search").status_code == 200
    assert other.get("/search?q=gel").status_code == 200
