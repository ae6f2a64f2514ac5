"""Feeds: only the owner's dates, mostly "Busy", and worthless once they have ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from tests import builders
from tests.accounts.pages import send
from tests.cast import Cast
from workspace.accounts.models import Person
from workspace.calendars import actions, queries
from workspace.calendars.models import CalendarFeed
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.releases.models import Release
from workspace.submissions.models import Entry
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
ITEM = "Gel sensor, third sample"
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def feed_of(app: Flask, cast: Cast, seat: str, *, titles: bool = False) -> str:
    with app.app_context(), write():
        return actions.make(cast.actor(seat), "Phone", titles=titles)[1]


def planted(app: Flask, cast: Cast) -> None:
    """An entry to the challenge, and a release that is to be shown."""
    with app.app_context(), write():
        session().add(
            Entry(team_id=cast.team.id, challenge_id=cast.challenge.id, state="active",
                  created_by_id=cast.person("lead").id)
        )
        session().add(
            Release(team_id=cast.team.id, item_kind="canvas", item_id="x" * 22, item_title=ITEM,
                    audience="public", state="approved", version_label="1", data={},
                    sha256="0" * 64, show_on=now().date(), show_from=now() + timedelta(days=5),
                    requested_by_id=cast.person("lead").id)
        )


def read(client: FlaskClient, secret: str) -> Calendar:
    answer = client.get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n")), "lines are folded"
    found = Calendar.from_ical(answer.data)
    assert isinstance(found, Calendar)
    return found


def titles_in(found: Calendar) -> list[str]:
    return [str(it["SUMMARY"]) for it in found.walk("VEVENT")]


def test_without_titles_a_confidential_date_is_busy(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    planted(app, cast)
    shy = client.get(f"/calendar/{feed_of(app, cast, 'lead')}.ics").get_data(as_text=True)
    for word in (ITEM, "Gel sensor", cast.team.name, cast.challenge.title, "/releases/",
                 "/teams/", "ATTACH", "DESCRIPTION"):
        assert word not in shy, word
    found = Calendar.from_ical(shy)
    assert isinstance(found, Calendar)
    assert "Busy" in titles_in(found)
    assert "Pitch for review is due" in titles_in(found)
    assert "Evidence ends" in titles_in(found)
    busy = next(it for it in found.walk("VEVENT") if it["SUMMARY"] == "Busy")
    assert busy["CLASS"] == "PRIVATE"
    assert found.walk("VTIMEZONE"), "the zone's rules come along"
    open_ = read(client, feed_of(app, cast, "lead", titles=True))
    assert any(ITEM in it for it in titles_in(open_))
    assert all(it["CLASS"] == "PRIVATE" for it in open_.walk("VEVENT"))


def test_a_feed_holds_what_its_owner_may_see_now(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    planted(app, cast)
    secrets = {
        seat: feed_of(app, cast, seat, titles=True)
        for seat in ("member", "rival", "stranger", "sponsor", "programme_lead")
    }
    seen = {seat: titles_in(read(client, it)) for seat, it in secrets.items()}
    assert any(ITEM in it for it in seen["member"])
    for seat in ("rival", "stranger", "sponsor", "programme_lead"):
        assert not any(ITEM in it for it in seen[seat]), seat
    assert seen["stranger"] == []
    assert "Applications close" in seen["sponsor"]
    with app.app_context(), write():
        grants.end(builders.NOBODY, cast.person("member").id, ("team-member",), "team",
                   cast.team.id, now())
    assert not any(ITEM in it for it in titles_in(read(client, secrets["member"])))


def test_a_date_that_moves_keeps_its_name_and_gets_a_number(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    planted(app, cast)
    secret = feed_of(app, cast, "lead")

    def due() -> tuple[str, int, str]:
        found = next(it for it in read(client, secret).walk("VEVENT")
                     if it["SUMMARY"] == "Pitch for review is due")
        return str(found["UID"]), int(found.decoded("SEQUENCE")), str(found.decoded("DTEND"))

    first, same = due(), due()
    assert first == same
    with app.app_context(), write():
        challenge = session().get_one(Challenge, cast.challenge.id)
        assert challenge.mid_review_at is not None
        challenge.mid_review_at += timedelta(days=2)
    moved = due()
    assert (moved[0], moved[1]) == (first[0], first[1] + 1)
    assert moved[2] != first[2]


def test_texts_are_escaped(app: Flask, cast: Cast, client: FlaskClient) -> None:
    planted(app, cast)
    with app.app_context(), write():
        session().scalars(select(Release)).one().item_title = "A;B,C\r\nATTENDEE:mailto:x@y.z"
    body = client.get(f"/calendar/{feed_of(app, cast, 'lead', titles=True)}.ics").data
    assert b"\r\nATTENDEE" not in body
    assert b"A\\;B\\,C" in body


def test_ended_rotated_and_closed_feeds_show_nothing(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    first, second, third = (feed_of(app, cast, it) for it in ("lead", "member", "mentor"))
    with app.app_context(), write():
        feeds = {it.person_id: it for it in session().scalars(select(CalendarFeed))}
        actions.revoke(cast.actor("lead"), feeds[cast.person("lead").id], now())
        fresh = actions.rotate(cast.actor("member"), feeds[cast.person("member").id], now())
        session().get_one(Person, cast.person("mentor").id).active = False
    absent = client.get(f"/calendar/{'x' * 43}.ics")
    for secret in (first, second, third):
        answer = client.get(f"/calendar/{secret}.ics")
        assert answer.status_code == 404
        assert "BEGIN:VCALENDAR" not in answer.text
        assert len(answer.data) == len(absent.data)
    assert client.get(f"/calendar/{fresh}.ics").status_code == 200


@SQLITE
def test_an_address_that_is_read_too_often_waits(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    secret = feed_of(app, cast, "lead")
    codes = [client.get(f"/calendar/{secret}.ics").status_code for _time in range(62)]
    assert codes.count(200) == 60
    assert set(codes[60:]) == {429}


@SQLITE
def test_the_pages(app: Flask, cast: Cast, enter: Enter) -> None:
    planted(app, cast)
    browser = enter(cast.person("lead"))
    assert "No feeds yet" in browser.get("/settings/calendars").text
    made = send(browser, "/settings/calendars/new", name="Phone")
    assert made.status_code == 200
    secret = made.text.split("/calendar/")[1].split(".ics")[0]
    assert browser.get(f"/calendar/{secret}.ics").status_code == 200
    assert secret not in browser.get("/settings/calendars").text, "shown once"
    with app.test_request_context():
        row = session().scalars(select(CalendarFeed)).one()
        assert secret not in row.token_hash
        feed, lead = row.public_id, cast.actor("lead")
        team = session().get_one(Team, cast.team.id)
        uid = next(it.uid for it in queries.entries(lead, now()) if ITEM in it.date.title)
    one = browser.get(f"/settings/calendars/dates/{uid}.ics")
    assert one.status_code == 200
    assert one.data.count(b"BEGIN:VEVENT") == 1
    assert enter(cast.person("rival")).get(
        f"/settings/calendars/dates/{uid}.ics").status_code == 404
    for seat in ("member", "rival", "administrator", "stranger"):
        refused = send(enter(cast.person(seat)), f"/settings/calendars/{feed}/revoke",
                       on="/settings/calendars/new")
        assert refused.status_code == 404, seat
    on = "/settings/calendars"
    assert send(browser, f"{on}/{feed}/titles", on=on).status_code == 303
    assert "Shows titles." in browser.get(on).text
    assert send(browser, f"{on}/{feed}/rotate", on=on).status_code == 200
    assert send(browser, f"{on}/{feed}/revoke", on=on).status_code == 303
    assert "No feeds yet" in browser.get(on).text
    assert team.public_id not in secret
