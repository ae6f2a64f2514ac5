"""A mentor is asked, promises secrecy, and only then sees something."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.pages import send
from tests.cast import Cast
from tests.teams.rooms import told
from workspace.accounts.models import Person
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused, Stale
from workspace.foundation.unit import write
from workspace.grants.queries import valid_agreement
from workspace.teams import agreements
from workspace.teams.models import MentorAssignment

Enter = Callable[[Person], FlaskClient]


def asked(cast: Cast, seat: str = "reviewer") -> MentorAssignment:
    with write():
        return agreements.ask_mentor(
            cast.actor("programme_lead"), cast.team, cast.person(seat), now())


def test_nothing_is_seen_before_the_promise(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    lead = enter(cast.person("programme_lead"))
    answer = send(lead, f"{home}/mentors", on=f"{home}/members", person="",
                  email=cast.email("reviewer"))
    assert answer.status_code == 303
    with app.app_context():
        assignment = asked(cast)
        assert told(cast, "reviewer", "mentor-asked") == 1
    way = f"/teams/mentoring/{assignment.public_id}"
    mentor = enter(cast.person("reviewer"))
    shown = mentor.get(way).text
    assert "Gelsight" in shown and "Gelsight project" not in shown
    assert mentor.get(home).status_code == 404
    refused = send(mentor, f"{way}/signature", on=way)
    assert refused.status_code == 422 and mentor.get(home).status_code == 404
    assert send(mentor, f"{way}/signature", on=way, agreed="y").status_code == 303
    assert mentor.get(home).status_code == 200
    with app.app_context():
        reader = cast.actor("reviewer")
        assert valid_agreement(reader.person_id or 0, "team", cast.team.id, now()) is not None
        assert told(cast, "lead", "mentor-accepted") == 1
    assert send(lead, f"{home}/mentors/{assignment.public_id}/end",
                on=f"{home}/members").status_code == 303
    assert mentor.get(home).status_code == 404


def test_declining_gives_nothing_and_tells_the_lead(context: Flask, cast: Cast) -> None:
    assignment = asked(cast)
    with write():
        agreements.end_mentoring(cast.actor("reviewer"), assignment, now())
    assert told(cast, "programme_lead", "mentor-gone") == 1
    with pytest.raises(Stale), write():
        agreements.accept_mentoring(cast.actor("reviewer"), assignment, now())
    assert not cast.actor("reviewer").has("mentor", "team", cast.team.id)


def test_asking_and_accepting_twice_is_once(context: Flask, cast: Cast) -> None:
    assert asked(cast).id == asked(cast).id
    assignment = asked(cast)
    for _ in range(2):
        with write():
            agreements.accept_mentoring(cast.actor("reviewer"), assignment, now())
    assert told(cast, "lead", "mentor-accepted") == 1


@pytest.mark.parametrize("seat", ["member", "former"])
def test_who_is_or_was_in_the_team_does_not_mentor_it(
    context: Flask, cast: Cast, seat: str
) -> None:
    with pytest.raises(Refused, match="cannot mentor"):
        asked(cast, seat)


def test_only_the_person_who_was_asked_answers(app: Flask, cast: Cast, enter: Enter) -> None:
    with app.app_context():
        way = f"/teams/mentoring/{asked(cast).public_id}"
    for seat in cast.people:
        expected = 200 if seat == "reviewer" else 403 if seat in {
            "lead", "member", "mentor", "officer", "pi", "programme_lead"} else 404
        assert enter(cast.person(seat)).get(way).status_code == expected, seat


def test_an_unknown_address_is_said(app: Flask, cast: Cast, enter: Enter) -> None:
    home = f"/teams/{cast.team.public_id}"
    answer = send(enter(cast.person("programme_lead")), f"{home}/mentors", on=f"{home}/members",
                  person="", email="nobody@example.org")
    assert answer.status_code == 422 and "Nobody here has this address" in answer.text
    with app.app_context():
        assert session().query(MentorAssignment).count() == 0
