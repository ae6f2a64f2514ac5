"""Dates, numbers and sentences come in the language of the person who reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.babel import day_and_time, day_month
from workspace.foundation.languages import locale_of
from workspace.foundation.text import decimals

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LAST_MINUTE = datetime(2026, 12, 14, 22, 59, tzinfo=UTC)
"""One minute before midnight in Rome."""


@pytest.mark.parametrize(
    ("language", "written", "short"),
    [
        ("en", "14 Dec 2026, 23:59", "14 Dec"),
        ("it", "14 dic 2026, 23:59", "14 dic"),
        ("es", "14 dic 2026, 23:59", "14 dic"),
        ("pt", "14/12/2026, 23:59", "14/12"),
        ("cs", "14. 12. 2026 23:59", "14. 12."),
    ],
)
def test_a_deadline_is_written_the_way_of_the_language(
    app: Flask, language: str, written: str, short: str
) -> None:
    with app.test_request_context(), force_locale(locale_of(language)):
        assert day_and_time(LAST_MINUTE).replace("\xa0", " ") == written
        assert day_month(date(2026, 12, 14)).replace("\xa0", " ") == short


@pytest.mark.parametrize(("language", "written"), [("en", "3.50"), ("it", "3,50")])
def test_a_mean_has_the_point_or_the_comma_of_the_language(
    app: Flask, language: str, written: str
) -> None:
    with app.test_request_context(), force_locale(locale_of(language)):
        assert decimals(3.5, 2) == written


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("it-IT,it;q=0.9,en;q=0.5", "it"),
        ("it", "it"),
        ("de-DE,de;q=0.9", "en"),
        ("cs-CZ,cs;q=0.9,it;q=0.4", "it"),
        ("", "en"),
    ],
)
def test_a_visitor_reads_the_language_of_the_browser(app: Flask, asked: str, spoken: str) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": asked})
    assert f'<html lang="{spoken}"' in page.text


def test_a_language_that_is_not_complete_is_nowhere_to_choose(
    app: Flask, cast: Cast, enter: Callable[[Person], FlaskClient]
) -> None:
    page = enter(cast.person("lead")).get("/settings/display").text
    assert "Italiano" in page
    assert "Čeština" not in page


def test_refusals_and_error_pages_are_in_italian_too(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/nothing/here", headers={"Accept-Language": "it"})
    assert page.status_code == 404
    assert "Qui non c’è nulla" in page.text
