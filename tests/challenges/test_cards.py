"""What waits for a sponsor and for a programme lead, and the lines of the navigation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.challenges.drafts import brief
from workspace.accounts.models import Person
from workspace.challenges import actions
from workspace.foundation.clock import now
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_first_pages_say_what_waits(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        with write():
            actions.ask(cast.actor("lead"), cast.challenge, "May we use plasma?", now())
            draft = actions.open_challenge(
                cast.actor("sponsor"), cast.edition, cast.company, brief(now()), now())
        with write():
            actions.submit(cast.actor("sponsor"), draft, now())
    lead = enter(cast.person("programme_lead"))
    page = lead.get(f"/editions/{cast.edition.public_id}").text
    assert "Check a challenge" in page and f"/challenges/{draft.public_id}/review" in page
    assert 'href="/challenges?edition=' in page
    with app.app_context(), write():
        actions.request_changes(cast.actor("programme_lead"), draft, "Name the user.", now())
    sponsor = enter(cast.person("sponsor"))
    page = sponsor.get(f"/organisations/{cast.company.public_id}/sponsor").text
    assert "Answer 1 question" in page and "Change your challenge" in page
    assert "Gelsight" not in page and "Rita" not in page


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_team_is_told_what_to_do_next(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    page = enter(cast.person("lead")).get(home).text
    assert "Write your charter" in page and "Invite somebody" in page
    assert "Hanna Weiss" in page
    assert "Write your charter" not in enter(cast.person("member")).get(home).text
