"""Mentors and reviewers find first what is due, then their teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from mentors.reviews import actions as reviews
from mentors.reviews.models import Review
from tests import builders
from tests.cast import Cast
from tests.reviews.panels import scene_in
from workspace.accounts.models import Person
from workspace.foundation.clock import now, today
from workspace.foundation.days import ONE_DAY, day_in, instant
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.home import pages
from workspace.programmes.models import Edition
from workspace.teams import agreements
from workspace.teams.models import Team

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_mentor_begins_with_her_teams(cast: Cast, enter: Enter) -> None:
    mentor = enter(cast.person("mentor"))
    assert mentor.get("/").headers["Location"] == "/today"
    shown = mentor.get("/today").text
    assert f'href="/teams/{cast.team.public_id}"' in shown
    assert "Phagelark" not in shown
    assert "Nothing waits for you." in shown


def test_a_phase_is_over_with_its_last_day(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        edition = session().get_one(Edition, cast.edition.id)
        last = today(edition.zone) + timedelta(days=20)
        with write():
            edition.phases[1].ends_at = instant(last + ONE_DAY, time(), edition.zone)
        told = pages.dates(builders.actor(cast.person("mentor")), "edition", edition)
        key = f"phase:{edition.phases[1].public_id}"
        assert [day_in(it.at, edition.zone) for it in told if it.key == key] == [last]


def test_a_reviewer_reads_what_is_due_and_no_title_too_early(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with scene_in(app, cast) as it:
        it.asked()
        first = it.first
    reviewer = enter(first)
    assert reviewer.get("/").headers["Location"] == "/today"
    shown = reviewer.get("/today").text
    assert "Review the pitch of Gelsight" in shown
    assert "A gel that sees" not in shown
    with app.app_context(), write():
        review = session().scalars(select(Review).where(Review.reviewer_id == first.id)).one()
        reviews.declare(builders.actor(review.reviewer), review, "", now())
    assert "A gel that sees" in reviewer.get("/today").text
    assert "Review the pitch" not in enter(cast.person("lead")).get("/today").text


def test_whoever_is_asked_to_mentor_finds_the_question(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    person = cast.person("stranger")
    client = enter(person)
    assert client.get("/").headers["Location"] == "/welcome"
    with app.app_context(), write():
        agreements.ask_mentor(builders.actor(cast.person("programme_lead")),
                              session().get_one(Team, cast.rival_team.id),
                              session().get_one(Person, person.id), now())
    shown = client.get("/welcome").text
    assert "Answer whether you mentor this team" in shown
    assert "Read and answer" in shown


def test_the_switcher_leads_to_a_team_still(cast: Cast, enter: Enter) -> None:
    mentor = enter(cast.person("mentor"))
    assert mentor.get(f"/teams/{cast.team.public_id}").status_code == 200
    assert 'href="/today"' in mentor.get(f"/teams/{cast.team.public_id}").text
    assert 'href="/today"' not in enter(cast.person("lead")).get("/", follow_redirects=True).text
