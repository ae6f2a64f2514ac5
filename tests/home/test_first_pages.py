"""First pages: each role finds hers; the overview shows metadata; the team its next step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mentors.reviews import actions as reviews
from tests import builders
from tests.accounts.pages import TOKEN, send
from tests.cast import SEATS, Cast
from tests.reviews.panels import scene, scene_in
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.unit import write
from workspace.home import pages

Enter = Callable[[Person], FlaskClient]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_everybody_has_a_first_page(app: Flask, cast: Cast, enter: Enter) -> None:
    for seat in sorted(set(SEATS) - {"visitor"}):
        client = enter(cast.person(seat))
        first = client.get("/")
        assert first.status_code == 303, seat
        assert client.get(first.headers["Location"]).status_code == 200, seat
        for path in ("/welcome", "/help", "/accessibility", "/inbox", "/programmes"):
            assert client.get(path).status_code == 200, (seat, path)
    visitor = app.test_client()
    assert visitor.get("/").headers["Location"] == "/sign-in"
    for path in ("/help", "/accessibility"):
        shown = visitor.get(path)
        assert shown.status_code == 200
        assert 'action="/sign-out"' not in shown.text


def test_the_team_page_by_seat(app: Flask, cast: Cast, enter: Enter) -> None:
    read = {"lead", "member", "mentor", "pi", "officer"}
    for seat in sorted(set(SEATS) - {"visitor"}):
        shown = enter(cast.person(seat)).get(f"/teams/{cast.team.public_id}")
        if seat in read:
            assert shown.status_code == 200, seat
            assert "Gelsight in one line" in shown.text, seat
        elif seat == "programme_lead":
            assert "confidential" in shown.text
            assert "in one line" not in shown.text
            assert "Gelsight project" not in shown.text
        else:
            assert shown.status_code == 404, seat


def test_the_next_step_comes_first(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast) as it:
        it.finished()
        with write():
            reviews.release(builders.actor(it.lead), it.panel, now())
    for seat, asked in (("lead", True), ("member", True), ("mentor", False), ("pi", False)):
        page = enter(cast.person(seat)).get(f"/teams/{cast.team.public_id}").text
        assert ("of your reviewers" in page) == asked, seat
    shown = enter(cast.person("lead")).get(f"/teams/{cast.team.public_id}").text
    assert "Next step" in shown
    assert "Road to demo day" in shown


def test_the_overview_says_what_waits(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast):
        pass
    client = enter(cast.person("programme_lead"))
    path = f"/editions/{cast.edition.public_id}"
    shown = client.get(path).text
    assert "Gelsight waits for 2 reviewers" in shown
    for column in ("Members", "Mentor", "Review", "Canvas", "Team"):
        assert f">{column}<" in shown, column
    for secret in ("in one line", "Gelsight project", "A gel that sees"):
        assert secret not in shown, secret
    found = client.get(f"{path}?q=phage").text
    assert "Phagelark" in found
    assert "No team has this name" in client.get(f"{path}?q=%25nothing").text


def test_a_conflicted_lead_sees_no_trace_of_the_review(context: Flask, cast: Cast) -> None:
    it = scene(cast)
    it.finished()
    with write():
        builders.join(cast.team, it.lead)
    lead = builders.actor(it.lead)
    assert all("Gelsight" not in need.title for need in pages.needs(lead, "overview", cast.edition))
    stats = {one["label"]: one["value"] for one in pages.stats(lead, cast.edition, [cast.team])}
    assert stats["Pitches in review"] == 0
    from flask import g

    g.innocore_actor = lead
    for column in pages.columns([cast.team]):
        if column.title == "Review":
            assert column.cells == {}
    g.innocore_actor = builders.actor(builders.person("Visitor"))


def test_a_withdrawn_pitch_waits_for_nobody(context: Flask, cast: Cast) -> None:
    from workspace.submissions import actions as submissions

    it = scene(cast)
    it.asked()
    with write():
        submissions.withdraw(cast.actor("lead"), it.panel.submission, now())
    lead = cast.actor("programme_lead")
    assert all("Gelsight" not in need.title for need in pages.needs(lead, "overview", cast.edition))


def test_switching_changes_the_frame_only_to_what_is_hers(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    with app.app_context(), write():
        builders.give(cast.person("lead"), "sponsor", "organisation", cast.company.id)
    client = enter(cast.person("lead"))
    shown = client.get(f"/teams/{cast.team.public_id}")
    token = TOKEN.search(shown.text)
    assert token is not None
    own = client.post(f"/workplace/sponsor.{cast.company.public_id}",
                      data={"csrf_token": token[1]})
    assert own.headers["Location"] == f"/organisations/{cast.company.public_id}/sponsor"
    assert client.get("/").headers["Location"] == own.headers["Location"]
    assert client.get(f"/teams/{cast.team.public_id}").status_code == 200
    other = client.post(f"/workplace/team-lead.{cast.rival_team.public_id}",
                        data={"csrf_token": token[1]})
    assert other.status_code == 404


def test_a_participant_without_a_team_finds_one(app: Flask, cast: Cast, enter: Enter) -> None:
    shown = enter(cast.person("participant")).get("/welcome").text
    assert "Start a team" in shown
    stranger = enter(cast.person("stranger"))
    assert "Start a team" not in stranger.get("/welcome").text
    assert send(stranger, "/enter", code="").status_code == 422
