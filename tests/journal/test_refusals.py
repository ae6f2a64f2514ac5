"""What the guard refuses is in the record: ids only, and of a flood a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.foundation.db import new_public_id, session
from workspace.journal import refusals
from workspace.journal.checking import verify
from workspace.journal.models import JournalEntry

Enter = Callable[[Person], FlaskClient]


def told(app: Flask, event: str) -> list[JournalEntry]:
    with app.app_context():
        return list(session().scalars(
            select(JournalEntry).where(JournalEntry.event == event).order_by(JournalEntry.id)
        ))


def details(app: Flask, event: str) -> list[dict[str, Any]]:
    return [it.detail for it in told(app, event)]


def test_a_door_that_stays_shut_is_a_line(app: Flask, cast: Cast, enter: Enter) -> None:
    rival = enter(cast.person("rival"))
    assert rival.get(f"/teams/{cast.team.public_id}").status_code == 404
    assert rival.get("/administration").status_code == 403
    hidden, refused = told(app, "access-denied")
    assert hidden.who == refused.who == cast.person("rival").public_id
    assert hidden.chain == "platform:0"
    assert hidden.detail["code"] == "not_found"
    assert hidden.detail["things"] == [cast.team.public_id]
    assert (refused.detail["door"], refused.detail["code"]) == (
        "administration.index", "not_allowed",
    )
    with app.app_context():
        assert verify() == []


def test_what_is_there_and_what_is_not_are_told_alike(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    rival = enter(cast.person("rival"))
    rival.get(f"/teams/{cast.team.public_id}")
    rival.get(f"/teams/{new_public_id()}")
    one, other = details(app, "access-denied")
    assert {**one, "things": []} == {**other, "things": []}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_that_was_typed_into_an_address_is_kept(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    enter(cast.person("rival")).get("/teams/our-secret-name?q=words")
    (line,) = details(app, "access-denied")
    assert line["things"] == []
    assert "secret" not in str(line)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_of_a_flood_the_first_twenty_and_then_one_a_minute_are_told(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    rival = enter(cast.person("rival"))
    for _ in range(40):
        assert rival.get(f"/teams/{new_public_id()}").status_code == 404
    lines = details(app, "access-denied")
    assert [it["sampled"] for it in lines] == [False] * 20 + [True]
    assert enter(cast.person("stranger")).get("/administration").status_code == 403
    assert len(details(app, "access-denied")) == 22, "another person is told by herself"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_together_fill_no_more_than_their_share(
    app: Flask, cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "ALL", "3 per minute")
    for seat in ("rival", "stranger", "sponsor"):
        client = enter(cast.person(seat))
        for _ in range(2):
            client.get("/administration")
    assert len(details(app, "access-denied")) == 3


def test_a_limit_that_was_hit_is_a_line_a_minute(app: Flask, cast: Cast, enter: Enter) -> None:
    admin = enter(cast.person("administrator"))
    from tests.accounts.pages import send

    codes = [send(admin, "/administration/audit/check").status_code for _ in range(13)]
    assert codes[-3:] == [429] * 3
    (line,) = told(app, "rate-limit-hit")
    assert line.who == cast.person("administrator").public_id
    assert line.detail == {"door": "administration.check_audit"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_programs_are_told_of_as_well(app: Flask, cast: Cast, enter: Enter) -> None:
    rival = enter(cast.person("rival"))
    answer = rival.get(f"/teams/{cast.team.public_id}", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert len(details(app, "access-denied")) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_address_that_no_door_has_is_not_told(app: Flask, client: FlaskClient) -> None:
    assert client.get("/no/such/place").status_code == 404
    assert client.get("/administration").status_code == 302
    assert details(app, "access-denied") == []
