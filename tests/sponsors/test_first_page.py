"""What sponsors and scouts see: own challenges with counts, released items, nothing of teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.cast import SEATS, Cast
from workspace.accounts.models import Person
from workspace.challenges import actions as challenges
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.home import pages
from workspace.submissions.models import Entry

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_only_the_own_people_come_in(app: Flask, cast: Cast, enter: Enter) -> None:
    sponsor = f"/organisations/{cast.company.public_id}/sponsor"
    discover = f"/organisations/{cast.accelerator.public_id}/discover"
    for seat in sorted(set(SEATS) - {"visitor"}):
        client = enter(cast.person(seat))
        for path, passing in ((sponsor, "sponsor"), (discover, "scout")):
            found = client.get(path).status_code
            assert found == 200 if seat == passing else found in {403, 404}, (seat, path, found)


def test_each_date_stands_there_once(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        with write():
            session().get_one(Challenge, cast.challenge.id).demo_day_at = now() + timedelta(days=30)
        ahead = pages.dates(cast.actor("sponsor"), "sponsor", cast.company)
    assert "Demo day" in [it.title for it in ahead]
    assert len({(it.title, it.url) for it in ahead}) == len(ahead)


def test_counts_and_questions_and_nothing_of_the_teams(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        session().add(Entry(team_id=cast.team.id, challenge_id=cast.challenge.id, state="active",
                            created_by_id=cast.person("lead").id, motivation="motivecanary"))
        builders.challenge(cast.edition, cast.other_company, cast.person("other_sponsor"),
                           title="Somebody else's", state="draft")
        challenges.ask(cast.actor("lead"), cast.challenge, "May the blood be warm?", now())
    shown = enter(cast.person("sponsor")).get(
        f"/organisations/{cast.company.public_id}/sponsor").text
    assert "Answer 1 question" in shown
    assert "A challenge" in shown
    assert "Nothing was released to you yet" in shown
    for secret in ("Gelsight", "motivecanary", "Somebody else&#39;s", "Rita Moreau"):
        assert secret not in shown, secret
