"""Dates of officers and mentors; and the record of who read a feed first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import builders
from tests.calendars.test_feeds import ITEM, feed_of, planted, read, titles_in
from tests.cast import Cast
from workspace.calendars import actions
from workspace.calendars.models import CalendarFeed
from workspace.foundation.clock import frozen, now
from workspace.foundation.db import session
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.journal.models import JournalEntry
from workspace.releases.models import Release

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DUE = "Pitch for review is due"


def test_an_officer_sees_until_when_to_decide(
    app: Flask, cast: Cast, client: FlaskClient, settings: Settings
) -> None:
    planted(app, cast)
    with app.app_context(), write():
        session().scalars(select(Release)).one().state = "requested"
    mine, other = (feed_of(app, cast, it, titles=True) for it in ("officer", "other_officer"))
    shy = feed_of(app, cast, "officer")
    app.config["INNOCORE"] = settings  # of a house that asks nobody for a second factor
    assert not settings.needs_second_factor
    assert titles_in(read(client, mine)) == [f"Decide on “{ITEM}” before it is shown"]
    assert titles_in(read(client, shy)) == ["Busy"]
    assert titles_in(read(client, other)) == []


def test_a_mentor_has_dates_as_long_as_she_mentors(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    planted(app, cast)
    secret = feed_of(app, cast, "mentor", titles=True)
    assert DUE in titles_in(read(client, secret))
    with app.app_context(), write():
        grants.end(builders.NOBODY, cast.person("mentor").id, ("mentor",), "team",
                   cast.team.id, now())
    assert titles_in(read(client, secret)) == []


def test_the_first_reading_of_an_address_is_on_record(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    secret = feed_of(app, cast, "lead")

    def uses() -> int:
        with app.app_context():
            rows = session().scalars(
                select(JournalEntry).where(JournalEntry.event == "feed-first-used")
            ).all()
            assert all(secret not in str(it.detail) for it in rows)
            return len(rows)

    assert uses() == 0
    for _time in range(3):
        read(client, secret)
    assert uses() == 1
    with frozen(now() + timedelta(days=2)):
        read(client, secret)
    assert uses() == 1
    with app.app_context(), write():
        feed = session().scalars(select(CalendarFeed)).one()
        secret = actions.rotate(cast.actor("lead"), feed, now())
    read(client, secret)
    assert uses() == 2
