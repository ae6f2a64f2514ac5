"""What programs write where a team applies, and where a reviewer comments on slides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from mentors.reviews import actions as reviews
from tests import builders
from tests.api.test_write_things import step
from tests.cast import Cast
from tests.reviews.panels import panel_of, pitch
from workspace.accounts.models import Person
from workspace.challenges import actions as challenges
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.unit import write
from workspace.submissions.models import Entry
from workspace.teams.models import Team
from workspace.tokens.rules import Place, Scope, Verb

Key = Callable[..., str]
Caller = Callable[[str], Callable[..., Any]]


@pytest.fixture
def bound(app: Flask, cast: Cast) -> Cast:
    """Both members of the home team have signed the sponsor's agreement."""
    with app.app_context():
        for seat in ("lead", "member"):
            with write():
                challenge = session().get_one(Challenge, cast.challenge.id)
                challenge.team_min = 1
                challenges.sign_annex(builders.actor(cast.people[seat]), challenge, now())
    return cast


def test_a_team_applies_once_and_takes_it_back(
    app: Flask, bound: Cast, key: Key, caller: Caller
) -> None:
    lead = caller(key("lead"))
    door = f"/challenges/{bound.challenge.public_id}/entries"
    sent = {"team": bound.team.public_id, "motivation": "Two of us have dressed such wounds."}
    for wrong, field in (({"team": bound.rival_team.public_id}, "team"), ({"team": "x"}, "team"),
                         ({"motivation": "  "}, "motivation"), ({"state": "winner"}, "state")):
        answer = lead("POST", door, json=sent | wrong)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    once = {"Idempotency-Key": "our-application"}
    made = lead("POST", door, json=sent, headers=once)
    assert made.status_code == 201, made.json
    assert made.json["state"] == "submitted" and made.json["submitted_at"] is not None
    again = lead("POST", door, json=sent, headers=once)
    assert again.json == made.json and again.headers["Idempotent-Replayed"] == "true"
    assert lead("POST", door, json=sent).status_code == 422
    with app.app_context():
        assert session().query(Entry).count() == 1
    one = f"/entries/{made.json['id']}"
    assert lead("GET", one).headers["ETag"] == made.headers["ETag"]
    listed = lead("GET", f"/teams/{bound.team.public_id}/entries").json["items"]
    assert listed == [made.json]
    member = caller(key("member"))
    assert member("GET", one).json == made.json
    assert step(member, one, "POST", f"{one}/withdrawal").status_code == 403
    assert lead("POST", f"{one}/withdrawal").status_code == 428
    back = step(lead, one, "POST", f"{one}/withdrawal")
    assert back.json["state"] == "withdrawn"
    assert step(lead, one, "POST", f"{one}/withdrawal").status_code == 409


def test_who_may_not_apply(bound: Cast, key: Key, caller: Caller) -> None:
    door = f"/challenges/{bound.challenge.public_id}/entries"
    sent = {"team": bound.team.public_id, "motivation": "Ours"}
    for seat in ("member", "mentor", "rival_lead", "participant"):
        answer = caller(key(seat))("POST", door, json=sent)
        assert answer.status_code == 422 and answer.json["field"] == "team", seat
    assert caller(key("stranger"))("POST", door, json=sent).status_code == 404
    reading = Scope(Verb.READ, Place.EVERYTHING)
    assert caller(key("lead", reading))("POST", door, json=sent).status_code == 403
    programme = Scope(Verb.WRITE, Place.PROGRAMME, bound.edition.programme_id)
    assert caller(key("lead", programme))("POST", door, json=sent).status_code == 201


def test_an_unsigned_agreement_keeps_a_team_out(cast: Cast, key: Key, caller: Caller) -> None:
    door = f"/challenges/{cast.challenge.public_id}/entries"
    sent = {"team": cast.team.public_id, "motivation": "Ours"}
    answer = caller(key("lead"))("POST", door, json=sent)
    assert answer.status_code == 422, answer.json
    assert caller(key("lead"))("GET", f"/teams/{cast.team.public_id}/entries").json["items"] == []


@pytest.fixture
def review(app: Flask, cast: Cast) -> str:
    """Public id of a review of the home team's pitch; its reviewer has declared nothing yet."""
    with app.app_context():
        with write():
            handed = pitch(session().get_one(Team, cast.team.id),
                           session().get_one(Person, cast.people["lead"].id))
        with write():
            asked = reviews.assign(builders.actor(cast.people["programme_lead"]),
                                   panel_of(handed),
                                   session().get_one(Person, cast.people["reviewer"].id), now())
            return asked.public_id


def test_comments_on_slides_come_and_go(
    cast: Cast, key: Key, caller: Caller, review: str
) -> None:
    call, one = caller(key("reviewer")), f"/reviews/{review}"
    pins = f"{one}/pins"
    sent = {"page": 1, "x": 420, "y": 130, "text": "Which wards have you asked?"}
    assert call("POST", pins, json=sent).status_code == 409
    assert step(call, one, "POST", f"{one}/declaration", json={"conflict": None}).status_code == 200
    for wrong, field in (({"page": 99}, "page"), ({"page": 0}, "page"), ({"x": 1001}, "x"),
                         ({"y": -1}, "y"), ({"y": "0"}, "y"), ({"text": " "}, "text")):
        answer = call("POST", pins, json=sent | wrong)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    once = {"Idempotency-Key": "first-pin"}
    made = call("POST", pins, json=sent, headers=once)
    assert made.status_code == 201, made.json
    assert call("POST", pins, json=sent, headers=once).json == made.json
    assert {it: made.json[it] for it in sent} == sent
    middle = call("POST", pins, json={"page": 1, "text": "And who pays?"}).json
    assert (middle["x"], middle["y"]) == (500, 500)
    assert [it["id"] for it in call("GET", pins).json["items"]] == [middle["id"], made.json["id"]]
    pin = f"{pins}/{made.json['id']}"
    assert call("DELETE", pin).status_code == 428
    assert step(call, pin, "DELETE", pin).status_code == 204
    assert call("GET", pin).status_code == 404
    assert len(call("GET", pins).json["items"]) == 1


def test_a_token_for_writing_puts_no_pin_and_nobody_else_sees_it(
    cast: Cast, key: Key, caller: Caller, review: str
) -> None:
    call, one = caller(key("reviewer")), f"/reviews/{review}"
    step(call, one, "POST", f"{one}/declaration", json={"conflict": None})
    made = call("POST", f"{one}/pins", json={"page": 1, "text": "Mine"}).json
    writing = caller(key("reviewer", Scope(Verb.WRITE, Place.EVERYTHING)))
    assert writing("POST", f"{one}/pins", json={"page": 1, "text": "No"}).status_code == 403
    for seat in ("lead", "mentor", "officer", "rival", "stranger"):
        other = caller(key(seat))
        assert other("GET", f"{one}/pins").status_code == 404, seat
        assert other("GET", f"{one}/pins/{made['id']}").status_code == 404, seat
    assert caller(key("programme_lead"))("GET", f"{one}/pins").status_code == 403
