"""Every door of reviews, asked by every seat of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mentors.reviews import actions, queries
from tests import builders
from tests.accounts.pages import TOKEN
from tests.cast import SEATS, Cast
from tests.reviews.panels import scene_in
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.unit import write

Enter = Callable[[Person], FlaskClient]
READ = {"lead", "member", "mentor", "pi", "officer"}
LEAD = {"programme_lead"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_passes_which_door(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast) as it:
        first, second = it.begun()
        panel, mine, other = it.panel.public_id, first.public_id, second.public_id
    before = [
        ("GET", f"/panels/{panel}", LEAD), ("POST", f"/panels/{panel}/reviewers", LEAD),
        ("POST", f"/panels/{panel}/release", LEAD), ("GET", f"/reviews/{mine}", {"reviewer"}),
        ("POST", f"/panels/{panel}/reviewers/{mine}/removal", LEAD),
        ("POST", f"/reviews/{mine}/draft", {"reviewer"}),
        ("POST", f"/reviews/{mine}/pins", {"reviewer"}),
        ("POST", f"/reviews/{mine}/declaration", {"reviewer"}),
        ("GET", f"/reviews/{other}", set()), ("POST", f"/reviews/{other}/draft", set()),
        ("POST", f"/panels/{panel}/answers", set()),
        ("GET", f"/editions/{cast.edition.public_id}/reviews", LEAD),
        ("GET", f"/teams/{cast.team.public_id}/feedback", READ),
    ]
    _ask(cast, enter, before)
    for seat in set(SEATS) - {"visitor"}:
        assert enter(cast.person(seat)).get("/reviews").status_code == 200, seat


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_reads_what_was_released(app: Flask, cast: Cast, enter: Enter) -> None:
    with scene_in(app, cast) as it:
        it.finished()
        with write():
            actions.release(builders.actor(it.lead), it.panel, now())
        panel = it.panel.public_id
        assert queries.comments_of(it.panel)
    _ask(cast, enter, [("POST", f"/panels/{panel}/answers", {"lead", "member"}),
                       ("GET", f"/panels/{panel}", LEAD)])
    for seat in sorted(set(SEATS) - {"visitor"}):
        shown = enter(cast.person(seat)).get(f"/teams/{cast.team.public_id}/feedback")
        assert ("Name who signs." in shown.text) == (seat in READ), seat
        assert "Strong." not in shown.text, seat


def _ask(cast: Cast, enter: Enter, doors: list[tuple[str, str, set[str]]]) -> None:
    for method, path, passing in doors:
        for seat in sorted(set(SEATS) - {"visitor"}):
            client = enter(cast.person(seat))
            if method == "GET":
                status = client.get(path).status_code
            else:
                token = TOKEN.search(client.get("/teams").text)
                assert token is not None
                status = client.post(path, data={"csrf_token": token[1]}).status_code
            case = (method, path, seat, status)
            if seat in passing:
                assert status in {200, 303, 409, 422}, case
            else:
                assert status in {403, 404}, case
