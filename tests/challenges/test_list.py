"""The list of challenges: filters stand in the address, empty lists say what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition

Enter = Callable[[Person], FlaskClient]


@pytest.fixture
def more(app: Flask, cast: Cast) -> None:
    """Thirty more challenges of another company, one of them about optics."""
    with app.app_context(), write():
        edition = session().get(Edition, cast.edition.id)
        company = session().get(Organisation, cast.other_company.id)
        assert edition is not None and company is not None
        builders.challenge(edition, company, cast.person("other_sponsor"), "Gentle light",
                           sector="optics")
        for number in range(29):
            builders.challenge(edition, company, cast.person("other_sponsor"),
                               f"Number {number:02}", "closed")


def test_filters_narrow_the_list(app: Flask, cast: Cast, more: None, enter: Enter) -> None:
    client = enter(cast.person("participant"))
    for query, shown, hidden in (
        ("sector=optics", "Gentle light", "A challenge"),
        ("state=closed", "Number 00", "Gentle light"),
        (f"sponsor={cast.company.public_id}", "A challenge", "Gentle light"),
        ("q=gentle+LIGHT", "Gentle light", "Number 01"),
        ("q=100%25", "No challenge fits", "Gentle light"),
        ("state=nonsense", "No challenge fits", "Gentle light"),
    ):
        page = client.get(f"/challenges?{query}").text
        assert shown in page and hidden not in page, query
        assert "Clear filters" in page, query


def test_a_long_list_comes_in_pages(app: Flask, cast: Cast, more: None, enter: Enter) -> None:
    client = enter(cast.person("participant"))
    first = client.get("/challenges?view=table").text
    assert "31 challenges" in first and "page=2" in first
    second = client.get("/challenges?view=table&page=2").text
    assert "page=3" not in second and second != first
    for odd in ("-1", "x", "99999999", "0", "²"):
        assert client.get(f"/challenges?page={odd}").status_code == 200, odd


def test_empty_lists_say_what_will_be_here(app: Flask, cast: Cast, enter: Enter) -> None:
    page = enter(cast.person("stranger")).get("/challenges").text
    assert "No challenges yet" in page and "New challenge" not in page
    page = enter(cast.person("other_sponsor")).get("/challenges").text
    assert "No challenges yet" in page and "New challenge" in page


def test_only_those_who_run_it_see_counts(app: Flask, cast: Cast, enter: Enter) -> None:
    assert "0 entries" in enter(cast.person("sponsor")).get("/challenges").text
    assert "0 entries" not in enter(cast.person("participant")).get("/challenges").text
